/* cert ca, expiry, crl, revoke, renew-ca: the CA of the service that signs the certificates of PCs. Over the
 * service; lists come as DER and are shown as PEM. */
#include "base/mem.h"
#include "base/fd.h"
#include "base/str.h"
#include "cli/rpc.h"
#include "pki/crl.h"
#include <errno.h>
#include <unistd.h>

static const struct cli_col ca_cols[] = {
	{ "name", "name", CLI_FORM_TEXT },         { "tier", "tier", CLI_FORM_TEXT },
	{ "state", "state", CLI_FORM_TEXT },       { "not_after", "valid until", CLI_FORM_TIME },
	{ "key_bits", "key", CLI_FORM_NUMBER },    { "hash", "hash", CLI_FORM_TEXT },
	{ "revoked", "revoked", CLI_FORM_NUMBER }, { "list_file", "list", CLI_FORM_TEXT },
	{ "serial", "serial", CLI_FORM_TEXT },     { "subject", NULL, CLI_FORM_TEXT },
};
#define CA_COLS 10

bool cli_cmd_cert_ca(struct cli *c, struct err *e)
{
	return cli_rpc_list(c, "/v1/ca", ca_cols, CA_COLS, "No CA.", e);
}

bool cli_cmd_cert_expiry(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "kind", "kind", CLI_FORM_TEXT },       { "days", "days", CLI_FORM_NUMBER },
		{ "not_after", "ends", CLI_FORM_TIME },  { "name", "name", CLI_FORM_TEXT },
		{ "subject", "subject", CLI_FORM_TEXT }, { "uuid", NULL, CLI_FORM_TEXT },
		{ "ended", NULL, CLI_FORM_TEXT },
	};
	const char *days = cli_args_value(&c->args, "days");
	uint32_t n = 90;

	if (days && !str_to_u32(span_str(days), 1, 36500, &n, NULL)) {
		err_set(e, ERR_USAGE, "--days %s is no number of days", days);
		return err_want(e, "1 to 36500");
	}
	return cli_rpc_list(c, cli_rpc_target(&c->arena, "/v1/certs-expiry?days=%", days), cols, 7,
			    arena_fmt(&c->arena, "No certificate in use ends within %u days.", n),
			    e);
}

static bool write_list(struct cli *c, struct span der, bool as_der, struct err *e)
{
	const char *path = cli_args_value(&c->args, "output");
	struct buf pem;
	struct out o;
	int fd = STDOUT_FILENO;

	buf_init(&pem, 2 * der.n + 4096);
	out_init_buf(&o, &pem);
	bool ok = as_der || pki_crl_to_pem(der, &o);
	struct span bytes = as_der ? der : buf_span(&pem);
	if (ok && path)
		ok = cli_input_create(path, &fd, e);
	if (ok)
		ok = fd_write_all(fd, bytes) ||
			err_errno(e, ERR_IO, errno, path ? path : "standard output");
	if (fd != STDOUT_FILENO)
		(void)close(fd);
	buf_deinit(&pem);
	return ok;
}

bool cli_cmd_cert_crl(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0);
	struct buf der;
	struct cli_rpc_req req = { .method = "GET",
				   .target = cli_rpc_target(&c->arena, "/v1/ca/%/crl",
							    name ? name : "ca") };

	if (c->json)
		return err_set(e, ERR_USAGE, "a revocation list is PEM or DER, not JSON");
	if (!cli_rpc_raw(c, &req, &der, e))
		return false;
	bool ok = write_list(c, buf_span(&der), cli_args_has(&c->args, "der"), e);
	buf_deinit(&der);
	return ok;
}

bool cli_cmd_cert_revoke(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *reason = cli_args_value(&c->args, "reason");
	int code;
	json_t *doc = NULL, *body;

	if (reason && !pki_crl_reason(reason, &code)) {
		err_set(e, ERR_USAGE, "there is no reason '%.40s'", reason);
		return err_want(e, "one of: " PKI_CRL_REASON_WORDS);
	}
	if (!cli_ask(c, arena_fmt(&c->arena, "Take back what the CA signed for %s?", name), e))
		return false;
	body = json_object();
	if (reason)
		(void)json_object_set_new(body, "reason", json_string(reason));
	if (!cli_rpc_send(c, "POST", cli_rpc_target(&c->arena, "/v1/ca/%/revoke", name), body, &doc,
			  e))
		return false;
	cli_writer_done(c->writer, "cert", name, "Revoked %d of %s; the list is published now.",
			(int)json_integer_value(json_object_get(doc, "count")),
			json_string_value(json_object_get(doc, "uuid")));
	json_decref(doc);
	return true;
}

bool cli_cmd_cert_renew_ca(struct cli *c, struct err *e)
{
	bool root = cli_args_has(&c->args, "root");
	struct cli_rpc_req req = { .method = "POST",
				   .target = root ? "/v1/ca/renew?root=true" : "/v1/ca/renew" };
	json_t *doc = NULL, *row;
	size_t i;

	if (!cli_ask(c, root ? "Make new root and issuing CAs?" : "Make new issuing CAs?", e) ||
	    !cli_rpc_call(c, &req, &doc, e))
		return false;
	cli_writer_list_begin(c->writer, ca_cols, CA_COLS);
	json_array_foreach(json_object_get(doc, "items"), i, row)
		cli_writer_list_row(c->writer, row);
	cli_writer_list_end(c->writer, NULL);
	json_decref(doc);
	if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT)
		cli_note("'outband cert export ca' has the new ones, for those who check PCs; PCs "
			 "keep their certificates");
	return true;
}
