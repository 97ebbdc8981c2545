/* outband pc ... --direct: what one PC is, and its power, without the service and whatever its
 * firmware speaks (amt/pc.h decides). Off, cycle and reset take the work of who sits there, so they
 * are asked for unless --yes. */
#include "amt/pc.h"
#include "base/str.h"
#include "cli/commands.h"
#include "cli/direct.h"

struct run {
	struct cli *c;
	struct cli_direct d;
	struct amt_pc *pc;
	enum amt_pc_role role;
	const char *word; /* of the role */
	struct err *e;
};

static void add(json_t *o, const char *key, const char *text)
{
	if (*text)
		(void)json_object_set_new(o, key, json_string(text));
}

static json_t *as_json(const struct run *r, const struct amt_pc_facts *f)
{
	json_t *o = json_object();

	add(o, "address", r->d.way.address);
	add(o, "version", f->version);
	add(o, "interface", amt_pc_speaks_name(f->speaks));
	add(o, "uuid", f->uuid);
	add(o, "host", f->host);
	add(o, "domain", f->domain);
	add(o, "realm", f->realm);
	add(o, "mac", f->mac);
	add(o, "ip", f->address);
	add(o, "power", amt_pc_power_name(f->power));
	return o;
}

static void show(const struct run *r, const struct amt_pc_result *res)
{
	static const struct cli_col cols[] = {
		{ "address", "asked at", CLI_FORM_TEXT },
		{ "version", "AMT", CLI_FORM_TEXT },
		{ "interface", "speaks", CLI_FORM_TEXT },
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "host", "host", CLI_FORM_TEXT },
		{ "domain", "domain", CLI_FORM_TEXT },
		{ "realm", "realm", CLI_FORM_TEXT },
		{ "mac", "MAC", CLI_FORM_TEXT },
		{ "ip", "IP", CLI_FORM_TEXT },
		{ "power", "power", CLI_FORM_TEXT },
	};
	const char *power = amt_pc_power_name(res->facts->power);

	if (r->role == AMT_PC_INFO || r->role == AMT_PC_STATUS) {
		json_t *o = as_json(r, res->facts);
		cli_writer_record(r->c->writer, cols, sizeof cols / sizeof *cols, o);
		json_decref(o);
		return;
	}
	if (!res->asked)
		cli_writer_done(r->c->writer, "pc", r->d.way.address, "%s is %s already",
				r->d.way.address, power);
	else
		cli_writer_done(r->c->writer, "pc", r->d.way.address,
				"%s took power %s and says it is %s", r->d.way.address, r->word,
				power);
}

static void start(void *arg);

static void on_done(void *arg, const struct amt_pc_result *res, const struct err *e)
{
	struct run *r = arg;

	if (res->replied)
		cli_direct_show_peer(&r->d, res->peer);
	if (e->code != ERR_NONE) {
		if (!res->replied && cli_direct_next_rung(&r->d, e)) {
			start(r);
			return;
		}
		*r->e = *e;
		if (!e->hint[0])
			err_hint(r->e, "%s", cli_direct_hint(&r->d, e));
		err_wrap(r->e, "power and facts of %s", r->d.way.address);
	} else {
		show(r, res);
	}
	amt_pc_free(r->pc);
	r->pc = NULL;
	cli_direct_finish(&r->d, e->code == ERR_NONE);
}

static void start(void *arg)
{
	struct run *r = arg;

	if (!r->pc)
		r->pc = amt_pc_new(r->d.client);
	amt_pc_start(r->pc, r->role, on_done, r);
}

static bool takes_work(enum amt_pc_role role)
{
	return role == AMT_PC_OFF || role == AMT_PC_CYCLE || role == AMT_PC_RESET;
}

static bool go(struct run *r, struct err *e)
{
	struct cli *c = r->c;
	char question[160];
	struct out o;

	memset(question, 0, sizeof question);
	out_init(&o, question, sizeof question - 1);
	out_fmt(&o, "Send power %s to %.80s? What is not saved there is lost.", r->word,
		cli_args_value(&c->args, "direct"));
	if (takes_work(r->role) && !cli_ask(c, question, e))
		return false;
	bool ok = cli_direct_init(&r->d, c, e) && cli_direct_run(&r->d, start, r, e);
	cli_direct_deinit(&r->d);
	return ok;
}

bool cli_cmd_pc_info(struct cli *c, struct err *e)
{
	struct run r = { .c = c, .role = AMT_PC_INFO, .word = "info", .e = e };

	return go(&r, e);
}

bool cli_cmd_pc_power(struct cli *c, struct err *e)
{
	struct run r = { .c = c, .word = cli_operand(c, 0), .e = e };

	if (!amt_pc_role_parse(r.word, &r.role) || r.role == AMT_PC_INFO) {
		err_set(e, ERR_USAGE, "'%.40s' is no power action", r.word);
		return err_want(e, "status, on, off, cycle or reset");
	}
	return go(&r, e);
}
