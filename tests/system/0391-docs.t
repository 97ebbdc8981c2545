#!/bin/sh
test_description='the documents: their commands and options exist, links lead somewhere, rules are told'

. /usr/share/sharness/sharness.sh

test_expect_success 'as they stand there' '
	"$OUTBAND_SRC/tools/check-docs" "$OUTBAND" >out || { cat out && false; }
'

test_expect_success 'mistakes are found' '
	cp -r "$OUTBAND_SRC/tools" "$OUTBAND_SRC"/*.md . && cp -r "$OUTBAND_SRC/docs" . &&
	mkdir -p src/base && cp "$OUTBAND_SRC/src/base/rules.h" src/base/ && rm -rf docs/backup.md &&
	{ echo "\`outband device lst\`, \`outband frobnicate\`, \`outband power on --watts 3\`, M77"; } >>docs/names.md &&
	sed -i "s/^| D043 | the PID in the hello/| D043 | that PID/; /^| M09/d" docs/refusals.md &&
	test_expect_code 1 tools/check-docs "$OUTBAND" >out &&
	for what in "no command .outband device lst" "no command .outband frobnicate" "no option --watts" \
		"no rule M77" "D043 says in the program" "M09 has no row" "backup.md leads nowhere"; do
		grep -q "$what" out || { echo "not found: $what"; cat out; return 1; }
	done
'

test_done
