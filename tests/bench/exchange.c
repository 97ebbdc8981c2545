/* What a WS-MAN exchange costs the client: N connections, each kept, do Enumerate and Pull of one
 * class as fast as they can. Counts only what comes after connecting and logging in. exchange.sh
 * starts the fleet that answers, and reads the figures. Asserts nothing.
 *   exchange ADDRESS PORT clear|tls CONNECTIONS COUNT [CLASS]    password in OUTBAND_PASSWORD
 * prints: Enumerate+Pull, microseconds of CPU, microseconds elapsed, HTTP exchanges. */
#include "amt/client.h"
#include "amt/quirks.h"
#include "base/clk.h"
#include "base/str.h"
#include "net/loop.h"
#include "net/stream.h"
#include "wsman/classes.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_CONNECTIONS 64

struct conn {
	struct amt_client *client;
	bool warm;
};
static struct {
	struct net_loop *loop;
	const char *uri;
	struct conn conns[MAX_CONNECTIONS];
	unsigned count, warm, open;
	unsigned long left, done;
	unsigned trips_before;
	int64_t cpu_us, start_us;
	bool failed;
} x;

static unsigned trips(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x.count; i++)
		n += amt_client_get_stats(x.conns[i].client).round_trips;
	return n;
}

static void finish(void *arg)
{
	(void)arg;
	if (!x.failed)
		printf("%lu %lld %lld %u\n", x.done, (long long)(clk_cpu_us() - x.cpu_us),
		       (long long)(clk_mono_us() - x.start_us), trips() - x.trips_before);
	for (unsigned i = 0; i < x.count; i++)
		amt_client_free(x.conns[i].client);
	x.count = 0;
	net_loop_stop(x.loop);
}

static void on_reply(void *arg, const struct amt_reply *r, const struct err *e);

static void ask(struct conn *c)
{
	amt_client_enumerate(c->client, x.uri, on_reply, c);
}

static void on_reply(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct conn *c = arg;

	if (e->code != ERR_NONE || r->item_count == 0) {
		if (!x.failed)
			fprintf(stderr, "exchange: %s, seen '%s', %u items\n", e->msg, e->seen,
				r->item_count);
		x.failed = true;
	} else if (!c->warm) {
		c->warm = true;
		if (++x.warm < x.count)
			return; /* the others are not there yet */
		x.trips_before = trips();
		x.cpu_us = clk_cpu_us();
		x.start_us = clk_mono_us();
		for (unsigned i = 0; i < x.count && x.left > 0; i++, x.left--, x.open++)
			ask(&x.conns[i]);
		return;
	} else {
		x.done++;
	}
	if (x.left > 0 && !x.failed) {
		x.left--;
		ask(c);
	} else if (--x.open == 0 || x.failed) {
		sched_after(net_loop_sched(x.loop), 0, finish, NULL);
	}
}

static void connect_all(struct net_dialer *d, struct rng *rng, uint32_t first, uint16_t port,
			bool tls)
{
	struct amt_client_conf conf = { .dialer = d, .sched = net_loop_sched(x.loop), .rng = rng };
	struct pki_tls_policy ladder[2];

	amt_quirks_ladder("", false, ladder);
	for (unsigned i = 0; i < x.count; i++) {
		struct amt_way way = { .port = port, .clear = !tls, .user = "admin" };
		uint32_t a = first + i;
		way.tls.policy = ladder[0];
		secret_set(&way.password, span_str(getenv("OUTBAND_PASSWORD")));
		snprintf(way.address, sizeof way.address, "%u.%u.%u.%u", a >> 24, a >> 16 & 255,
			 a >> 8 & 255, a & 255);
		x.conns[i].client = amt_client_new(&conf);
		amt_client_set_way(x.conns[i].client, &way);
		amt_way_deinit(&way);
		ask(&x.conns[i]);
	}
}

int main(int argc, char **argv)
{
	const struct wsman_class *class =
		wsman_classes_find(argc > 6 ? argv[6] : "AMT_GeneralSettings");
	uint32_t first, port, count, left;
	struct err e = { 0 };
	struct rng rng;

	if (argc < 6 || !getenv("OUTBAND_PASSWORD") || !class ||
	    inet_pton(AF_INET, argv[1], &first) != 1 ||
	    !str_to_u32(span_str(argv[2]), 1, 65535, &port, &e) ||
	    !str_to_u32(span_str(argv[4]), 1, MAX_CONNECTIONS, &count, &e) ||
	    !str_to_u32(span_str(argv[5]), count, 100000000, &left, &e)) {
		fprintf(stderr,
			"use: exchange ADDRESS PORT clear|tls CONNECTIONS COUNT [CLASS] %s\n",
			e.msg);
		return 2;
	}
	x.uri = class->uri;
	x.count = count;
	x.left = left;
	x.loop = net_loop_new(&e);
	if (!x.loop)
		return 1;
	rng_os(&rng);
	struct net_dialer *d = net_stream_dialer_new(x.loop, 10000, 10000);
	connect_all(d, &rng, ntohl(first), (uint16_t)port, str_eq(argv[3], "tls"));
	net_loop_run(x.loop);
	net_stream_dialer_free(d);
	net_loop_free(x.loop);
	return x.failed;
}
