/* profile check, list, show, set: checking works here, the rest over the service. */
#include "base/limits.h"
#include "cli/rpc.h"
#include "engine/profile.h"

static bool read_profile(const char *path, const char *name, struct buf *b,
			 struct engine_profile *p, struct err *e)
{
	if (!cli_input_read(path, (size_t)LIMIT_YAML_BYTES, b, e))
		return false;
	if (engine_profile_parse(name, 0, buf_span(b), p, e))
		return true;
	buf_deinit(b);
	return err_wrap(e, "%s", path);
}

static const char *want_name(enum engine_want w)
{
	return w == ENGINE_ON ? "on" : w == ENGINE_OFF ? "off" : "leave";
}

static const char *pw_text(struct cli *c, enum engine_pw pw, const char *secret)
{
	if (pw == ENGINE_PW_SECRET)
		return arena_fmt(&c->arena, "secret %s", secret);
	return pw == ENGINE_PW_RANDOM ? "random, another one for each PC" : "leave";
}

static const char *yes(bool set, const char *text)
{
	return set ? text : "leave";
}

bool cli_cmd_profile_check(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "valid", NULL, CLI_FORM_TEXT },
		{ "admin_password", "admin password", CLI_FORM_TEXT },
		{ "mebx_password", "MEBx password", CLI_FORM_TEXT },
		{ "names", "host name", CLI_FORM_TEXT },
		{ "clock", "clock", CLI_FORM_TEXT },
		{ "tls", "TLS", CLI_FORM_TEXT },
		{ "sol", "serial over LAN", CLI_FORM_TEXT },
		{ "ider", "IDE redirection", CLI_FORM_TEXT },
		{ "kvm", "KVM", CLI_FORM_TEXT },
		{ "webui", "web page", CLI_FORM_TEXT },
		{ "ping", "ping", CLI_FORM_TEXT },
	};
	struct engine_profile p;
	struct buf b;

	if (!read_profile(cli_operand(c, 0), "check", &b, &p, e))
		return false;
	buf_deinit(&b);
	json_t *doc = json_pack("{s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "valid",
				1, "admin_password", pw_text(c, p.admin_pw, p.admin_secret),
				"mebx_password", pw_text(c, p.mebx_pw, p.mebx_secret), "names",
				yes(p.names, "from the FQDN"), "clock", yes(p.clock, "set to ours"),
				"tls", yes(p.tls, "server certificate"), "sol", want_name(p.sol),
				"ider", want_name(p.ider), "kvm", want_name(p.kvm), "webui",
				want_name(p.webui), "ping", want_name(p.ping));
	cli_writer_say(c->writer, "%s is a valid profile. It asks for:", cli_operand(c, 0));
	cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_profile_list(struct cli *c, struct err *e)
{
	static const struct cli_col cols[] = {
		{ "name", "name", CLI_FORM_TEXT },
		{ "version", "version", CLI_FORM_NUMBER },
		{ "at", "stored", CLI_FORM_TIME },
	};
	return cli_rpc_list(c, "/v1/profiles", cols, 3, "No profiles.", e);
}

bool cli_cmd_profile_show(struct cli *c, struct err *e)
{
	json_t *doc;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/profiles/%", cli_operand(c, 0)), &doc,
			 e))
		return false;
	const json_t *yaml = json_object_get(doc, "yaml");
	if (json_is_string(yaml))
		cli_writer_text(c->writer,
				span_make(json_string_value(yaml), json_string_length(yaml)));
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	return true;
}

bool cli_cmd_profile_set(struct cli *c, struct err *e)
{
	const char *name = cli_operand(c, 0);
	struct engine_profile p;
	struct buf b;
	json_t *doc;

	/* Checked here first: the messages are the same, and the service need not run for them. */
	if (!read_profile(cli_operand(c, 1), name, &b, &p, e))
		return false;
	struct cli_rpc_req req = { .method = "PUT",
				   .target = cli_rpc_target(&c->arena, "/v1/profiles/%", name),
				   .type = "application/yaml",
				   .body = buf_span(&b) };
	bool ok = cli_rpc_call(c, &req, &doc, e);
	buf_deinit(&b);
	if (!ok)
		return false;
	cli_writer_say(c->writer, "Stored %s, version %lld.", name,
		       (long long)json_integer_value(json_object_get(doc, "version")));
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	return true;
}
