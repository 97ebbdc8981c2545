/* The state of a discovery as a file: written and read back, what is refused, that there is none. */
#include "cli/discover_file.h"
#include "base/str.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static char path[64];

static void put(const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static void comes_back(void **state)
{
	(void)state;
	struct cli_discover_file f, g;
	struct err e = { 0 };
	bool found;

	cli_discover_file_init(&f);
	cli_discover_file_init(&g);
	(void)unlink(path);
	assert_true(cli_discover_file_read(&g, path, &found, &e) && !found);
	f.position = 1234;
	f.total = 65534;
	assert_true(buf_add(&f.ranges, span_str("10.1.0.0/16,lab[1-9].example.com")));
	assert_true(cli_discover_file_write(&f, path, &e));
	f.position = 1300;
	assert_true(cli_discover_file_write(&f, path, &e));
	assert_true(cli_discover_file_read(&g, path, &found, &e) && found);
	assert_int_equal(g.position, 1300);
	assert_int_equal(g.total, 65534);
	assert_true(span_eq(buf_span(&f.ranges), buf_span(&g.ranges)));
	cli_discover_file_deinit(&f);
	cli_discover_file_deinit(&g);
}

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "nothing", "" },
		{ "another file", "{\"position\": 3}\n" },
		{ "another version", "outband discover 12\nposition 1\nof 2\nranges pc\n" },
		{ "no number", "outband discover 1\nposition x\nof 2\nranges pc\n" },
		{ "behind its end", "outband discover 1\nposition 3\nof 2\nranges pc\n" },
		{ "cut", "outband discover 1\nposition 1\nof 2\nranges pc" },
		{ "more behind", "outband discover 1\nposition 1\nof 2\nranges pc\nmore\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cli_discover_file f;
		struct err e = { 0 };
		bool found;
		cli_discover_file_init(&f);
		put(cases[i].text);
		if (cli_discover_file_read(&f, path, &found, &e) || e.code != ERR_INVALID)
			fail_msg("%s: taken", cases[i].name);
		cli_discover_file_deinit(&f);
	}
}

static int make_path(void **state)
{
	(void)state;
	(void)str_copy(path, sizeof path, span_str("/tmp/outband-discover-XXXXXX"));
	int fd = mkstemp(path);
	return fd >= 0 ? close(fd) : -1;
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(comes_back),
					    cmocka_unit_test(refuses) };
	return cmocka_run_group_tests(tests, make_path, remove_path);
}
