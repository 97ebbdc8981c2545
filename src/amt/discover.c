/* See discover.h. A tick sends what the pace of pings.c allows, gives up on the silent and starts looks;
 * pongs come in between. Everything under way is bounded, so that a list of 16 million addresses
 * takes no more memory than one of a thousand. */
#include "amt/discover.h"
#include "amt/look.h"
#include "amt/pings.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/udp.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#define TICK_MS      10
#define BUSY_TICK_MS 1
#define SENDS        512  /* of one tick, before answers are read */
#define LOOKS        256  /* at once */
#define WAITING      1024 /* for a look; more pings wait for that */
#define RESOLVES     4
#define FDS_LEFT     64
#define CONNECT_MS   1500
#define HANDSHAKE_MS 5000
#define BUFFER_BYTES 8388608

struct target { /* an address that is looked at, or waits for it */
	struct amt_discover *d;
	struct target *next, **back;
	uint64_t position;
	char address[INET6_ADDRSTRLEN];
	struct amt_look *look;
	struct amt_seen seen;
};
struct resolve {
	struct amt_discover *d;
	bool busy, found, ready; /* found is the worker's until ready */
	uint64_t position;
	int family; /* AF_INET where only pings are wanted: there are none over IPv6 */
	uint32_t ip;
	char ip6[INET6_ADDRSTRLEN]; /* "": it has an IPv4 address */
	char name[NAMES_TEXT_SIZE];
};
struct amt_discover {
	struct amt_discover_conf conf;
	struct net_udp *udp;
	struct net_dialer *dialer;
	struct amt_pings *pings;
	struct sched_timer *tick;
	uint64_t next; /* position of the next address */
	struct target *waiting, **waiting_end, *looking;
	unsigned waiting_count, looking_count, looks_max, resolving;
	struct resolve resolves[RESOLVES];
	bool stopped;
	char unresolved[NAMES_TEXT_SIZE];
	struct amt_discover_counts counts;
};

/* ---- pings ---- */

static void send_ping(struct amt_discover *d, uint32_t ip, uint8_t tag)
{
	const struct wire_rmcp ping = { .kind = WIRE_RMCP_PING,
					.sequence = WIRE_RMCP_NO_ACK,
					.tag = tag };
	uint8_t mem[WIRE_RMCP_PING_SIZE];
	struct out o;

	out_init(&o, mem, sizeof mem);
	(void)wire_rmcp_emit(&o, &ping);
	d->counts.pings++;
	(void)net_udp_send(d->udp, ip, d->conf.rmcp_port, 0,
			   out_span(&o)); /* lost: it is sent again */
}

static const char *name_of(const struct amt_discover *d, uint64_t position,
			   char out_text[NAMES_TEXT_SIZE])
{
	uint64_t i = amt_pings_walk(position, d->conf.names->count);
	uint32_t ip;

	if (names_ip_at(d->conf.names, i, &ip) || !names_at(d->conf.names, i, out_text))
		out_text[0] = '\0';
	return out_text;
}

static void tell(struct amt_discover *d, const char *address, uint64_t position,
		 const struct amt_seen *s)
{
	char name[NAMES_TEXT_SIZE];

	enum amt_seen_state state = amt_seen_state(s);
	if (state == AMT_SEEN_NOTHING && !d->conf.thorough)
		return;
	d->counts.found += state > AMT_SEEN_UNCLEAR;
	d->counts.unclear += state == AMT_SEEN_UNCLEAR;
	d->conf.on_found(d->conf.arg, address, name_of(d, position, name), s);
}

static void wait_look(struct amt_discover *d, const char *address, uint64_t position,
		      const struct wire_rmcp *pong)
{
	struct target *t = MEM_NEW(struct target);

	t->d = d;
	(void)str_copy(t->address, sizeof t->address, span_str(address));
	t->position = position;
	if (pong) {
		t->seen.ponged = true;
		t->seen.pong = *pong;
	}
	t->back = d->waiting_end;
	*d->waiting_end = t;
	d->waiting_end = &t->next;
	d->waiting_count++;
}

static void on_datagram(void *arg, const struct net_udp_from *from, struct span bytes)
{
	struct amt_discover *d = arg;
	char address[NAMES_IP_SIZE];
	struct wire_rmcp m;
	uint64_t position;

	/* An acknowledgement, or noise: the pong may still come. */
	if (!wire_rmcp_parse(bytes, &m, NULL) || m.kind != WIRE_RMCP_PONG || d->stopped ||
	    !amt_pings_answer(d->pings, from->ip, m.tag, clk_mono_ms(), &position))
		return;
	d->counts.pongs++;
	names_ip_print(from->ip, address);
	if (!d->conf.ping_only) {
		wait_look(d, address, position, m.maker == WIRE_RMCP_INTEL ? &m : NULL);
		return;
	}
	const struct amt_seen seen = { .ponged = true, .pong = m };
	if (m.maker == WIRE_RMCP_INTEL)
		tell(d, address, position, &seen);
}

/* ---- looks ---- */

static void target_free(struct target *t)
{
	amt_look_free(t->look);
	*t->back = t->next;
	if (t->next)
		t->next->back = t->back;
	mem_free(t);
}

static void arm(struct amt_discover *d, int64_t ms);

static void on_looked(void *arg)
{
	struct target *t = arg;
	struct amt_discover *d = t->d;

	tell(d, t->address, t->position, &t->seen);
	d->looking_count--;
	target_free(t);
	arm(d, 0);
}

static void start_looks(struct amt_discover *d)
{
	const struct amt_look_conf conf = { .dialer = d->dialer,
					    .sched = net_loop_sched(d->conf.loop),
					    .rng = d->conf.rng,
					    .port_base = d->conf.port_base,
					    .thorough = d->conf.thorough,
					    .dash_port = d->conf.dash_port,
					    .dash_tls_port = d->conf.dash_tls_port,
					    .kvm_port = d->conf.kvm_port,
					    .ours = d->conf.ours,
					    .our_count = d->conf.our_count };

	while (d->waiting && d->looking_count < d->looks_max) {
		struct target *t = d->waiting;
		d->waiting = t->next;
		if (t->next)
			t->next->back = &d->waiting;
		else
			d->waiting_end = &d->waiting;
		d->waiting_count--;
		t->next = d->looking;
		t->back = &d->looking;
		if (t->next)
			t->next->back = &t->next;
		d->looking = t;
		d->looking_count++;
		d->counts.looks++;
		t->look = amt_look_start(&conf, t->address, &t->seen, on_looked, t);
	}
}

/* ---- names ---- */

/* Its first IPv4 address; without one, its first IPv6 address. */
static void resolve_work(void *arg)
{
	struct resolve *r = arg;
	const struct addrinfo want = { .ai_family = r->family, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *all = NULL;

	if (getaddrinfo(r->name, NULL, &want, &all) != 0)
		return;
	for (const struct addrinfo *a = all; a; a = a->ai_next) {
		const struct sockaddr_in6 *sa6 = (const void *)a->ai_addr;
		const struct sockaddr_in *sa = (const void *)a->ai_addr;
		if (a->ai_family == AF_INET6 && !r->ip6[0])
			(void)inet_ntop(AF_INET6, &sa6->sin6_addr, r->ip6, sizeof r->ip6);
		if (a->ai_family != AF_INET)
			continue;
		r->ip = ntohl(sa->sin_addr.s_addr);
		r->ip6[0] = '\0';
		r->found = true;
		break;
	}
	r->found = r->found || r->ip6[0];
	freeaddrinfo(all);
}

static void resolve_done(void *arg)
{
	struct resolve *r = arg;

	r->d->resolving--;
	r->ready = true;
	if (!r->found) {
		r->busy = false;
		if (r->d->counts.unresolved++ == 0)
			(void)str_copy(r->d->unresolved, sizeof r->d->unresolved,
				       span_str(r->name));
	}
	arm(r->d, 0);
}

/* A place for one more name, or NULL. */
static struct resolve *free_resolve(struct amt_discover *d)
{
	for (unsigned i = 0; i < RESOLVES; i++) {
		if (!d->resolves[i].busy)
			return &d->resolves[i];
	}
	return NULL;
}

/* ---- the tick ---- */

/* This network, multicast and broadcast: nobody's own address. */
static bool is_host(uint32_t ip)
{
	return ip >> 24 != 0 && ip >> 28 < 0xe;
}

/* False: not now. */
static bool ping_one(struct amt_discover *d, uint32_t ip, uint64_t position, int64_t now_ms)
{
	uint8_t tag;

	if (!is_host(ip)) {
		d->counts.no_hosts++;
		return true;
	}
	switch (amt_pings_add(d->pings, ip, position, now_ms, &tag)) {
	case AMT_PINGS_LATER:
		return false;
	case AMT_PINGS_SEND:
		send_ping(d, ip, tag);
		break;
	case AMT_PINGS_TWICE:
		break;
	}
	return true;
}

static bool begin_next(struct amt_discover *d, int64_t now_ms)
{
	uint64_t i = amt_pings_walk(d->next, d->conf.names->count);
	struct resolve *r;
	uint32_t ip;

	if (names_ip_at(d->conf.names, i, &ip)) {
		if (!ping_one(d, ip, d->next, now_ms))
			return false;
	} else {
		r = free_resolve(d);
		if (!r)
			return false;
		*r = (struct resolve){ .d = d, .busy = true, .position = d->next };
		r->family = d->conf.ping_only ? AF_INET : AF_UNSPEC;
		(void)names_at(d->conf.names, i, r->name);
		d->resolving++;
		net_loop_work(d->conf.loop, resolve_work, resolve_done, r);
	}
	d->next++;
	return true;
}

/* Names that have their address now. */
static void begin_resolved(struct amt_discover *d, int64_t now_ms)
{
	for (unsigned i = 0; i < RESOLVES; i++) {
		struct resolve *r = &d->resolves[i];
		if (!r->busy || !r->ready)
			continue;
		if (r->ip6[0]) {
			r->busy = d->waiting_count >= WAITING;
			if (!r->busy)
				wait_look(d, r->ip6, r->position, NULL);
		} else if (ping_one(d, r->ip, r->position, now_ms)) {
			r->busy = false;
		}
	}
}

static bool is_over(const struct amt_discover *d)
{
	if (d->resolving > 0) /* workers still write there */
		return false;
	if (d->stopped)
		return true;
	for (unsigned i = 0; i < RESOLVES; i++) {
		if (d->resolves[i].busy)
			return false;
	}
	return d->next >= d->conf.names->count && amt_pings_count(d->pings) == 0 && !d->waiting &&
		!d->looking;
}

static void on_tick(void *arg)
{
	struct amt_discover *d = arg;
	int64_t now_ms = clk_mono_ms();
	unsigned sends = 0;
	char address[NAMES_IP_SIZE];
	uint64_t position;
	uint32_t ip;
	uint8_t tag;

	d->tick = NULL;
	if (is_over(d)) {
		d->conf.on_end(d->conf.arg);
		return;
	}
	if (!d->stopped) {
		while (d->waiting_count < WAITING &&
		       amt_pings_silent(d->pings, now_ms, &ip, &position)) {
			names_ip_print(ip, address);
			if (!d->conf.ping_only)
				wait_look(d, address, position, NULL);
		}
		for (; sends < SENDS && amt_pings_again(d->pings, now_ms, &ip, &tag); sends++)
			send_ping(d, ip, tag);
		begin_resolved(d, now_ms);
		while (sends < SENDS && d->waiting_count < WAITING &&
		       d->next < d->conf.names->count && begin_next(d, now_ms))
			sends++;
		start_looks(d);
	}
	arm(d, sends == SENDS ? 0 : d->conf.rate ? TICK_MS : BUSY_TICK_MS);
}

static void arm(struct amt_discover *d, int64_t ms)
{
	if (ms == 0 || !d->tick) {
		sched_cancel(d->tick);
		d->tick = sched_after(net_loop_sched(d->conf.loop), ms, on_tick, d);
	}
}

/* ---- start and end ---- */

struct amt_discover *amt_discover_start(const struct amt_discover_conf *c, struct err *e)
{
	const struct net_udp_conf udp = { .buffer_bytes = BUFFER_BYTES };
	struct amt_discover *d = MEM_NEW(struct amt_discover);
	struct amt_pings_conf pace;
	unsigned fds = net_loop_raise_fds();

	d->conf = *c;
	d->udp = net_udp_open(c->loop, &udp, on_datagram, d, e);
	if (!d->udp) {
		mem_free(d);
		return NULL;
	}
	amt_pings_conf_init(&pace, c->rate);
	d->pings = amt_pings_new(&pace, clk_mono_ms());
	d->dialer = net_stream_dialer_new(c->loop, CONNECT_MS, HANDSHAKE_MS);
	d->next = c->position;
	d->waiting_end = &d->waiting;
	d->looks_max = fds > FDS_LEFT * 2
		? (fds - FDS_LEFT) / (d->conf.thorough ? AMT_SEEN_PORT_COUNT : AMT_SEEN_USUAL)
		: 16;
	if (d->looks_max > LOOKS)
		d->looks_max = LOOKS;
	arm(d, 0);
	return d;
}

void amt_discover_stop(struct amt_discover *d)
{
	d->stopped = true;
	arm(d, 0);
}

static uint64_t lowest_of(const struct target *t, uint64_t low)
{
	for (; t; t = t->next)
		low = t->position < low ? t->position : low;
	return low;
}

uint64_t amt_discover_position(const struct amt_discover *d)
{
	uint64_t low = amt_pings_lowest(d->pings, d->next);

	low = lowest_of(d->looking, lowest_of(d->waiting, low));
	for (unsigned i = 0; i < RESOLVES; i++) {
		if (d->resolves[i].busy && d->resolves[i].position < low)
			low = d->resolves[i].position;
	}
	return low;
}

struct amt_discover_counts amt_discover_get_counts(const struct amt_discover *d)
{
	struct amt_discover_counts c = d->counts;

	c.total = d->conf.names->count;
	c.done = d->next - amt_pings_count(d->pings) - d->waiting_count - d->looking_count;
	c.rate = amt_pings_rate(d->pings);
	c.unresolved_name = d->unresolved;
	return c;
}

void amt_discover_free(struct amt_discover *d)
{
	if (!d)
		return;
	sched_cancel(d->tick);
	while (d->waiting)
		target_free(d->waiting);
	while (d->looking)
		target_free(d->looking);
	net_udp_close(d->udp);
	net_stream_dialer_free(d->dialer);
	amt_pings_free(d->pings);
	mem_free(d);
}
