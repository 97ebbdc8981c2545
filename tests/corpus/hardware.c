/* Captured hardware: the values that inventory.read makes of it, and that the simulator's instances have
 * the members of real ones, no more and no fewer. Captures are read from beside the checkout; without
 * them the tests are skipped. */
#include "amt/hw.h"
#include "base/limits.h"
#include "base/str.h"
#include "sim/fw_priv.h"
#include "sim/hw.h"
#include "support/corpus_files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DIR "wsman/responses/"

struct seen {
	unsigned index;
	void (*fn)(const char *path, const struct wsman_obj *o, unsigned index, struct arena *a);
};

static unsigned found;

/* Every instance in the replies below dir whose class is in the table. */
static void each_file(const char *path, void *arg)
{
	struct seen *s = arg;
	struct buf b;
	struct arena a;
	struct wsman_msg m;
	struct wsman_obj *o;
	struct err e = { 0 };

	arena_init(&a, (size_t)8 * 1024 * 1024);
	buf_init(&b, (size_t)1024 * 1024);
	if (!corpus_read(path, &b) || !wsman_envelope_parse(buf_span(&b), &a, &m, &e))
		goto out;
	if (m.op == WSMAN_OP_GET && m.payload && m.is_reply) {
		if (wsman_envelope_obj(&m, &a, &o, &e))
			s->fn(path, o, 0, &a);
	} else if (m.op == WSMAN_OP_PULL && m.items) {
		unsigned i = 0;
		for (const struct wsman_xml *x = m.items->first; x; x = x->next)
			if (wsman_envelope_item(x, &a, &o, &e))
				s->fn(path, o, i++, &a);
	}
out:
	buf_deinit(&b);
	arena_deinit(&a);
}

static void each_instance(const char *dir,
			  void (*fn)(const char *, const struct wsman_obj *, unsigned,
				     struct arena *))
{
	struct seen s = { .fn = fn };

	corpus_each(dir, ".xml", each_file, &s);
}

/* ---- values ---- */

static const struct {
	const char *file, *item, *key, *want;
} wants[] = {
	{ "cim/physical/memory/pull.xml", "BANK 0", "size_mb", "16384" },
	{ "cim/physical/memory/pull.xml", "BANK 0", "type", "DDR4" },
	{ "cim/physical/memory/pull.xml", "BANK 0", "form", "SODIMM" },
	{ "cim/physical/memory/pull.xml", "BANK 0", "speed_mhz", "2400" },
	{ "cim/physical/memory/pull.xml", "BANK 2", "part", "CT16G4SFD824A.M16FE" },
	{ "cim/mediaaccess/pull.xml", "MEDIA DEV 0", "size_mb", "960197" },
	{ "cim/mediaaccess/pull.xml", "MEDIA DEV 1", "size_mb", "500107" },
	{ "cim/mediaaccess/pull.xml", "MEDIA DEV 1", "capabilities", "Supports writing" },
	{ "cim/chassis/get.xml", "", "model", "NUC9V7QNX" },
	{ "cim/card/pull.xml", "", "serial", "KNQN0221020W" },
	{ "cim/card/pull.xml", "", "replaceable", "true" },
	{ "cim/bios/element/get.xml", "", "released", "2020-08-10" },
	{ "cim/bios/element/pull.xml", "", "version", "QNCFLX70.0054.2020.0810.2227" },
	{ "cim/bios/feature/get.xml", "", "characteristics", "7 11 12 27 28 29 31" },
	{ "cim/chip/get.xml", "CPU 0", "model", "Intel(R) Core(TM) i7-9850H CPU @ 2.60GHz" },
	{ "cim/physical/processor/get.xml", "CPU 0", "max_clock_mhz", "8300" },
	{ "cim/physical/processor/pull.xml", "CPU 0", "status", "Enabled" },
	{ "cim/battery/pull.xml", "CC03056XL", "design_mv", "11550" },
	{ "cim/battery/pull.xml", "CC03056XL", "full_capacity", NULL },
	{ "cim/sensor/get.xml", "Sensor 1", "state", "Unknown" },
	{ "cim/fan/get.xml", "Fan 0", "health", "OK" },
	{ "cim/software/identity/get.xml", "AMTApps", "version", "12.0.67" },
	{ "cim/ethernetport/get.xml", "0", "max_speed_mbps", "2500" },
	{ "amt/ethernetport/pull.xml", "0", "mac", "00:be:43:d8:22:a4" },
	{ "amt/ethernetport/pull.xml", "1", "mac", NULL },
	{ "amt/ethernetport/pull.xml", "1", "connection", "Wireless LAN" },
	{ "cim/computer/systempackage/get.xml", "", "uuid",
	  "55e3ae13-bfd2-61bb-17a0-88aedd7037ea" },
	{ "ips/hostipsettings/get.xml", "", "dhcp", "false" },
};
#define WANTS (sizeof wants / sizeof *wants)
static bool met[WANTS];

static const struct amt_hw_col *col_of(const struct amt_hw_class *c, const char *key)
{
	const struct amt_hw_col *col = c->cols;

	while (col->key && !str_eq(col->key, key))
		col++;
	return col->key ? col : NULL;
}

static void check_values(const char *path, const struct wsman_obj *o, unsigned index,
			 struct arena *a)
{
	const struct amt_hw_class *c = amt_hw_class_find(o->shape->name);

	(void)index;
	if (!c)
		return;
	found++;
	const char *item = amt_hw_item(o, c, a);
	for (size_t i = 0; i < WANTS; i++) {
		if (!str_eq(path + strlen(DIR), wants[i].file) || !str_eq(item, wants[i].item))
			continue;
		const struct amt_hw_col *col = col_of(c, wants[i].key);
		const char *got = col ? amt_hw_text(o, col, a) : "(no such field)";
		if (!str_eq(got, wants[i].want))
			fail_msg("%s %s %s: %s", path, item, wants[i].key, got ? got : "(none)");
		met[i] = true;
	}
}

static void captures_become_rows(void **state)
{
	(void)state;
	if (!corpus_root())
		skip();
	found = 0;
	each_instance("wsman/responses", check_values);
	for (size_t i = 0; i < WANTS; i++)
		if (!met[i])
			fail_msg("%s: no instance %s", wants[i].file, wants[i].item);
	print_message("%u instances of hardware and software\n", found);
	assert_true(found >= 28);
}

/* ---- shapes ---- */

static struct sim_dev *laptop;

/* Left out of captures by their collectors, or told only when there is something to tell. */
static bool may_differ(const char *cls, const char *prop)
{
	static const char *const rows[][2] = {
		{ "CIM_SoftwareIdentity", "ElementName" },
		{ "CIM_BIOSFeature", "OperationalStatus" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq(rows[i][0], cls) && str_eq(rows[i][1], prop))
			return true;
	return false;
}

static void check_shape(const char *path, const struct wsman_obj *o, unsigned index,
			struct arena *a)
{
	const char *cls = o->shape->name;
	const struct amt_hw_class *c = amt_hw_class_find(cls);
	struct wsman_msg m = { .message_id = "" };
	struct fw_ctx x = { .d = laptop, .a = a, .m = &m, .active = true };
	bool settings = strncmp(cls, "AMT_", 4) == 0;

	(void)index;
	if (!c || settings || str_eq(cls, "CIM_BIOSFeature"))
		return;
	x.cls = sim_fw_class_find(cls);
	if (!x.cls)
		fail_msg("%s: the simulator has no %s", path, cls);
	const struct wsman_obj *own = sim_fw_instance(&x, x.cls, 0);
	for (unsigned i = 0; i < o->shape->prop_count; i++) {
		const char *prop = o->shape->props[i].name;
		if (wsman_obj_has(o, prop) != wsman_obj_has(own, prop) && !may_differ(cls, prop))
			fail_msg("%s: %s.%s is %s", path, cls, prop,
				 wsman_obj_has(own, prop) ? "invented" : "left out");
	}
	found++;
}

static void simulated_ones_look_the_same(void **state)
{
	struct sim_env env = { .seed = 1, .speed = 1 };
	struct sim_dev_conf conf = { .generation = sim_generation_find("12.0"),
				     .state = SIM_CONFIGURED,
				     .admin_password = "Adm1n!pass",
				     .model = "laptop" };
	struct err e = { 0 };

	(void)state;
	if (!corpus_root())
		skip();
	laptop = sim_dev_new(&env, &conf, &e);
	assert_non_null(laptop);
	found = 0;
	each_instance(DIR "cim", check_shape);
	each_instance(DIR "ips/hostipsettings", check_shape);
	sim_dev_free(laptop);
	assert_true(found >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_become_rows),
		cmocka_unit_test(simulated_ones_look_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
