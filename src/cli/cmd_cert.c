/* cert check: judges a provisioning certificate here, without a service, and import, list, delete
 * over the service. Passwords come from a file or the terminal and go nowhere but to the reader of
 * the file and the local socket. */
#include "amt/quirks.h"
#include "base/clk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd_cert.h"
#include "cli/rpc.h"
#include "pki/preflight.h"
#include <stdio.h>

static const struct cli_col row_cols[] = {
	{ "condition", "condition", CLI_FORM_TEXT }, { "verdict", "verdict", CLI_FORM_TEXT },
	{ "seen", "seen", CLI_FORM_TEXT },           { "want", "expected", CLI_FORM_TEXT },
	{ "rule", "rule", CLI_FORM_TEXT },
};
#define ROW_COLS 5

static const char *verdict_name(enum pki_verdict v)
{
	static const char *const names[] = { "ok", "warn", "fail", "unknown" };
	return names[v];
}

/* --- check --- */

struct want {
	struct pki_preflight_want w;
	struct wire_hello hello;
	struct buf file; /* of the hello, whose spans point into it */
};

static bool read_hello(struct cli *c, const char *path, struct want *want, struct err *e)
{
	enum cli_input_format f = CLI_INPUT_AUTO;
	struct span bytes;
	size_t used;

	if (!cli_input_read(path, (size_t)4 * LIMIT_HELLO_BYTES, &want->file, e) ||
	    !cli_input_decode(buf_span(&want->file), &f, &c->arena, &bytes, e))
		return err_wrap(e, "--hello");
	enum wire_got got = wire_hello_parse(bytes, &want->hello, &used, e);
	if (got == WIRE_MORE)
		err_set(e, ERR_MALFORMED, "the hello in %s is cut", path);
	if (got != WIRE_DONE)
		return err_wrap(e, "--hello %s", path);
	want->w.hello = &want->hello;
	return true;
}

static bool read_want(struct cli *c, struct want *want, struct err *e)
{
	const char *version = cli_args_value(&c->args, "firmware"),
		   *hello = cli_args_value(&c->args, "hello");

	want->w.fqdn = cli_args_value(&c->args, "fqdn");
	want->w.suffix = cli_args_value(&c->args, "suffix");
	if (want->w.fqdn && !pki_preflight_fqdn(span_str(want->w.fqdn), e))
		return false;
	char text[64];
	if (version) {
		(void)snprintf(text, sizeof text, strchr(version, '.') ? "%s" : "%s.0", version);
		if (!amt_quirks_parse_version(text, &want->w.amt_major, &want->w.amt_minor)) {
			err_set(e, ERR_USAGE, "--firmware %s is no AMT version", version);
			return err_want(e, "a version such as 11.8");
		}
	}
	return !hello || read_hello(c, hello, want, e);
}

/* Nobody was there to be asked for it. */
static void hint_password(struct err *e)
{
	if (!e->hint[0] || strstr(e->msg, "no password was given"))
		err_hint(e, "if the file has a password, give it with --password-file");
}

static struct pki_chain *load(struct cli *c, struct span file, struct err *e)
{
	const char *pw_file = cli_args_value(&c->args, "password-file");
	struct secret password = SECRET_NONE;
	struct pki_chain *chain = NULL;

	if (pw_file && !cli_input_password_file(pw_file, &password, e))
		return NULL;
	chain = pki_chain_load(file, &password, e);
	/* Not every file has a password: ask only when it does not open without one. */
	if (!chain && !pw_file && cli_input_can_prompt()) {
		struct err first = *e;
		if (cli_input_prompt("Password of the certificate file: ", false, &password, e))
			chain = pki_chain_load(file, &password, e);
		else
			*e = first;
	}
	if (!chain && !secret_is_set(&password))
		hint_password(e);
	secret_deinit(&password);
	return chain;
}

static void describe(struct cli *c, const struct pki_chain *chain)
{
	static const char *const kinds[] = { "RSA", "EC", "other" };

	for (unsigned i = 0; i < chain->count; i++) {
		const struct pki_cert *k = &chain->certs[i];
		char until[CLK_TEXT_SIZE];
		clk_print_unix_ms(k->not_after_unix_ms, until);
		cli_writer_say(c->writer, "%u. %s\n   %s %u bits, %s, until %.10s, serial %s",
			       i + 1, k->subject, kinds[k->key_kind], k->key_bits,
			       pki_cert_sig_hash_name(k->sig_hash), until, k->serial);
	}
	if (chain->extra_count)
		cli_writer_say(c->writer,
			       "%u more certificates of the file are not part of the chain.",
			       chain->extra_count);
	cli_writer_say(c->writer, "%s", "");
}

static json_t *rows_json(const struct pki_preflight *p)
{
	json_t *rows = json_array();
	for (unsigned i = 0; i < PKI_CONDITION_COUNT; i++) {
		json_t *row =
			json_pack("{s:s, s:s?, s:s, s:s, s:s}", "condition",
				  pki_preflight_cond_text(i), "rule", pki_preflight_cond_rule(i),
				  "verdict", verdict_name(p->rows[i].verdict), "seen",
				  p->rows[i].seen, "want", p->rows[i].want);
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static const unsigned majors[] = { 2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
				   12, 14, 15, 16, 18, 19, 20, 21, 22 };
#define MAJORS (sizeof majors / sizeof *majors)

/* The verdict for each release, when none was named: worst condition of each. */
static json_t *generations(const struct pki_chain *chain, const struct pki_preflight_want *want)
{
	json_t *all = json_object();
	for (size_t i = 0; i < MAJORS; i++) {
		struct pki_preflight_want w = *want;
		struct pki_preflight p;
		bool warns = false;
		char name[16];
		w.amt_major = majors[i];
		pki_preflight(chain, &w, clk_unix_ms(), &p);
		for (unsigned k = 0; k < PKI_CONDITION_COUNT; k++)
			warns |= p.rows[k].verdict == PKI_WARN;
		(void)snprintf(name, sizeof name, "%u", majors[i]);
		(void)json_object_set_new(all, name,
					  json_string(!p.usable       ? "fail"
							      : warns ? "warn"
								      : "ok"));
	}
	return all;
}

/* "fail on AMT 2-6, ok on 7-22" */
static void say_generations(struct cli *c, const json_t *all)
{
	struct out o;
	char text[512], from[16] = "";
	const char *key, *last = "", *last_key = "";
	json_t *v;

	out_init(&o, text, sizeof text);
	json_object_foreach((json_t *)all, key, v)
	{
		const char *verdict = json_string_value(v);
		if (!str_eq(verdict, last)) {
			if (*last && !str_eq(from, last_key))
				out_fmt(&o, "-%s", last_key);
			out_fmt(&o, "%s%s on AMT %s", *last ? ", " : "", verdict, key);
			(void)str_copy(from, sizeof from, span_str(key));
		}
		last = verdict;
		last_key = key;
	}
	if (!str_eq(from, last_key))
		out_fmt(&o, "-%s", last_key);
	cli_writer_say(c->writer, "By release: %s.", text);
}

static void show_verdict(struct cli *c, const json_t *doc)
{
	json_t *row;
	size_t i;

	if (c->json) {
		cli_writer_json(c->writer, doc);
		return;
	}
	cli_writer_list_begin(c->writer, row_cols, ROW_COLS);
	json_array_foreach(json_object_get(doc, "rows"), i, row)
		cli_writer_list_row(c->writer, row);
	cli_writer_list_end(c->writer, NULL);
	cli_writer_say(c->writer, "%s", "");
	if (json_object_size(json_object_get(doc, "generations")))
		say_generations(c, json_object_get(doc, "generations"));
	cli_writer_say(c->writer,
		       json_is_true(json_object_get(doc, "usable"))
			       ? "Usable for remote configuration, as far as can be told."
			       : "Not usable for remote configuration.");
}

static bool judge(struct cli *c, const struct pki_chain *chain, const struct want *want,
		  struct err *e)
{
	struct pki_preflight p;

	pki_preflight(chain, &want->w, clk_unix_ms(), &p);
	json_t *doc = json_pack("{s:b, s:o}", "usable", p.usable, "rows", rows_json(&p));
	if (!want->w.amt_major)
		(void)json_object_set_new(doc, "generations", generations(chain, &want->w));
	describe(c, chain);
	show_verdict(c, doc);
	json_decref(doc);
	return pki_preflight_err(&p, e);
}

bool cli_cmd_cert_check(struct cli *c, struct err *e)
{
	struct want *want = MEM_NEW(struct want);
	struct pki_chain *chain = NULL;
	const char *path = cli_operand(c, 0);
	struct buf file = { 0 };
	bool ok = read_want(c, want, e) && cli_input_read(path, (size_t)LIMIT_PFX_BYTES, &file, e);

	if (ok) {
		chain = load(c, buf_span(&file), e);
		ok = chain || err_wrap(e, "%s", path);
	}
	for (const struct pki_chain *k = chain; k; k = k->alt) {
		struct err other = { 0 };
		if (k != chain)
			cli_writer_say(c->writer,
				       "\nThe same certificate under another root of the file:");
		bool fine = judge(c, k, want, k == chain ? e : &other);
		ok = k == chain ? fine : ok || fine;
		if (cli_writer_kind(c->writer) != CLI_WRITER_TEXT)
			break;
	}
	pki_chain_free(chain);
	buf_wipe(&file);
	buf_wipe(&want->file);
	mem_free(want);
	return ok;
}

/* --- with the service --- */

static json_t *base64_json(struct cli *c, struct span bytes)
{
	struct buf b;
	struct out o;

	(void)c;
	buf_init(&b, 2 * (size_t)LIMIT_PFX_BYTES);
	out_init_buf(&o, &b);
	out_b64(&o, bytes);
	json_t *v = json_stringn((const char *)b.p, b.n);
	buf_wipe(&b);
	return v;
}

bool cli_cert_send(struct cli *c, const char *target, struct span file,
		   const struct secret *password, json_t **out_doc, struct err *e)
{
	json_t *body = json_object();
	(void)json_object_set_new(body, "data", base64_json(c, file));
	if (secret_is_set(password)) {
		struct span s = secret_reveal(password);
		(void)json_object_set_new(body, "password", json_stringn((const char *)s.p, s.n));
	}
	if (cli_args_value(&c->args, "fqdn"))
		(void)json_object_set_new(body, "fqdn",
					  json_string(cli_args_value(&c->args, "fqdn")));
	if (cli_args_value(&c->args, "firmware"))
		(void)json_object_set_new(body, "version",
					  json_string(cli_args_value(&c->args, "firmware")));
	return cli_rpc_send(c, "POST", target, body, out_doc, e);
}

bool cli_cert_stored(struct cli *c, const char *name, const char *path, const json_t *doc,
		     bool force, struct err *e)
{
	show_verdict(c, doc);
	if (json_is_true(json_object_get(doc, "usable")) || force) {
		cli_writer_say(c->writer, "Stored as %s.", name);
		return true;
	}
	err_set(e, ERR_CERT, "%s was not stored: it is not usable", path);
	return err_hint(e, "see the rows that say fail; --force stores it all the same");
}

bool cli_cmd_cert_import(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *path = cli_operand(c, 1);
	const char *pw_file = cli_args_value(&c->args, "password-file");
	const char *force = cli_args_has(&c->args, "force") ? "true" : NULL;
	struct secret password = SECRET_NONE;
	struct buf file = { 0 };
	json_t *doc = NULL;
	bool ok = cli_input_read(path, (size_t)LIMIT_PFX_BYTES, &file, e) &&
		(!pw_file || cli_input_password_file(pw_file, &password, e));

	if (ok && !pw_file) {
		/* Found out here, so that the service is asked once. */
		struct err none = { 0 };
		struct pki_chain *chain = pki_chain_load(buf_span(&file), &password, &none);
		if (!chain && cli_input_can_prompt())
			ok = cli_input_prompt("Password of the certificate file: ", false,
					      &password, e);
		pki_chain_free(chain);
	}
	ok = ok &&
		cli_cert_send(c, cli_rpc_target(&c->arena, "/v1/certs/%?force=%", name, force),
			      buf_span(&file), &password, &doc, e);
	if (!ok && !secret_is_set(&password))
		hint_password(e);
	if (ok)
		ok = cli_cert_stored(c, name, path, doc, force != NULL, e);
	else if (e->rule && !c->json)
		cli_note(
			"not stored; 'outband cert check %s' shows every condition, --force stores it all "
			"the same",
			path);
	json_decref(doc);
	secret_deinit(&password);
	buf_wipe(&file);
	return ok;
}

bool cli_cmd_cert_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "name", CLI_FORM_TEXT },
		{ "state", "state", CLI_FORM_TEXT },
		{ "not_after", "valid until", CLI_FORM_TIME },
		{ "subject", "subject", CLI_FORM_TEXT },
		{ "serial", "serial", CLI_FORM_TEXT },
	};
	return cli_rpc_list(
		c, "/v1/certs", cols, 5,
		"No provisioning certificate: PCs can be configured by PSK only. 'outband cert import'",
		e);
}

bool cli_cmd_cert_export(struct cli *c, struct err *e)
{
	json_t *doc;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/certs/%", cli_operand(c, 0)), &doc, e))
		return false;
	const json_t *pem = json_object_get(doc, "pem");
	if (json_is_string(pem))
		cli_writer_text(c->writer,
				span_make(json_string_value(pem), json_string_length(pem)));
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_cert_delete(struct cli *c, struct err *e)
{
	const char *question = arena_fmt(
		&c->arena, "Remove %u provisioning certificate%s, with the private key%s?",
		c->args.count, c->args.count == 1 ? "" : "s", c->args.count == 1 ? "" : "s");
	if (!cli_ask(c, question, e))
		return false;
	for (unsigned i = 0; i < c->args.count; i++) {
		const char *id = c->args.operands[i];
		struct cli_rpc_req req = { .method = "DELETE",
					   .target = cli_rpc_target(&c->arena, "/v1/certs/%", id) };
		if (!cli_rpc_call(c, &req, NULL, e))
			return false;
		cli_writer_done(c->writer, "cert", id, "Removed %s.", id);
	}
	return true;
}
