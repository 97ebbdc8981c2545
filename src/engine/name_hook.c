/* The talk with the hook program and what DNS said, judged. Called by run_name.c. The hook is the
 * operator's, but may be wrong in every way: whatever it prints ends as a name or as an error with
 * its rule. Pure. */
#include "engine/name.h"

#include "engine/outside.h"
#include "pki/preflight.h"
#include "wire/hello.h"

#include <jansson.h>
#include <string.h>

static void write_text(struct out *o, const char *key, const char *v)
{
	out_fmt(o, ",\"%s\":", key);
	out_json_str(o, span_str(v));
}

void engine_hook_write(struct out *o, const struct store_device *d, const struct wire_hello *h)
{
	out_str(o, "{\"uuid\":");
	out_json_str(o, span_str(d->uuid));
	write_text(o, "address", d->address);
	write_text(o, "pid", d->pid);
	write_text(o, "version", d->version);
	write_text(o, "kind", d->kind);
	write_text(o, "fqdn", d->fqdn);
	write_text(o, "profile", d->profile);
	write_text(o, "state", d->state);
	out_fmt(o, ",\"hello_count\":%lld,\"hello\":", (long long)d->hello_count);
	if (h)
		wire_hello_print_json(o, h);
	else
		out_str(o, "null");
	out_str(o, "}\n");
}

/* ---- what it said ---- */

/* The first line, printable, for people. */
static int first_line(struct span s)
{
	size_t n = span_find(s, '\n');
	return (int)(n < 100 ? n : 100);
}

static bool fail(struct engine_name_step *s, struct err *e, const char *msg)
{
	s->verdict = NAME_FAILED;
	err_set(e, ERR_HOOK, "%s", msg);
	return false;
}

static bool rule(struct engine_name_step *s, struct err *e, const char *id)
{
	(void)str_copy(s->rule, sizeof s->rule, span_str(id));
	(void)str_copy(s->detail, sizeof s->detail, span_str(e->seen[0] ? e->seen : e->msg));
	return err_rule(e, id);
}

/* It did not run to a good end. */
static bool judge_end(const struct engine_hook_end *end, int64_t timeout_ms,
		      struct engine_name_step *s, struct err *e)
{
	long long ms = (long long)end->elapsed_ms;

	if (end->why.code == ERR_TIMEOUT) {
		fail(s, e, "the hook program did not end in time and was killed");
		err_seen(e, "no end after %lld ms", ms);
		err_want(e, "an end within %lld s (hook.timeout_s)", (long long)timeout_ms / 1000);
		return rule(s, e, "D077");
	}
	if (end->why.code == ERR_LIMIT) {
		fail(s, e, "the hook program printed too much and was killed");
		err_seen(e, "more than %d bytes", ENGINE_HOOK_OUT_MAX);
	} else if (end->why.code != ERR_NONE) {
		fail(s, e, "the hook program cannot be run");
		err_seen(e, "%s%s%s", end->why.msg, end->why.seen[0] ? ": " : "", end->why.seen);
		err_want(e, "an executable file at hook.program");
	} else if (end->signal) {
		fail(s, e, "the hook program was ended by a signal");
		err_seen(e, "signal %d after %lld ms", end->signal, ms);
	} else {
		fail(s, e, "the hook program failed");
		err_seen(e, "exit status %d after %lld ms%s%.*s", end->exit_code, ms,
			 end->err_text.n ? ": " : "", first_line(end->err_text),
			 end->err_text.n ? (const char *)end->err_text.p : "");
		err_want(e, "exit status 0");
	}
	return rule(s, e, "D075");
}

static bool garbage(struct engine_name_step *s, struct err *e, const char *what, struct span out)
{
	fail(s, e, "the hook program did not print what it should");
	err_seen(e, "%s: %.*s", what, first_line(out), out.n ? (const char *)out.p : "");
	err_want(e, "one JSON object: fqdn, profile, ou, allow");
	return rule(s, e, "D075");
}

/* Text member into dst; absent and null leave it empty. */
static bool take(const json_t *o, const char *key, char *dst, size_t cap)
{
	const json_t *v = json_object_get(o, key);

	dst[0] = '\0';
	if (!v || json_is_null(v))
		return true;
	if (!json_is_string(v) || strlen(json_string_value(v)) != json_string_length(v))
		return false;
	struct span text = span_make(json_string_value(v), json_string_length(v));
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] == 0x7f)
			return false;
	return str_copy(dst, cap, text);
}

static const char *unknown_key(const json_t *o)
{
	static const char *const known[] = { "fqdn", "profile", "ou", "allow" };
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)o, key, v)
	{
		bool is_known = false;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			is_known = is_known || str_eq(key, known[i]);
		if (!is_known)
			return "a key that is not known";
	}
	return NULL;
}

static bool judge_object(const json_t *o, struct span out, struct engine_name_step *s,
			 struct err *e)
{
	const json_t *allow = json_object_get(o, "allow");

	if (!json_is_object(o))
		return garbage(s, e, "no object", out);
	if (unknown_key(o))
		return garbage(s, e, unknown_key(o), out);
	if (allow && !json_is_boolean(allow))
		return garbage(s, e, "allow is not true or false", out);
	if (!take(o, "fqdn", s->fqdn, sizeof s->fqdn) ||
	    !take(o, "profile", s->profile, sizeof s->profile) ||
	    !take(o, "ou", s->ou, sizeof s->ou))
		return garbage(s, e, "a value is no text, or too long", out);
	if (allow && json_is_false(allow)) {
		s->verdict = NAME_DENIED;
		err_set(e, ERR_PREFLIGHT, "the hook program does not allow this PC");
		err_seen(e, "allow = false");
		err_want(e, "allow = true");
		return rule(s, e, "D075");
	}
	if (s->fqdn[0] && !pki_preflight_fqdn(span_str(s->fqdn), e)) {
		e->code = ERR_PREFLIGHT;
		err_wrap(e, "the hook program");
		s->verdict = NAME_UNFIT;
		return rule(s, e, "D050");
	}
	s->verdict = s->fqdn[0] ? NAME_SAID : NAME_NOTHING;
	return true;
}

bool engine_hook_judge(const struct engine_hook_end *end, int64_t timeout_ms,
		       struct engine_name_step *s, struct err *e)
{
	json_error_t why;
	struct out o;

	if (end->why.code != ERR_NONE || end->signal || end->exit_code)
		return judge_end(end, timeout_ms, s, e);
	struct span text = span_trim(end->out);
	if (!text.n)
		return garbage(s, e, "nothing", text);
	json_t *doc = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &why);
	if (!doc)
		return garbage(s, e, "no JSON", text);
	bool ok = judge_object(doc, text, s, e);
	json_decref(doc);
	if (ok) {
		out_init(&o, s->detail, sizeof s->detail);
		out_fmt(&o, "exit status 0 after %lld ms", (long long)end->elapsed_ms);
	}
	return ok;
}

/* ---- DNS ---- */

void engine_dns_judge(const struct engine_dns_end *end, const char *address,
		      struct engine_name_step *s)
{
	unsigned agree = 0, which = 0;
	struct out o;

	out_init(&o, s->detail, sizeof s->detail);
	s->verdict = NAME_NOTHING;
	if (end->why.code != ERR_NONE) {
		out_fmt(&o, "%s%s%s", end->why.msg, end->why.seen[0] ? ": " : "", end->why.seen);
		return;
	}
	out_fmt(&o, "%s is ", address);
	for (unsigned i = 0; i < end->count; i++) {
		out_fmt(&o, "%s%.80s (%s)", i ? ", " : "", end->names[i].name,
			end->names[i].agrees ? "agrees" : "the name is not this address");
		if (end->names[i].agrees) {
			agree++;
			which = i;
		}
	}
	if (agree == 1 && pki_preflight_fqdn(span_str(end->names[which].name), NULL) &&
	    str_copy(s->fqdn, sizeof s->fqdn, span_str(end->names[which].name))) {
		s->verdict = NAME_SAID;
		return;
	}
	s->verdict = NAME_UNFIT;
	(void)str_copy(s->rule, sizeof s->rule, span_str(agree == 1 ? "D050" : "D078"));
}
