#!/bin/sh
test_description='docs/operate.md: each command in it prints what stands there'

. /usr/share/sharness/sharness.sh

test_expect_success 'as it stands there' '
	"$OUTBAND_SRC/tools/operate-docs" --check "$OUTBAND" >out || { cat out && false; }
'

test_done
