/* Documents of the profile language: the files in the tree are what the tables say, the examples in them
 * can be read, and every key is explained and tried. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/str.h"
#include "cli/profile_doc.h"
#include "engine/part.h"

static bool read_file(const char *name, char *text, size_t cap)
{
	char path[1024];
	(void)snprintf(path, sizeof path, "%s/%s", getenv("OUTBAND_SRC"), name);
	FILE *f = fopen(path, "r");
	if (!f)
		return false;
	text[fread(text, 1, cap - 1, f)] = 0;
	(void)fclose(f);
	return true;
}

static char file[1024 * 1024];

static void expect_file(const char *name, void (*make)(struct out *), const char *option)
{
	struct buf b;
	struct out o;
	if (!getenv("OUTBAND_SRC"))
		skip();
	buf_init(&b, sizeof file);
	out_init_buf(&o, &b);
	make(&o);
	assert_false(o.bad);
	if (!read_file(name, file, sizeof file))
		file[0] = 0;
	if (!span_eq_str(buf_span(&b), file))
		fail_msg("%s is not current: write 'outband profile schema --%s' into it", name,
			 option);
	buf_deinit(&b);
}

static void page_is_current(void **state)
{
	(void)state;
	expect_file("docs/profile.md", cli_profile_markdown, "markdown");
}

static void man_page_is_current(void **state)
{
	(void)state;
	expect_file("man/outband-profile.5", cli_profile_man, "man");
}

static bool parse(struct span yaml, struct arena *a, struct engine_profile *p, struct err *e)
{
	err_clear(e);
	return engine_profile_parse_in("test", 0, yaml, a, p, e);
}

/* What `show --effective` prints asks for the same: printed once more it is the same text. */
static void expect_effective(const char *name, struct span yaml)
{
	struct engine_profile p;
	struct err e;
	struct arena a;
	struct buf first, second;
	struct out o;
	arena_init(&a, LIMIT_PROFILE_TREE_BYTES);
	buf_init(&first, sizeof file);
	buf_init(&second, sizeof file);
	if (!parse(yaml, &a, &p, &e))
		fail_msg("%s: %s: %s", name, e.msg, e.want);
	out_init_buf(&o, &first);
	cli_profile_effective(&p, &o);
	json_t *was = cli_profile_tree(&p);
	if (!parse(buf_span(&first), &a, &p, &e))
		fail_msg("%s, effective: %s\n%s", name, e.msg, (char *)first.p);
	out_init_buf(&o, &second);
	cli_profile_effective(&p, &o);
	json_t *is = cli_profile_tree(&p);
	if (!span_eq(buf_span(&first), buf_span(&second)) || !json_equal(was, is))
		fail_msg("%s: effective twice is another text", name);
	json_decref(was);
	json_decref(is);
	buf_deinit(&first);
	buf_deinit(&second);
	arena_deinit(&a);
}

static void examples_can_be_read(void **state)
{
	(void)state;
	const struct engine_part *part;
	struct buf b;
	struct out o;
	unsigned found = 0;
	buf_init(&b, sizeof file);
	out_init_buf(&o, &b);
	cli_profile_markdown(&o);
	out_u8(&o, 0);
	for (char *at = (char *)b.p; (at = strstr(at, "```yaml\n")); found++) {
		char *end = strstr(at + 8, "```");
		char yaml[16384];
		(void)snprintf(yaml, sizeof yaml, "version: 1\n%.*s", (int)(end - at - 8), at + 8);
		part = engine_parts_at(found);
		assert_non_null(part);
		expect_effective(part->name, span_str(yaml));
		at = end;
	}
	assert_null(engine_parts_at(found));
	buf_deinit(&b);
}

static void effective_tells_every_basic_key(void **state)
{
	(void)state;
	struct engine_profile p;
	struct arena a;
	struct err e;
	char text[8192];
	struct out o;
	arena_init(&a, LIMIT_PROFILE_TREE_BYTES);
	assert_true(parse(span_str("version: 1\nmebx_password: {secret: desk-7}\nkvm: yes\n"
				   "required: [power]\nredirection: {ider: off}\n"
				   "power: {idle_wake_minutes: 9}\n"),
			  &a, &p, &e));
	out_init(&o, text, sizeof text);
	cli_profile_effective(&p, &o);
	const char *want =
		"version: 1\nadmin_password: random\nmebx_password: {secret: desk-7}\nmebx: set\n"
		"names: leave\nclock: leave\ntls: leave\n"
		"redirection: {sol: leave, ider: off}\nkvm: on\nwebui: leave\n"
		"ping: leave\nrequired: [power]\npower:\n  package: leave\n"
		"  idle_wake_minutes: 9\n";
	if (strncmp(text, want, strlen(want)) != 0)
		fail_msg("%s", text);
	arena_deinit(&a);
}

static bool some_scenario_has(const char *word)
{
	char pattern[1024];
	bool found = false;
	glob_t g;
	(void)snprintf(pattern, sizeof pattern, "%s/tests/scenario/part_*.c",
		       getenv("OUTBAND_SRC"));
	if (glob(pattern, 0, NULL, &g) != 0)
		return false;
	for (size_t i = 0; i < g.gl_pathc && !found; i++)
		found = read_file(g.gl_pathv[i] + strlen(getenv("OUTBAND_SRC")) + 1, file,
				  sizeof file) &&
			strstr(file, word);
	globfree(&g);
	return found;
}

/* Every key has help, and an example where it has a value; every part a scenario that names it. */
static void every_key_is_explained_and_tried(void **state)
{
	(void)state;
	const struct engine_part *part;
	if (!getenv("OUTBAND_SRC"))
		skip();
	for (unsigned i = 0; (part = engine_parts_at(i)); i++) {
		char word[64];
		for (const struct engine_key *k = part->keys; k->path; k++) {
			bool group = k->kind == KEY_GROUP || k->kind == KEY_LIST;
			if (!k->help || !k->help[0] || (!group && !k->example) || !k->sets ||
			    !k->since)
				fail_msg("%s.%s: a cell of its row is empty", part->name, k->path);
			if (!group && !k->sets[0] && strcmp(engine_key_name(k), "own") != 0 &&
			    strcmp(engine_key_name(k), "name") != 0)
				fail_msg("%s.%s: what it sets is not said", part->name, k->path);
		}
		(void)snprintf(word, sizeof word, "%s:", part->name);
		if (!some_scenario_has(word))
			fail_msg("no tests/scenario/part_*.c has '%s'", word);
	}
}

static void schema_has_every_key(void **state)
{
	(void)state;
	json_t *doc = cli_profile_schema(), *props = json_object_get(doc, "properties");
	assert_non_null(props);
	for (unsigned i = 0; engine_parts_at(i); i++)
		if (!json_object_get(props, engine_parts_at(i)->name))
			fail_msg("%s is not in the schema", engine_parts_at(i)->name);
	/* 4 and "4" are the same word to us */
	json_t *v = json_object_get(json_object_get(props, "defense"), "anyOf");
	v = json_object_get(json_object_get(json_array_get(v, 0), "properties"), "filters");
	v = json_object_get(json_array_get(json_object_get(v, "anyOf"), 0), "items");
	v = json_object_get(json_object_get(v, "properties"), "version");
	v = json_object_get(json_array_get(json_object_get(v, "anyOf"), 0), "enum");
	assert_string_equal(json_string_value(json_array_get(v, 0)), "4");
	assert_int_equal(json_integer_value(json_array_get(v, 1)), 4);
	assert_true(json_is_false(json_object_get(doc, "additionalProperties")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(doc, "required"), 0)),
			    "version");
	json_decref(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_is_current),
		cmocka_unit_test(man_page_is_current),
		cmocka_unit_test(examples_can_be_read),
		cmocka_unit_test(effective_tells_every_basic_key),
		cmocka_unit_test(every_key_is_explained_and_tried),
		cmocka_unit_test(schema_has_every_key),
	};
	return cmocka_run_group_tests_name("cli/profile_doc", tests, NULL, NULL);
}
