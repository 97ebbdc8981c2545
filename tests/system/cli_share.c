/* Limits of `media share` (cli/media_share.h) on real sockets: how many may be there at once, and how long
 * somebody who takes nothing. The image is in memory. */
#include "net_rig.h"
#include "base/limits.h"
#include "cli/media_share.h"
#include "net/image.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t bytes[8 << 20];

struct share {
	struct net_loop *l;
	struct net_image *im;
	struct cli_share *h;
	unsigned told, whole;
};

static void on_fetched(void *arg, const char *peer, uint64_t sent, bool whole)
{
	struct share *s = arg;

	(void)peer;
	(void)sent;
	s->told++;
	s->whole += whole;
}

static void share_open(struct share *s, int64_t tick_ms)
{
	struct err e = { 0 };

	*s = (struct share){ .l = rig_loop() };
	const struct net_image_mem_conf m = { .bytes = bytes,
					      .n = sizeof bytes,
					      .sched = net_loop_sched(s->l) };
	s->im = net_image_mem(&m);
	const struct cli_share_conf c = { .loop = s->l,
					  .image = s->im,
					  .name = "rescue.iso",
					  .address = "127.0.0.1",
					  .tick_ms = tick_ms,
					  .on_fetched = on_fetched,
					  .arg = s };
	s->h = cli_share_open(&c, &e);
	if (!s->h)
		fail_msg("%s", e.msg);
}

static void share_end(struct share *s)
{
	cli_share_close(s->h);
	net_image_free(s->im);
	rig_end_loop(s->l);
}

static int dial(const struct share *s, const char *request)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(cli_share_port(s->h)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), small = 4096;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		assert_int_equal(errno, EINPROGRESS);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	return fd;
}

/* Ended from there: nothing comes any more, and nothing will. Takes no byte of an answer. */
static bool is_over(void *arg)
{
	char byte;
	ssize_t n = recv(*(int *)arg, &byte, 1, MSG_PEEK);

	return n == 0 || (n < 0 && errno != EAGAIN);
}

static bool is_answered(void *arg)
{
	char text[12] = "";

	return recv(*(int *)arg, text, sizeof text - 1, MSG_PEEK) > 8 &&
		memcmp(text, "HTTP/1.1 200", 8) == 0;
}

static void so_many_at_once(void **state)
{
	static int fds[LIMIT_SHARE_CONNS + 1];
	struct share s;

	(void)state;
	share_open(&s, 0);
	for (size_t i = 0; i < LIMIT_SHARE_CONNS; i++)
		fds[i] = dial(&s, "GET / HT"); /* not whole */
	rig_spin(s.l, 50);
	fds[LIMIT_SHARE_CONNS] = dial(&s, "");
	assert_true(rig_until(s.l, is_over, &fds[LIMIT_SHARE_CONNS], RIG_WAIT_MS));
	for (size_t i = 0; i < LIMIT_SHARE_CONNS; i++)
		assert_false(is_over(&fds[i]));
	/* One goes, one comes. */
	close(fds[0]);
	rig_spin(s.l, 50);
	fds[0] = dial(&s, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_true(rig_until(s.l, is_answered, &fds[0], RIG_WAIT_MS));
	for (size_t i = 0; i <= LIMIT_SHARE_CONNS; i++)
		close(fds[i]);
	share_end(&s);
}

static bool is_told(void *arg)
{
	return ((struct share *)arg)->told > 0;
}

/* Who says nothing, and who asks for all and takes nothing of it. */
static void not_for_ever(void **state)
{
	struct share s;

	(void)state;
	share_open(&s, 30);
	int silent = dial(&s, "GET / HT"),
	    greedy = dial(&s, "GET /rescue.iso HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_true(rig_until(s.l, is_over, &silent, RIG_WAIT_MS));
	assert_true(rig_until(s.l, is_told, &s, RIG_WAIT_MS));
	assert_int_equal(s.whole, 0);
	close(silent);
	close(greedy);
	share_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_at_once),
		cmocka_unit_test(not_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
