# Collects the real captures of one target into a folder. Sourced by ../../dev and coverage.sh.

# fuzz_row NAME FIELD: of targets.txt; 2 sources, 3 captures
fuzz_row() {
	awk -v name="$1" -v field="$2" '$1 == name { print $field }' tests/fuzz/targets.txt
}

# fuzz_captures NAME FOLDER: links or decodes them into FOLDER; nothing when there are none
fuzz_captures() {
	rm -rf "$2"
	mkdir -p "$2"
	for capture in $(fuzz_row "$1" 3 | tr , ' '); do
		case $capture in
		-) continue ;;
		b64:*)
			capture=../shared/corpus/${capture#b64:}
			[ -f "$capture" ] || continue
			line_number=0
			while read -r line; do
				line_number=$((line_number + 1))
				printf '%s' "$line" | base64 -d >"$2/line-$line_number"
			done <"$capture"
			;;
		*)
			[ -d "../shared/corpus/$capture" ] || continue
			find "../shared/corpus/$capture" -type f ! -name README.md | while read -r file; do
				cp "$file" "$2/$(printf '%s' "${file#../shared/corpus/}" | tr / _)"
			done
			;;
		esac
	done
}
