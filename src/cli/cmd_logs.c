/* outband eventlog, auditlog: the logs of PCs, by operations (amt/op_eventlog.c, op_auditlog.c). Following
 * asks again in intervals and shows what was not there before: a log has no numbers that stay, so the
 * end of what was read is looked for in what is there now. */
#include "base/limits.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/operate.h"
#include "pki/chain.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define INTERVAL_S 10
#define KEY_MAX    16384 /* of a signing key as base64 */

#define ROUND_BYTES ((size_t)64 * 1024 * 1024)

static const struct cli_col event_cols[] = {
	{ "time", "at", CLI_FORM_TIME },       { "severity", "severity", CLI_FORM_TEXT },
	{ "sensor", "sensor", CLI_FORM_TEXT }, { "entity", "at the", CLI_FORM_TEXT },
	{ "message", "what", CLI_FORM_TEXT },
};
static const struct cli_col event_raw_cols[] = {
	{ "time", "at", CLI_FORM_TIME },
	{ "raw", "record", CLI_FORM_TEXT },
	{ "message", "what", CLI_FORM_TEXT },
};
static const struct cli_col audit_cols[] = {
	{ "number", "no.", CLI_FORM_NUMBER },
	{ "time", "at", CLI_FORM_TIME },
	{ "user", "who", CLI_FORM_TEXT },
	{ "address", "from", CLI_FORM_TEXT },
	{ "application", "subject", CLI_FORM_TEXT },
	{ "event", "what", CLI_FORM_TEXT },
	{ "details", "details", CLI_FORM_TEXT },
};
static const struct cli_col audit_raw_cols[] = {
	{ "number", "no.", CLI_FORM_NUMBER },
	{ "time", "at", CLI_FORM_TIME },
	{ "raw", "record", CLI_FORM_TEXT },
	{ "event", "what", CLI_FORM_TEXT },
};
#define COLS(list) .cols = (list), .col_count = sizeof(list) / sizeof *(list)

/* Only one of these at once. */
static bool one_of(const struct cli *c, const char *const *names, unsigned n, struct err *e)
{
	const char *first = NULL;

	for (unsigned i = 0; i < n; i++) {
		if (!cli_args_has(&c->args, names[i]))
			continue;
		if (first)
			return err_set(e, ERR_USAGE, "--%s and --%s do not go together", first,
				       names[i]);
		first = names[i];
	}
	return true;
}

static void say_done(struct cli *c, const char *what)
{
	const char *direct = cli_args_value(&c->args, "direct");

	cli_writer_done(c->writer, "log", direct ? direct : "", "%s", what);
}

/* ---- following ---- */

struct follow {
	json_t *now;    /* of this reading: device to array of rows */
	json_t *before; /* of the one before; NULL: there was none */
	bool failed;    /* the last one did, which was said */
};

static void collect(struct cli *c, const char *device, const json_t *row, void *arg)
{
	struct follow *f = arg;
	json_t *list = json_object_get(f->now, device);

	(void)c;
	if (!list) {
		list = json_array();
		(void)json_object_set_new(f->now, device, list);
	}
	(void)json_array_append_new(list, json_deep_copy(row));
}

static const char *raw_of(const json_t *list, size_t i)
{
	const char *s = json_string_value(json_object_get(json_array_get(list, i), "raw"));

	return s ? s : "";
}

/* Whether the first rows of now are those of old from there on. */
static bool goes_on(const json_t *old, size_t from, const json_t *now)
{
	size_t n = json_array_size(old) - from;

	if (n > json_array_size(now))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(raw_of(old, from + i), raw_of(now, i)))
			return false;
	return true;
}

/* Index of the first row of now that was not in old. The oldest may have gone since. */
static size_t first_new(const json_t *old, const json_t *now)
{
	size_t n = json_array_size(old), from = 0;

	while (from < n && !goes_on(old, from, now))
		from++;
	return n - from;
}

static void show_new(struct cli *c, const struct follow *f, bool raw)
{
	const char *device;
	json_t *list;
	const struct cli_col *cols = raw ? event_raw_cols : event_cols;
	unsigned count = raw ? 3 : 5;

	json_object_foreach(f->now, device, list)
	{
		const json_t *old = f->before ? json_object_get(f->before, device) : NULL;
		for (size_t i = old ? first_new(old, list) : 0; i < json_array_size(list); i++) {
			const json_t *row = json_array_get(list, i);
			if (cli_writer_kind(c->writer) != CLI_WRITER_TEXT) {
				cli_writer_row(c->writer, cols, count, row);
				continue;
			}
			const char *at = json_string_value(json_object_get(row, "time")),
				   *what = json_string_value(json_object_get(row, "message")),
				   *how = json_string_value(json_object_get(row, "severity"));
			const char *line = arena_fmt(&c->arena, "%s %s %s: %s%s%s\n", at ? at : "-",
						     device, how ? how : "", what ? what : "",
						     raw ? " " : "", raw ? raw_of(list, i) : "");
			cli_writer_text(c->writer, span_str(line ? line : ""));
		}
	}
	cli_writer_flush(c->writer);
}

/* Once it went well: the PC, the network or the service may be back the next time. A refused login is
 * not tried again, since that locks out. */
static bool may_pass(const struct err *e)
{
	return e->code == ERR_TIMEOUT || e->code == ERR_UNREACHABLE || e->code == ERR_CLOSED ||
		e->code == ERR_REFUSED || e->code == ERR_SERVICE_DOWN || e->code == ERR_BUSY;
}

/* A PC that did not answer this time is as it was before. */
static void remember(struct follow *f)
{
	const char *device;
	json_t *list;

	json_object_foreach(f->before, device, list)
	{
		if (!json_object_get(f->now, device))
			(void)json_object_set(f->now, device, list);
	}
	json_decref(f->before);
	f->before = f->now;
	f->now = NULL;
}

/* One reading, with an arena of its own: following may go on for months. */
static bool read_again(struct cli *c, const struct cli_operate *o, struct follow *f, struct err *e)
{
	bool raw = cli_args_has(&c->args, "raw");
	struct cli round = *c;

	arena_init(&round.arena, ROUND_BYTES);
	f->now = json_object();
	bool ok = cli_operate(&round, o, e);
	if (ok || (f->before && may_pass(e))) {
		if (!ok && !f->failed)
			cli_note("%s; going on", e->msg);
		f->failed = !ok;
		show_new(&round, f, raw);
		remember(f);
		ok = true;
	}
	if (round.typed != c->typed) /* it is asked for once */
		c->typed = round.typed ? arena_str(&c->arena, span_str(round.typed)) : NULL;
	c->exit_status = round.exit_status;
	arena_wipe(&round.arena);
	return ok;
}

static bool follow(struct cli *c, struct cli_operate *o, struct err *e)
{
	const char *text = cli_args_value(&c->args, "interval");
	struct follow f = { .now = NULL };
	uint32_t s = INTERVAL_S;

	if (text && !str_to_u32(span_str(text), 1, 86400, &s, NULL)) {
		err_set(e, ERR_USAGE, "--interval %s is no time", text);
		return err_want(e, "1 to 86400 seconds");
	}
	o->each = collect;
	o->arg = &f;
	bool ok = true;
	while (ok) {
		struct err why = { 0 };
		ok = read_again(c, o, &f, &why);
		if (!ok)
			*e = why;
		if (!ok || !cli_writer_wait(c->writer, (int64_t)s * 1000))
			break;
	}
	json_decref(f.now);
	json_decref(f.before);
	return ok;
}

/* ---- commands ---- */

static bool event_change(struct cli *c, const char *op, const char *on, const char *question,
			 const char *done, struct err *e)
{
	const struct amt_op_arg args[] = { { "on", on } };
	const struct cli_operate o = {
		.op = op, .args = args, .arg_count = on ? 1 : 0, .question = question
	};

	if (!cli_operate(c, &o, e))
		return false;
	say_done(c, done);
	return true;
}

bool cli_cmd_eventlog(struct cli *c, struct err *e)
{
	static const char *const acts[] = { "follow", "clear", "freeze", "unfreeze" };
	const struct amt_op_arg args[] = { { "limit", cli_args_value(&c->args, "limit") } };
	struct cli_operate o = { .op = "eventlog.read",
				 .args = args,
				 .arg_count = 1,
				 COLS(event_cols),
				 .none = "The event log is empty." };

	if (!one_of(c, acts, 4, e))
		return false;
	if (cli_args_has(&c->args, "clear"))
		return event_change(c, "eventlog.clear", NULL, "Empty the event log of %s?",
				    "The event log was emptied.", e);
	if (cli_args_has(&c->args, "freeze"))
		return event_change(c, "eventlog.freeze", "true",
				    "Let no event be written into the log of %s any more?",
				    "The event log is frozen: nothing is written into it.", e);
	if (cli_args_has(&c->args, "unfreeze"))
		return event_change(c, "eventlog.freeze", "false", NULL,
				    "Events are written into the log again.", e);
	if (cli_args_has(&c->args, "raw")) {
		o.cols = event_raw_cols;
		o.col_count = 3;
	}
	return cli_args_has(&c->args, "follow") ? follow(c, &o, e) : cli_operate(c, &o, e);
}

struct export
{
	FILE *to;
	unsigned count;
	char device[256]; /* whose it is; "" with --direct and one host */
	bool mixed;       /* records of several PCs: no file for them */
};

static void note_whose(struct export *x, const char *device)
{
	if (!x->device[0])
		(void)str_copy(x->device, sizeof x->device, span_str(device));
	x->mixed |= !str_eq(x->device, device);
}

static void put_row(struct cli *c, const char *device, const json_t *row, void *arg)
{
	struct export *x = arg;

	(void)c;
	note_whose(x, device);
	(void)json_dumpf(row, x->to, JSON_COMPACT);
	(void)fputc('\n', x->to);
	x->count++;
}

static void put_signature(struct cli *c, const char *device, const json_t *row, void *arg)
{
	struct export *x = arg;
	json_t *line = json_object();

	(void)c;
	note_whose(x, device);
	(void)json_object_set(line, "signature", (json_t *)row);
	(void)json_dumpf(line, x->to, JSON_COMPACT);
	(void)fputc('\n', x->to);
	json_decref(line);
}

static bool end_file(struct export *x, const char *path, struct err *e)
{
	bool ok = !ferror(x->to);

	ok = fclose(x->to) == 0 && ok;
	return ok || err_set(e, ERR_IO, "cannot write %s", path);
}

/* Records as JSON lines, and what the firmware signs over them, if it can. */
static bool export(struct cli *c, const char *path, struct err *e)
{
	struct export x = { .to = NULL };
	struct err unsigned_why = { 0 };
	const struct cli_operate records = { .op = "auditlog.read", .each = put_row, .arg = &x };
	const struct cli_operate sign = { .op = "auditlog.export",
					  .each = put_signature,
					  .arg = &x };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || !(x.to = fdopen(fd, "w"))) {
		if (fd >= 0)
			(void)close(fd);
		err_set(e, ERR_IO, "cannot make the file %s", path);
		return err_hint(e, "it must not exist yet, and its folder must");
	}
	bool ok = cli_operate(c, &records, e);
	bool is_signed = ok && !x.mixed && cli_operate(c, &sign, &unsigned_why);
	if (ok && (x.mixed || c->exit_status)) { /* the status is of many PCs only */
		ok = err_set(e, ERR_USAGE,
			     "--export writes the log of one PC, and these are several");
		err_hint(e, "a file for each: the signature of a PC is over its own log");
	}
	ok = ok ? end_file(&x, path, e) : (fclose(x.to), false);
	if (!ok) {
		(void)unlink(path);
		return false;
	}
	say_done(
		c,
		arena_fmt(
			&c->arena, "%u records in %s, %s", x.count, path,
			is_signed
				? "with a signature of the PC; check it with 'outband auditlog verify'"
				: arena_fmt(&c->arena, "not signed: %s", unsigned_why.msg)));
	return true;
}

/* What the PC gets: the key as PKCS#1, base64, and the certificates one behind the other. */
struct signing {
	struct buf key, certs; /* key: wiped at the end */
	char lengths[128];
};

static bool make_signing(struct signing *s, const struct pki_chain *chain, struct err *e)
{
	struct secret pkcs1 = { 0 };
	struct buf ders;
	struct out o;

	if (!chain->key || !pki_key_matches(chain->key, &chain->certs[0])) {
		err_set(e, ERR_INVALID,
			chain->key ? "the key does not belong to the certificate '%s'"
				   : "there is no key beside the certificate '%s'",
			chain->certs[0].subject);
		return err_want(e, "an RSA key with its certificate, and the CAs above it");
	}
	if (chain->certs[0].key_kind != PKI_KEY_RSA || !pki_key_private_pkcs1(chain->key, &pkcs1)) {
		err_set(e, ERR_UNSUPPORTED, "firmware signs with RSA keys only");
		return err_want(e, "an RSA key");
	}
	out_init_buf(&o, &s->key);
	out_b64(&o, secret_reveal(&pkcs1));
	secret_deinit(&pkcs1);
	buf_init(&ders, LIMIT_PFX_BYTES);
	out_init(&o, s->lengths, sizeof s->lengths);
	for (unsigned i = 0; i < chain->count; i++) {
		buf_add(&ders, chain->certs[i].der);
		out_fmt(&o, "%s%zu", i ? " " : "", chain->certs[i].der.n);
	}
	out_init_buf(&o, &s->certs);
	out_b64(&o, buf_span(&ders));
	buf_deinit(&ders);
	buf_add(&s->key, span_make("", 1));
	buf_add(&s->certs, span_make("", 1));
	return true;
}

static bool give_key(struct cli *c, const char *path, struct err *e)
{
	struct signing s = { .lengths = "" };
	struct pki_chain *chain = NULL;
	struct buf file;

	if (!cli_input_read(path, LIMIT_PFX_BYTES, &file, e))
		return false;
	buf_init(&s.key, KEY_MAX);
	(void)buf_reserve(&s.key, KEY_MAX - 1); /* grown, it would leave pieces of the key behind */
	buf_init(&s.certs, (size_t)2 * LIMIT_PFX_BYTES);
	chain = pki_chain_load(buf_span(&file), NULL, e);
	bool ok = (chain && make_signing(&s, chain, e)) || err_wrap(e, "%s", path);
	const struct amt_op_arg args[] = { { "key", (const char *)s.key.p },
					   { "certificates", (const char *)s.certs.p },
					   { "lengths", s.lengths } };
	const struct cli_operate o = { .op = "auditlog.sign",
				       .args = args,
				       .arg_count = 3,
				       .question = "Let %s sign the audit log with that key?" };
	ok = ok && cli_operate(c, &o, e);
	if (ok)
		say_done(c, "The PC signs its audit log with that key from now on.");
	buf_wipe(&file);
	buf_wipe(&s.key);
	buf_deinit(&s.certs);
	pki_chain_free(chain);
	return ok;
}

bool cli_cmd_auditlog(struct cli *c, struct err *e)
{
	static const char *const acts[] = { "policy", "export", "clear", "signing-key" };
	const struct amt_op_arg args[] = { { "limit", cli_args_value(&c->args, "limit") } };
	struct cli_operate o = { .op = "auditlog.read",
				 .args = args,
				 .arg_count = 1,
				 COLS(audit_cols),
				 .none = "The audit log is empty." };

	if (!one_of(c, acts, 4, e))
		return false;
	if (cli_args_has(&c->args, "signing-key"))
		return give_key(c, cli_args_value(&c->args, "signing-key"), e);
	if (cli_args_has(&c->args, "export"))
		return export(c, cli_args_value(&c->args, "export"), e);
	if (cli_args_has(&c->args, "clear"))
		return event_change(c, "auditlog.clear", NULL,
				    "Empty the audit log of %s for good?",
				    "The audit log was emptied.", e);
	if (cli_args_has(&c->args, "policy"))
		o = (struct cli_operate){ .op = "auditlog.policy" };
	if (cli_args_has(&c->args, "raw")) {
		o.cols = audit_raw_cols;
		o.col_count = 4;
	}
	return cli_operate(c, &o, e);
}
