/* profile check, list, show, set, schema: checking works here, the rest over the service. */
#include "base/limits.h"
#include "cli/profile_doc.h"
#include "cli/rpc.h"

#define DOC_MAX 1048576

/* "FILE:LINE:COLUMN: what is wrong", as compilers say it. */
static bool at_place(const char *path, const struct engine_profile *p, struct err *e)
{
	struct err plain = *e;
	const char *what = strstr(plain.msg, ", column ");

	what = what && p->bad_line ? strstr(what, ": ") : NULL;
	if (!what)
		return err_wrap(e, "%s", path);
	err_set(e, plain.code, "%s:%u:%u: %s", path, p->bad_line, p->bad_column, what + 2);
	err_seen(e, "%s", plain.seen);
	err_want(e, "%s", plain.want);
	return err_hint(e, "%s", plain.hint);
}

/* The buffer is the caller's on success. */
static bool read_profile(const char *path, const char *name, struct arena *a, struct buf *b,
			 struct engine_profile *p, struct err *e)
{
	if (!cli_input_read(path, (size_t)LIMIT_YAML_BYTES, b, e))
		return false;
	if (engine_profile_parse_in(name, 0, buf_span(b), a, p, e))
		return true;
	buf_deinit(b);
	return at_place(path, p, e);
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

/* The parts, a line for each value, as the record before them. */
static void say_parts(struct cli *c, const struct engine_profile *p)
{
	json_t *flat = cli_profile_flat(p), *v;
	const char *key;
	size_t width = 0;

	json_object_foreach(flat, key, v) width = strlen(key) > width ? strlen(key) : width;
	json_object_foreach(flat, key, v)
		cli_writer_say(c->writer, "%-*s  %s", (int)width, key, json_string_value(v));
	json_decref(flat);
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
	struct arena tree;
	struct buf b;

	arena_init(&tree, LIMIT_PROFILE_TREE_BYTES);
	if (!read_profile(cli_operand(c, 0), "check", &tree, &b, &p, e)) {
		arena_deinit(&tree);
		return false;
	}
	buf_deinit(&b);
	json_t *doc = json_pack("{s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "valid",
				1, "admin_password", pw_text(c, p.admin_pw, p.admin_secret),
				"mebx_password", pw_text(c, p.mebx_pw, p.mebx_secret), "names",
				yes(p.names, "from the FQDN"), "clock", yes(p.clock, "set to ours"),
				"tls", yes(p.tls, "server certificate"), "sol", want_name(p.sol),
				"ider", want_name(p.ider), "kvm", want_name(p.kvm), "webui",
				want_name(p.webui), "ping", want_name(p.ping));
	cli_writer_say(c->writer, "%s is a valid profile. It asks for:", cli_operand(c, 0));
	if (cli_writer_kind(c->writer) == CLI_WRITER_TEXT) {
		cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, doc);
		say_parts(c, &p);
	} else {
		json_object_update_new(doc, cli_profile_tree(&p));
		cli_writer_json(c->writer, doc);
	}
	json_decref(doc);
	arena_deinit(&tree);
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

/* The stored text becomes one with every key; false: we cannot read it, a newer service may. */
static bool make_effective(const char *name, json_t *doc, struct err *e)
{
	const json_t *yaml = json_object_get(doc, "yaml");
	struct engine_profile p;
	struct arena tree;
	struct out o;
	struct buf b;

	arena_init(&tree, LIMIT_PROFILE_TREE_BYTES);
	buf_init(&b, DOC_MAX);
	out_init_buf(&o, &b);
	bool ok = engine_profile_parse_in(
		name, 0, span_make(json_string_value(yaml), json_string_length(yaml)), &tree, &p,
		e);
	if (ok)
		cli_profile_effective(&p, &o);
	if (ok && !o.bad)
		json_object_set_new(doc, "yaml", json_stringn((const char *)b.p, b.n));
	buf_deinit(&b);
	arena_deinit(&tree);
	return ok;
}

static int add_text(const char *text, size_t n, void *to)
{
	out_bytes(to, span_make(text, n));
	return 0;
}

bool cli_cmd_profile_schema(struct cli *c, struct err *e)
{
	struct out o;
	struct buf b;
	json_t *doc;
	(void)e;

	buf_init(&b, DOC_MAX);
	out_init_buf(&o, &b);
	if (cli_args_has(&c->args, "man") || cli_args_has(&c->args, "markdown")) {
		if (cli_args_has(&c->args, "man"))
			cli_profile_man(&o);
		else
			cli_profile_markdown(&o);
		doc = json_pack("{s:s%}", "text", (const char *)b.p, b.n);
	} else {
		doc = cli_profile_schema();
		json_dump_callback(doc, add_text, &o, JSON_INDENT(2));
		out_str(&o, "\n");
	}
	cli_writer_text(c->writer, buf_span(&b));
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	buf_deinit(&b);
	return true;
}

bool cli_cmd_profile_show(struct cli *c, struct err *e)
{
	json_t *doc;

	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/profiles/%", cli_operand(c, 0)), &doc,
			 e))
		return false;
	if (cli_args_has(&c->args, "effective") && !make_effective(cli_operand(c, 0), doc, e)) {
		json_decref(doc);
		return false;
	}
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
	struct arena tree;
	struct buf b;
	json_t *doc;

	/* Checked here first: the messages are the same, and the service need not run for them. */
	arena_init(&tree, LIMIT_PROFILE_TREE_BYTES);
	bool valid = read_profile(cli_operand(c, 1), name, &tree, &b, &p, e);
	arena_deinit(&tree);
	if (!valid)
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
