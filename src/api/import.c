/* Takes a CSV body row by row: good rows are written although others are bad. A chunk of rows is
 * one transaction; the next one begins when it is durable, so that neither the loop nor the
 * database is held long. Used for names and keys. Never keeps a secret of the file: rows are
 * wiped, the body when the request ends. */
#include "api/import.h"

#define MAX_ERRORS 100

struct row_error {
	unsigned line;
	char rule[16], msg[256], hint[192];
};
struct import {
	const struct api_import_kind *kind;
	bool preview, ended;
	struct engine_csv csv;
	struct engine_csv_row row;
	struct api_set seen, taken;
	struct secret password;
	unsigned added, changed, unchanged, rejected;
	struct row_error errors[MAX_ERRORS];
	struct api_requeue requeue;
};

static void import_free(void *state)
{
	struct import *im = state;

	mem_wipe(&im->row, sizeof im->row);
	secret_deinit(&im->password);
	api_set_deinit(&im->seen);
	api_set_deinit(&im->taken);
	mem_free(im);
}

/* Without the "line 7: " that the number beside it says already. */
static const char *without_line(const char *msg, unsigned line)
{
	char head[32];
	struct out o;

	out_init(&o, head, sizeof head);
	out_fmt(&o, "line %u", line);
	size_t n = out_len(&o);
	if (strncmp(msg, head, n) != 0 || (msg[n] != ':' && msg[n] != ',') || msg[n + 1] != ' ')
		return msg;
	return msg + n + 2;
}

static void reject(struct import *im, const struct err *e)
{
	char text[512];
	struct out o;

	if (im->rejected++ >= MAX_ERRORS)
		return;
	struct row_error *row = &im->errors[im->rejected - 1];
	row->line = im->csv.line;
	out_init(&o, text, sizeof text);
	out_str(&o, without_line(e->msg, row->line));
	if (e->seen[0])
		out_fmt(&o, "; seen: %s", e->seen);
	if (e->want[0])
		out_fmt(&o, "; expected: %s", e->want);
	(void)str_copy(row->msg, sizeof row->msg, span_make(text, out_len(&o)));
	(void)str_copy(row->rule, sizeof row->rule, span_str(e->rule));
	(void)str_copy(row->hint, sizeof row->hint, span_str(e->hint));
}

static void take_row(struct api_req *r, struct store_tx *tx)
{
	struct import *im = r->state;
	struct err e = { 0 };
	char id[64] = "";

	enum api_import_result got = im->kind->row(r, &im->row, tx, &im->seen, id, &e);
	im->added += got == API_IMPORT_ADDED;
	im->changed += got == API_IMPORT_CHANGED;
	im->unchanged += got == API_IMPORT_UNCHANGED;
	if (got == API_IMPORT_BAD)
		reject(im, &e);
	else if (got != API_IMPORT_HEAD)
		(void)api_set_add(&im->taken, id);
}

/* ---- the answer ---- */

static void answer(struct api_req *r)
{
	struct import *im = r->state;
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_int(j, "added", im->added);
	api_json_int(j, "changed", im->changed);
	api_json_int(j, "unchanged", im->unchanged);
	api_json_int(j, "rejected", im->rejected);
	api_json_int(j, "requeued", im->requeue.count);
	api_json_bool(j, "preview", im->preview);
	api_json_begin(j, "errors", '[');
	for (unsigned i = 0; i < im->rejected && i < MAX_ERRORS; i++) {
		const struct row_error *row = &im->errors[i];
		api_json_begin(j, NULL, '{');
		api_json_int(j, "line", row->line);
		api_json_str(j, "msg", row->msg);
		if (row->rule[0])
			api_json_str(j, "rule", row->rule);
		if (row->hint[0])
			api_json_str(j, "hint", row->hint);
		api_json_end(j, '}');
	}
	api_json_end(j, ']');
	api_json_end(j, '}');
	api_ok(r);
}

static void ended(struct api_req *r)
{
	struct import *im = r->state;

	log_ev(LOG_EV_IMPORT, LOG_S("kind", im->kind->name), LOG_I("added", im->added),
	       LOG_I("changed", im->changed), LOG_I("rejected", im->rejected));
	im->requeue.rules = im->kind->rules;
	im->requeue.by = im->kind->by;
	im->requeue.set = &im->taken;
	im->requeue.then = answer;
	api_requeue_start(r, &im->requeue);
}

/* ---- chunks ---- */

static void next_chunk(struct api_req *r)
{
	struct import *im = r->state;
	struct store_tx *tx = im->preview ? NULL : store_tx_new(r->api->conf.store);
	unsigned first = im->csv.line + 1, before = im->added + im->changed;

	arena_reset(&r->scratch);
	for (unsigned i = 0; i < API_CHUNK && !im->ended; i++) {
		struct err e = { 0 };
		if (engine_csv_next(&im->csv, &im->row, &e))
			take_row(r, tx);
		else if (e.code == ERR_NONE)
			im->ended = true;
		else
			reject(im, &e);
	}
	unsigned written = im->added + im->changed - before;
	api_then_fn *then = !im->ended ? next_chunk : im->preview ? answer : ended;
	if (tx && written) {
		const char *what = arena_fmt(&r->scratch, "lines %u to %u, %u taken", first,
					     im->csv.line, written);
		const char *action = arena_fmt(&r->scratch, "%s.import", im->kind->name);
		store_tx_audit(tx, r->actor, action, what, r->now_unix_ms);
		api_commit(r, tx, then);
		return;
	}
	store_tx_drop(tx);
	api_later(r, then);
}

void api_import_start(struct api_req *r, const struct api_import_kind *kind, bool preview)
{
	struct err e = { 0 };

	if (span_trim(buf_span(&r->body)).n == 0) {
		err_set(&e, ERR_INVALID, "the body is empty");
		err_want(&e, "%s", r->route->body);
		api_fail(r, &e);
		return;
	}
	struct import *im = MEM_NEW(struct import);
	r->state = im;
	r->state_free = import_free;
	im->kind = kind;
	im->preview = preview;
	api_set_init(&im->seen, &r->api->rng);
	api_set_init(&im->taken, &r->api->rng);
	engine_csv_init(&im->csv, buf_span(&r->body));
	if (kind->password) {
		im->password = secret_copy(kind->password);
		im->csv.password = &im->password;
	}
	next_chunk(r);
}
