/* Whose board is it? Compares the MAC address that a device told with those stored for its UUID and
 * for others. Called when it was read: before the first secret leaves. A UUID alone is no proof:
 * vendors ship boards with the same one, and technicians write the old one to a new board (M09). */
#include "engine/run_priv.h"

#include "base/clk.h"

#define MARKS_MAX 16

static void event(struct engine_run *r, struct store_tx *tx, enum log_event ev, const char *msg,
		  const struct log_kv *kv)
{
	struct err e = { 0 };
	err_set(&e, ERR_CONFLICT, "%s", msg);
	err_rule(&e, "M09");
	if (engine_event_is_news(r->en, r->uuid, ev, &e, kv))
		engine_event(r->en, tx, r->uuid, ev, &e, kv);
}

/* The same board under two UUIDs: its UUID was written anew, or one is a copy. Two records, one PC:
 * an operator has to say which. */
static void note_others(struct engine_run *r, struct store_tx *tx, struct arena *a,
			const char *kind, const char *mark)
{
	struct store_mark rows[MARKS_MAX];
	unsigned n = store_mark_holders(r->en->conf.store, a, kind, mark, MARKS_MAX, rows);
	for (unsigned i = 0; i < n; i++) {
		if (str_eq(rows[i].uuid, r->uuid))
			continue;
		event(r, tx, LOG_EV_SHARED_MARK, "one board under two UUIDs, or a copy",
		      (const struct log_kv[]){ LOG_S("uuid", r->uuid),
					       LOG_S("kind", kind),
					       LOG_S("mark", mark),
					       LOG_S("other", rows[i].uuid),
					       { LOG_KIND_END, NULL, NULL, 0 } });
	}
}

/* A board that came back after another one had its UUID: both are in use. */
static bool takes_turns(const struct engine_run *r, const struct store_mark *rows, unsigned n,
			struct err *e)
{
	for (unsigned i = 1; i < n; i++) {
		if (!str_eq(rows[i].mark, r->facts.mac))
			continue;
		err_set(e, ERR_PREFLIGHT, "two PCs take turns with the UUID %s", r->uuid);
		err_seen(e, "MAC address %s, after %s", r->facts.mac, rows[0].mark);
		err_want(e, "one PC per UUID");
		err_hint(e,
			 "write a UUID of its own to one of them with the vendor's tool, then "
			 "'outband device forget %s'",
			 r->uuid);
		err_rule(e, "M09");
		return true;
	}
	return false;
}

bool engine_run_identity(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct store_mark rows[MARKS_MAX];
	r->port_read = true;
	if (!r->facts.mac[0] || str_eq(r->facts.mac, "00:00:00:00:00:00"))
		return true;
	arena_init(&a, 1 << 18);
	unsigned n = store_mark_list(r->en->conf.store, &a, r->uuid, "mac", MARKS_MAX, rows);
	bool is_new = n == 0 || !str_eq(rows[0].mark, r->facts.mac);
	bool ok = !is_new || !takes_turns(r, rows, n, e);
	if (ok) {
		struct store_tx *tx = store_tx_new(r->en->conf.store);
		store_tx_job_require(tx, r->job, r->en->owner, clk_unix_ms());
		store_tx_mark_set(tx, r->uuid, "mac", r->facts.mac, clk_unix_ms());
		if (n && is_new)
			event(r, tx, LOG_EV_REBOARDED, "the UUID is on another board now",
			      (const struct log_kv[]){ LOG_S("uuid", r->uuid),
						       LOG_S("from", rows[0].mark),
						       LOG_S("to", r->facts.mac),
						       { LOG_KIND_END, NULL, NULL, 0 } });
		note_others(r, tx, &a, "mac", r->facts.mac);
		store_tx_commit(tx, NULL, NULL);
	}
	arena_deinit(&a);
	return ok;
}
