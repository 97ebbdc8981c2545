/* How many hellos a second: one generator, and something that takes them. hello.sh runs the generator
 * first against the bare loop of this program and then against the service, whose rows it waits for.
 * Prints figures and asserts nothing.
 *   hello bare PORT COUNT                 accepts, reads until the end, closes
 *   hello send PORT COUNT [DATABASE]      prints hellos a second; with a database: until all are in it
 * The generator keeps OPEN connections under way, each from an address of its own, and counts one
 * when the other side has closed it. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HASHES     23
#define HELLO_SIZE (25 + HASHES * 34)
#define OPEN       192
#define EVENTS     256
#define PATIENCE_S 120

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

static double now_s(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t mixed(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static void put_u64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof v);
}

/* A PKI hello with a UUID that no other number has, and no order in them, as with real PCs. */
static void make_hello(uint8_t out_hello[HELLO_SIZE], uint64_t seed, unsigned number)
{
	memset(out_hello, 0, HELLO_SIZE);
	out_hello[2] = 3;
	put_u64(out_hello + 8, mixed(seed + 2 * (uint64_t)number));
	put_u64(out_hello + 16, mixed(seed + 2 * (uint64_t)number + 1));
	out_hello[24] = HASHES;
	for (unsigned i = 0; i < HASHES; i++) {
		uint8_t *entry = out_hello + 25 + (size_t)i * 34;
		entry[0] = 2;
		entry[1] = 32;
		for (unsigned j = 0; j < 4; j++)
			put_u64(entry + 2 + 8 * (size_t)j, mixed(4 * (uint64_t)i + j));
	}
}

static struct sockaddr_in address(uint32_t host, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	a.sin_addr.s_addr = htonl(host);
	return a;
}

/* ---- the bare loop ---- */

static int bare(unsigned port, unsigned count)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a = address(INADDR_LOOPBACK, port);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 4096) != 0)
		give_up("bare: listen");
	printf("ready\n");
	(void)fflush(stdout);
	for (unsigned i = 0; i < count; i++) {
		uint8_t got[4096];
		size_t have = 0;
		ssize_t n;
		int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		if (peer < 0)
			give_up("bare: accept");
		while (have < HELLO_SIZE && (n = recv(peer, got, sizeof got, 0)) > 0)
			have += (size_t)n;
		(void)close(peer);
	}
	return 0;
}

/* ---- the generator ---- */

struct sender {
	int poll;
	unsigned port, count, begun, ended, failed;
	uint64_t seed;
};

static void begin_one(struct sender *s)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		give_up("send: socket");
	/* 127.64.0.1 onwards */
	struct sockaddr_in own = address(0x7f400001u + s->begun % 4000000, 0);
	struct sockaddr_in to = address(INADDR_LOOPBACK, s->port);
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0)
		give_up("send: bind");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
		give_up("send: connect");
	/* which hello it is goes along with the descriptor */
	struct epoll_event ev = { .events = EPOLLOUT,
				  .data.u64 = (uint64_t)s->begun << 32 | (uint32_t)fd };
	if (epoll_ctl(s->poll, EPOLL_CTL_ADD, fd, &ev) != 0)
		give_up("send: epoll");
	s->begun++;
}

static void on_event(struct sender *s, struct epoll_event *ev)
{
	int fd = (int)(uint32_t)ev->data.u64;
	uint8_t bytes[HELLO_SIZE];
	if (ev->events & EPOLLOUT) {
		make_hello(bytes, s->seed, (unsigned)(ev->data.u64 >> 32));
		if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) == (ssize_t)sizeof bytes) {
			ev->events = EPOLLIN;
			(void)epoll_ctl(s->poll, EPOLL_CTL_MOD, fd, ev);
			return;
		}
		s->failed++;
	}
	(void)close(fd);
	s->ended++;
}

static void send_all(struct sender *s)
{
	struct epoll_event evs[EVENTS];
	s->poll = epoll_create1(EPOLL_CLOEXEC);
	while (s->ended < s->count) {
		while (s->begun < s->count && s->begun - s->ended < OPEN)
			begin_one(s);
		int n = epoll_wait(s->poll, evs, EVENTS, 10000);
		if (n <= 0)
			give_up("send: nobody answers");
		for (int i = 0; i < n; i++)
			on_event(s, &evs[i]);
	}
	(void)close(s->poll);
}

static int64_t rows(sqlite3 *h, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(h, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return n;
}

/* Another process sees them: so they are written. The end of the event table is found at once. */
static void wait_for_rows(const char *path, unsigned count)
{
	static const char *const texts[] = { "select max(id) from event",
					     "select count(*) from device",
					     "select count(*) from job" };
	sqlite3 *h = NULL;
	struct timespec pause = { .tv_nsec = 5000000 };
	double end = now_s() + PATIENCE_S;
	if (sqlite3_open_v2(path, &h, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		give_up(path);
	(void)sqlite3_busy_timeout(h, 1000);
	for (unsigned i = 0; i < sizeof texts / sizeof *texts;) {
		int64_t n = rows(h, texts[i]);
		if (n >= (int64_t)count) {
			i++;
		} else if (now_s() > end) {
			fprintf(stderr, "%s: %lld of %u\n", texts[i], (long long)n, count);
			exit(1);
		} else {
			(void)nanosleep(&pause, NULL);
		}
	}
	(void)sqlite3_close(h);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: hello bare|send PORT COUNT [DATABASE]\n");
		return 2;
	}
	unsigned port = (unsigned)strtoul(argv[2], NULL, 10);
	unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
	if (strcmp(argv[1], "bare") == 0)
		return bare(port, count);
	struct sender s = { .port = port, .count = count, .seed = (uint64_t)getpid() << 32 };
	double start = now_s();
	send_all(&s);
	double sent = now_s() - start;
	if (argc > 4)
		wait_for_rows(argv[4], count - s.failed);
	double all = now_s() - start;
	if (s.failed)
		fprintf(stderr, "hello: %u of %u could not be sent\n", s.failed, count);
	printf("%.0f %.2f %.2f\n", count / all, sent, all);
	return s.failed ? 1 : 0;
}
