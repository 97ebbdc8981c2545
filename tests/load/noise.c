/* What disturbs a hello port: connections that say nothing and stay, and connections that say
 * something wrong, as many in a second as are asked for. Used by tests/load/load.sh; knows nothing
 * of the product but what a hello looks like at its start. Ends with SIGTERM and tells what it did. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OPEN_MAX_GARBAGE 512
#define SOURCES          20000
#define FD_MAX           65536

enum kind { NONE, SILENT, GARBAGE };
static uint8_t kinds[FD_MAX];
static volatile sig_atomic_t ended;
static struct sockaddr_in to = { .sin_family = AF_INET };
static int ep;
static unsigned silent_open, garbage_open;
static unsigned long silent_made, garbage_made, failed;
static uint64_t seed = 1;

static void on_term(int signum)
{
	(void)signum;
	ended = 1;
}

static int64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint32_t roll(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

static void drop(int fd)
{
	static const struct linger hard = { 1, 0 }; /* no TIME_WAIT: ports are few */

	if (kinds[fd] == SILENT)
		silent_open--;
	else
		garbage_open--;
	kinds[fd] = NONE;
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	(void)close(fd);
}

static void begin(enum kind kind)
{
	static const int on = 1;
	uint32_t n = roll() % SOURCES;
	struct sockaddr_in own = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = kind == SILENT ? EPOLLIN : EPOLLOUT };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || fd >= FD_MAX) {
		failed++;
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	own.sin_addr.s_addr = htonl(0x7ff00001u + n / 250 * 256 + n % 250); /* 127.240.x.y */
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	ev.data.fd = fd;
	kinds[fd] = (uint8_t)kind;
	if (kind == SILENT)
		silent_open++;
	else
		garbage_open++;
	if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0 ||
	    (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) != 0) {
		failed++;
		drop(fd);
		return;
	}
	if (kind == SILENT)
		silent_made++;
}

static void say_garbage(int fd)
{
	uint8_t b[512];
	size_t n = 1 + roll() % sizeof b;
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)roll();
	if (n > 27 && roll() % 4 == 0) { /* begins like a hello, and its first hash is too long */
		memcpy(b, "\0\0\3\0", 4);
		memcpy(b + 24, "\1\1\143", 3);
	}
	if (send(fd, b, n, MSG_NOSIGNAL) != (ssize_t)n || shutdown(fd, SHUT_WR) != 0) {
		failed++;
		drop(fd);
		return;
	}
	garbage_made++;
	(void)epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
}

static void serve(int timeout_ms)
{
	struct epoll_event evs[256];
	int n = epoll_wait(ep, evs, 256, timeout_ms);

	for (int i = 0; i < n; i++) {
		int fd = evs[i].data.fd;
		if (kinds[fd] == GARBAGE && evs[i].events & EPOLLOUT && !(evs[i].events & EPOLLERR))
			say_garbage(fd);
		else /* it has ended over there */
			drop(fd);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files = { FD_MAX, FD_MAX };

	if (argc != 4) {
		fputs("usage: load_noise PORT SILENT GARBAGE-PER-SECOND\n", stderr);
		return 2;
	}
	to.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	unsigned silent = (unsigned)strtoul(argv[2], NULL, 10);
	int64_t rate = strtol(argv[3], NULL, 10), start = now_us(), asked = 0;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	(void)signal(SIGTERM, on_term);
	(void)signal(SIGINT, on_term);
	ep = epoll_create1(EPOLL_CLOEXEC);
	while (!ended) {
		int64_t due = (now_us() - start) * rate / 1000000;
		for (unsigned i = 0; i < 64 && silent_open < silent; i++)
			begin(SILENT);
		if (due - asked > rate / 10) /* what cannot be had is not caught up with */
			asked = due - rate / 10;
		while (asked < due && garbage_open < OPEN_MAX_GARBAGE) {
			begin(GARBAGE);
			asked++;
		}
		serve(1);
	}
	double s = (double)(now_us() - start) / 1e6;
	printf("garbage=%lu garbage_per_s=%.0f silent_made=%lu silent_open=%u failed=%lu seconds=%.1f\n",
	       garbage_made, (double)garbage_made / s, silent_made, silent_open, failed, s);
	return 0;
}
