/* The list of stored data in both of its forms, with what firmware puts into it, and cut at each byte. */
#include "wire/storage.h"
#include "base/out.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD "{\"information\":{\"version\":1.1,\"realms\":7,\"user\":\"admin\"},\"content\":"

static const struct row {
	const char *name, *json, *items;
} rows[] = {
	{ "nothing", HEAD "[]}", "" },
	{ "an array",
	  HEAD "[{\"vendor\":\"Acme\",\"app\":\"Asset\",\"name\":\"tag\",\"size\":12,\"link\":"
	       "\"Acme/Asset/tag\"},\r\n {\"name\":\"b\"}]}",
	  "Acme/Asset/tag=12;//b;" },
	{ "a tree",
	  HEAD "{\"Acme\":{\"Asset\":{\"tag\":{\"size\":3},\"x\":4,\"y\":\"\"}},\"B\":{}}}",
	  "Acme/Asset/tag=3;Acme/Asset/x=4;Acme/Asset/y;" },
	{ "control characters",
	  HEAD "[{\"vendor\":\"A\x01\tc\",\"app\":\"a\\u0041\\n\\\"\",\"name\":\"\\u20ac\"}]}",
	  "A  c/aA \"/?;" },
};

static const char *items_of(const char *json, size_t n, struct err *e)
{
	static char text[512];
	struct wire_storage_item *items;
	struct arena a;
	struct out o;

	arena_init(&a, 1 << 18);
	out_init(&o, text, sizeof text - 1);
	memset(text, 0, sizeof text);
	bool ok = wire_storage_parse(span_make(json, n), &a, &items, e);
	for (struct wire_storage_item *i = items; ok && i; i = i->next) {
		out_fmt(&o, "%s/%s/%s", i->vendor, i->app, i->name);
		if (i->has_size)
			out_fmt(&o, "=%u", (unsigned)i->size);
		out_str(&o, ";");
	}
	arena_deinit(&a);
	return ok ? text : NULL;
}

static void reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { 0 };
		size_t n = strlen(rows[i].json);
		const char *got = items_of(rows[i].json, n, &e);
		if (!got || !str_eq(got, rows[i].items))
			fail_msg("%s: %s", rows[i].name, got ? got : e.msg);
		for (size_t cut = 0; cut < n; cut++)
			if (items_of(rows[i].json, cut, &e))
				fail_msg("%s: %zu bytes were taken", rows[i].name, cut);
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"<html></html>",
		"{\"content\":1}",
		"{\"content\":[]} x",
		"{\"content\":[[[[[[[[[[[[]]]]]]]]]]]]}",
		"{\"content\":[{\"name\":\"\\q\"}]}",
		"{\"content\":[{\"name\":\"\\u12\"}]}",
		"{content:[]}",
		"{\"content\":[,]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { 0 };
		if (items_of(bad[i], strlen(bad[i]), &e) || !strstr(e.msg, "stored"))
			fail_msg("%s: %s", bad[i], e.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads), cmocka_unit_test(refuses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
