/* Takes lists of PCs that others configured: each row becomes a device, what may be its password is
 * stored sealed as a candidate, and a job "adopt" is queued. Talks to no PC itself; errors never hold a
 * password. */
#include "api/adopt.h"

#define PASSWORDS_MAX  100 /* to try, of one list */
#define PASSWORD_BYTES 64
#define CANDIDATES_MAX 256 /* of one device */

struct adopt {
	struct engine_adopt_head head;
	struct engine_adopt row;
};

/* ---- what may open a device ---- */

static bool has_candidate(struct api_req *r, const char *label, const char *user,
			  struct span password, const struct store_credential *rows, unsigned n)
{
	bool same = false;
	for (unsigned i = 0; i < n && !same; i++) {
		struct secret s = SECRET_NONE;
		if (!str_eq(rows[i].state, "archived") && str_eq(rows[i].user, user) &&
		    engine_unseal(r->api->conf.engine, label, rows[i].sealed, &s, NULL))
			same = span_eq(secret_reveal(&s), password);
		secret_deinit(&s);
	}
	return same;
}

static void add_credential(struct api_req *r, struct store_tx *tx, const char *uuid,
			   const struct store_credential *like, struct span password)
{
	struct store_credential c = *like;
	uint8_t b[12];
	char id[25];
	struct out o;
	const char *label = arena_fmt(&r->scratch, "credential:%s:%s", uuid, c.kind);

	rng_fill(&r->api->rng, b, sizeof b);
	out_init(&o, id, sizeof id);
	out_hex(&o, span_make(b, sizeof b));
	c.id = id;
	c.uuid = uuid;
	c.sealed = engine_seal(r->api->conf.engine, label, password, &r->scratch);
	c.realm = c.leaf_sha256 = "";
	c.at_unix_ms = c.changed_unix_ms = r->now_unix_ms;
	store_tx_credential_add(tx, &c);
}

/* New ones only: what was refused once is not tried again. How many. */
static unsigned add_candidates(struct api_req *r, struct store_tx *tx, const char *uuid,
			       const struct engine_adopt *row, const struct secret *list)
{
	struct store_credential like = { .kind = ENGINE_ADOPT_KIND,
					 .state = "candidate",
					 .user = row->user,
					 .tls_mode = row->tls };
	struct store_credential *rows =
		ARENA_ARRAY(&r->scratch, struct store_credential, CANDIDATES_MAX);
	const char *label = arena_fmt(&r->scratch, "credential:%s:" ENGINE_ADOPT_KIND, uuid);
	unsigned added = 0,
		 n = !rows ? 0
			   : store_credential_list(r->api->conf.store, &r->scratch, uuid,
						   ENGINE_ADOPT_KIND, CANDIDATES_MAX, rows);
	struct span first = span_str(row->password), rest = secret_reveal(list);

	if (first.n && !has_candidate(r, label, row->user, first, rows, n)) {
		add_credential(r, tx, uuid, &like, first);
		added++;
	}
	while (rest.n) {
		size_t k = span_find(rest, '\n');
		struct span one = span_make(rest.p, k);
		if (one.n && !span_eq(one, first) && n + added < CANDIDATES_MAX &&
		    !has_candidate(r, label, row->user, one, rows, n)) {
			add_credential(r, tx, uuid, &like, one);
			added++;
		}
		k += k < rest.n;
		rest = span_make(rest.p + k, rest.n - k);
	}
	return added;
}

static void add_mebx(struct api_req *r, struct store_tx *tx, const char *uuid, const char *password)
{
	struct store_credential rows[32];
	const struct store_credential like = {
		.kind = "mebx", .state = "unverifiable", .user = "admin", .tls_mode = ""
	};
	const char *label = arena_fmt(&r->scratch, "credential:%s:mebx", uuid);
	unsigned n = store_credential_list(r->api->conf.store, &r->scratch, uuid, "mebx", 32, rows);

	if (password[0] && !has_candidate(r, label, "admin", span_str(password), rows, n))
		add_credential(r, tx, uuid, &like, span_str(password));
}

/* ---- which device ---- */

/* The device that is meant, as far as it is known here; its UUID, or one that stands for it until it
 * tells its own. */
static bool find(struct api_req *r, const struct engine_adopt *row, struct store_device *out_d,
		 bool *out_known, char uuid[UUID_TEXT_SIZE], struct err *e)
{
	struct store *s = r->api->conf.store;

	*out_known = row->uuid[0]
		? store_device_get(s, &r->scratch, row->uuid, out_d)
		: (row->address[0] && store_device_find(s, &r->scratch, row->address, out_d)) ||
			(row->fqdn[0] && store_device_find(s, &r->scratch, row->fqdn, out_d));
	const char *address = row->address[0] ? row->address : *out_known ? out_d->address : "";
	if (!address[0] && !row->fqdn[0]) {
		err_set(e, ERR_INVALID,
			"the row has neither an address nor a name, and the PC is not known here");
		err_seen(e, "%s", row->uuid);
		return err_want(e, "a column with addresses such as 10.1.2.3, or with host names");
	}
	if (*out_known)
		str_copy(uuid, UUID_TEXT_SIZE, span_str(out_d->uuid));
	else if (row->uuid[0])
		str_copy(uuid, UUID_TEXT_SIZE, span_str(row->uuid));
	else
		engine_adopt_made_up(address[0] ? address : row->fqdn, uuid);
	return true;
}

static bool may_adopt(const struct store_device *d, struct err *e)
{
	if (!str_eq(d->state, "configuring") && !str_eq(d->state, "approval"))
		return true;
	err_set(e, ERR_CONFLICT, "device %s is in setup here: nobody else configured it", d->uuid);
	return err_seen(e, "state %s", d->state);
}

static bool has_password(const struct engine_adopt *row, const struct secret *list, struct err *e)
{
	if (row->password[0] || secret_reveal(list).n)
		return true;
	err_set(e, ERR_INVALID, "column password: the row has none");
	return err_hint(e, "--passwords-from FILE names some to try for every row");
}

/* A PC that is known by its name only is looked for by it, each time, until an address is imported. */
static void write_resolve(struct api_req *r, struct store_tx *tx, const char *uuid, bool is_new)
{
	const struct engine_adopt *v = &((const struct adopt *)r->import_ctx)->row;
	bool by_name = !v->address[0] && v->fqdn[0];
	struct store_mark old;
	bool had = store_mark_list(r->api->conf.store, &r->scratch, uuid, ENGINE_MARK_RESOLVE, 1,
				   &old);

	if (had && (v->address[0] || (by_name && !str_eq(old.mark, v->fqdn))))
		store_tx_mark_drop(tx, uuid, ENGINE_MARK_RESOLVE, old.mark);
	if (by_name && (is_new || had))
		store_tx_mark_set(tx, uuid, ENGINE_MARK_RESOLVE, v->fqdn, r->now_unix_ms);
}

static void write_row(struct api_req *r, struct store_tx *tx, const struct engine_csv_row *row,
		      const char *uuid, bool is_made_up, bool is_known)
{
	struct adopt *a = r->import_ctx;
	const struct engine_adopt *v = &a->row;
	struct store_name n;
	const char *job;

	if (v->address[0] || !is_known)
		store_tx_device_adopt(tx, uuid, v->address, is_made_up ? "address" : "adopt",
				      r->now_unix_ms);
	write_resolve(r, tx, uuid, !is_known);
	add_candidates(r, tx, uuid, v, row->csv->password);
	add_mebx(r, tx, uuid, v->mebx_password);
	if (v->fqdn[0])
		store_tx_device_text(tx, uuid, STORE_DEVICE_FQDN, v->fqdn);
	if (v->fqdn[0] && !is_made_up && !store_name_get(r->api->conf.store, &r->scratch, uuid, &n))
		store_tx_name_set(
			tx, &(struct store_name){ uuid, v->fqdn, "", "adopt", r->now_unix_ms });
	(void)api_job_queue(r, tx, uuid, "adopt", &job);
}

static enum api_import_result take(struct api_req *r, const struct engine_csv_row *row,
				   struct store_tx *tx, struct api_set *seen, char id[64],
				   struct err *e)
{
	struct adopt *a = r->import_ctx;
	struct store_device d;
	char uuid[UUID_TEXT_SIZE];
	bool is_head, known;

	if (!engine_adopt_row(row, &a->head, &is_head, &a->row, e)) {
		if (is_head) /* without it no row means anything */
			row->csv->at = row->csv->in.n;
		return API_IMPORT_BAD;
	}
	if (is_head)
		return API_IMPORT_HEAD;
	if (!find(r, &a->row, &d, &known, uuid, e) || (known && !may_adopt(&d, e)) ||
	    !has_password(&a->row, row->csv->password, e))
		return API_IMPORT_BAD;
	str_copy(id, 64, span_str(uuid));
	unsigned before = api_set_note(seen, uuid, row->csv->line);
	if (before) {
		err_set(e, ERR_INVALID, "the same PC stands in line %u", before);
		return API_IMPORT_BAD;
	}
	if (known && (str_eq(d.state, "configured") || str_eq(d.state, "adopted")))
		return API_IMPORT_UNCHANGED; /* there is a way in that works */
	if (tx)
		write_row(r, tx, row, uuid, known ? str_eq(d.kind, "address") : !a->row.uuid[0],
			  known);
	mem_wipe(&a->row, sizeof a->row);
	return known ? API_IMPORT_CHANGED : API_IMPORT_ADDED;
}

/* ---- the body ---- */

static bool judge_passwords(struct span text, struct err *e)
{
	unsigned n = 0;

	for (struct span rest = text; rest.n;) {
		size_t k = span_find(rest, '\n');
		struct span one = span_make(rest.p, k);
		n++;
		for (size_t i = 0; i < one.n; i++)
			if (one.p[i] < 0x20 || one.p[i] > 0x7e || one.n > PASSWORD_BYTES) {
				err_set(e, ERR_INVALID, "password %u of the list cannot be one", n);
				return err_want(e, "at most %d printable ASCII characters",
						PASSWORD_BYTES);
			}
		k += k < rest.n;
		rest = span_make(rest.p + k, rest.n - k);
	}
	if (n <= PASSWORDS_MAX)
		return true;
	err_set(e, ERR_LIMIT, "the list has %u passwords to try", n);
	err_want(e, "at most %d", PASSWORDS_MAX);
	return err_rule(e, "M19");
}

static bool unpack(struct api_req *r, struct secret *out_list, struct err *e)
{
	const char *data = NULL, *list = NULL;
	struct buf text;
	struct out o;
	json_t *doc = api_json_read(buf_span(&r->body), "data passwords", e);

	if (!doc)
		return false;
	buf_init(&text, (size_t)LIMIT_API_BODY_BYTES * 2);
	out_init_buf(&o, &text);
	bool ok = api_json_text(doc, "data", &data, e) &&
		api_json_text(doc, "passwords", &list, e) &&
		(!list || judge_passwords(span_str(list), e));
	struct span in = span_trim(span_str(data ? data : ""));
	if (ok && (span_starts(in, "{") || span_starts(in, "[")))
		ok = api_adopt_export(in, &o, e);
	else if (ok)
		out_str(&o, data ? data : "");
	if (ok && o.bad)
		ok = err_set(e, ERR_LIMIT, "the file is too large");
	if (ok)
		*out_list = secret_make(span_str(list ? list : ""));
	api_json_drop(doc);
	if (!ok) {
		buf_wipe(&text);
		return false;
	}
	buf_wipe(&r->body);
	r->body = text;
	return true;
}

void api_adopt(struct api_req *r)
{
	struct api_import_kind *kind = ARENA_NEW(&r->arena, struct api_import_kind);
	struct secret list = SECRET_NONE;
	struct err e = { 0 };
	bool preview;

	r->import_ctx = ARENA_NEW(&r->arena, struct adopt);
	*kind = (struct api_import_kind){ .name = "adopt",
					  .row = take,
					  .rules = "D051",
					  .by = API_REQUEUE_UUID,
					  .password = &list };
	if (api_query_bool(r, "preview", &preview, &e) && unpack(r, &list, &e))
		api_import_start(r, kind, preview);
	else
		api_fail(r, &e);
	secret_deinit(&list);
}
