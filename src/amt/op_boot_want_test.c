/* What a boot wants against what a PC lists, and the settings that come of it: pure tables. */
#include "amt/op_boot_priv.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

static int up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int down(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static struct wsman_obj *instance(const char *name)
{
	const struct wsman_class *c = wsman_classes_find(name);

	return wsman_obj_new(&arena, &c->shape, c->uri);
}

static const struct amt_boot_target *target(const char *name)
{
	for (unsigned i = 0; amt_boot_target_at(i); i++) {
		if (str_eq(amt_boot_target_at(i)->name, name))
			return amt_boot_target_at(i);
	}
	fail_msg("no target %s", name);
	return NULL;
}

static const struct amt_boot_option *option(const char *name)
{
	for (unsigned i = 0; amt_boot_option_at(i); i++) {
		if (str_eq(amt_boot_option_at(i)->name, name))
			return amt_boot_option_at(i);
	}
	fail_msg("no option %s", name);
	return NULL;
}

static struct wsman_obj *settings(void)
{
	struct wsman_obj *s = instance("AMT_BootSettingData");

	for (unsigned i = 0; amt_boot_option_at(i); i++)
		wsman_obj_set_bool(s, amt_boot_option_at(i)->flag, false);
	wsman_obj_set_bool(s, "BIOSSetup", false);
	wsman_obj_set_bool(s, "BIOSPause", false);
	wsman_obj_set_bool(s, "UseIDER", false);
	wsman_obj_set_u32(s, "IDERBootDevice", 0);
	wsman_obj_set_str(s, "RSEPassword", "");
	wsman_obj_add_str(s, "BIOSLastStatus", "2");
	wsman_obj_set_bool(s, "OptionsCleared", true);
	return s;
}

static void every_word_has_its_capability(void **state)
{
	const struct wsman_shape *can = &wsman_classes_find("AMT_BootCapabilities")->shape;
	const struct wsman_shape *set = &wsman_classes_find("AMT_BootSettingData")->shape;

	(void)state;
	for (unsigned i = 0; amt_boot_target_at(i); i++) {
		const struct amt_boot_target *t = amt_boot_target_at(i);
		struct amt_boot_want w = { .target = t, .uri = "" };
		struct wsman_obj *c = instance("AMT_BootCapabilities");
		struct err e = { 0 };
		if (t->flag)
			assert_true(wsman_classes_prop(set, t->flag) >= 0);
		if (!t->can) {
			assert_true(amt_boot_want_can(&w, c, &e));
			continue;
		}
		assert_true(wsman_classes_prop(can, t->can) >= 0);
		assert_false(amt_boot_want_can(&w, c, &e));
		assert_int_equal(e.code, ERR_UNSUPPORTED);
		assert_non_null(strstr(e.seen, t->can));
		wsman_obj_set_bool(c, t->can, false);
		assert_false(amt_boot_want_can(&w, c, &e));
		wsman_obj_set_bool(c, t->can, true);
		assert_true(amt_boot_want_can(&w, c, &e));
	}
	for (unsigned i = 0; amt_boot_option_at(i); i++) {
		const struct amt_boot_option *p = amt_boot_option_at(i);
		struct amt_boot_want w = { target("usual"), { p }, 1, 0, 0, "" };
		struct wsman_obj *c = instance("AMT_BootCapabilities");
		struct err e = { 0 };
		assert_true(wsman_classes_prop(set, p->flag) >= 0);
		assert_false(amt_boot_want_can(&w, c, &e));
		assert_non_null(strstr(e.seen, p->can));
		wsman_obj_set_bool(c, p->can, true);
		assert_true(amt_boot_want_can(&w, c, &e));
	}
}

static void the_other_spelling_counts(void **state)
{
	struct amt_boot_want w = { .target = target("pba"), .uri = "" };
	struct wsman_obj *c = instance("AMT_BootCapabilities");

	(void)state;
	assert_false(amt_boot_want_can(&w, c, NULL));
	wsman_obj_set_bool(c, "ForceUEFIPBABoot", true);
	assert_true(amt_boot_want_can(&w, c, NULL));
}

static void settings_say_what_is_wanted(void **state)
{
	static const struct {
		const char *target, *option, *flag, *ider;
	} cases[] = {
		{ "bios", "sol", "BIOSSetup", "0" },
		{ "pause", "lock-keyboard", "BIOSPause", "0" },
		{ "ider-cd", "sol", "UseIDER", "1" },
		{ "ider-floppy", "bypass-password", "UseIDER", "0" },
		{ "pxe", "progress", NULL, "0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct amt_boot_want w = {
			target(cases[i].target), { option(cases[i].option) }, 1, 0, 3, ""
		};
		struct wsman_obj *s = settings();
		struct err e = { 0 };
		wsman_obj_set_bool(s, "UseSafeMode", true); /* of somebody before us */
		assert_string_equal(amt_boot_settings_left(s), "UseSafeMode");
		assert_true(amt_boot_settings(s, &w, &e));
		if (cases[i].flag)
			assert_string_equal(wsman_obj_str(s, cases[i].flag), "true");
		assert_string_equal(wsman_obj_str(s, w.options[0]->flag), "true");
		assert_string_equal(wsman_obj_str(s, "UseSafeMode"), "false");
		assert_string_equal(wsman_obj_str(s, "IDERBootDevice"), cases[i].ider);
		assert_string_equal(wsman_obj_str(s, "BootMediaIndex"), "3");
		assert_null(wsman_obj_str(s, "BIOSLastStatus"));
		assert_null(wsman_obj_str(s, "OptionsCleared"));
		assert_null(wsman_obj_str(s, "RSEPassword"));
		assert_true(amt_boot_settings(s, NULL, &e));
		assert_null(amt_boot_settings_left(s));
	}
}

static void https_boot_carries_its_address(void **state)
{
	struct amt_boot_want w = { .target = target("https"), .uri = "https://a/b" };
	struct wsman_obj *s = settings();
	struct err e = { 0 };
	struct span bytes;
	static const char want[] = "\x86\x80\x01\x00\x0b\x00\x00\x00https://a/b";

	(void)state;
	assert_false(amt_boot_want_enabled(&w, s, &e)); /* this firmware cannot */
	assert_int_equal(e.code, ERR_UNSUPPORTED);
	wsman_obj_set_bool(s, "UEFIHTTPSBootEnabled", false);
	assert_false(amt_boot_want_enabled(&w, s, &e));
	wsman_obj_set_bool(s, "UEFIHTTPSBootEnabled", true);
	assert_true(amt_boot_want_enabled(&w, s, &e));
	assert_true(amt_boot_settings(s, &w, &e));
	assert_string_equal(wsman_obj_str(s, "UefiBootNumberOfParams"), "1");
	assert_true(wsman_obj_b64(s, "UefiBootParametersArray", &bytes));
	assert_int_equal(bytes.n, sizeof want - 1);
	assert_memory_equal(bytes.p, want, sizeof want - 1);
}

static void what_the_pc_dropped_is_seen(void **state)
{
	struct amt_boot_want w = { .target = target("bios"), .uri = "" };
	struct wsman_obj *put = settings(), *reply = settings();
	struct err e = { 0 };

	(void)state;
	assert_true(amt_boot_settings(put, &w, &e));
	wsman_obj_set_u32(reply, "FirmwareVerbosity", 0);
	wsman_obj_set_u32(reply, "BootMediaIndex", 0);
	assert_false(amt_boot_settings_same(put, reply, &e));
	assert_int_equal(e.code, ERR_VERIFY);
	assert_non_null(strstr(e.msg, "BIOSSetup"));
	wsman_obj_set_bool(reply, "BIOSSetup", true);
	assert_true(amt_boot_settings_same(put, reply, &e));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(every_word_has_its_capability), T(the_other_spelling_counts),
		T(settings_say_what_is_wanted),   T(https_boot_carries_its_address),
		T(what_the_pc_dropped_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
