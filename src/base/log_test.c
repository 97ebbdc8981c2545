/* Tests of the log: the exact line, escaping, length, levels, the rate limit. */
#include "base/log.h"
#include "base/clk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAD "2031-05-02T09:14:07.120Z level=info ev=hello.received"
static char last_line[5000];
static int line_count;

static void keep_line(void *arg, enum log_event ev, struct span line)
{
	(void)ev;
	assert_ptr_equal(arg, &line_count);
	assert_true(line.n < sizeof last_line);
	memcpy(last_line, line.p, line.n);
	last_line[line.n] = 0;
	line_count++;
}

static int start(void **state)
{
	(void)state;
	clk_fake_start(INT64_C(1935479647120));
	log_set_fd(-1);
	log_set_sink(keep_line, &line_count);
	log_set_level(LOG_INFO);
	line_count = 0;
	last_line[0] = 0;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	log_set_sink(NULL, NULL);
	log_set_fd(2);
	clk_fake_stop();
	return 0;
}

static void quotes_only_when_needed(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "plain", "10.1.2.3", "10.1.2.3" },
		{ "empty", "", "\"\"" },
		{ "blank", "a b", "\"a b\"" },
		{ "quote", "a\"b", "\"a\\\"b\"" },
		{ "backslash", "a\\b", "\"a\\\\b\"" },
		{ "equal sign", "a=b", "\"a=b\"" },
		{ "forged line", "x\r\nlevel=error\t", "\"x\\r\\nlevel=error\\t\"" },
		{ "escape sequence", "\x1b[31m", "\"\\x1b[31m\"" },
		{ "not ASCII", "\xc3\xbc\x7f", "\"\\xc3\\xbc\\x7f\"" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char want[200];
		log_ev(LOG_EV_HELLO, LOG_S("uuid", cases[i].in), LOG_I("pid", -5));
		(void)snprintf(want, sizeof want, HEAD " uuid=%s pid=-5", cases[i].want);
		if (strcmp(last_line, want) != 0)
			fail_msg("%s: %s", cases[i].name, last_line);
	}
}

static void leaves_out_what_is_not_there(void **state)
{
	(void)state;
	log_ev(LOG_EV_HELLO, LOG_S("uuid", NULL), LOG_I("retry_count", INT64_MIN));
	assert_string_equal(last_line, HEAD " retry_count=-9223372036854775808");
	log_ev(LOG_EV_HELLO);
	assert_string_equal(last_line, HEAD);
	log_write(LOG_EV_HELLO, NULL);
	assert_int_equal(line_count, 3);
}

static void prints_an_error(void **state)
{
	(void)state;
	struct err e;
	err_set(&e, ERR_AUTH, "device answered %d", 401);
	log_err(LOG_EV_HELLO, &e, NULL);
	assert_string_equal(last_line, HEAD " err=device.auth msg=\"device answered 401\"");
	err_seen(&e, "401");
	err_want(&e, "200");
	err_hint(&e, "enter the password");
	e.rule = "D051";
	const struct log_kv more[] = { LOG_S("uuid", "u"), { LOG_KIND_END, NULL, NULL, 0 } };
	log_err(LOG_EV_HELLO, &e, more);
	assert_string_equal(last_line,
			    HEAD " err=device.auth msg=\"device answered 401\" rule=D051 seen=401"
				 " want=200 hint=\"enter the password\" uuid=u");
}

static void keeps_lines_short(void **state)
{
	(void)state;
	static char big[9000];
	memset(big, 'a', sizeof big - 1);
	log_ev(LOG_EV_HELLO, LOG_S("uuid", big), LOG_S("kind", "k"));
	assert_non_null(strstr(last_line, "a... kind=k"));
	assert_int_equal(strlen(last_line), strlen(HEAD " uuid= kind=k") + 1024);
	/* Four bytes for each: the first two pairs fit into a line, the others do not. */
	memset(big, 0x1b, sizeof big - 1);
	log_ev(LOG_EV_HELLO, LOG_S("uuid", "u"), LOG_S("kind", big), LOG_S("address", big),
	       LOG_S("pid", "p"));
	assert_true(strlen(last_line) < 4096);
	assert_non_null(strstr(last_line, " uuid=u"));
	assert_null(strstr(last_line, " kind="));
	assert_non_null(strstr(last_line, " pid=p cut=1"));
	for (size_t n = 900; n <= 1024; n++) { /* around every border of the line */
		big[n] = 0;
		log_ev(LOG_EV_HELLO, LOG_S("uuid", big), LOG_S("kind", "0123456789"));
		assert_true(strlen(last_line) < 4096);
		bool whole = strstr(last_line, " uuid=") && strstr(last_line, "\" kind=0123456789");
		assert_int_equal(strstr(last_line, " cut=1") == NULL, whole);
		big[n] = 0x1b;
	}
}

static void obeys_levels(void **state)
{
	(void)state;
	enum log_level l = LOG_ERROR;
	log_ev(LOG_EV_SIM_HELLO);
	assert_int_equal(line_count, 0); /* a debug event */
	assert_true(log_set_folder_level("sim", LOG_DEBUG));
	log_ev(LOG_EV_SIM_HELLO);
	assert_int_equal(line_count, 1);
	log_ev(LOG_EV_API);
	assert_int_equal(line_count, 1);
	assert_true(log_set_folder_level("hello", LOG_ERROR));
	log_ev(LOG_EV_HELLO);
	log_ev(LOG_EV_HELLO_BAD);
	assert_int_equal(line_count, 1);
	log_set_level(LOG_WARN); /* all folders */
	log_ev(LOG_EV_HELLO_BAD);
	log_ev(LOG_EV_HELLO);
	log_ev(LOG_EV_SIM_HELLO);
	assert_int_equal(line_count, 2);
	assert_int_equal(log_get_level(), LOG_WARN);
	assert_false(log_set_folder_level("hell", LOG_DEBUG));
	assert_false(log_set_folder_level("", LOG_DEBUG));
	for (int i = 0; i < LOG_LEVEL_COUNT; i++) {
		assert_true(log_level_parse(log_level_name((enum log_level)i), &l));
		assert_int_equal(l, i);
	}
	assert_false(log_level_parse("loud", &l));
	assert_string_equal(log_level_name(LOG_LEVEL_COUNT), "unknown");
}

static void writes_whole_lines_to_a_file(void **state)
{
	(void)state;
	int fds[2];
	char got[200];
	assert_int_equal(pipe(fds), 0);
	log_set_fd(fds[1]);
	log_set_sink(NULL, NULL);
	errno = ENOENT;
	log_ev(LOG_EV_HELLO, LOG_S("kind", "pki"));
	assert_int_equal(errno, ENOENT);
	ssize_t n = read(fds[0], got, sizeof got - 1);
	assert_true(n > 0);
	got[n] = 0;
	assert_string_equal(got, HEAD " kind=pki\n");
	close(fds[0]);
	close(fds[1]);
	log_ev(LOG_EV_HELLO); /* a closed descriptor is no reason to fall over */
	assert_int_equal(errno, ENOENT);
}

enum { THREADS = 4, LINES_EACH = 50 };

static void *log_much(void *arg)
{
	for (int i = 0; i < LINES_EACH; i++)
		log_ev(LOG_EV_HELLO, LOG_S("kind", arg), LOG_I("pid", i));
	return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
	(void)state;
	static char kinds[THREADS][2] = { "a", "b", "c", "d" }, got[65536];
	pthread_t threads[THREADS];
	int fds[2], next[THREADS] = { 0 };
	assert_int_equal(pipe(fds), 0); /* holds 64 KB, more than all the lines */
	log_set_sink(NULL, NULL);
	log_set_fd(fds[1]);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, log_much, kinds[i]), 0);
	for (int i = 0; i < 100; i++) /* settable at any moment */
		log_set_folder_level("sim", i % 2 ? LOG_DEBUG : LOG_WARN);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ssize_t n = read(fds[0], got, sizeof got);
	assert_true(n > 0);
	struct span left = span_make(got, (size_t)n);
	while (left.n) {
		char want[200];
		size_t len = span_find(left, '\n');
		assert_true(len > 10 && len < left.n);
		const uint8_t *kind = memmem(left.p, len, "kind=", 5);
		assert_non_null(kind);
		int who = kind[5] - 'a';
		assert_in_range(who, 0, THREADS - 1);
		(void)snprintf(want, sizeof want, HEAD " kind=%s pid=%d", kinds[who], next[who]++);
		assert_true(span_eq_str(span_make(left.p, len), want));
		left = span_make(left.p + len + 1, left.n - len - 1);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(next[i], LINES_EACH);
	close(fds[0]);
	close(fds[1]);
}

static void refuses_a_key_that_is_not_in_the_table(void **state)
{
	(void)state;
#ifdef NDEBUG
	skip();
#else
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit no_core = { 0, 0 };
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		log_ev(LOG_EV_HELLO, LOG_S("password", "x"));
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
#endif
}

static void limits_a_rate(void **state)
{
	(void)state;
	struct log_rate r = { 0 };
	for (int i = 0; i < 10; i++)
		assert_int_equal(log_rate_ok(&r, 3), i < 3);
	assert_int_equal(r.dropped, 7);
	clk_fake_advance_ms(999);
	assert_false(log_rate_ok(&r, 3));
	clk_fake_advance_ms(1);
	assert_true(log_rate_ok(&r, 3));
	assert_int_equal(r.dropped, 8); /* the first line tells it */
	assert_true(log_rate_ok(&r, 3));
	assert_int_equal(r.dropped, 0);
	struct log_rate one = { 0 };
	for (unsigned second = 0; second < 3; second++) {
		assert_true(log_rate_ok(&one, 1));
		assert_int_equal(one.dropped, second ? 2 : 0);
		assert_false(log_rate_ok(&one, 1));
		assert_false(log_rate_ok(&one, 1));
		clk_fake_advance_ms(1000);
	}
	assert_false(log_rate_ok(&(struct log_rate){ 0 }, 0));
}

static void event_table_is_sound(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LOG_EVENT_COUNT; i++) {
		const struct log_event_row *row = log_event_row((enum log_event)i);
		if (!strchr(row->name, '.') || strpbrk(row->name, " =\"") || !row->sentence[0])
			fail_msg("%s: bad row", row->name);
		if (strspn(row->keys, "abcdefghijklmnopqrstuvwxyz0123456789_ ") !=
		    strlen(row->keys))
			fail_msg("%s: bad keys", row->name);
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(row->name, log_event_row((enum log_event)k)->name) == 0)
				fail_msg("%s stands in the table twice", row->name);
		}
	}
	assert_null(log_event_row(LOG_EVENT_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(quotes_only_when_needed, start, stop),
		cmocka_unit_test_setup_teardown(leaves_out_what_is_not_there, start, stop),
		cmocka_unit_test_setup_teardown(prints_an_error, start, stop),
		cmocka_unit_test_setup_teardown(keeps_lines_short, start, stop),
		cmocka_unit_test_setup_teardown(obeys_levels, start, stop),
		cmocka_unit_test_setup_teardown(writes_whole_lines_to_a_file, start, stop),
		cmocka_unit_test_setup_teardown(threads_do_not_mix_lines, start, stop),
		cmocka_unit_test_setup_teardown(refuses_a_key_that_is_not_in_the_table, start,
						stop),
		cmocka_unit_test_setup_teardown(limits_a_rate, start, stop),
		cmocka_unit_test(event_table_is_sound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
