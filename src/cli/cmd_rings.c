/* device apply in rings (cmd_rings.h): every PC is looked at first; those that would go out of reach are
 * named and counted before the first one is changed. */
#include "cli/cmd_rings.h"

#include "base/str.h"
#include "cli/cmd_job.h"
#include "engine/engine.h"

struct target {
	const char *name, *job; /* job: under way; NULL: none could be started */
	const char *dark;       /* why it would go out of reach; NULL: it would not */
	bool failed;
};
struct plan {
	struct target *targets;
	unsigned count, dark, failed, done;
	uint32_t accept, ring, stop_on; /* percent for the latter two */
};

static bool number(struct cli *c, const char *option, uint32_t most, uint32_t fallback,
		   uint32_t *out_v, struct err *e)
{
	const char *text = cli_args_value(&c->args, option);
	size_t n = text ? strlen(text) : 0;

	*out_v = fallback;
	if (!text)
		return true;
	n -= n > 0 && text[n - 1] == '%';
	if (str_to_u32(span_make(text, n), 0, most, out_v, NULL))
		return true;
	err_set(e, ERR_USAGE, "--%s %s is no number for that", option, text);
	return err_want(e, "0 to %u", most);
}

const char *cli_rings_target(struct cli *c, const char *name, const char *verb, bool accept)
{
	const char *period = cli_args_value(&c->args, "period");
	const char *accepted = accept ? "true" : "false";

	if (period && accept)
		return cli_rpc_target(&c->arena, "/v1/devices/%/%?accept_loss=%&period=%", name,
				      verb, accepted, period);
	if (period)
		return cli_rpc_target(&c->arena, "/v1/devices/%/%?period=%", name, verb, period);
	if (accept)
		return cli_rpc_target(&c->arena, "/v1/devices/%/%?accept_loss=%", name, verb,
				      accepted);
	return cli_rpc_target(&c->arena, "/v1/devices/%/%", name, verb);
}

/* A job of each of them is started before the first is waited for. */
static void start(struct cli *c, struct target *t, const char *verb, bool accept)
{
	struct err e = { 0 };
	json_t *doc = NULL;
	const char *target = str_eq(verb, "apply")
		? cli_rings_target(c, t->name, verb, accept)
		: cli_rpc_target(&c->arena, "/v1/devices/%/%", t->name, verb);

	t->job = NULL;
	if (cli_rpc_send(c, "POST", target, json_object(), &doc, &e)) {
		const char *id = json_string_value(json_object_get(doc, "job"));
		t->job = arena_str(&c->arena, span_str(id ? id : "?"));
	} else {
		t->failed = true;
		err_wrap(&e, "%s", t->name);
		cli_print_err(c, &e);
	}
	json_decref(doc);
}

static bool finish(struct cli *c, struct target *t, struct err *e)
{
	json_t *job = NULL;

	if (!t->job)
		return true;
	if (!cli_job_wait(c, t->job, &job, e))
		return false;
	const char *state = json_string_value(json_object_get(job, "state"));
	const char *msg = json_string_value(json_object_get(json_object_get(job, "error"), "msg"));
	t->failed = !state || !str_eq(state, "done");
	if (t->failed)
		cli_note("%s: %s%s%s", t->name, state ? state : "?", msg ? ": " : "",
			 msg ? msg : "");
	json_decref(job);
	return true;
}

/* What the look saw: a line of the notes that begins so. */
static bool judge(struct cli *c, struct plan *p, struct target *t, struct err *e)
{
	json_t *doc = NULL, *line;
	size_t i;

	if (!t->job || t->failed)
		return true;
	if (!cli_rpc_get(c, cli_rpc_target(&c->arena, "/v1/devices/%/drift", t->name), &doc, e))
		return false;
	json_array_foreach(json_object_get(doc, "notes"), i, line)
	{
		const char *text = json_string_value(line);
		if (!text || !span_starts(span_str(text), ENGINE_NOTE_DARK))
			continue;
		t->dark = arena_str(&c->arena, span_str(text + strlen(ENGINE_NOTE_DARK)));
		p->dark++;
		cli_writer_done(c->writer, "dark", t->name, "%s would go dark: %s", t->name,
				t->dark);
		break;
	}
	json_decref(doc);
	return true;
}

/* A PC that cannot be looked at is left out, and counts as one that did not succeed. */
static bool look_at_all(struct cli *c, struct plan *p, struct err *e)
{
	for (unsigned i = 0; i < p->count; i++)
		start(c, &p->targets[i], "check", false);
	for (unsigned i = 0; i < p->count; i++)
		if (!finish(c, &p->targets[i], e) || !judge(c, p, &p->targets[i], e))
			return false;
	if (p->dark <= p->accept)
		return true;
	err_set(e, ERR_PREFLIGHT, "%u of %u PCs would go out of reach; nothing was changed",
		p->dark, p->count);
	err_seen(e, "%u", p->dark);
	err_want(e, "at most %u (--accept-loss)", p->accept);
	err_hint(e, "mend the profile for those named above, or accept the loss of %u", p->dark);
	return err_rule(e, "D125");
}

static bool stop_now(const struct plan *p)
{
	return p->failed * 100 > p->stop_on * p->done;
}

static bool one_ring(struct cli *c, struct plan *p, unsigned from, unsigned to, struct err *e)
{
	for (unsigned i = from; i < to; i++)
		if (!p->targets[i].failed)
			start(c, &p->targets[i], "apply", p->targets[i].dark != NULL);
		else
			p->targets[i].job = NULL;
	for (unsigned i = from; i < to; i++) {
		struct target *t = &p->targets[i];
		if (!finish(c, t, e))
			return false;
		/* out of reach, as was said and accepted: its end cannot be seen */
		t->failed &= t->dark == NULL;
		p->failed += t->failed;
		p->done++;
		if (!t->failed)
			cli_writer_done(c->writer, "apply", t->name, "%s: done%s", t->name,
					t->dark ? ", and out of reach, as was accepted" : "");
	}
	return true;
}

static bool all_rings(struct cli *c, struct plan *p, struct err *e)
{
	unsigned size = (p->count * p->ring + 99) / 100;

	size = size ? size : 1;
	for (unsigned from = 0; from < p->count; from += size) {
		unsigned to = from + size < p->count ? from + size : p->count;
		if (!one_ring(c, p, from, to, e))
			return false;
		cli_note("ring of %u: %u of %u PCs done, %u did not succeed", to - from, p->done,
			 p->count, p->failed);
		if (!stop_now(p))
			continue;
		err_set(e, ERR_VERIFY, "%u of %u PCs did not succeed; stopped, %u are as they were",
			p->failed, p->done, p->count - p->done);
		return err_want(e, "at most %u %% (--stop-on)", p->stop_on);
	}
	return true;
}

bool cli_apply_rings(struct cli *c, struct err *e)
{
	struct plan p = { .count = c->args.count };

	if (!number(c, "accept-loss", 1000000, 0, &p.accept, e) ||
	    !number(c, "ring", 100, 100, &p.ring, e) ||
	    !number(c, "stop-on", 100, 0, &p.stop_on, e))
		return false;
	p.targets = ARENA_ARRAY(&c->arena, struct target, p.count);
	if (!p.targets)
		return err_set(e, ERR_LIMIT, "too many PCs at once");
	for (unsigned i = 0; i < p.count; i++)
		p.targets[i].name = cli_operand(c, i);
	return look_at_all(c, &p, e) && all_rings(c, &p, e);
}
