/* cert request, install, backup, match: ordering a provisioning certificate without its key ever leaving
 * the service, except in a backup under a password. Passwords come from a file or the terminal. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cmd_cert.h"
#include "cli/rpc.h"
#include "pki/chain.h"
#include <errno.h>
#include <unistd.h>

static bool write_new(const char *path, struct span s, struct err *e)
{
	int fd;

	if (!cli_input_create(path, &fd, e))
		return false;
	bool ok = true;
	while (ok && s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno != EINTR)
			ok = err_errno(e, ERR_IO, errno, path);
		if (n > 0) {
			s.p += n;
			s.n -= (size_t)n;
		}
	}
	if (close(fd) != 0 && ok)
		ok = err_errno(e, ERR_IO, errno, path);
	if (!ok)
		(void)unlink(path);
	return ok;
}

/* ---- request ---- */

static json_t *request_body(struct cli *c)
{
	static const struct {
		const char *option, *key;
	} rows[] = {
		{ "fqdn", "fqdn" },
		{ "suffix", "suffix" },
		{ "key-bits", "key_bits" },
		{ "country", "country" },
		{ "province", "state" },
		{ "city", "city" },
		{ "organization", "organization" },
	};
	json_t *body = json_object();

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *v = cli_args_value(&c->args, rows[i].option);
		if (v)
			(void)json_object_set_new(body, rows[i].key, json_string(v));
	}
	return body;
}

static bool show_request(struct cli *c, const char *name, const json_t *doc, struct err *e)
{
	const char *path = cli_args_value(&c->args, "output");
	const char *pem = json_string_value(json_object_get(doc, "pem"));

	if (!pem)
		return err_set(e, ERR_MALFORMED, "the service's answer has no request");
	if (path && !write_new(path, span_str(pem), e))
		return false;
	if (!path)
		cli_writer_text(c->writer, span_str(pem));
	else
		cli_writer_done(c->writer, "cert", name, "Wrote the request to %s.", path);
	if (c->json && !path)
		cli_writer_json(c->writer, doc);
	cli_writer_flush(c->writer);
	if (!c->json)
		cli_note("give this to the CA and order Server Authentication for Intel AMT setup; "
			 "then 'outband cert install %s FILE'",
			 name);
	return true;
}

bool cli_cmd_cert_request(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0);
	const char *replace = cli_args_has(&c->args, "replace") ? "true" : NULL;
	json_t *doc = NULL;
	bool again = !cli_args_value(&c->args, "fqdn");

	if (again && replace) {
		err_set(e, ERR_USAGE, "--replace makes a new request, which needs --fqdn");
		return err_want(e, "--fqdn NAME");
	}
	bool ok = again
		? cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/certs/%/request", name), &doc, e)
		: cli_rpc_send(
			  c, "POST",
			  cli_rpc_target(&c->arena, "/v1/certs/%/request?replace=%", name, replace),
			  request_body(c), &doc, e);
	ok = ok && show_request(c, name, doc, e);
	json_decref(doc);
	return ok;
}

/* ---- install ---- */

/* All certificates of all files, as one PEM file. */
static bool gather(struct cli *c, struct buf *all, struct err *e)
{
	struct out o;

	out_init_buf(&o, all);
	for (unsigned i = 1; i < c->args.count; i++) {
		struct buf file = { 0 };
		const char *path = cli_operand(c, i);
		bool ok = cli_input_read(path, (size_t)LIMIT_PFX_BYTES, &file, e) &&
			(pki_chain_file_to_pem(buf_span(&file), &o, e) || err_wrap(e, "%s", path));
		buf_wipe(&file);
		if (!ok)
			return false;
	}
	return true;
}

bool cli_cmd_cert_install(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0);
	const char *force = cli_args_has(&c->args, "force") ? "true" : NULL;
	struct secret none = SECRET_NONE;
	struct buf all;
	json_t *doc = NULL;

	buf_init(&all, (size_t)LIMIT_PFX_BYTES);
	bool ok = gather(c, &all, e) &&
		cli_cert_send(c,
			      cli_rpc_target(&c->arena, "/v1/certs/%/install?force=%", name, force),
			      buf_span(&all), &none, &doc, e);
	if (ok) {
		ok = cli_cert_stored(c, name, cli_operand(c, 1), doc, force != NULL, e);
		if (ok && !c->json)
			cli_note(
				"the key is only here: make a backup with 'outband cert backup %s FILE'",
				name);
	}
	json_decref(doc);
	buf_deinit(&all);
	return ok;
}

/* ---- backup ---- */

static bool get_password(struct cli *c, struct secret *out_s, struct err *e)
{
	const char *file = cli_args_value(&c->args, "password-file");

	if (file)
		return cli_input_password_file(file, out_s, e);
	if (cli_input_can_prompt())
		return cli_input_prompt("Password for the backup: ", true, out_s, e);
	err_set(e, ERR_USAGE, "a backup needs a password, and nobody can be asked");
	return err_hint(e, "give it with --password-file");
}

bool cli_cmd_cert_backup(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *path = cli_operand(c, 1);
	struct secret password = SECRET_NONE;
	struct buf body, file = { 0 };
	struct out o;

	if (access(path, F_OK) == 0) {
		err_set(e, ERR_CONFLICT, "the file %s exists", path);
		return err_want(e, "a file that does not exist yet");
	}
	if (!get_password(c, &password, e))
		return false;
	buf_init(&body, 65536);
	out_init_buf(&o, &body);
	out_str(&o, "{\"password\":");
	out_json_str(&o, secret_reveal(&password));
	out_str(&o, "}");
	secret_deinit(&password);
	struct cli_rpc_req req = { .method = "POST",
				   .target = cli_rpc_target(&c->arena, "/v1/certs/%/backup", name),
				   .body = buf_span(&body) };
	bool ok = cli_rpc_raw(c, &req, &file, e);
	buf_wipe(&body);
	if (ok) {
		ok = write_new(path, buf_span(&file), e);
		buf_wipe(&file);
	}
	if (ok)
		cli_writer_done(c->writer, "cert", name,
				"Wrote %s and its key to %s. Keep the password elsewhere.", name,
				path);
	return ok;
}

/* ---- match ---- */

static const struct cli_col match_cols[] = {
	{ "fqdn", "name", CLI_FORM_TEXT },       { "address", "address", CLI_FORM_TEXT },
	{ "version", "AMT", CLI_FORM_TEXT },     { "cert", "certificate", CLI_FORM_TEXT },
	{ "verdict", "verdict", CLI_FORM_TEXT }, { "chosen", "chosen", CLI_FORM_TEXT },
	{ "rule", "rule", CLI_FORM_TEXT },       { "seen", "seen", CLI_FORM_TEXT },
	{ "want", "expected", CLI_FORM_TEXT },   { "condition", NULL, CLI_FORM_TEXT },
	{ "uuid", NULL, CLI_FORM_TEXT },         { "subject", NULL, CLI_FORM_TEXT },
};
#define MATCH_COLS 12

bool cli_cmd_cert_match(struct cli *c, struct err *e)
{
	static const char none[] =
		"No PC that is set up by certificate has said hello, or there is no certificate.";
	json_t *doc, *row;
	size_t k;

	if (!c->args.count)
		return cli_rpc_list(c, "/v1/certs-match", match_cols, MATCH_COLS, none, e);
	cli_writer_list_begin(c->writer, match_cols, MATCH_COLS);
	for (unsigned i = 0; i < c->args.count; i++) {
		const char *target =
			cli_rpc_target(&c->arena, "/v1/certs-match?device=%", cli_operand(c, i));
		if (!cli_rpc_get(c, target, &doc, e))
			return false;
		json_array_foreach(json_object_get(doc, "items"), k, row)
			cli_writer_list_row(c->writer, row);
		json_decref(doc);
	}
	cli_writer_list_end(c->writer, none);
	return true;
}
