/* Posts to web servers (net_fetch_post), as webhooks of alerts are: servers that drip their head or their
 * body, say nothing, close, refuse, lead elsewhere or never end. Each server is a child of this program. */
#include "net_rig.h"
#include "net/fetch.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 700
#define HANG_S   120 /* nothing here takes a tenth of it */

/* What a server does once a request has come. */
struct manner {
	const char *name;
	const char *head; /* said first, whole */
	const char *
		drip; /* then this again and again, with a pause of ms; NULL: the connection closes */
	unsigned ms;
	bool silent; /* neither head nor end */
	enum err_code want;
	const char *seen; /* of the error */
};

static int listen_at(uint16_t *out_port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof to;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&to, n) == 0 && listen(fd, 8) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &n), 0);
	*out_port = ntohs(to.sin_port);
	return fd;
}

static bool say(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) > 0;
}

/* Never comes back: killed by its parent. */
static void serve(int fd, const struct manner *m)
{
	char request[4096];

	for (;;) {
		int c = accept(fd, NULL, NULL);
		if (c < 0)
			_exit(1);
		bool on = recv(c, request, sizeof request, 0) > 0 && (!m->head || say(c, m->head));
		while (on && m->silent)
			(void)pause();
		while (on && m->drip && say(c, m->drip))
			(void)usleep(m->ms * 1000);
		(void)close(c);
	}
}

static void post_to(const struct manner *m)
{
	uint16_t port;
	struct err e = { 0 };
	char url[64];
	int fd = listen_at(&port), pid = fork();

	if (pid == 0)
		serve(fd, m);
	(void)close(fd);
	(void)snprintf(url, sizeof url, "http://who:hidden@127.0.0.1:%u/in?key=hidden", port);
	bool ok = net_fetch_post(url, span_str("{\"a\":1}"),
				 m->want == ERR_TIMEOUT ? LIMIT_MS : HANG_S * 1000, &e);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	if (ok != (m->want == ERR_NONE) || e.code != m->want ||
	    (m->seen && !strstr(e.seen, m->seen)))
		fail_msg("%s: %s, %s; %s", m->name, ok ? "taken" : err_name(e.code), e.msg, e.seen);
	if (strstr(e.msg, "hidden") || strstr(e.seen, "hidden"))
		fail_msg("%s: tells a login: %s; %s", m->name, e.msg, e.seen);
}

static void servers(void **state)
{
	(void)state;
	static const struct manner cases[] = {
		{ .name = "takes it", .head = "HTTP/1.1 204 No Content\r\n\r\n" },
		{ .name = "says nothing", .silent = true, .want = ERR_TIMEOUT },
		{ .name = "drips its head",
		  .head = "HTTP/1.1 200 OK\r\nX: ",
		  .drip = "a",
		  .ms = 20,
		  .want = ERR_TIMEOUT },
		{ .name = "drips headers",
		  .head = "HTTP/1.1 200 OK\r\n",
		  .drip = "X: a\r\n",
		  .ms = 20,
		  .want = ERR_TIMEOUT },
		{ .name = "drips its body",
		  .head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
		  .drip = "a",
		  .ms = 20,
		  .want = ERR_TIMEOUT },
		{ .name = "body without an end",
		  .head = "HTTP/1.1 200 OK\r\n\r\n",
		  .drip = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  .want = ERR_TIMEOUT },
		{ .name = "drips after it has refused",
		  .head = "HTTP/1.1 500 No\r\n\r\n",
		  .drip = "a",
		  .ms = 20,
		  .want = ERR_TIMEOUT },
		{ .name = "closes", .want = ERR_UNREACHABLE },
		{ .name = "closes within the body",
		  .head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na",
		  .want = ERR_UNREACHABLE },
		{ .name = "refuses",
		  .head = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
		  .want = ERR_HTTP,
		  .seen = "HTTP 500" },
		{ .name = "wants another thing",
		  .head = "HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n",
		  .want = ERR_INVALID,
		  .seen = "HTTP 422" },
		{ .name = "has too much",
		  .head = "HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n",
		  .want = ERR_HTTP,
		  .seen = "HTTP 429" },
		{ .name = "leads elsewhere",
		  .head = "HTTP/1.1 302 Found\r\nLocation: /gone\r\nContent-Length: 0\r\n\r\n",
		  .want = ERR_HTTP,
		  .seen = "HTTP 302" },
		{ .name = "is no web server", .head = "220 mail\r\n", .want = ERR_UNREACHABLE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		post_to(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(servers) };

	(void)alarm(HANG_S);
	return cmocka_run_group_tests_name("net_post", tests, NULL, NULL);
}
