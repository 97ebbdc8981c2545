/* Models and eras of hardware as tables, see hw.h, and what somebody at the PC takes out or puts in. The
 * changes are kept as text in the device ("out memory:1 swap media:0"), so that they stand in the
 * state file. Never answers a request. */
#include "sim/hw.h"
#include "base/str.h"
#include "sim/dev_priv.h"
#include "sim/events.h"
#include <stdio.h>

/* clang-format off */
static const struct sim_hw_model models[] = {
	{ .name = "tower", .text = "office tower: two of four modules, hard disk and optical drive",
	  .maker = "Nordhaven Computer", .product = "Jetty T40", .board_maker = "Nordhaven Computer", .board = "NHB-T40",
	  .bios_maker = "Nordhaven Computer", .bios = "NHT40", .package_type = 7, .processors = 1, .fans = 2,
	  .memory = { { "BANK 0", 1 }, { "BANK 1", 0 }, { "BANK 2", 1 }, { "BANK 3", 0 } },
	  .media = { { "MEDIA DEV 0", 500 }, { "MEDIA DEV 1", 1 } },
	  .pci = { { 0x8086, 0x2010, 0x06, 0x00, 7 }, { 0x8086, 0x2010, 0x03, 0x00, 4 }, { 0x8086, 0x2010, 0x02, 0x00, 5 },
		   { 0x8086, 0x2010, 0x01, 0x06, 5 } },
	  .sensors = { { "Good", 2 }, { "Good", 5 }, { "Good", 5 }, { "Unknown", 16 } } },
	{ .name = "laptop", .text = "14 inch laptop: battery, two small modules, one SSD", .mobile = true,
	  .maker = "Kestrel Mobile", .product = "Kestrel 14s", .board_maker = "Kestrel Mobile", .board = "14S-MB rev C",
	  .bios_maker = "Kestrel Mobile", .bios = "K14S", .package_type = 10, .processors = 1, .fans = 1, .batteries = 1,
	  .memory = { { "BANK 0", 1 }, { "BANK 2", 1 } }, .media = { { "MEDIA DEV 0", 256 } },
	  .pci = { { 0x8086, 0x1a14, 0x06, 0x00, 8 }, { 0x8086, 0x1a14, 0x03, 0x00, 2 }, { 0x8086, 0x1a14, 0x02, 0x80, 26 } },
	  .sensors = { { "Good", 2 }, { "Good", 5 } } },
	{ .name = "server", .text = "small server: two processors, four modules, four disks, power supply", .server = true,
	  .maker = "Ironbridge Systems", .product = "Forge S220", .board_maker = "Ironbridge Systems", .board = "S220-2P",
	  .bios_maker = "Ironbridge Systems", .bios = "IBS220", .package_type = 17, .processors = 2, .fans = 4,
	  .supply_watts = 550,
	  .memory = { { "P0 BANK 0", 2 }, { "P0 BANK 1", 2 }, { "P1 BANK 0", 2 }, { "P1 BANK 1", 2 }, { "P0 BANK 2", 0 },
		      { "P1 BANK 2", 0 } },
	  .media = { { "MEDIA DEV 0", 960 }, { "MEDIA DEV 1", 960 }, { "MEDIA DEV 2", 4000 }, { "MEDIA DEV 3", 4000 } },
	  .pci = { { 0x8086, 0x5220, 0x06, 0x00, 1 }, { 0x102b, 0x5220, 0x03, 0x00, 4 }, { 0x8086, 0x5220, 0x02, 0x00, 3 },
		   { 0x1000, 0x5220, 0x01, 0x04, 2 }, { 0x8086, 0x5220, 0x0c, 0x03, 9 } },
	  .sensors = { { "Good", 2 }, { "Good", 2 }, { "Good", 3 }, { "Good", 5 }, { "Good", 5 }, { "Good", 5 }, { "Good", 5 } } },
	{ .name = "tiny", .text = "one litre PC: one small module, one SSD", .mobile = true,
	  .maker = "Pebble Works", .product = "Pebble One", .board_maker = "Pebble Works", .board = "PB1A",
	  .bios_maker = "Lowland BIOS", .bios = "PB1", .package_type = 35, .processors = 1, .fans = 1,
	  .memory = { { "BANK 0", 1 }, { "BANK 2", 0 } }, .media = { { "MEDIA DEV 0", 128 } },
	  .pci = { { 0x8086, 0x0b01, 0x06, 0x00, 6 }, { 0x8086, 0x0b01, 0x03, 0x00, 2 } },
	  .sensors = { { "Good", 2 } } },
	{ .name = "panel", .text = "all in one with a screen: two small modules, one disk", .mobile = true,
	  .maker = "Lumen Display", .product = "Lumen 24 Pro", .board_maker = "Quayside Boards", .board = "QB-L24",
	  .bios_maker = "Lowland BIOS", .bios = "LM24", .package_type = 13, .processors = 1, .fans = 2,
	  .memory = { { "BANK 0", 1 }, { "BANK 2", 1 } }, .media = { { "MEDIA DEV 0", 1000 } },
	  .pci = { { 0x8086, 0x2424, 0x06, 0x00, 7 }, { 0x8086, 0x2424, 0x03, 0x00, 6 }, { 0x8086, 0x2424, 0x02, 0x80, 1 } },
	  .sensors = { { "Good", 2 }, { "Good", 5 }, { "Unknown", 0 } } },
	{ .name = "workstation", .text = "workstation: eight places for memory, three disks", .server = true,
	  .maker = "Alder and Pine", .product = "Timber W8", .board_maker = "Alder and Pine", .board = "W8-LGA",
	  .bios_maker = "Alder and Pine", .bios = "APW8", .package_type = 7, .processors = 1, .fans = 3,
	  .memory = { { "BANK 0", 2 }, { "BANK 1", 0 }, { "BANK 2", 2 }, { "BANK 3", 0 }, { "BANK 4", 1 }, { "BANK 5", 0 },
		      { "BANK 6", 1 }, { "BANK 7", 0 } },
	  .media = { { "MEDIA DEV 0", 512 }, { "MEDIA DEV 1", 2000 }, { "MEDIA DEV 2", 2000 } },
	  .pci = { { 0x8086, 0x0808, 0x06, 0x00, 4 }, { 0x10de, 0x0808, 0x03, 0x00, 161 }, { 0x8086, 0x0808, 0x02, 0x00, 3 },
		   { 0x8086, 0x0808, 0x01, 0x08, 0 }, { 0x8086, 0x0808, 0x04, 0x03, 16 } },
	  .sensors = { { "Good", 2 }, { "Good", 2 }, { "Good", 5 }, { "Good", 5 }, { "Good", 5 } } },
};
static const struct sim_hw_era eras[] = {
	{ 2, 2006, "Intel(R) Core(TM)2 CPU 6600 @ 2.40GHz", "Intel(R) Core(TM)2 CPU T7400 @ 2.16GHz",
	  "Intel(R) Xeon(R) CPU 5150 @ 2.66GHz", 191, 2400, 3800, 21, 21, 667, 512, 1000000000 },
	{ 5, 2008, "Intel(R) Core(TM)2 Duo CPU E8400 @ 3.00GHz", "Intel(R) Core(TM)2 Duo CPU P8400 @ 2.26GHz",
	  "Intel(R) Xeon(R) CPU E5420 @ 2.50GHz", 191, 3000, 3800, 21, 21, 800, 1024, 1000000000 },
	{ 6, 2010, "Intel(R) Core(TM) i5 CPU 660 @ 3.33GHz", "Intel(R) Core(TM) i5 CPU M 540 @ 2.53GHz",
	  "Intel(R) Xeon(R) CPU X3450 @ 2.67GHz", 205, 3330, 3800, 29, 24, 1333, 2048, 1000000000 },
	{ 7, 2011, "Intel(R) Core(TM) i5-2400 CPU @ 3.10GHz", "Intel(R) Core(TM) i5-2520M CPU @ 2.50GHz",
	  "Intel(R) Xeon(R) CPU E31230 @ 3.20GHz", 205, 3100, 3800, 36, 24, 1333, 2048, 1000000000 },
	{ 8, 2012, "Intel(R) Core(TM) i5-3470 CPU @ 3.20GHz", "Intel(R) Core(TM) i5-3320M CPU @ 2.60GHz",
	  "Intel(R) Xeon(R) CPU E3-1230 V2 @ 3.30GHz", 205, 3200, 3800, 36, 24, 1600, 4096, 1000000000 },
	{ 9, 2013, "Intel(R) Core(TM) i5-4590 CPU @ 3.30GHz", "Intel(R) Core(TM) i5-4300U CPU @ 1.90GHz",
	  "Intel(R) Xeon(R) CPU E3-1230 v3 @ 3.30GHz", 205, 3300, 3800, 45, 24, 1600, 4096, 1000000000 },
	{ 10, 2015, "Intel(R) Core(TM) i5-5300U CPU @ 2.30GHz", "Intel(R) Core(TM) i5-5300U CPU @ 2.30GHz",
	  "Intel(R) Xeon(R) CPU E3-1285 v4 @ 3.50GHz", 205, 2300, 2900, 45, 24, 1600, 4096, 1000000000 },
	{ 11, 2016, "Intel(R) Core(TM) i5-6500 CPU @ 3.20GHz", "Intel(R) Core(TM) i5-6300U CPU @ 2.40GHz",
	  "Intel(R) Xeon(R) CPU E3-1230 v5 @ 3.40GHz", 205, 3200, 8300, 50, 26, 2133, 4096, 1000000000 },
	{ 13, 2019, "Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz", "Intel(R) Core(TM) i5-8365U CPU @ 1.60GHz",
	  "Intel(R) Xeon(R) E-2136 CPU @ 3.30GHz", 205, 3000, 8300, 52, 26, 2667, 8192, 1000000000 },
	{ 14, 2020, "Intel(R) Core(TM) i5-10500 CPU @ 3.10GHz", "Intel(R) Core(TM) i5-10310U CPU @ 1.70GHz",
	  "Intel(R) Xeon(R) W-1250 CPU @ 3.30GHz", 205, 3100, 8300, 52, 26, 2933, 8192, 1000000000 },
	{ 15, 2021, "11th Gen Intel(R) Core(TM) i5-11500 @ 2.70GHz", "11th Gen Intel(R) Core(TM) i5-1145G7 @ 2.60GHz",
	  "Intel(R) Xeon(R) W-1350 CPU @ 3.30GHz", 205, 2700, 8300, 52, 26, 3200, 8192, 2500000000 },
	{ 17, 2022, "12th Gen Intel(R) Core(TM) i5-12500", "12th Gen Intel(R) Core(TM) i5-1250P",
	  "Intel(R) Xeon(R) W-1390", 205, 3000, 8300, 64, 34, 4800, 8192, 2500000000 },
	{ 999, 2024, "Intel(R) Core(TM) Ultra 5 245", "Intel(R) Core(TM) Ultra 5 135U", "Intel(R) Xeon(R) w3-2435", 205, 3500,
	  8300, 64, 34, 5600, 16384, 2500000000 },
};
/* clang-format on */
#define MODEL_COUNT (sizeof models / sizeof *models)

const struct sim_hw_model *sim_hw_model_at(unsigned i)
{
	return i < MODEL_COUNT ? &models[i] : NULL;
}

const struct sim_hw_model *sim_hw_model_find(struct span name)
{
	for (unsigned i = 0; i < MODEL_COUNT; i++)
		if (span_eq_str(name, models[i].name))
			return &models[i];
	return NULL;
}

/* 2.5, 2.6 and 4 were of laptops, the others before 6 of desktops. */
static bool fits(const struct sim_hw_model *m, const struct sim_generation *g)
{
	bool laptop = str_eq(m->name, "laptop");

	if (g->major == 4 || (g->major == 2 && g->minor >= 5))
		return laptop;
	return g->major > 5 || !m->mobile;
}

const struct sim_hw_model *sim_hw_model_for(const struct sim_generation *g, uint64_t number)
{
	unsigned count = 0;

	for (unsigned i = 0; i < MODEL_COUNT; i++)
		count += fits(&models[i], g);
	unsigned left = (unsigned)(number % count);
	for (unsigned i = 0; i < MODEL_COUNT; i++)
		if (fits(&models[i], g) && left-- == 0)
			return &models[i];
	return &models[0];
}

const struct sim_hw_era *sim_hw_era_of(const struct sim_generation *g)
{
	const struct sim_hw_era *e = eras;

	while (g->major > e->major)
		e++;
	return e;
}

const struct sim_hw_model *sim_hw_of(const struct sim_dev *d)
{
	return d->hw;
}

/* ---- what was changed ---- */

static const char *const kinds[SIM_HW_KIND_COUNT] = { "memory", "media", "fan", "battery" };

static bool as_built(const struct sim_dev *d, enum sim_hw_kind k, unsigned place)
{
	switch (k) {
	case SIM_HW_MEMORY:
		return place < SIM_HW_SLOTS && d->hw->memory[place].size > 0;
	case SIM_HW_MEDIA:
		return place < SIM_HW_SLOTS && d->hw->media[place].size > 0;
	case SIM_HW_FAN:
		return place < d->hw->fans;
	case SIM_HW_BATTERY:
		return place < d->hw->batteries;
	case SIM_HW_KIND_COUNT:
		break;
	}
	return false;
}

/* How often the words "act kind:place" stand in the changes. */
static unsigned times(const struct sim_dev *d, const char *act, enum sim_hw_kind k, unsigned place)
{
	char want[48];
	unsigned n = 0;
	size_t len = (size_t)snprintf(want, sizeof want, "%s %s:%u;", act, kinds[k], place);

	for (const char *at = d->hw_changes; at && (at = strstr(at, want)); at += len)
		n++;
	return n;
}

static bool is_there(const struct sim_dev *d, enum sim_hw_kind k, unsigned place)
{
	return as_built(d, k, place) && times(d, "out", k, place) == times(d, "in", k, place);
}

unsigned sim_hw_exchanged(const struct sim_dev *d, enum sim_hw_kind k, unsigned place)
{
	return times(d, "swap", k, place);
}

unsigned sim_hw_count(const struct sim_dev *d, enum sim_hw_kind k)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SIM_HW_SLOTS; i++)
		n += is_there(d, k, i);
	return n;
}

unsigned sim_hw_place(const struct sim_dev *d, enum sim_hw_kind k, unsigned i)
{
	unsigned place = 0;

	for (; place < SIM_HW_SLOTS; place++)
		if (is_there(d, k, place) && i-- == 0)
			break;
	return place;
}

#define CHANGES_MAX 2048

static bool add(struct sim_dev *d, const char *act, enum sim_hw_kind k, unsigned place,
		struct err *e)
{
	const char *old = d->hw_changes ? d->hw_changes : "";
	size_t n = strlen(old);

	if (n > CHANGES_MAX)
		return err_set(e, ERR_LIMIT, "this PC was opened too often; 'whole' repairs it");
	char *text = mem_new(n + 64);
	(void)snprintf(text, n + 64, "%s%s %s:%u;", old, act, kinds[k], place);
	mem_free(d->hw_changes);
	d->hw_changes = text;
	return true;
}

static bool read_part(struct span text, enum sim_hw_kind *out_k, uint32_t *out_place)
{
	size_t n = span_find(text, ':');

	for (unsigned k = 0; k < SIM_HW_KIND_COUNT && n < text.n; k++) {
		if (!span_eq_str(span_make(text.p, n), kinds[k]))
			continue;
		*out_k = (enum sim_hw_kind)k;
		return str_to_u32(span_make(text.p + n + 1, text.n - n - 1), 0, SIM_HW_SLOTS - 1,
				  out_place, NULL);
	}
	return false;
}

bool sim_hw_change(struct sim_dev *d, struct span what, struct err *e)
{
	static const char *const acts[] = { "out", "in", "swap" };
	size_t n = span_find(what, ' ');
	enum sim_hw_kind k = SIM_HW_MEMORY;
	uint32_t place = 0;

	if (span_eq_str(what, "whole")) {
		mem_free(d->hw_changes);
		d->hw_changes = NULL;
		return true;
	}
	for (unsigned i = 0; i < 3 && n < what.n; i++) {
		if (!span_eq_str(span_make(what.p, n), acts[i]) ||
		    !read_part(span_make(what.p + n + 1, what.n - n - 1), &k, &place))
			continue;
		if (!as_built(d, k, place) || is_there(d, k, place) == (i == 1)) {
			err_set(e, ERR_INVALID, "%s:%u is %s", kinds[k], place,
				as_built(d, k, place) ? (i == 1 ? "in already" : "out already")
						      : "not in this model");
			return err_hint(e, "the model is '%s': %s", d->hw->name, d->hw->text);
		}
		if (!add(d, acts[i], k, place, e))
			return false;
		sim_event(d, SIM_EV_INTRUSION, 0);
		return true;
	}
	err_set(e, ERR_INVALID, "'%.*s' is no change of the hardware", (int)what.n,
		(const char *)what.p);
	return err_want(e, "out, in or swap, then memory:N, media:N, fan:N or battery:N; or whole");
}

void sim_hw_print(const struct sim_dev *d, struct out *o)
{
	out_fmt(o, "model=%s changes=%s\n", d->hw->name, d->hw_changes ? d->hw_changes : "none");
}
