/* The screens that "kvm.state" tells of, from lists as firmware may send them: of different lengths, with
 * sizes that are none, more than fit, and shorter the second time than the first. */
#include "amt/op_kvm_priv.h"
#include "base/str.h"
#include "wsman/classes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEXT 96

static void add(struct wsman_obj *o, const char *prop, const char *words)
{
	struct span rest = span_str(words);
	char word[32];

	while (rest.n) {
		size_t n = span_find(rest, ' ');
		assert_true(str_copy(word, sizeof word, span_make(rest.p, n)));
		wsman_obj_add_str(o, prop, word);
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
}

static void screens(void **state)
{
	(void)state;
	static const struct {
		const char *name, *is, *x, *y, *want;
		uint64_t largest;
	} cases[] = {
		{ "none at all", "", "", "", "none", 0 },
		{ "one", "true", "1920", "1080", "1920x1080", 1920 * 1080 },
		{ "several", "true false true", "1920 800 1024", "1080 600 768",
		  "1920x1080, 1024x768", 1920 * 1080 },
		{ "off", "false false", "1920 800", "1080 600", "none", 0 },
		{ "fewer widths", "true true true", "1920", "1080 600 768", "1920x1080",
		  1920 * 1080 },
		{ "no heights", "true true", "1920 800", "", "none", 0 },
		{ "fewer states", "true", "1920 800", "1080 600", "1920x1080", 1920 * 1080 },
		{ "no states", "", "1920 800", "1080 600", "none", 0 },
		{ "no sizes of screens", "true true true", "0 99999 640", "5 600 0", "none", 0 },
		{ "more than fit", "true true true true true true true true true true true true",
		  "1111 1111 1111 1111 1111 1111 1111 1111 1111 1111 1111 2222",
		  "1111 1111 1111 1111 1111 1111 1111 1111 1111 1111 1111 2222",
		  "1111x1111, 1111x1111, 1111x1111, 1111x1111, 1111x1111, 1111x1111, 1111x1111, 1111x1111",
		  2222 * 2222 },
	};
	char text[TEXT + 1];

	memset(text, 'Z', sizeof text); /* what an earlier reading may have left */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct wsman_class *c = wsman_classes_find("IPS_ScreenSettingData");
		struct arena a;
		uint64_t largest = 1;

		arena_init(&a, 1 << 16);
		struct wsman_obj *o = wsman_obj_new(&a, &c->shape, "");
		add(o, "IsActive", cases[i].is);
		add(o, "ResolutionX", cases[i].x);
		add(o, "ResolutionY", cases[i].y);
		amt_kvm_screens_priv(o, text, TEXT, &largest);
		if (!str_eq(text, cases[i].want) || largest != cases[i].largest ||
		    text[TEXT] != 'Z')
			fail_msg("%s: \"%s\", %llu", cases[i].name, text,
				 (unsigned long long)largest);
		for (size_t n = strlen(text); n < TEXT; n++)
			assert_int_equal(text[n], 0);
		arena_deinit(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(screens) };

	return cmocka_run_group_tests_name("amt/op_kvm", tests, NULL, NULL);
}
