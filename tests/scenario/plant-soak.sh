#!/bin/sh
# Proves that the soak can fail: copies the tree, plants one bug after the other, builds the soak alone
# and shows which seed and invariant find it. An edit that no longer fits the source ends this loudly.
# usage: tests/scenario/plant-soak.sh [SEEDS]
set -eu
cd "$(dirname "$0")/../.."
seeds=${1:-200}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
git ls-files -z | xargs -0 cp --parents -t "$dir"
cd "$dir"
export CCACHE_NOHASHDIR=1
meson setup build >setup.log 2>&1 || { tail setup.log; exit 2; }

# edit FILE: replaces the text of ./old, which must stand there once, by that of ./new
edit() {
	python3 - "$1" <<-'PY'
	import sys
	path = sys.argv[1]
	text, old, new = open(path).read(), open('old').read(), open('new').read()
	if text.count(old) != 1:
	    sys.exit('plant-soak: %s has the text to change %d times, not once:\n%s' % (path, text.count(old), old))
	open(path, 'w').write(text.replace(old, new))
	PY
}

# plant NAME WANT: builds what was edited, runs it, and wants a failure that says WANT
plant() {
	printf '== planted: %s\n' "$1"
	ninja -C build tests/soak >build.log 2>&1 || { tail -n 20 build.log; exit 2; }
	if build/tests/soak --seeds "$seeds" >soak.log; then
		printf 'plant-soak: %s seeds did not find it\n' "$seeds" >&2
		exit 1
	fi
	grep '^FAILED' soak.log || { tail -n 5 soak.log; exit 1; }
	grep -q "^FAILED.*$2" soak.log || { printf 'plant-soak: not the failure that was wanted\n' >&2; exit 1; }
	cp saved/* src/engine/
}

mkdir saved
cp src/engine/run_act.c src/engine/run.c src/engine/run_store.c saved/

cat >old <<'OLD'
		r->intent[ACT_COMMIT] = true;
	engine_run_commit(r, tx, send_action);
OLD
cat >new <<'NEW'
		r->intent[ACT_COMMIT] = true;
	send_action(r);
	store_tx_commit(tx, NULL, NULL);
NEW
edit src/engine/run_act.c
plant 'a credential is stored after it was sent' 'credential lost'

cat >old <<'OLD'
				r->in.search |= ACT_BIT(r->act);
			engine_run_reopen(r, &e);
OLD
cat >new <<'NEW'
				r->in.search |= ACT_BIT(r->act);
			void send_again(struct engine_run *);
			if (reply->sent)
				send_again(r);
			else
				engine_run_reopen(r, &e);
NEW
edit src/engine/run_act.c
cat >old <<'OLD'
/* ---- secrets: stored, sealed, durable before the byte leaves ---- */
OLD
cat >new <<'NEW'
void send_again(struct engine_run *r);
void send_again(struct engine_run *r)
{
	send_action(r);
}
NEW
edit src/engine/run_act.c
plant 'an action is repeated blindly after no answer' 'repeated blindly'

cat >old <<'OLD'
	store_tx_job_require(tx, r->job, en->owner, now);
OLD
: >new
edit src/engine/run_store.c
cat >old <<'OLD'
	if (now < r->lease_until_unix_ms)
		return true;
OLD
cat >new <<'NEW'
	if (now < INT64_MAX)
		return true;
NEW
edit src/engine/run.c
plant 'the lease is ignored' 'lease ignored'

printf 'plant-soak: all three were found\n'
