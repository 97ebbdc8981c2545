/* Profiles: what each key does, and that anything else is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/limits.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/str.h"
#include "engine/key.h"
#include "engine/profile.h"

static bool parse(const char *yaml, struct engine_profile *p, struct err *e)
{
	err_clear(e);
	return engine_profile_parse("test", 7, span_str(yaml), p, e);
}

static void the_default_is_the_baseline(void **state)
{
	(void)state;
	struct engine_profile p;
	engine_profile_default(&p);
	assert_string_equal(p.name, "baseline");
	assert_int_equal(p.version, 0);
	assert_int_equal(p.admin_pw, ENGINE_PW_RANDOM);
	assert_int_equal(p.mebx_pw, ENGINE_PW_RANDOM);
	assert_true(p.names && p.clock && p.tls);
	assert_int_equal(p.sol, ENGINE_ON);
	assert_int_equal(p.ider, ENGINE_ON);
	assert_int_equal(p.kvm, ENGINE_ON);
	assert_int_equal(p.webui, ENGINE_OFF);
	assert_int_equal(p.ping, ENGINE_ON);
}

static void the_least_leaves_all_but_the_password(void **state)
{
	(void)state;
	struct engine_profile p,
		want = { .name = "test", .version = 7, .admin_pw = ENGINE_PW_RANDOM };
	struct err e;
	assert_true(parse("version: 1\n", &p, &e));
	assert_memory_equal(&p, &want, sizeof want);
}

static void reads_each_key(void **state)
{
	(void)state;
	struct engine_profile p;
	struct err e;
	assert_false(parse("# of the branch offices\n---\n"
			   "ping: off\n"
			   "mebx_password:\n"
			   "  secret: branch mebx\n",
			   &p, &e));
	assert_string_equal(e.msg,
			    "profile test: line 5, column 11: the value of 'secret' is wrong");
	assert_true(parse("---\n"
			  "ping: off\n"
			  "admin_password: {secret: branch-admin}\n"
			  "mebx_password:\n"
			  "  secret: \"branch-mebx\"\n"
			  "names: leave\n"
			  "clock: leave\n"
			  "tls: leave\n"
			  "redirection: {ider: off}\n"
			  "kvm: leave\n"
			  "version: 1\n...\n",
			  &p, &e));
	assert_int_equal(p.admin_pw, ENGINE_PW_SECRET);
	assert_string_equal(p.admin_secret, "branch-admin");
	assert_int_equal(p.mebx_pw, ENGINE_PW_SECRET);
	assert_string_equal(p.mebx_secret, "branch-mebx");
	assert_false(p.names || p.clock || p.tls);
	assert_int_equal(p.sol, ENGINE_LEAVE);
	assert_int_equal(p.ider, ENGINE_OFF);
	assert_int_equal(p.kvm, ENGINE_LEAVE);
	assert_int_equal(p.ping, ENGINE_OFF);
	assert_true(parse("version: 1\nmebx_password: leave\n", &p, &e));
	assert_int_equal(p.mebx_pw, ENGINE_PW_LEAVE);
	assert_true(parse("version: 1\nmebx: if-default\n", &p, &e));
	assert_int_equal(p.mebx_pw, ENGINE_PW_RANDOM);
	assert_true(p.mebx_if_default);
	assert_true(parse("version: 1\nmebx: set\nmebx_password: {secret: m}\n", &p, &e));
	assert_int_equal(p.mebx_pw, ENGINE_PW_SECRET);
	assert_false(p.mebx_if_default);
	assert_true(parse("version: 1\nmebx: leave\nmebx_password: random\n", &p, &e));
	assert_int_equal(p.mebx_pw, ENGINE_PW_LEAVE);
	assert_true(parse("version: 1\nrequired: [mebx_password]\n", &p, &e));
	assert_false(parse("version: 1\nmebx: now\n", &p, &e));
	assert_string_equal(e.want, "set, if-default or leave");
	assert_true(parse("{version: 1, redirection: {}}", &p, &e));
}

static void all_words_for_on_and_off(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		enum engine_want want;
	} cases[] = {
		{ "on", ENGINE_ON },     { "true", ENGINE_ON },     { "yes", ENGINE_ON },
		{ "On", ENGINE_ON },     { "TRUE", ENGINE_ON },     { "off", ENGINE_OFF },
		{ "false", ENGINE_OFF }, { "no", ENGINE_OFF },      { "No", ENGINE_OFF },
		{ "'on'", ENGINE_ON },   { "leave", ENGINE_LEAVE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_profile p;
		struct err e;
		char yaml[64];
		struct out o;
		out_init(&o, yaml, sizeof yaml);
		out_fmt(&o, "version: 1\nkvm: %s\n", cases[i].word);
		if (!parse(yaml, &p, &e) || p.kvm != cases[i].want)
			fail_msg("%s: %s", cases[i].word, e.msg);
	}
}

static void refuses_with_the_place(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *place, *want;
	} cases[] = {
		{ "empty", "", "line 1, column 1: there is nothing in it", "" },
		{ "comment only", "# profile\n", "line 2, column 1: there is nothing in it", "" },
		{ "no version", "kvm: on\n", "line 1, column 1: 'version' is missing",
		  "version: 1" },
		{ "version 2", "version: 2\n", "line 1, column 10: the value of 'version' is wrong",
		  "1" },
		{ "unknown key", "version: 1\n  \nkvms: on\n",
		  "line 3, column 1: unknown key 'kvms'",
		  "version admin_password mebx_password mebx names clock tls redirection kvm webui ping required" },
		{ "unknown inner key", "version: 1\nredirection: {usb: on}\n",
		  "line 2, column 15: unknown key 'usb'", "sol ider" },
		{ "unknown key of a secret", "version: 1\nadmin_password: {name: x}\n",
		  "line 2, column 18: unknown key 'name'", "secret" },
		{ "twice", "version: 1\nkvm: on\nkvm: off\n",
		  "line 3, column 1: this key stands here twice", "" },
		{ "inner twice", "version: 1\nredirection: {sol: on, sol: on}\n",
		  "line 2, column 24: this key stands here twice", "" },
		{ "wrong word", "version: 1\nkvm: maybe\n",
		  "line 2, column 6: the value of 'kvm' is wrong", "on, off or leave" },
		{ "number for a word", "version: 1\nkvm: 1\n",
		  "line 2, column 6: the value of 'kvm' is wrong", "on, off or leave" },
		{ "list for a word", "version: 1\nkvm: [on]\n",
		  "line 2, column 6: the value of 'kvm' is wrong", "on, off or leave" },
		{ "nothing for a word", "version: 1\nkvm:\n",
		  "line 2, column 5: the value of 'kvm' is wrong", "on, off or leave" },
		{ "word for a mapping", "version: 1\nredirection: on\n",
		  "line 2, column 14: the value of 'redirection' is wrong",
		  "{sol: on, ider: on}, each on, off or leave" },
		{ "names on", "version: 1\nnames: on\n",
		  "line 2, column 8: the value of 'names' is wrong", "fqdn or leave" },
		{ "tls mutual", "version: 1\ntls: mutual\n",
		  "line 2, column 6: the value of 'tls' is wrong", "server or leave" },
		{ "admin left", "version: 1\nadmin_password: leave\n",
		  "line 2, column 17: the value of 'admin_password' is wrong",
		  "random or {secret: NAME}" },
		{ "no secret", "version: 1\nadmin_password: {}\n",
		  "line 2, column 17: 'secret' is missing here", "" },
		{ "empty secret", "version: 1\nadmin_password: {secret: ''}\n",
		  "line 2, column 26: the value of 'secret' is wrong",
		  "the name of a stored secret: 1 to 63 printable characters, no blanks" },
		{ "long secret",
		  "version: 1\nadmin_password: {secret: "
		  "1234567890123456789012345678901234567890123456789012345678901234}\n",
		  "line 2, column 26: the value of 'secret' is wrong",
		  "the name of a stored secret: 1 to 63 printable characters, no blanks" },
		{ "list", "- version: 1\n",
		  "line 1, column 1: a profile is a list of 'key: value' lines", "" },
		{ "word", "version", "line 1, column 1: a profile is a list of 'key: value' lines",
		  "" },
		{ "two documents", "version: 1\n---\nversion: 1\n",
		  "line 2, column 1: there is a second document", "" },
		{ "key is a list", "version: 1\n? [kvm]\n: on\n",
		  "line 2, column 3: a key must be a plain word", "" },
		{ "anchor", "version: 1\nkvm: &a on\n",
		  "line 2, column 6: anchors and aliases (& and *) are not taken", "" },
		{ "alias", "version: 1\nkvm: *a\n",
		  "line 2, column 6: anchors and aliases (& and *) are not taken", "" },
		{ "anchor of a mapping", "&a\nversion: 1\n",
		  "line 1, column 1: anchors and aliases (& and *) are not taken", "" },
		{ "tag", "version: 1\nkvm: !!bool on\n", "line 2, column 6: tags (!) are not taken",
		  "" },
		{ "tab", "version: 1\n\tkvm: on\n", "line 2, column 1: this is not YAML", "" },
		{ "open bracket", "version: 1\nredirection: {sol: on\n", "this is not YAML", "" },
		{ "no UTF-8", "version: 1\nkvm: \xff\n", "this is not YAML", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_profile p;
		struct err e;
		if (parse(cases[i].in, &p, &e))
			fail_msg("%s: taken", cases[i].name);
		if (!strstr(e.msg, cases[i].place) ||
		    !span_starts(span_str(e.msg), "profile test: line "))
			fail_msg("%s: %s", cases[i].name, e.msg);
		/* behind the basic keys stand the parts */
		bool keys = span_starts(span_str(e.want), "version ");
		if (keys ? !span_starts(span_str(e.want), cases[i].want)
			 : !str_eq(e.want, cases[i].want))
			fail_msg("%s: want '%s'", cases[i].name, e.want);
		assert_int_equal(e.code, ERR_INVALID);
	}
}

static void an_unknown_key_lists_the_allowed(void **state)
{
	(void)state;
	struct engine_profile p;
	struct err e;
	assert_false(parse("version: 1\nredirection: {usb: on}\n", &p, &e));
	assert_string_equal(e.seen, "usb");
	assert_string_equal(e.hint, "the keys allowed here are: sol ider");
}

/* The rows for documents name the keys that are read, in the same order. */
static void rows_of_documents_are_the_keys(void **state)
{
	(void)state;
	const struct engine_key *rows = engine_profile_keys, *k;
	struct engine_profile p;
	struct err e;
	char names[256];
	struct out o;
	out_init(&o, names, sizeof names);
	for (unsigned i = 0; (k = engine_key_child_at(rows, rows, i)); i++)
		out_fmt(&o, "%s%s", i ? " " : "", engine_key_name(k));
	assert_false(parse("version: 1\nkvms: on\n", &p, &e));
	assert_int_equal(p.bad_line, 2);
	assert_int_equal(p.bad_column, 1);
	assert_true(span_starts(span_str(e.want), names));
	for (; rows->path; rows++) {
		bool group = rows->kind == KEY_GROUP;
		if (!rows->help[0] || (!group && !rows->example))
			fail_msg("%s: no help or example", rows->path);
	}
}

static void a_password_in_clear_is_not_repeated(void **state)
{
	(void)state;
	struct engine_profile p;
	struct err e;
	assert_false(parse("version: 1\nadmin_password: Planted-1!\n", &p, &e));
	assert_null(strstr(e.msg, "Planted"));
	assert_null(strstr(e.seen, "Planted"));
	assert_null(strstr(e.want, "Planted"));
	assert_null(strstr(e.hint, "Planted"));
}

static void has_limits(void **state)
{
	(void)state;
	struct engine_profile p;
	struct err e = { 0 };
	size_t n = LIMIT_YAML_BYTES + 1;
	char *large = mem_new(n);
	memset(large, '#', n);
	assert_false(engine_profile_parse("test", 1, span_make(large, n), &p, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	/* Depth: refused at the first that is not expected, whatever follows. */
	memset(large, '[', n);
	assert_false(engine_profile_parse("test", 1, span_make(large, n - 1), &p, &e));
	assert_int_equal(e.code, ERR_INVALID);
	mem_free(large);
	assert_false(engine_profile_parse("", 1, span_str("version: 1"), &p, &e));
	assert_string_equal(e.want, "1 to 63 characters");
	assert_false(engine_profile_parse("test", 1, span_make(NULL, 0), &p, NULL));
}

/* A file of docs/examples: what we show must be right. */
static struct span example(const char *name)
{
	static char path[1024], content[8192];
	struct out o;
	if (!getenv("OUTBAND_SRC"))
		skip();
	out_init(&o, path, sizeof path);
	out_fmt(&o, "%s/docs/examples/%s", getenv("OUTBAND_SRC"), name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s is missing", path);
	size_t n = fread(content, 1, sizeof content, f);
	fclose(f);
	return span_make(content, n);
}

static void the_example_is_the_default(void **state)
{
	(void)state;
	struct engine_profile p, baseline;
	struct err e = { 0 };
	engine_profile_default(&baseline);
	if (!engine_profile_parse("baseline", 0, example("profile.yaml"), &p, &e))
		fail_msg("%s", e.msg);
	assert_memory_equal(&p, &baseline, sizeof p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_the_baseline),
		cmocka_unit_test(the_least_leaves_all_but_the_password),
		cmocka_unit_test(reads_each_key),
		cmocka_unit_test(all_words_for_on_and_off),
		cmocka_unit_test(refuses_with_the_place),
		cmocka_unit_test(an_unknown_key_lists_the_allowed),
		cmocka_unit_test(rows_of_documents_are_the_keys),
		cmocka_unit_test(a_password_in_clear_is_not_repeated),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(the_example_is_the_default),
	};
	return cmocka_run_group_tests_name("engine/profile", tests, NULL, NULL);
}
