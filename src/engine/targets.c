/* Names, ranges, groups and conditions to UUIDs (engine/targets.h). First the names, one look into the
 * store each; then, when there are conditions, one pass over all devices. Called by api/operation.c,
 * api/group.c and the schedules. */
#include "engine/targets.h"

#include "base/clk.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/str.h"
#include "engine/engine_priv.h"

#include <stdlib.h>

#define MAX_MEMBERS 1048576 /* names that are looked up */
#define MAX_GROUPS  4096    /* of one list, nested ones too */
#define MAX_EXPRS   64
#define PAGE        500
#define DAY_MS      86400000

#define X(name, type, text) { name, type },
const struct where_col engine_target_cols[] = { ENGINE_TARGET_COLS(X) };
#undef X
const unsigned engine_target_col_count = sizeof engine_target_cols / sizeof *engine_target_cols;

/* Texts, each once, in order. */
struct set {
	char **texts;
	unsigned count, cap;
	unsigned *slots; /* index + 1 */
	unsigned slot_count;
};
struct engine_targets {
	struct engine *en;
	struct arena arena; /* parsed conditions, rows of a step in scratch */
	struct arena scratch;
	struct names names;
	uint64_t at; /* next name */
	bool any;    /* something was added */
	struct set groups, found, final, unknown;
	unsigned group_at; /* those before it were opened */
	const struct where *exprs[MAX_EXPRS], *filter;
	unsigned expr_count;
	const char *imported
		[MAX_EXPRS];        /* the group of an import that the condition stands for; NULL */
	bool hit[MAX_EXPRS];        /* it fits a device */
	char after[UUID_TEXT_SIZE]; /* of the pass */
	bool names_done;
	int64_t now_unix_ms;
};

/* ---- sets ---- */

static unsigned hash(const char *s)
{
	unsigned h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static unsigned *slot_of(const struct set *s, const char *text)
{
	unsigned i = hash(text) & (s->slot_count - 1);

	while (s->slots[i] && !str_eq(s->texts[s->slots[i] - 1], text))
		i = (i + 1) & (s->slot_count - 1);
	return &s->slots[i];
}

static bool set_has(const struct set *s, const char *text)
{
	return s->slot_count && *slot_of(s, text);
}

static void set_grow(struct set *s)
{
	s->slot_count = s->slot_count ? s->slot_count * 2 : 64;
	mem_free(s->slots);
	s->slots = mem_new(s->slot_count * sizeof *s->slots);
	for (unsigned i = 0; i < s->count; i++)
		*slot_of(s, s->texts[i]) = i + 1;
}

/* False: it is there already. */
static bool set_add(struct set *s, const char *text)
{
	if (s->count * 2 >= s->slot_count)
		set_grow(s);
	unsigned *slot = slot_of(s, text);
	if (*slot)
		return false;
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->texts = mem_grow((void *)s->texts, s->cap * sizeof(char *));
	}
	s->texts[s->count++] = mem_str(text);
	*slot = s->count;
	return true;
}

static void set_free(struct set *s)
{
	for (unsigned i = 0; i < s->count; i++)
		mem_free(s->texts[i]);
	mem_free((void *)s->texts);
	mem_free(s->slots);
}

/* ---- what is meant ---- */

struct engine_targets *engine_targets_new(struct engine *en)
{
	struct engine_targets *t = MEM_NEW(struct engine_targets);

	t->en = en;
	arena_init(&t->arena, 4 << 20);
	arena_init(&t->scratch, 16 << 20);
	names_init(&t->names, MAX_MEMBERS);
	t->now_unix_ms = clk_unix_ms();
	return t;
}

void engine_targets_free(struct engine_targets *t)
{
	if (!t)
		return;
	names_deinit(&t->names);
	set_free(&t->groups);
	set_free(&t->found);
	set_free(&t->final);
	set_free(&t->unknown);
	arena_deinit(&t->arena);
	arena_deinit(&t->scratch);
	mem_free(t);
}

/* Nothing at all is true of every PC. It comes from a variable of a script that is empty: nobody means
 * all PCs with it. */
static const struct where *parse(struct arena *a, const char *expr, struct err *e)
{
	if (!span_trim(span_str(expr)).n) {
		err_set(e, ERR_USAGE, "the condition is empty");
		err_hint(e, "all PCs are meant by a condition that is true of all: name ~ *");
		return NULL;
	}
	return where_parse(span_str(expr), engine_target_cols, engine_target_col_count, a, e);
}

bool engine_targets_check(const char *expr, struct err *e)
{
	struct arena a;

	arena_init(&a, 1 << 20);
	bool ok = parse(&a, expr, e) != NULL;
	arena_deinit(&a);
	return ok;
}

static bool add_expr(struct engine_targets *t, const char *expr, struct err *e)
{
	if (t->expr_count == MAX_EXPRS)
		return err_set(e, ERR_LIMIT, "more than %d groups with conditions at once",
			       MAX_EXPRS);
	t->exprs[t->expr_count] = parse(&t->arena, expr, e);
	return t->exprs[t->expr_count++] != NULL;
}

static bool add_text(struct engine_targets *t, const char *text, struct err *e);

static bool add_members(struct engine_targets *t, const char *grp, struct err *e)
{
	const char *rows[PAGE], *after = "";
	struct arena a;
	unsigned n;
	bool ok = true;

	arena_init(&a, 64 << 20);
	do {
		n = store_grp_members(t->en->conf.store, &a, grp, after, PAGE, rows);
		for (unsigned i = 0; i < n && ok; i++)
			ok = add_text(t, rows[i], e);
		if (n)
			after = rows[n - 1];
	} while (ok && n == PAGE);
	arena_deinit(&a);
	return ok;
}

/* What an import of names calls a group. */
static bool add_imported(struct engine_targets *t, const char *name, struct err *e)
{
	if (strlen(name) > 200 || strpbrk(name, "'\""))
		return err_set(e, ERR_NOT_FOUND, "there is no group @%.60s", name);
	t->imported[t->expr_count % MAX_EXPRS] = arena_str(&t->arena, span_str(name));
	return add_expr(t, arena_fmt(&t->arena, "group = '%s'", name), e);
}

/* It is opened later: thousands may be nested, deeper than a stack is. */
static bool add_group(struct engine_targets *t, const char *name, struct err *e)
{
	(void)set_add(&t->groups, name);
	return t->groups.count <= MAX_GROUPS ||
		err_set(e, ERR_LIMIT, "more than %d groups at once", MAX_GROUPS);
}

static bool open_group(struct engine_targets *t, const char *name, struct err *e)
{
	struct arena a;
	struct store_grp g;
	bool ok = true;

	arena_init(&a, 1 << 18);
	if (!store_grp_get(t->en->conf.store, &a, name, &g)) {
		arena_deinit(&a);
		return add_imported(t, name, e);
	}
	if (g.expr[0])
		ok = add_expr(t, g.expr, e);
	arena_deinit(&a);
	return (ok && add_members(t, name, e)) || err_wrap(e, "group @%.60s", name);
}

static bool add_text(struct engine_targets *t, const char *text, struct err *e)
{
	struct span left = span_trim(span_str(text));
	char name[128];

	if (!left.n) { /* of a variable that is empty */
		err_set(e, ERR_USAGE, "an empty text names no PC");
		return err_hint(e, "name PCs, a group such as @lab3, or a condition");
	}
	t->any = true;
	while (left.n && left.p[0] == '@') {
		size_t n = span_find(left, ',');
		struct span one = span_trim(span_make(left.p + 1, n - 1));
		if (!one.n || !str_copy(name, sizeof name, one))
			return err_set(e, ERR_INVALID, "'%.60s' names no group", text);
		if (!add_group(t, name, e))
			return false;
		n += n < left.n;
		left = span_trim(span_make(left.p + n, left.n - n));
	}
	/* a group in the middle: what stands before it first */
	for (size_t i = 1; i < left.n; i++) {
		if (left.p[i] != '@' || left.p[i - 1] != ',')
			continue;
		char *rest = arena_str(&t->arena, span_make(left.p + i, left.n - i));
		if (!rest)
			return err_set(e, ERR_LIMIT, "the list of PCs is too long");
		return names_add(&t->names, span_make(left.p, i - 1), e) && add_text(t, rest, e);
	}
	return !left.n || names_add(&t->names, left, e);
}

bool engine_targets_add(struct engine_targets *t, const char *text, struct err *e)
{
	bool ok = add_text(t, text, e);

	while (ok && t->group_at < t->groups.count)
		ok = open_group(t, t->groups.texts[t->group_at++], e);
	return ok;
}

bool engine_targets_where(struct engine_targets *t, const char *expr, struct err *e)
{
	t->filter = parse(&t->arena, expr, e);
	return t->filter != NULL;
}

/* ---- cycles ---- */

/* Members of one group that are groups join those to be looked at. */
static bool has_group(struct engine *en, const char *from, const char *to, struct set *all)
{
	const char *rows[PAGE], *after = "@";
	struct arena a;
	unsigned n = 0;
	bool found = false;

	arena_init(&a, 16 << 20);
	do {
		n = store_grp_members(en->conf.store, &a, from, after, PAGE, rows);
		for (unsigned i = 0; i < n && !found && rows[i][0] == '@'; i++) {
			found = str_eq(rows[i] + 1, to);
			(void)set_add(all, rows[i] + 1);
		}
		if (n)
			after = rows[n - 1];
	} while (n == PAGE && after[0] == '@' && !found);
	arena_deinit(&a);
	return found;
}

bool engine_targets_is_cycle(struct engine *en, const char *grp, const char *member)
{
	struct set all = { 0 };
	bool is = member[0] == '@' && str_eq(member + 1, grp);

	if (member[0] == '@')
		(void)set_add(&all, member + 1);
	for (unsigned i = 0; i < all.count && i < MAX_GROUPS && !is; i++)
		is = has_group(en, all.texts[i], grp, &all);
	set_free(&all);
	return is;
}

/* ---- steps ---- */

/* By the first label of the host name, when only one PC has it. False: several have, e says which. */
static bool look_up_short(struct engine_targets *t, const char *name, struct err *e)
{
	struct store_device d[2];
	unsigned n = store_device_find_short(t->en->conf.store, &t->scratch, name, d);

	if (n == 2)
		return engine_targets_ambiguous(name, d, e);
	(void)set_add(n ? &t->found : &t->unknown, n ? d[0].uuid : name);
	return true;
}

static bool look_up(struct engine_targets *t, unsigned looks, struct err *e)
{
	char name[NAMES_TEXT_SIZE];
	uint32_t ip;
	bool ok = true;

	for (; ok && looks && t->at < t->names.count; looks--, t->at++) {
		struct store_device d;
		(void)names_at(&t->names, t->at, name);
		str_lower(name);
		if (store_device_find(t->en->conf.store, &t->scratch, name, &d))
			(void)set_add(&t->found, d.uuid);
		else if (!names_ip_at(&t->names, t->at, &ip))
			ok = look_up_short(t, name, e);
		else if (t->names.count == 1)
			(void)set_add(&t->unknown, name);
		arena_reset(&t->scratch);
	}
	t->names_done = t->at == t->names.count;
	return ok;
}

struct row {
	struct store *store;
	const struct store_inventory *d;
	int64_t now_unix_ms;
	char number[32], seen[64];
};

static const char *days(struct row *r, int64_t since)
{
	struct out o;

	memset(r->number, 0, sizeof r->number);
	out_init(&o, r->number, sizeof r->number - 1);
	if (since > 0)
		out_fmt(&o, "%lld", (long long)((r->now_unix_ms - since) / DAY_MS));
	return r->number;
}

static const char *generation(struct row *r)
{
	size_t n = strspn(r->d->firmware, "0123456789");

	(void)str_copy(r->number, sizeof r->number, span_make(r->d->firmware, n < 9 ? n : 0));
	return r->number;
}

/* Looked up only when a condition asks for it. */
static const char *seen(struct row *r, unsigned col)
{
	struct store_sighting s;
	struct arena a;

	arena_init(&a, 1 << 20);
	bool known = store_sighting_of(r->store, &a, r->d->uuid, &s);
	(void)str_copy(r->seen, sizeof r->seen,
		       span_str(!known              ? ""
					: col == 15 ? s.state
					: col == 16 ? s.address
						    : days(r, s.at_unix_ms)));
	arena_deinit(&a);
	return r->seen;
}

static const char *get(void *ctx, unsigned col)
{
	struct row *r = ctx;
	const struct store_inventory *d = r->d;
	const char *const texts[] = { d->fqdn,        d->uuid,     d->address, d->state,
				      NULL,           d->firmware, d->profile, d->grp,
				      d->mac,         d->serial,   d->ou,      d->health_rule,
				      d->name_source, NULL,        NULL,       NULL,
				      NULL,           NULL };
	_Static_assert(sizeof texts / sizeof *texts ==
			       sizeof engine_target_cols / sizeof *engine_target_cols,
		       "as the table says");

	if (col == 4)
		return generation(r);
	if (col == 13)
		return days(r, d->last_hello_unix_ms);
	if (col == 14)
		return days(r, d->configured_unix_ms);
	if (col >= 15)
		return seen(r, col);
	return texts[col];
}

static bool is_meant(struct engine_targets *t, struct row *r)
{
	bool in = !t->any || set_has(&t->found, r->d->uuid);

	for (unsigned i = 0; i < t->expr_count; i++) {
		if (!where_fits(t->exprs[i], get, r))
			continue;
		t->hit[i] = in = true;
	}
	return in && (!t->filter || where_fits(t->filter, get, r));
}

/* One page of all devices. */
static bool pass(struct engine_targets *t)
{
	struct store_inventory *rows = ARENA_ARRAY(&t->scratch, struct store_inventory, PAGE);
	unsigned n = rows
		? store_inventory_list(t->en->conf.store, &t->scratch, t->after, PAGE, rows)
		: 0;

	for (unsigned i = 0; i < n; i++) {
		struct row r = { .store = t->en->conf.store,
				 .d = &rows[i],
				 .now_unix_ms = t->now_unix_ms };
		if (is_meant(t, &r))
			(void)set_add(&t->final, rows[i].uuid);
	}
	if (n)
		(void)str_copy(t->after, sizeof t->after, span_str(rows[n - 1].uuid));
	arena_reset(&t->scratch);
	return n < PAGE;
}

bool engine_targets_ambiguous(const char *name, const struct store_device two[2], struct err *e)
{
	err_set(e, ERR_INVALID, "'%.60s' is the first part of the names of several PCs", name);
	err_seen(e, "%.40s, %.40s", two[0].fqdn, two[1].fqdn);
	return err_hint(e, "write the whole name");
}

bool engine_targets_step(struct engine_targets *t, unsigned looks, bool *out_done, struct err *e)
{
	*out_done = false;
	if (!t->any && !t->filter) {
		err_set(e, ERR_USAGE, "no PC is named");
		return err_hint(e, "name PCs, a group such as @lab3, or a condition");
	}
	if (!t->names_done)
		return look_up(t, looks, e);
	*out_done = (!t->expr_count && !t->filter) || pass(t);
	for (unsigned i = 0; *out_done && i < t->expr_count; i++) {
		if (!t->imported[i] || t->hit[i])
			continue;
		err_set(e, ERR_NOT_FOUND, "there is no group @%.60s", t->imported[i]);
		return err_hint(e, "see 'outband group list'; groups of imported names count too");
	}
	return true;
}

const char *const *engine_targets_uuids(const struct engine_targets *t, unsigned *out_count)
{
	const struct set *s = t->expr_count || t->filter ? &t->final : &t->found;

	*out_count = s->count;
	return (const char *const *)s->texts;
}

const char *const *engine_targets_unknown(const struct engine_targets *t, unsigned *out_count)
{
	*out_count = t->unknown.count;
	return (const char *const *)t->unknown.texts;
}
