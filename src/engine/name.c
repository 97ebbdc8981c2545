/* The walk over the sources of a name (engine/name.h). Called for each run, for 'device plan' and
 * 'device why-name', which so cannot tell different things. Reads the store; asks nobody. */
#include "engine/name.h"
#include "engine/engine_priv.h"
#include "pki/preflight.h"

#include "base/rules.h"

static const char *const source_names[] = {
#define X(name, text) text,
	ENGINE_NAME_SOURCES(X)
#undef X
};
static const char *const verdict_names[] = {
#define X(name, text) text,
	ENGINE_NAME_VERDICTS(X)
#undef X
};

const char *engine_name_source_text(enum engine_name_source s)
{
	return source_names[s];
}

const char *engine_name_verdict_text(enum engine_name_verdict v)
{
	return verdict_names[v];
}

bool engine_mac_parse(struct span text, char out_mac[18])
{
	char digits[13];
	unsigned n = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c == ':' || c == '-' || c == '.')
			continue;
		bool hex =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		if (!hex || n == 12)
			return false;
		digits[n++] = (char)c;
	}
	digits[n] = '\0';
	str_lower(digits);
	for (size_t i = 0; n == 12 && i < 6; i++) {
		out_mac[i * 3] = digits[i * 2];
		out_mac[i * 3 + 1] = digits[i * 2 + 1];
		out_mac[i * 3 + 2] = i < 5 ? ':' : '\0';
	}
	return n == 12;
}

bool engine_name_is_not_yet(const char *patterns, const char *fqdn)
{
	struct span rest = span_str(patterns), item,
		    host = span_make(fqdn, span_find(span_str(fqdn), '.'));
	while (str_next_item(&rest, &item))
		if (item.n && str_fits(item, host))
			return true;
	return false;
}

/* ---- what one source says ---- */

struct walk {
	struct engine *en;
	const struct store_device *d;
	struct engine_name *n;
	struct arena a;
	unsigned asked;
	bool may_ask, in_setup;
	struct err why; /* the most telling reason so far why there is no name */
};

static void look_map(struct walk *w, struct engine_name_step *s)
{
	struct store_name row;
	if (!store_name_get(w->en->conf.store, &w->a, w->d->uuid, &row) ||
	    str_eq(row.source, "operator") != (s->source == NAME_MAP)) {
		str_copy(s->detail, sizeof s->detail,
			 span_str(s->source == NAME_MAP ? "no name was given by hand"
							: "no row for this UUID was imported"));
		return;
	}
	struct store_said more;
	if (s->source == NAME_IMPORT &&
	    store_said_get(w->en->conf.store, &w->a, w->d->uuid, "inventory", &more)) {
		str_copy(s->profile, sizeof s->profile, span_str(more.profile));
		str_copy(s->ou, sizeof s->ou, span_str(more.ou));
	}
	s->verdict = NAME_SAID;
	s->at_unix_ms = row.at_unix_ms;
	str_copy(s->fqdn, sizeof s->fqdn, span_str(row.fqdn));
	str_copy(s->detail, sizeof s->detail, span_str(row.source));
}

static enum engine_name_verdict verdict_of(const char *text)
{
	for (unsigned i = 0; i < NAME_VERDICT_COUNT; i++)
		if (str_eq(text, verdict_names[i]))
			return (enum engine_name_verdict)i;
	return NAME_FAILED;
}

/* What it said last; true when that is good still: for this hello, or told in this run. */
static bool look_said(struct walk *w, struct engine_name_step *s)
{
	struct store_said row;
	if (!store_said_get(w->en->conf.store, &w->a, w->d->uuid, source_names[s->source], &row)) {
		s->verdict = NAME_NOT_ASKED;
		return (w->asked & 1u << s->source) != 0;
	}
	s->verdict = verdict_of(row.verdict);
	s->at_unix_ms = row.at_unix_ms;
	str_copy(s->fqdn, sizeof s->fqdn, span_str(row.fqdn));
	str_copy(s->profile, sizeof s->profile, span_str(row.profile));
	str_copy(s->ou, sizeof s->ou, span_str(row.ou));
	str_copy(s->detail, sizeof s->detail, span_str(row.detail));
	str_copy(s->rule, sizeof s->rule, span_str(row.rule));
	if (w->asked & 1u << s->source)
		return true;
	return s->verdict == NAME_SAID && row.at_unix_ms >= w->d->last_hello_unix_ms;
}

static bool is_there(const struct walk *w, enum engine_name_source s)
{
	if (s == NAME_HOOK)
		return w->en->set.hook_program[0] && w->en->conf.outside;
	return s != NAME_DNS || w->en->conf.outside;
}

/* False: it has to be asked first. */
static bool look(struct walk *w, struct engine_name_step *s)
{
	s->verdict = NAME_NOTHING;
	if (!is_there(w, s->source)) {
		s->verdict = NAME_OFF;
		str_copy(s->detail, sizeof s->detail, span_str("hook.program is not set"));
		return true;
	}
	if (s->source == NAME_MAP || s->source == NAME_IMPORT) {
		look_map(w, s);
		return true;
	}
	bool fresh = look_said(w, s);
	if (s->source == NAME_REPORT) {
		if (s->verdict == NAME_NOT_ASKED) {
			s->verdict = NAME_NOTHING;
			str_copy(s->detail, sizeof s->detail,
				 span_str("no program on the PC told its name"));
		}
		return true;
	}
	/* a PC in operation keeps its name without the hook: only a hello makes it ask */
	return fresh || !w->may_ask || !w->in_setup;
}

/* ---- is it a name for this PC ---- */

static bool is_held(struct walk *w, const char *uuid, const char *fqdn)
{
	struct store_device d;
	struct store_name n;
	if (!store_device_get(w->en->conf.store, &w->a, uuid, &d) ||
	    (!str_eq(d.state, store_device_state_name(STORE_DEV_CONFIGURED)) &&
	     !str_eq(d.state, store_device_state_name(STORE_DEV_CONFIGURING))))
		return false;
	return !store_name_get(w->en->conf.store, &w->a, uuid, &n) || str_eq_nocase(n.fqdn, fqdn);
}

/* The name is that of another PC, which is configured under it. */
static const char *holder_of(struct walk *w, const char *fqdn)
{
	const char *rows[8];
	unsigned n = store_name_holders(w->en->conf.store, &w->a, fqdn, w->d->uuid, 8, rows);
	for (unsigned i = 0; i < n; i++)
		if (is_held(w, rows[i], fqdn))
			return rows[i];
	return NULL;
}

static void unfit(struct engine_name_step *s, struct err *e, const char *rule)
{
	s->verdict = NAME_UNFIT;
	str_copy(s->rule, sizeof s->rule, span_str(rule));
	err_rule(e, rule);
}

/* True: this one it is. False with w->why: it must not be passed over (stop), or may be. */
static bool judge(struct walk *w, struct engine_name_step *s, bool *out_stop)
{
	struct err *e = &w->why;
	*out_stop = true;
	if (!pki_preflight_fqdn(span_str(s->fqdn), e)) {
		e->code = ERR_PREFLIGHT;
		if (!e->seen[0])
			err_seen(e, "%s", s->fqdn);
		err_wrap(e, "device %s", w->d->uuid);
		unfit(s, e, "D050");
		return false;
	}
	if (engine_name_is_not_yet(w->en->set.name_not_yet, s->fqdn)) {
		err_set(e, ERR_PREFLIGHT, "device %s has no name of its own yet", w->d->uuid);
		err_seen(e, "%s", s->fqdn);
		err_want(e, "a name that is not one of name.not_yet: %s", w->en->set.name_not_yet);
		unfit(s, e, "D046");
		*out_stop = false;
		return false;
	}
	const char *holder = holder_of(w, s->fqdn);
	if (holder && w->en->set.name_replace) {
		str_copy(w->n->taken_from, sizeof w->n->taken_from, span_str(holder));
	} else if (holder) {
		err_set(e, ERR_PREFLIGHT, "the name of device %s is that of another device",
			w->d->uuid);
		err_seen(e, "%s is configured as %s", holder, s->fqdn);
		err_want(e, "one PC per name");
		err_hint(e,
			 "was its board replaced? then 'outband device forget %s'; else mend the "
			 "mapping",
			 holder);
		unfit(s, e, "D078");
		return false;
	}
	return true;
}

static void win(struct walk *w, struct engine_name_step *s)
{
	s->won = true;
	str_copy(w->n->fqdn, sizeof w->n->fqdn, span_str(s->fqdn));
	str_copy(w->n->source, sizeof w->n->source, span_str(source_names[s->source]));
}

/* What a source that is bad for the whole answered in its last run: for those who only look. */
static void remember(struct walk *w, const struct engine_name_step *s)
{
	bool is_past = s->verdict == NAME_FAILED || s->verdict == NAME_DENIED;
	if (w->why.code != ERR_NONE || (is_past && !w->in_setup))
		return;
	if (is_past || s->verdict == NAME_UNFIT) {
		err_set(&w->why, ERR_PREFLIGHT, "no FQDN is known for device %s: %s says %s",
			w->d->uuid, source_names[s->source], verdict_names[s->verdict]);
		err_seen(&w->why, "%s", s->detail);
		if (s->rule[0])
			err_rule(&w->why, rules_find(s->rule) ? rules_find(s->rule)->id : "D075");
	}
}

static unsigned order(const struct engine *en, enum engine_name_source out[NAME_SOURCE_COUNT])
{
	struct span rest = span_str(en->set.name_sources), item;
	unsigned n = 0;
	while (str_next_item(&rest, &item) && n < NAME_SOURCE_COUNT)
		for (unsigned i = 0; i < NAME_SOURCE_COUNT; i++)
			if (span_eq_str(item, source_names[i]))
				out[n++] = (enum engine_name_source)i;
	return n;
}

static void add_off(struct engine_name *n)
{
	for (unsigned i = 0; i < NAME_SOURCE_COUNT; i++) {
		bool is_in = false;
		for (unsigned k = 0; k < n->count; k++)
			is_in = is_in || n->steps[k].source == i;
		if (is_in || n->count == NAME_SOURCE_COUNT)
			continue;
		struct engine_name_step *s = &n->steps[n->count++];
		*s = (struct engine_name_step){ .source = (enum engine_name_source)i,
						.verdict = NAME_OFF };
		str_copy(s->detail, sizeof s->detail, span_str("not in name.sources"));
	}
}

static bool walk(struct walk *w)
{
	enum engine_name_source in[NAME_SOURCE_COUNT];
	unsigned count = order(w->en, in);
	bool stop = false, won = false;
	for (unsigned i = 0; i < count; i++) {
		struct engine_name_step *s = &w->n->steps[w->n->count++];
		*s = (struct engine_name_step){ .source = in[i] };
		bool open = !won && !stop; /* else only told, not judged */
		if (!look(w, s) && open) {
			w->n->ask = in[i];
			return false;
		}
		if (!open)
			continue;
		if (s->profile[0] && s->verdict != NAME_FAILED)
			str_copy(w->n->profile, sizeof w->n->profile, span_str(s->profile));
		if (s->verdict == NAME_SAID && judge(w, s, &stop)) {
			win(w, s);
			won = true;
		}
		remember(w, s);
	}
	return true;
}

enum engine_name_end engine_name_walk(struct engine *en, const struct store_device *d,
				      unsigned asked, bool may_ask, struct engine_name *out_n,
				      struct err *e)
{
	struct walk w = { .en = en, .d = d, .n = out_n, .asked = asked, .may_ask = may_ask };
	*out_n = (struct engine_name){ 0 };
	w.in_setup = !d->configured_unix_ms || d->last_hello_unix_ms > d->configured_unix_ms;
	arena_init(&w.a, 1 << 20);
	bool through = walk(&w);
	arena_deinit(&w.a);
	if (!through)
		return NAME_ASK;
	add_off(out_n);
	if (out_n->fqdn[0])
		return NAME_FOUND;
	bool for_now = !w.in_setup && w.why.rule && str_eq(w.why.rule, "D046");
	if ((w.why.code == ERR_NONE || for_now) && d->fqdn[0] &&
	    pki_preflight_fqdn(span_str(d->fqdn), NULL)) {
		str_copy(out_n->fqdn, sizeof out_n->fqdn, span_str(d->fqdn));
		str_copy(out_n->source, sizeof out_n->source, span_str("kept"));
		return NAME_FOUND;
	}
	if (w.why.code == ERR_NONE) {
		err_set(&w.why, ERR_PREFLIGHT, "no FQDN is known for device %s", d->uuid);
		err_seen(&w.why, "no mapping for this UUID");
		err_want(&w.why, "a row uuid,fqdn");
		err_rule(&w.why, "D076");
	}
	if (e)
		*e = w.why;
	return NAME_NONE;
}
