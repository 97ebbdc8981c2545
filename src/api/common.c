/* What several handlers share: finding a device, names, sets of names. Never answers itself. */
#include "api/import.h"
#include "base/hash.h"
#include "engine/targets.h"
#include "pki/preflight.h"

bool api_name_check(const char *what, const char *name, struct err *e)
{
	size_t n = strlen(name);
	bool ok = n >= 1 && n <= 63 && name[0] != '.' && name[0] != '-';

	for (size_t i = 0; i < n; i++) {
		char c = name[i];
		ok = ok &&
			((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			 (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.');
	}
	if (ok)
		return true;
	err_set(e, ERR_INVALID, "'%.70s' cannot be the name of a %s", name, what);
	return err_want(e, "1 to 63 of A-Z a-z 0-9 - _ . beginning with a letter or digit");
}

/* A PC that never said hello: which of the client states can that be, and the way out of each. */
static bool not_found(struct api_req *r, struct err *e)
{
	struct store_name n;
	struct uuid u;
	char text[UUID_TEXT_SIZE] = "";

	err_set(e, ERR_NOT_FOUND, "no device '%.80s' is known", r->name);
	if (uuid_parse(span_str(r->name), &u))
		uuid_print(&u, text);
	if (!text[0] || !store_name_get(r->api->conf.store, &r->arena, text, &n))
		return err_hint(e,
				"see 'outband device list'; the name is a UUID, FQDN or address");
	err_set(e, ERR_NOT_FOUND, "device %s (%.100s) is mapped but has never said hello", text,
		n.fqdn);
	return err_hint(e,
			"AMT may be disabled (enable it in BIOS), at factory default, or only "
			"its password changed: start setup in MEBx (Ctrl+P), by USB key or "
			"with the local agent");
}

bool api_device_find(struct api_req *r, struct store_device *out_d, struct err *e)
{
	const char *name = r->name;
	char text[UUID_TEXT_SIZE];
	struct store_device few[2];
	struct uuid u;

	if (uuid_parse(span_str(name), &u)) {
		uuid_print(&u, text);
		name = text;
	}
	if (store_device_find(r->api->conf.store, &r->arena, name, out_d))
		return true;
	switch (store_device_find_short(r->api->conf.store, &r->arena, name, few)) {
	case 0:
		return not_found(r, e);
	case 1:
		*out_d = few[0];
		return true;
	default:
		return engine_targets_ambiguous(name, few, e);
	}
}

/* ---- sets ---- */

void api_set_init(struct api_set *s, struct rng *rng)
{
	*s = (struct api_set){ .cap = 256, .seed = rng_u64(rng) };
	s->slot = mem_new(s->cap * sizeof *s->slot);
}

void api_set_deinit(struct api_set *s)
{
	mem_free(s->slot);
	*s = (struct api_set){ 0 };
}

static uint64_t set_hash(const struct api_set *s, const char *name)
{
	uint64_t h = hash_mix64(span_str(name), s->seed);

	return h ? h : 1; /* 0 is a free slot */
}

static struct api_set_slot *set_slot(const struct api_set *s, uint64_t h)
{
	size_t i = h & (s->cap - 1);

	while (s->slot[i].hash && s->slot[i].hash != h)
		i = (i + 1) & (s->cap - 1);
	return &s->slot[i];
}

static void set_grow(struct api_set *s)
{
	struct api_set big = { .cap = s->cap * 2, .count = s->count, .seed = s->seed };

	big.slot = mem_new(big.cap * sizeof *big.slot);
	for (size_t i = 0; i < s->cap; i++)
		if (s->slot[i].hash)
			*set_slot(&big, s->slot[i].hash) = s->slot[i];
	mem_free(s->slot);
	*s = big;
}

unsigned api_set_note(struct api_set *s, const char *name, unsigned note)
{
	uint64_t h = set_hash(s, name);
	struct api_set_slot *slot = set_slot(s, h);

	if (slot->hash)
		return slot->note;
	*slot = (struct api_set_slot){ h, note };
	if (++s->count * 2 > s->cap)
		set_grow(s);
	return 0;
}

bool api_set_add(struct api_set *s, const char *name)
{
	return api_set_note(s, name, 1) == 0;
}

bool api_set_has(const struct api_set *s, const char *name)
{
	return s->slot && set_slot(s, set_hash(s, name))->hash != 0;
}
