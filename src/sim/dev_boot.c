/* The start of the virtual PC: what AMT was told of it (fw_boot.c) is used up here, once, and is then
 * there to be asked for (sim_dev_boot_choice). Called by dev_power.c. Boots nothing by itself. */
#include "sim/dev_boot_priv.h"
#include "base/str.h"
#include "sim/dev_priv.h"

#define PARAM_HEAD 8 /* vendor, type, length */
#define PARAM_URI  1

const struct sim_boot_row sim_boot_flags[] = {
#define X(name, prop, cap, since, from, to) { prop, cap, NULL, since, from, to },
	SIM_BOOT_FLAGS(X)
#undef X
};
_Static_assert(sizeof sim_boot_flags / sizeof *sim_boot_flags == SIM_BOOT_FLAG_COUNT,
	       "one row each");
const struct sim_boot_row sim_boot_sources[] = { { "", "", "", 0, 9999, 0 },
#define X(name, id, text, cap, from, to) { "Intel(r) AMT: " id, cap, text, 0, from, to },
						 SIM_BOOT_SOURCES(X)
#undef X
};
_Static_assert(sizeof sim_boot_sources / sizeof *sim_boot_sources == SIM_BOOT_SOURCE_COUNT,
	       "one row each");

struct sim_boot *sim_boot_of(struct sim_dev *d)
{
	if (!d->boot)
		d->boot = MEM_NEW(struct sim_boot);
	return d->boot;
}

bool sim_boot_has(const struct sim_dev *d, const struct sim_boot_row *r)
{
	return sim_gen_number(d->gen) >= r->since;
}

bool sim_boot_can(const struct sim_dev *d, const struct sim_boot_row *r)
{
	unsigned release = sim_gen_number(d->gen);

	return release >= r->from && (!r->to || release <= r->to);
}

bool sim_boot_flag(const struct sim_boot *b, enum sim_boot_flag f)
{
	return b->flags >> f & 1;
}

void sim_boot_clear(struct sim_boot *b)
{
	struct sim_boot kept = { .ocr_off = b->ocr_off, .rpe_off = b->rpe_off, .last = b->last };

	if (b->params)
		mem_wipe(b->params, b->param_bytes);
	mem_free(b->params);
	mem_wipe(b->rse_password, sizeof b->rse_password);
	*b = kept;
}

void sim_boot_free(struct sim_dev *d)
{
	if (!d->boot)
		return;
	sim_boot_clear(d->boot);
	mem_free(d->boot);
	d->boot = NULL;
}

/* ---- a start ---- */

static enum sim_boot_from from_source(enum sim_boot_source s)
{
	static const enum sim_boot_from froms[SIM_BOOT_SOURCE_COUNT] = {
		SIM_BOOT_USUAL, SIM_BOOT_DISK,  SIM_BOOT_PXE, SIM_BOOT_CD,
		SIM_BOOT_DIAG,  SIM_BOOT_HTTPS, SIM_BOOT_PBA, SIM_BOOT_WINRE,
	};

	return froms[s];
}

/* Setup and pause end in the BIOS, whatever else was asked for. */
static enum sim_boot_from choose(const struct sim_boot *b)
{
	if (sim_boot_flag(b, SIM_BOOT_SETUP))
		return SIM_BOOT_BIOS;
	if (sim_boot_flag(b, SIM_BOOT_PAUSE))
		return SIM_BOOT_HALT;
	if (sim_boot_flag(b, SIM_BOOT_IDER))
		return b->ider_device ? SIM_BOOT_IDER_CD : SIM_BOOT_IDER_FLOPPY;
	return from_source(b->source);
}

/* The first parameter of that kind (wsman 3.3: vendor, type, length, little-endian). */
static void read_uri(const struct sim_boot *b, struct sim_boot_choice *c)
{
	size_t at = 0;

	while (b->param_bytes - at >= PARAM_HEAD) {
		const uint8_t *p = b->params + at;
		unsigned type = p[2] | (unsigned)p[3] << 8;
		size_t n = p[4] | (size_t)p[5] << 8 | (size_t)p[6] << 16 | (size_t)p[7] << 24;
		at += PARAM_HEAD;
		if (n > b->param_bytes - at)
			return;
		if (type == PARAM_URI) {
			(void)str_copy(c->uri, sizeof c->uri, span_make(b->params + at, n));
			return;
		}
		at += n;
	}
}

void sim_boot_start(struct sim_dev *d)
{
	struct sim_boot *b = sim_boot_of(d);
	unsigned starts = b->last.starts;
	bool acts = b->role || sim_switches_is(&d->sw, SIM_SW_BOOT_ROLE, "optional");

	b->last = (struct sim_boot_choice){ .starts = starts + 1 };
	if (acts) {
		b->last.from = choose(b);
		b->last.media_index = b->media_index;
		b->last.sol = sim_boot_flag(b, SIM_BOOT_SOL);
		b->last.lock_keyboard = sim_boot_flag(b, SIM_BOOT_LOCK_KEYBOARD);
		b->last.bypass_password = sim_boot_flag(b, SIM_BOOT_BYPASS);
		b->last.reflash = sim_boot_flag(b, SIM_BOOT_REFLASH);
		b->last.erase = sim_boot_flag(b, SIM_BOOT_ERASE);
		b->last.platform_erase = sim_boot_flag(b, SIM_BOOT_PLATFORM_ERASE);
		b->last.safe_mode = sim_boot_flag(b, SIM_BOOT_SAFE);
		b->last.progress = sim_boot_flag(b, SIM_BOOT_PROGRESS);
		b->last.verbosity = b->verbosity;
		read_uri(b, &b->last);
	}
	sim_boot_clear(b);
}

/* ---- asked from outside ---- */

const char *sim_dev_boot_name(enum sim_boot_from f)
{
	static const char *const names[] = {
#define X(name, text) text,
		SIM_BOOTS(X)
#undef X
	};

	return names[f];
}

const struct sim_boot_choice *sim_dev_boot_choice(struct sim_dev *d)
{
	return &sim_boot_of(d)->last;
}

bool sim_dev_boot_half(struct sim_dev *d)
{
	const struct sim_boot *b = sim_boot_of(d);

	return b->role || b->left || b->source;
}

static void print_flag(struct out *o, const char *name, bool is)
{
	if (is)
		out_fmt(o, ",%s", name);
}

void sim_dev_print_boot(struct sim_dev *d, struct out *o)
{
	const struct sim_boot *b = sim_boot_of(d);
	const struct sim_boot_choice *c = &b->last;

	out_fmt(o, "starts=%u last=%s media=%u verbosity=%u options=none", c->starts,
		sim_dev_boot_name(c->from), c->media_index, c->verbosity);
	print_flag(o, "sol", c->sol);
	print_flag(o, "lock-keyboard", c->lock_keyboard);
	print_flag(o, "bypass-password", c->bypass_password);
	print_flag(o, "reflash", c->reflash);
	print_flag(o, "erase", c->erase);
	print_flag(o, "platform-erase", c->platform_erase);
	print_flag(o, "safe-mode", c->safe_mode);
	print_flag(o, "progress", c->progress);
	out_str(o, " uri=");
	out_safe(o, span_str(c->uri[0] ? c->uri : "none"));
	out_fmt(o, " next=%s role=%s left=%s", sim_dev_boot_name(choose(b)),
		b->role ? "set" : "none", b->left || b->source ? "yes" : "no");
}
