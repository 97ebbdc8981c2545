/* The HTTP server of the local socket, spoken to with raw bytes: requests, bodies and their limit,
 * late answers, clients that go away, foreign users, the end in any order. */
#include "net_rig.h"
#include "base/limits.h"
#include "base/out.h"
#include "net/httpd.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench {
	struct net_loop *l;
	struct net_httpd *h;
	char dir[32], path[64];
	unsigned calls;
	struct net_httpd_call *late; /* kept for later */
	char seen[512];
};

static void on_request(void *arg, const struct net_httpd_req *r)
{
	struct bench *b = arg;
	uint8_t sum = 0;
	char *big;

	b->calls++;
	for (size_t i = 0; i < r->body.n; i++)
		sum = (uint8_t)(sum + r->body.p[i]);
	(void)snprintf(b->seen, sizeof b->seen, "%s %s ?%s %zu/%u %s", r->method, r->path, r->query,
		       r->body.n, sum, r->peer_uid == getuid() ? "me" : "other");
	if (strcmp(r->path, "/late") == 0) {
		b->late = r->call;
	} else if (strcmp(r->path, "/big") == 0) {
		big = mem_new(1000000);
		net_httpd_reply(r->call, 200, "text/plain", span_make(big, 1000000));
		mem_free(big);
	} else {
		net_httpd_reply(r->call, strcmp(r->path, "/none") ? 200 : 404, "application/json",
				span_str("{}"));
	}
}

static void open_bench(struct bench *b)
{
	struct err e = { 0 };

	memset(b, 0, sizeof *b);
	(void)str_copy(b->dir, sizeof b->dir, span_str("/tmp/net_httpd.XXXXXX"));
	assert_non_null(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	b->l = rig_loop();
	b->h = net_httpd_new(b->l, b->path, on_request, b, &e);
	if (!b->h)
		fail_msg("%s; %s", e.msg, e.hint);
}

static void close_bench(struct bench *b)
{
	net_httpd_free(b->h);
	rig_end_loop(b->l);
	assert_int_equal(rmdir(b->dir), 0); /* the socket is gone */
}

static int dial(struct bench *b)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(un.sun_path, b->path, strlen(b->path) + 1);
	assert_true(connect(fd, (struct sockaddr *)&un, sizeof un) == 0);
	return fd;
}

/* Feeds the server while the loop turns; then reads until n bytes, the end, or silence. */
static void say(struct bench *b, int fd, const char *p, size_t n)
{
	for (int i = 0; n && i < 5000; i++) {
		ssize_t r = send(fd, p, n, MSG_NOSIGNAL);
		if (r > 0) {
			p += r;
			n -= (size_t)r;
		} else if (r < 0 && errno != EAGAIN) {
			return;
		}
		rig_spin(b->l, 1);
	}
}

static size_t hear(struct bench *b, int fd, char *to, size_t cap, size_t want)
{
	size_t n = 0;

	for (int i = 0; n < want && i < RIG_WAIT_MS / 2; i++) {
		ssize_t r = recv(fd, to + n, cap - 1 - n, 0);
		if (r == 0)
			break;
		if (r > 0)
			n += (size_t)r;
		else
			rig_spin(b->l, 2);
	}
	to[n] = '\0';
	return n;
}

static void requests(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name, *send, *seen, *status;
	} cases[] = {
		{ "get", "GET /devices HTTP/1.1\r\nHost: x\r\n\r\n", "GET /devices ? 0/0 me", "HTTP/1.1 200" },
		{ "decoded path", "GET /a%20b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a b ? 0/0 me", "HTTP/1.1 200" },
		{ "query", "GET /d?a=1&b=%26%2B HTTP/1.1\r\nHost: x\r\n\r\n", "GET /d ?a=1&b=%26%2B 0/0 me", "HTTP/1.1 200" },
		{ "post", "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nAB", "POST /d ? 2/131 me", "HTTP/1.1 200" },
		{ "post without body", "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "POST /d ? 0/0 me", "HTTP/1.1 200" },
		{ "delete", "DELETE /d HTTP/1.1\r\nHost: x\r\n\r\n", "DELETE /d ? 0/0 me", "HTTP/1.1 200" },
		{ "put", "PUT /d HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nA", "PUT /d ? 1/65 me", "HTTP/1.1 200" },
		{ "patch", "PATCH /d HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nA", "PATCH /d ? 1/65 me", "HTTP/1.1 200" },
		{ "not found", "GET /none HTTP/1.1\r\nHost: x\r\n\r\n", "GET /none ? 0/0 me", "HTTP/1.1 404" },
		{ "chunked", "POST /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "", "HTTP/1.1 411" },
		{ "announces too much", "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 16777217\r\n\r\n", "", "HTTP/1.1 413" },
		{ "announces nonsense", "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n", "", "HTTP/1.1 413" },
	};
	/* clang-format on */
	struct bench b;
	char got[1024];

	open_bench(&b);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int fd = dial(&b);
		b.seen[0] = '\0';
		say(&b, fd, cases[i].send, strlen(cases[i].send));
		(void)hear(&b, fd, got, sizeof got, 40);
		if (strcmp(b.seen, cases[i].seen) != 0 ||
		    strncmp(got, cases[i].status, strlen(cases[i].status)) != 0)
			fail_msg("%s: saw \"%s\", answered %.60s", cases[i].name, b.seen, got);
		(void)close(fd);
	}
	close_bench(&b);
}

static void bodies(void **state)
{
	(void)state;
	struct bench b;
	size_t n = (size_t)LIMIT_API_BODY_BYTES;
	char head[128], *big = mem_new(n), *got = mem_new(2000000);

	open_bench(&b);
	int fd = dial(&b);
	big[n - 1] = 7;
	(void)snprintf(head, sizeof head,
		       "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", n);
	say(&b, fd, head, strlen(head));
	say(&b, fd, big, n);
	(void)hear(&b, fd, got, 2000000, 40);
	assert_string_equal(b.seen, "POST /d ? 16777216/7 me");
	for (int i = 0; i < 2; i++) { /* a large answer, twice on the same connection */
		const char *get = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
		if (i == 0) {
			(void)close(fd);
			fd = dial(&b);
		}
		say(&b, fd, get, strlen(get));
		size_t r = hear(&b, fd, got, 2000000, 1000060);
		assert_in_range(r, 1000060, 1000200);
	}
	(void)close(fd);
	mem_free(big);
	mem_free(got);
	close_bench(&b);
}

static void late_answers(void **state)
{
	(void)state;
	static const char get[] = "GET /late HTTP/1.1\r\nHost: x\r\n\r\n";
	struct bench b;
	char got[512];

	open_bench(&b);
	int fd = dial(&b);
	say(&b, fd, get, strlen(get));
	rig_spin(b.l, 100);
	assert_non_null(b.late);
	net_httpd_reply(b.late, 200, "text/plain", span_str("at last"));
	(void)hear(&b, fd, got, sizeof got, 60);
	assert_non_null(strstr(got, "at last"));

	say(&b, fd, get, strlen(get)); /* the client goes before the answer */
	rig_spin(b.l, 50);
	(void)close(fd);
	rig_spin(b.l, 50);
	net_httpd_reply(b.late, 200, "text/plain", span_str("too late"));

	fd = dial(&b); /* the server goes before the answer */
	say(&b, fd, get, strlen(get));
	rig_spin(b.l, 50);
	assert_int_equal(b.calls, 3);
	close_bench(&b);
	net_httpd_reply(b.late, 200, "text/plain", span_str("much too late"));
	(void)close(fd);
}

/* A byte again and again is no sign that the rest will come. */
static void bodies_that_drip(void **state)
{
	(void)state;
	static const char head[] = "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
	struct bench b;
	char got[512] = "";
	size_t n = 0;
	bool ended = false;

	open_bench(&b);
	net_httpd_limit_body(b.h, 200);
	int fd = dial(&b);
	say(&b, fd, head, strlen(head));
	for (int i = 0; i < 1000 && !ended; i++) {
		(void)send(fd, "a", 1, MSG_NOSIGNAL);
		rig_spin(b.l, 10);
		ssize_t r = n < sizeof got - 1 ? recv(fd, got + n, sizeof got - 1 - n, 0) : 0;
		ended = r == 0 || (r < 0 && errno != EAGAIN);
		n += r > 0 ? (size_t)r : 0;
	}
	assert_true(ended);
	assert_memory_equal(got, "HTTP/1.1 408", 12);
	assert_int_equal(b.calls, 0);
	(void)close(fd);

	fd = dial(&b); /* gone before its time: nothing is left that would look */
	say(&b, fd, head, strlen(head));
	(void)close(fd);
	rig_spin(b.l, 400);
	fd = dial(&b); /* and an answer may take longer than a body */
	say(&b, fd, "POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", 55);
	rig_spin(b.l, 400);
	assert_non_null(b.late);
	net_httpd_reply(b.late, 200, "text/plain", span_str("at last"));
	(void)hear(&b, fd, got, sizeof got, 60);
	assert_non_null(strstr(got, "at last"));
	(void)close(fd);
	close_bench(&b);
}

static void only_for_us(void **state)
{
	(void)state;
	struct bench b;
	struct stat st;
	int status;

	open_bench(&b);
	assert_int_equal(stat(b.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	if (getuid() != 0) {
		close_bench(&b);
		skip(); /* only root can become somebody else */
	}
	assert_int_equal(chmod(b.path, 0666), 0); /* as if the mode had been lost */
	assert_int_equal(chmod(b.dir, 0755), 0);
	int pid = fork();
	if (pid == 0) {
		static const char get[] = "GET /d HTTP/1.1\r\nHost: x\r\n\r\n";
		struct sockaddr_un un = { .sun_family = AF_UNIX };
		char got[64] = "";
		if (setuid(65534) != 0)
			_exit(3);
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		memcpy(un.sun_path, b.path, strlen(b.path) + 1);
		if (connect(fd, (struct sockaddr *)&un, sizeof un) != 0 ||
		    write(fd, get, sizeof get - 1) < 0 || read(fd, got, sizeof got - 1) < 12)
			_exit(2);
		_exit(strncmp(got, "HTTP/1.1 403", 12) != 0);
	}
	for (int i = 0; i < 500 && waitpid(pid, &status, WNOHANG) == 0; i++)
		rig_spin(b.l, 10);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(b.calls, 0);
	close_bench(&b);
}

static void paths(void **state)
{
	(void)state;
	struct bench b;
	struct err e = { 0 };

	open_bench(&b);
	assert_null(net_httpd_new(b.l, b.path, on_request, &b, &e)); /* somebody answers there */
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_int_equal(access(b.path, F_OK), 0); /* and keeps its file */
	assert_null(net_httpd_new(b.l, "/nonexistent/s", on_request, &b, &e));
	assert_int_equal(e.code, ERR_IO);
	net_loop_stop(b.l); /* the loop first, then the server */
	net_loop_run(b.l);
	net_loop_free(b.l);
	net_httpd_free(b.h);
	assert_int_equal(rmdir(b.dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),     cmocka_unit_test(bodies),
		cmocka_unit_test(late_answers), cmocka_unit_test(only_for_us),
		cmocka_unit_test(paths),        cmocka_unit_test(bodies_that_drip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
