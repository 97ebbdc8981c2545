/* Setup keys from and to CSV. Rows hold secrets: every copy here is wiped, no error names more than
 * the PID. */
#include "api/key.h"
#include "wire/psk.h"

/* ---- import ---- */

struct likeness {
	bool pps, password;
};

static bool compare(struct api_req *r, const struct store_psk *row,
		    const struct engine_import_key *k, struct likeness *out_same, struct err *e)
{
	struct secret pps, password;

	if (!api_key_open(r, row, &pps, &password, e))
		return false;
	out_same->pps = span_eq_str(secret_reveal(&pps), k->pps);
	out_same->password = span_eq_str(secret_reveal(&password), k->password);
	secret_deinit(&pps);
	secret_deinit(&password);
	return true;
}

/* Its PC did not take what is stored (D051): then the file may know better. */
static bool was_refused(struct api_req *r, const struct store_psk *row)
{
	struct store_device d;

	return row->used_by[0] &&
		store_device_get(r->api->conf.store, &r->scratch, row->used_by, &d) &&
		str_eq(d.health_rule, "D051");
}

static enum api_import_result put_password(struct api_req *r, struct store_tx *tx,
					   const struct store_psk *row,
					   const struct engine_import_key *k, struct err *e)
{
	bool is_used = str_eq(row->state, "used"), refused = is_used && was_refused(r, row);
	char label[32];
	struct out o;

	if (is_used && !refused) {
		err_set(e, ERR_CONFLICT, "PID %s is in use with another MEBx password", k->pid);
		err_seen(e, "used by PC %s, which is not refused", row->used_by);
		err_hint(e,
			 "the stored password opened that PC: leave the row out, or release the "
			 "key ('outband key release') when the PC is set up anew");
		return API_IMPORT_BAD;
	}
	if (!tx)
		return API_IMPORT_CHANGED;
	out_init(&o, label, sizeof label);
	out_fmt(&o, "mebx:%s", k->pid);
	store_tx_psk_put(
		tx, k->pid,
		engine_seal(r->api->conf.engine, label, span_str(k->password), &r->scratch),
		refused, r->now_unix_ms);
	return API_IMPORT_CHANGED;
}

static enum api_import_result store_one(struct api_req *r, struct store_tx *tx,
					const struct engine_import_key *k, struct err *e)
{
	struct store_psk old;
	struct likeness same;

	if (!store_psk_get(r->api->conf.store, &r->scratch, k->pid, &old)) {
		if (tx)
			api_key_store(r, tx, k, "unused", "import");
		return API_IMPORT_ADDED;
	}
	if (!compare(r, &old, k, &same, e))
		return API_IMPORT_BAD;
	if (same.pps && same.password)
		return API_IMPORT_UNCHANGED;
	if (same.pps)
		return put_password(r, tx, &old, k, e);
	err_set(e, ERR_CONFLICT, "PID %s is stored already with another PPS", k->pid);
	err_hint(e, "two PCs must not share a PID: check which of the two files is right");
	return API_IMPORT_BAD;
}

static enum api_import_result take(struct api_req *r, const struct engine_csv_row *row,
				   struct store_tx *tx, struct api_set *seen, char id[64],
				   struct err *e)
{
	enum api_import_result got = API_IMPORT_BAD;
	struct engine_import_key k;
	bool is_head = false;
	unsigned line;

	if (engine_import_key(row, &is_head, &k, e)) {
		(void)str_copy(id, 64, span_str(k.pid));
		if (is_head)
			got = API_IMPORT_HEAD;
		else if (!(line = api_set_note(seen, k.pid, row->csv->line)))
			got = store_one(r, tx, &k, e);
		else
			err_set(e, ERR_INVALID, "PID %s stands in line %u already", k.pid, line);
	}
	mem_wipe(&k, sizeof k);
	return got;
}

/* The file may come in an object, with a password for rows that have none. */
static bool unpack(struct api_req *r, struct secret *out_password, struct err *e)
{
	const char *csv = NULL, *password = NULL;

	*out_password = SECRET_NONE;
	if (!span_starts(span_trim(buf_span(&r->body)), "{"))
		return true;
	json_t *o = api_json_read(buf_span(&r->body), "csv mebx_password", e);
	bool ok = o && api_json_text(o, "csv", &csv, e) &&
		api_json_text(o, "mebx_password", &password, e);
	if (ok && password && !wire_psk_check_password(span_str(password), e))
		ok = err_wrap(e, "'mebx_password' in the body");
	if (ok) {
		buf_wipe(&r->body);
		buf_init(&r->body, (size_t)LIMIT_API_BODY_BYTES);
		(void)buf_add(&r->body, span_str(csv ? csv : ""));
		*out_password = secret_make(password ? span_str(password) : span_make(NULL, 0));
	}
	if (o)
		api_json_drop(o);
	return ok;
}

void api_key_import(struct api_req *r)
{
	struct api_import_kind *kind = ARENA_NEW(&r->arena, struct api_import_kind);
	struct secret password = SECRET_NONE;
	struct err e = { 0 };
	bool preview;

	*kind = (struct api_import_kind){ .name = "key",
					  .row = take,
					  .rules = "D043 D044 D051",
					  .by = API_REQUEUE_PID,
					  .password = &password };
	if (api_query_bool(r, "preview", &preview, &e) && unpack(r, &password, &e))
		api_import_start(r, kind, preview);
	else
		api_fail(r, &e);
	secret_deinit(&password);
}

/* ---- export ---- */

struct export
{
	bool reveal;
	const char *state;
	char after[16];
};

/* Passwords have neither quotes nor commas, so nothing needs quoting. */
static bool write_one(struct api_req *r, const struct store_psk *row, struct err *e)
{
	struct export *x = r->state;
	struct secret pps = SECRET_NONE, password = SECRET_NONE;
	struct out *o = &r->json.o;
	char text[40] = "";

	wire_psk_print_pid(row->pid, text);
	out_str(o, text);
	if (x->reveal && !api_key_open(r, row, &pps, &password, e))
		return false;
	text[0] = '\0';
	if (secret_reveal(&pps).n == WIRE_PSK_PPS_LEN)
		wire_psk_print_pps((const char *)secret_reveal(&pps).p, text);
	out_fmt(o, ",%s,", text);
	out_bytes(o, secret_reveal(&password));
	out_str(o, "\r\n");
	mem_wipe(text, sizeof text);
	secret_deinit(&pps);
	secret_deinit(&password);
	return true;
}

static void export_page(struct api_req *r)
{
	struct export *x = r->state;
	struct err e = { 0 };

	arena_reset(&r->scratch);
	struct store_psk *rows = ARENA_ARRAY(&r->scratch, struct store_psk, API_CHUNK);
	unsigned n = !rows ? 0
			   : store_psk_list(r->api->conf.store, &r->scratch, x->state,
					    x->after[0] ? x->after : NULL, API_CHUNK, rows);
	for (unsigned i = 0; i < n; i++) {
		if (!write_one(r, &rows[i], &e)) {
			api_fail(r, &e);
			return;
		}
	}
	if (n < API_CHUNK) {
		api_send(r, "text/csv");
		return;
	}
	(void)str_copy(x->after, sizeof x->after, span_str(rows[n - 1].pid));
	api_later(r, export_page);
}

void api_key_export(struct api_req *r)
{
	struct export *x = ARENA_NEW(&r->arena, struct export);
	struct err e = { 0 };

	if (!api_query_bool(r, "reveal", &x->reveal, &e) ||
	    !api_query_word(r, "state", API_KEY_STATES, &x->state, &e)) {
		api_fail(r, &e);
		return;
	}
	r->state = x;
	out_str(&r->json.o, "pid,pps,mebx_password\r\n");
	if (!x->reveal) {
		export_page(r);
		return;
	}
	/* The secrets leave only after it is written down who took them. */
	struct store_tx *tx = api_tx(r, "key.reveal", x->state ? x->state : "all keys");
	API_EVENT(r, tx, "", LOG_EV_REVEAL, LOG_S("kind", "psk"), LOG_S("actor", r->actor));
	api_commit(r, tx, export_page);
}
