#!/bin/sh
test_description='outband serve: many hellos at once, among silent and wrong peers; a short ./dev load'

. /usr/share/sharness/sharness.sh

test_expect_success 'all are configured in their first try, and the status is told all the time' '
	env -u SHARNESS_TEST_SRCDIR "$SHARNESS_TEST_SRCDIR/../load/load.sh" --devices 100 --minutes 0.3 --silent 500 --garbage 500 \
		--churn 2 --workers 50 --port 29560 --status-ms 10000 >out || { cat out && false; } &&
	cat out && grep "all_configured=True first_tries_failed=0 " out
'

test_expect_success 'the noise was made' '
	sed -n "s/^noise: garbage=\([0-9]*\) .*/\1/p" out >garbage && test "$(cat garbage)" -gt 1000 &&
	grep "silent_open=500 " out
'

test_done
