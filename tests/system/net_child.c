/* Programs run on the loop (net/child.h): what they get, how they end, and what is killed. Real
 * children, all of them shell scripts. */
#include "net_rig.h"
#include "base/clk.h"
#include "net/child.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct run {
	unsigned calls;
	struct err why;
	int exit_code, signal;
	char out[4096], err_text[4096];
	size_t out_n;
};

static void on_end(void *arg, const struct net_child_end *end)
{
	struct run *r = arg;

	r->calls++;
	r->why = end->why;
	r->exit_code = end->exit_code;
	r->signal = end->signal;
	r->out_n = end->out.n;
	(void)str_copy(r->out, sizeof r->out, end->out);
	(void)str_copy(r->err_text, sizeof r->err_text, end->err_text);
}

static bool has_ended(void *arg)
{
	struct run *r = arg;

	return r->calls > 0;
}

static struct net_child *start(struct net_loop *l, const char *script, struct span in,
			       int64_t timeout_ms, struct run *r)
{
	const char *args[] = { "-c", script, "hook", "one", "two words", NULL };
	struct net_child_conf c = { .program = "/bin/sh",
				    .args = args,
				    .in = in,
				    .out_max = 2048,
				    .timeout_ms = timeout_ms };

	*r = (struct run){ 0 };
	return net_child_start(l, &c, on_end, r);
}

static void ends(void **state)
{
	(void)state;
	static const struct {
		const char *name, *script;
		int64_t timeout_ms;
		enum err_code code;
		int exit_code, signal;
		const char *out, *err_text;
	} cases[] = {
		{ "echo", "cat", 60000, ERR_NONE, 0, 0, "in put", "" },
		{ "arguments", "echo \"$1|$2\"", 60000, ERR_NONE, 0, 0, "one|two words\n", "" },
		{ "exit status", "echo no >&2; exit 3", 60000, ERR_NONE, 3, 0, "", "no\n" },
		{ "signal", "kill -TERM $$", 60000, ERR_NONE, 0, SIGTERM, "", "" },
		{ "hangs", "sleep 600", 200, ERR_TIMEOUT, 0, SIGKILL, "", "" },
		{ "hangs and will not end", "trap '' TERM INT HUP; while :; do sleep 1; done", 200,
		  ERR_TIMEOUT, 0, SIGKILL, "", "" },
		{ "floods", "while :; do echo 0123456789; done", 60000, ERR_LIMIT, 0, SIGKILL, NULL,
		  "" },
		{ "does not read", "exec <&-; echo x", 60000, ERR_NONE, 0, 0, "x\n", "" },
		{ "closes all and sleeps", "exec <&- >&- 2>&-; sleep 600", 200, ERR_TIMEOUT, 0,
		  SIGKILL, "", "" },
		{ "environment", "/usr/bin/env | sort | cut -d= -f1 | tr '\\n' ' '", 60000,
		  ERR_NONE, 0, 0, "HOME LANG PATH PWD ", "" },
		{ "descriptors", "ls /proc/self/fd | tr '\\n' ' '", 60000, ERR_NONE, 0, 0,
		  "0 1 2 3 ", "" }, /* 3: ls reads the folder */
		{ "group of its own", "ps -o pgid= -p $$ | tr -d ' '; echo $$", 60000, ERR_NONE, 0,
		  0, NULL, "" },
	};
	int extra = open("/dev/null", O_RDONLY); /* inheritable on purpose */

	setenv("SECRET_OF_OURS", "x", 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct net_loop *l = rig_loop();
		struct run r;
		start(l, cases[i].script, span_str("in put"), cases[i].timeout_ms, &r);
		assert_int_equal(r.calls, 0);
		if (!rig_until(l, has_ended, &r, RIG_WAIT_MS))
			fail_msg("%s: never ended", cases[i].name);
		if (r.why.code != cases[i].code || r.exit_code != cases[i].exit_code ||
		    r.signal != cases[i].signal)
			fail_msg("%s: %s (%s), exit %d signal %d", cases[i].name,
				 err_name(r.why.code), r.why.msg, r.exit_code, r.signal);
		if (cases[i].out && strcmp(r.out, cases[i].out) != 0)
			fail_msg("%s: '%s'", cases[i].name, r.out);
		if (strcmp(r.err_text, cases[i].err_text) != 0)
			fail_msg("%s: stderr '%s'", cases[i].name, r.err_text);
		if (strcmp(cases[i].name, "group of its own") == 0)
			assert_int_equal(strtol(r.out, NULL, 10),
					 strtol(strchr(r.out, '\n'), NULL, 10));
		rig_end_loop(l);
		assert_int_equal(r.calls, 1);
	}
	close(extra);
}

static void much_input(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct run r;
	size_t n = 300000;
	char *big = mem_new(n);

	memset(big, 'x', n);
	start(l, "wc -c | tr -d ' \\n'", span_make(big, n), 60000, &r);
	mem_free(big);
	assert_true(rig_until(l, has_ended, &r, RIG_WAIT_MS));
	assert_string_equal(r.out, "300000");
	start(l, "exit 0", span_make("unread", 6), 60000, &r);
	assert_true(rig_until(l, has_ended, &r, RIG_WAIT_MS));
	assert_int_equal(r.why.code, ERR_NONE);
	rig_end_loop(l);
}

static void cannot_start(void **state)
{
	(void)state;
	static const struct {
		const char *name, *program;
		enum err_code code;
	} cases[] = {
		{ "missing", "/nowhere/hook", ERR_NOT_FOUND },
		{ "no program", "/etc/passwd", ERR_DENIED },
		{ "folder", "/etc", ERR_DENIED },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct net_loop *l = rig_loop();
		struct run r = { 0 };
		struct net_child_conf c = { .program = cases[i].program,
					    .out_max = 10,
					    .timeout_ms = 60000 };
		net_child_start(l, &c, on_end, &r);
		assert_int_equal(r.calls, 0);
		assert_true(rig_until(l, has_ended, &r, RIG_WAIT_MS));
		if (r.why.code != cases[i].code || !strstr(r.why.msg, cases[i].program))
			fail_msg("%s: %s %s", cases[i].name, err_name(r.why.code), r.why.msg);
		/* cancelled before it could be told */
		r.calls = 0;
		net_child_cancel(net_child_start(l, &c, on_end, &r));
		rig_end_loop(l);
		assert_int_equal(r.calls, 0);
	}
}

/* What happens outside of the loop does not wake it. */
static bool until_outside(bool (*is)(void *arg), void *arg)
{
	struct net_loop *l = rig_loop();
	int64_t end = clk_mono_ms() + RIG_WAIT_MS;

	while (!is(arg) && clk_mono_ms() < end)
		rig_spin(l, 10);
	rig_end_loop(l);
	return is(arg);
}

static bool is_gone(void *arg)
{
	const int *pid = arg;

	return kill(*pid, 0) != 0 && errno == ESRCH;
}

static bool is_written(void *arg)
{
	const char *path = arg;

	return access(path, R_OK) == 0;
}

/* The whole group ends: at the time limit, by cancel, with the loop; also what the program left
 * behind with its pipes. */
static void kills_the_group(void **state)
{
	(void)state;
	static const char *const ways[] = { "time", "cancel", "loop", "left behind" };
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct net_loop *l = rig_loop();
		struct run r;
		char path[64], script[256], text[32] = "";
		bool left = strcmp(ways[i], "left behind") == 0;
		snprintf(path, sizeof path, "/tmp/net-child-%ld", (long)getpid());
		unlink(path);
		snprintf(script, sizeof script, "sleep 600 & echo $! >%s.new; mv %s.new %s; %s",
			 path, path, path, left ? "echo done" : "wait");
		struct net_child *c = start(l, script, span_make(NULL, 0),
					    strcmp(ways[i], "time") == 0 ? 4000 : 60000, &r);
		assert_true(until_outside(is_written, path));
		int fd = open(path, O_RDONLY);
		assert_true(read(fd, text, sizeof text - 1) > 0);
		close(fd);
		unlink(path);
		int pid = (int)strtol(text, NULL, 10);
		assert_int_equal(kill(pid, 0), 0);
		if (strcmp(ways[i], "cancel") == 0)
			net_child_cancel(c);
		else if (strcmp(ways[i], "loop") != 0)
			assert_true(rig_until(l, has_ended, &r, RIG_WAIT_MS));
		if (left)
			assert_string_equal(r.out, "done\n");
		rig_end_loop(l);
		if (strcmp(ways[i], "loop") == 0)
			assert_int_equal(r.why.code, ERR_CANCELLED);
		assert_int_equal(r.calls, strcmp(ways[i], "cancel") != 0);
		if (!until_outside(is_gone, &pid))
			fail_msg("%s: %d lives", ways[i], pid);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(much_input),
		cmocka_unit_test(cannot_start),
		cmocka_unit_test(kills_the_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
