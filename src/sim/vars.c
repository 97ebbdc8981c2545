/* The settings of a device: their table, what acts now and what is staged. Services read and write
 * them by constant. No checks of values here: who stores has judged. */
#include "base/str.h"
#include "sim/dev_priv.h"

const struct sim_var_row sim_var_rows[] = {
#define X(name, text, def, flags) { text, def, flags },
	SIM_VARS(X)
#undef X
};
_Static_assert(sizeof sim_var_rows / sizeof *sim_var_rows == SIM_VAR_COUNT, "one row per setting");

static void store(char **slot, const char *text)
{
	char *copy = mem_str(text);

	if (*slot)
		mem_wipe(*slot, strlen(*slot)); /* one of them is a password */
	mem_free(*slot);
	*slot = copy;
}

const char *sim_var_active(const struct sim_dev *d, enum sim_var v)
{
	return d->active[v] ? d->active[v] : sim_var_rows[v].def;
}

const char *sim_var_staged(const struct sim_dev *d, enum sim_var v)
{
	return d->staged[v] ? d->staged[v] : sim_var_active(d, v);
}

bool sim_var_is_true(const struct sim_dev *d, enum sim_var v)
{
	return str_eq(sim_var_active(d, v), "true");
}

bool sim_var_staged_is_true(const struct sim_dev *d, enum sim_var v)
{
	return str_eq(sim_var_staged(d, v), "true");
}

void sim_var_set(struct sim_dev *d, enum sim_var v, const char *text)
{
	store(&d->active[v], str_eq(text, sim_var_rows[v].def) ? NULL : text);
}

void sim_var_put(struct sim_dev *d, enum sim_var v, const char *text)
{
	if (sim_var_rows[v].flags & SIM_VAR_STAGED)
		store(&d->staged[v], text);
	else
		sim_var_set(d, v, text);
}

void sim_var_commit(struct sim_dev *d)
{
	for (unsigned v = 0; v < SIM_VAR_COUNT; v++) {
		if (d->staged[v])
			sim_var_set(d, (enum sim_var)v, d->staged[v]);
	}
	sim_var_forget(d);
}

void sim_var_forget(struct sim_dev *d)
{
	for (unsigned v = 0; v < SIM_VAR_COUNT; v++)
		store(&d->staged[v], NULL);
}

void sim_var_reset(struct sim_dev *d)
{
	sim_var_forget(d);
	for (unsigned v = 0; v < SIM_VAR_COUNT; v++)
		store(&d->active[v], NULL);
}
