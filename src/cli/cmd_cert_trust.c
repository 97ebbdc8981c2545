/* cert trust, trusted, distrust: certificates that profiles name, over the service's socket. */
#include "base/limits.h"
#include "cli/rpc.h"

bool cli_cmd_cert_trust(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0), *path = cli_operand(c, 1);
	struct buf file = { 0 };
	struct cli_rpc_req req = { .method = "PUT",
				   .target = cli_rpc_target(&c->arena, "/v1/certs-trusted/%", name),
				   .type = "application/octet-stream" };
	json_t *doc = NULL;

	if (!cli_input_read(path, (size_t)LIMIT_PFX_BYTES, &file, e))
		return false;
	req.body = buf_span(&file);
	bool ok = cli_rpc_call(c, &req, &doc, e);
	if (ok) {
		const char *subject = json_string_value(json_object_get(doc, "subject"));
		cli_writer_done(c->writer, "cert", name, "Profiles can name %s now: %s.", name,
				subject ? subject : "?");
	}
	json_decref(doc);
	buf_deinit(&file);
	return ok;
}

bool cli_cmd_cert_trusted(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "name", CLI_FORM_TEXT },      { "subject", "subject", CLI_FORM_TEXT },
		{ "not_after", "ends", CLI_FORM_TIME }, { "at", "stored", CLI_FORM_TIME },
		{ "serial", NULL, CLI_FORM_TEXT },
	};
	return cli_rpc_list(
		c, "/v1/certs-trusted", cols, sizeof cols / sizeof *cols,
		"None: 'outband cert trust NAME FILE' stores one. 'ca' is always there.", e);
}

bool cli_cmd_cert_distrust(struct cli *c, struct err *e)
{
	for (unsigned i = 0; i < c->args.count; i++) {
		const char *name = cli_operand(c, i);
		struct cli_rpc_req req = { .method = "DELETE",
					   .target = cli_rpc_target(&c->arena,
								    "/v1/certs-trusted/%", name) };
		if (!cli_rpc_call(c, &req, NULL, e))
			return false;
		cli_writer_done(c->writer, "cert", name,
				"%s is removed; profiles that name it fail, PCs keep it.", name);
	}
	return true;
}
