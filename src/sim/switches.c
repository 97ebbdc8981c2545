/* The table of switches: text to value and back. Devices ask it by constant and value name, so
 * that a reader sees the behaviour and not a number. Knows nothing about what a switch does. */
#include "sim/switches.h"
#include <assert.h>

static const struct sim_switch_row rows[] = {
#define X(name, text, values, src, sentence) { text, values, src, sentence },
	SIM_SWITCHES(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == SIM_SWITCH_COUNT, "one row per switch");

const struct sim_switch_row *sim_switches_at(unsigned i)
{
	return i < SIM_SWITCH_COUNT ? &rows[i] : NULL;
}

/* The n-th of "a|b|c"; an empty span past the end. */
static struct span value_at(const char *values, unsigned n)
{
	struct span left = span_str(values);

	for (;; n--) {
		size_t len = span_find(left, '|');
		if (n == 0 || len == left.n)
			return n == 0 ? span_make(left.p, len) : span_make(NULL, 0);
		left = span_make(left.p + len + 1, left.n - len - 1);
	}
}

static int value_find(const char *values, struct span text)
{
	struct span v;

	for (unsigned n = 0; (v = value_at(values, n)).n > 0; n++) {
		if (span_eq(v, text))
			return (int)n;
	}
	return -1;
}

static bool set_one(struct span item, struct sim_switches *s, struct err *e)
{
	size_t eq = span_find(item, '=');
	struct span name = span_trim(span_make(item.p, eq));
	struct span value = eq < item.n ? span_trim(span_make(item.p + eq + 1, item.n - eq - 1))
					: span_make(NULL, 0);

	for (unsigned i = 0; i < SIM_SWITCH_COUNT; i++) {
		if (!span_eq_str(name, rows[i].name))
			continue;
		int v = value_find(rows[i].values, value);
		if (v < 0) {
			err_set(e, ERR_INVALID, "switch %s has no value '%.*s'", rows[i].name,
				(int)value.n, (const char *)value.p);
			return err_want(e, "%s", rows[i].values);
		}
		s->value[i] = (uint8_t)v;
		return true;
	}
	err_set(e, ERR_INVALID, "the simulator has no switch '%.*s'", (int)name.n,
		(const char *)name.p);
	return err_hint(e, "'outband sim --help' lists the switches");
}

bool sim_switches_parse(struct span spec, struct sim_switches *s, struct err *e)
{
	struct sim_switches next = *s;

	while (spec.n > 0) {
		size_t n = span_find(spec, ',');
		struct span item = span_trim(span_make(spec.p, n));
		if (item.n > 0 && !set_one(item, &next, e))
			return false;
		n += n < spec.n;
		spec = span_make(spec.p + n, spec.n - n);
	}
	*s = next;
	return true;
}

void sim_switches_print(const struct sim_switches *s, struct out *o)
{
	const char *between = "";

	for (unsigned i = 0; i < SIM_SWITCH_COUNT; i++) {
		if (s->value[i] == 0)
			continue;
		out_fmt(o, "%s%s=", between, rows[i].name);
		out_bytes(o, value_at(rows[i].values, s->value[i]));
		between = ",";
	}
}

bool sim_switches_is(const struct sim_switches *s, enum sim_switch w, const char *value)
{
	int v = value_find(rows[w].values, span_str(value));

	assert(v >= 0);
	return s->value[w] == (uint8_t)v;
}
