#!/bin/sh
# Prints which part of each parser's lines its seeds run: our own seeds and regressions alone, and
# with the real captures. Called by ./dev fuzz --coverage, from the top of the tree.
#
# usage: tests/fuzz/coverage.sh BUILD_FOLDER TARGET...
set -eu
. tests/fuzz/shared.sh
build=$1
shift

# covered NAME PROFILE INPUT...: "lines covered percent" over the sources of the parser
covered() {
	name=$1 profile=$2
	shift 2
	LLVM_PROFILE_FILE=$profile.raw "$build/tests/replay_$name" "$@" >"$profile.log" 2>&1 || {
		tail -n 20 "$profile.log" >&2
		echo "coverage: the seeds of $name fail" >&2
		exit 1
	}
	llvm-profdata merge -sparse "$profile.raw" -o "$profile"
	# shellcheck disable=SC2046
	llvm-cov export -summary-only -instr-profile="$profile" "$build/tests/replay_$name" |
		python3 -c 'import json, sys
found = [f["summary"]["lines"] for f in json.load(sys.stdin)["data"][0]["files"]
         if f["filename"].endswith(tuple("/src/" + s for s in sys.argv[1:]))]
lines, covered = sum(f["count"] for f in found), sum(f["covered"] for f in found)
assert len(found) == len(sys.argv) - 1, "not all sources are in the program"
print(lines, covered, "%.1f" % (100.0 * covered / lines))' $(fuzz_row "$name" 2 | tr , ' ')
}

printf '%-9s %6s %6s  %7s %8s  %8s %13s\n' target lines seeds covered percent captures 'with captures'
low=
for target in "$@"; do
	folder=$build/coverage/$target
	mkdir -p "$folder"
	fuzz_captures "$target" "$folder/captures"
	own=
	for dir in "tests/corpus/$target" "tests/fuzz/regress/$target"; do
		[ ! -d "$dir" ] || own="$own $dir"
	done
	# shellcheck disable=SC2086
	seeds=$(find $own -type f 2>/dev/null | wc -l)
	captures=$(find "$folder/captures" -type f | wc -l)
	# shellcheck disable=SC2086
	alone=$(covered "$target" "$folder/own" $own)
	with=-
	# shellcheck disable=SC2086
	[ "$captures" = 0 ] || with=$(covered "$target" "$folder/all" $own "$folder/captures" | cut -d' ' -f3)%
	# shellcheck disable=SC2086
	set_of=$(echo $alone)
	printf '%-9s %6s %6s  %7s %7s%%  %8s %13s\n' "$target" "${set_of%% *}" "$seeds" \
		"$(echo "$set_of" | cut -d' ' -f2)" "${set_of##* }" "$captures" "$with"
	[ "${set_of##* }" = 100.0 ] || case ${set_of##* } in 9?.?) ;; *) low="$low $target" ;; esac
done
[ -z "$low" ] || {
	echo "coverage: below 90 % of the lines by our own seeds:$low" >&2
	exit 1
}
