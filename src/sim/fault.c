/* Table of faults, their text form, and the counting that decides when one bites. dev*.c, conn.c
 * and fw_*.c ask; what a fault does is written where it happens. Never acts by itself. */
#include "sim/fault.h"
#include "base/str.h"
#include "sim/dev_priv.h"

static const struct sim_fault_row rows[] = {
#define X(name, text, on, act, when, n, m, sentence) \
	{ text, on, act, SIM_FAULT_##when, n, m, sentence },
	SIM_FAULTS(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == SIM_FAULT_COUNT, "one row per fault");

const struct sim_fault_row *sim_fault_at(unsigned i)
{
	return i < SIM_FAULT_COUNT ? &rows[i] : NULL;
}

/* All names, as many as the error's text can hold. */
static bool unknown_name(struct span name, struct err *e)
{
	char list[1024];
	struct out o;

	out_init(&o, list, sizeof list);
	for (unsigned i = 0; i < SIM_FAULT_COUNT; i++)
		out_fmt(&o, "%s%s", i ? " " : "", rows[i].name);
	err_set(e, ERR_INVALID, "the simulator has no fault '%.*s'; it has: %s", (int)name.n,
		(const char *)name.p, list);
	return err_hint(e, "'outband sim --help' lists the faults with their arguments");
}

static bool read_args(const struct sim_fault_row *row, struct span args, struct sim_fault *f,
		      struct err *e)
{
	size_t colon = span_find(args, ':');
	struct span first = span_make(args.p, colon);

	if (!str_to_i64(first, 0, 1000000000, &f->n, e))
		return err_wrap(e, "fault %s", row->name);
	if (colon == args.n)
		return true;
	if (!str_to_i64(span_make(args.p + colon + 1, args.n - colon - 1), 0, 1000000000, &f->m, e))
		return err_wrap(e, "fault %s", row->name);
	return true;
}

static bool read_one(struct span item, struct sim_fault *out_f, struct err *e)
{
	size_t eq = span_find(item, '=');
	struct span name = span_trim(span_make(item.p, eq));

	for (unsigned i = 0; i < SIM_FAULT_COUNT; i++) {
		if (!span_eq_str(name, rows[i].name))
			continue;
		*out_f = (struct sim_fault){ .id = (uint8_t)i, .n = rows[i].n, .m = rows[i].m };
		if (eq == item.n)
			return true;
		return read_args(&rows[i], span_trim(span_make(item.p + eq + 1, item.n - eq - 1)),
				 out_f, e);
	}
	return unknown_name(name, e);
}

bool sim_fault_parse(struct span spec, struct sim_fault *out_faults, unsigned max,
		     unsigned *out_count, struct err *e)
{
	unsigned count = 0;

	spec = span_trim(spec);
	if (span_eq_str(spec, "none"))
		spec.n = 0;
	while (spec.n > 0) {
		size_t n = span_find(spec, ',');
		struct span item = span_trim(span_make(spec.p, n));
		if (item.n > 0) {
			if (count == max)
				return err_set(e, ERR_LIMIT, "more than %u faults on one device",
					       max);
			if (!read_one(item, &out_faults[count], e))
				return false;
			count++;
		}
		n += n < spec.n;
		spec = span_make(spec.p + n, spec.n - n);
	}
	*out_count = count;
	return true;
}

void sim_fault_print(const struct sim_fault *f, unsigned count, struct out *o)
{
	const char *between = "";

	for (unsigned i = 0; i < count; i++) {
		const struct sim_fault_row *row = &rows[f[i].id];
		if (f[i].spent)
			continue;
		out_fmt(o, "%s%s=%lld", between, row->name, (long long)f[i].n);
		if (f[i].m != row->m)
			out_fmt(o, ":%lld", (long long)f[i].m);
		between = ",";
	}
}

static struct sim_fault *find(const struct sim_dev *d, enum sim_fault_id id)
{
	for (unsigned i = 0; i < d->fault_count; i++) {
		if (d->faults[i].id == id && !d->faults[i].spent)
			return (struct sim_fault *)&d->faults[i];
	}
	return NULL;
}

bool sim_fault_has(const struct sim_dev *d, enum sim_fault_id id)
{
	return find(d, id) != NULL;
}

int64_t sim_fault_n(const struct sim_dev *d, enum sim_fault_id id, int64_t otherwise)
{
	const struct sim_fault *f = find(d, id);

	return f ? f->n : otherwise;
}

static bool bites(struct sim_fault *f)
{
	f->hits++;
	switch (rows[f->id].when) {
	case SIM_FAULT_FLAG:
		return true;
	case SIM_FAULT_FIRST:
		f->spent = f->n > 0 && f->hits >= f->n;
		return true;
	case SIM_FAULT_NTH:
		f->spent = f->hits >= f->n;
		return f->spent;
	case SIM_FAULT_EVERY:
		return f->hits % (f->n + 1) == 0;
	}
	return false;
}

bool sim_fault_hit(struct sim_dev *d, enum sim_fault_id id, const struct sim_fault **out_fault)
{
	struct sim_fault *f = find(d, id);

	if (!f || !bites(f))
		return false;
	if (out_fault)
		*out_fault = f;
	return true;
}
