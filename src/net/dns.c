/* Reverse and forward look-ups (net/dns.h). Each question has a channel of c-ares of its own, whose
 * sockets are watched by the loop; it ends in the next round, never within a callback of c-ares. */
#include "net/dns.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/loop_priv.h"
#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/select.h>
#include <uv.h>

#define TRY_MS   2000
#define TRIES    3
#define MAX_WAIT 1000

struct watch {
	uv_poll_t poll;
	struct net_dns *d; /* NULL: closing */
	struct watch *next;
	ares_socket_t fd;
};
struct forward {
	struct net_dns *d;
	unsigned index;
};
struct net_dns {
	struct net_loop *loop;
	struct net_link tracked, soon;
	ares_channel channel;
	bool has_channel;
	int family;
	struct in6_addr address; /* or the 4 bytes of IPv4 in front */
	struct forward forwards[NET_DNS_NAMES];
	unsigned open; /* forward look-ups under way */
	char *name;    /* whose address is asked for; NULL: the names of one are */
	struct watch *watches;
	struct sched_timer *tick, *limit;
	struct net_dns_end end;
	net_dns_fn *fn; /* NULL: cancelled */
	void *arg;
};

static void on_poll_closed(uv_handle_t *h)
{
	mem_free(h->data);
}

static void unwatch(struct net_dns *d, struct watch *w)
{
	for (struct watch **p = &d->watches; *p; p = &(*p)->next) {
		if (*p == w) {
			*p = w->next;
			break;
		}
	}
	w->d = NULL;
	(void)uv_poll_stop(&w->poll);
	uv_close((uv_handle_t *)&w->poll, on_poll_closed);
}

/* ---- the end ---- */

static void end_now(struct net_link *l)
{
	struct net_dns *d = NET_OWNER(l, struct net_dns, soon);
	net_dns_fn *fn = d->fn;

	d->fn = NULL;
	sched_cancel(d->tick);
	sched_cancel(d->limit);
	net_link_remove(&d->tracked);
	if (d->has_channel)
		ares_destroy(d->channel);
	while (d->watches)
		unwatch(d, d->watches);
	if (fn)
		fn(d->arg, &d->end);
	mem_free(d->name);
	mem_free(d);
}

static void finish(struct net_dns *d)
{
	net_loop_defer(d->loop, &d->soon);
}

static void fail(struct net_dns *d, enum err_code code, const char *seen)
{
	if (d->end.why.code == ERR_NONE) {
		err_set(&d->end.why, code, "%s",
			code != ERR_NOT_FOUND ? "DNS gave no answer"
				: d->name     ? "the name has no address in DNS"
					      : "the address has no name in DNS");
		err_seen(&d->end.why, "%s", seen);
	}
	finish(d);
}

static void on_limit(void *arg)
{
	struct net_dns *d = arg;

	d->limit = NULL;
	fail(d, ERR_TIMEOUT, "silence");
}

static void on_loop_stop(struct net_link *l)
{
	fail(NET_OWNER(l, struct net_dns, tracked), ERR_CANCELLED, "the service ends");
}

/* ---- c-ares on the loop ---- */

static void arm(struct net_dns *d);

static void on_tick(void *arg)
{
	struct net_dns *d = arg;

	d->tick = NULL;
	ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(d);
}

static void arm(struct net_dns *d)
{
	struct timeval most = { MAX_WAIT / 1000, 0 }, tv, *left;

	sched_cancel(d->tick);
	left = ares_timeout(d->channel, &most, &tv);
	d->tick = sched_after(net_loop_sched(d->loop),
			      left->tv_sec * 1000 + left->tv_usec / 1000 + 1, on_tick, d);
}

static void on_ready(uv_poll_t *h, int status, int events)
{
	struct watch *w = h->data;
	struct net_dns *d = w->d;

	if (!d)
		return;
	bool readable = status < 0 || (events & UV_READABLE), writable = events & UV_WRITABLE;
	ares_socket_t fd = w->fd;
	ares_process_fd(d->channel, readable ? fd : ARES_SOCKET_BAD,
			writable ? fd : ARES_SOCKET_BAD);
	arm(d);
}

static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct net_dns *d = arg;
	struct watch *w = d->watches;

	while (w && w->fd != fd)
		w = w->next;
	if (!readable && !writable) {
		if (w)
			unwatch(d, w);
		return;
	}
	if (!w) {
		w = MEM_NEW(struct watch);
		w->d = d;
		w->fd = fd;
		w->poll.data = w;
		if (uv_poll_init(net_loop_uv(d->loop), &w->poll, fd) != 0) {
			mem_free(w); /* the limit ends the question */
			return;
		}
		w->next = d->watches;
		d->watches = w;
	}
	(void)uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
			    on_ready);
}

/* ---- answers ---- */

static void on_forward(void *arg, int status, int timeouts, struct hostent *h)
{
	struct forward *f = arg;
	struct net_dns *d = f->d;
	size_t size = d->family == AF_INET ? 4 : 16;

	(void)timeouts;
	if (status == ARES_EDESTRUCTION)
		return;
	for (char **a = h ? h->h_addr_list : NULL; a && *a; a++)
		if (h->h_addrtype == d->family && memcmp(*a, &d->address, size) == 0)
			d->end.names[f->index].agrees = true;
	if (--d->open == 0)
		finish(d);
}

static void add_name(struct net_dns *d, const char *name)
{
	size_t n = strlen(name);

	n -= n > 0 && name[n - 1] == '.';
	for (unsigned i = 0; i < d->end.count; i++)
		if (span_eq_nocase(span_str(d->end.names[i].name), span_make(name, n)))
			return;
	if (n > 0 && d->end.count < NET_DNS_NAMES &&
	    str_copy(d->end.names[d->end.count].name, sizeof d->end.names[0].name,
		     span_make(name, n)))
		d->end.count++;
}

static void fail_ares(struct net_dns *d, int status)
{
	bool none = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;

	fail(d,
	     none                              ? ERR_NOT_FOUND
		     : status == ARES_ETIMEOUT ? ERR_TIMEOUT
					       : ERR_IO,
	     ares_strerror(status));
}

static void ask_address(struct net_dns *d);

static void on_address(void *arg, int status, int timeouts, struct hostent *h)
{
	struct net_dns *d = arg;

	(void)timeouts;
	if (status == ARES_EDESTRUCTION)
		return;
	if (status == ARES_SUCCESS && h && h->h_addr_list[0] &&
	    inet_ntop(h->h_addrtype, h->h_addr_list[0], d->end.address, sizeof d->end.address)) {
		finish(d);
	} else if (d->family == AF_INET && (status == ARES_ENOTFOUND || status == ARES_ENODATA)) {
		d->family = AF_INET6;
		ask_address(d);
	} else {
		fail_ares(d, status == ARES_SUCCESS ? ARES_ENODATA : status);
	}
}

static void ask_address(struct net_dns *d)
{
	ares_gethostbyname(d->channel, d->name, d->family, on_address, d);
}

static void on_reverse(void *arg, int status, int timeouts, struct hostent *h)
{
	struct net_dns *d = arg;

	(void)timeouts;
	if (status == ARES_EDESTRUCTION)
		return;
	if (status != ARES_SUCCESS || !h) {
		fail_ares(d, status);
		return;
	}
	for (char **a = h->h_aliases; a && *a; a++)
		add_name(d, *a);
	if (h->h_name)
		add_name(d, h->h_name);
	d->open = d->end.count;
	if (!d->open)
		fail(d, ERR_NOT_FOUND, "no name");
	for (unsigned i = 0, n = d->end.count; i < n; i++) {
		d->forwards[i] = (struct forward){ d, i };
		ares_gethostbyname(d->channel, d->end.names[i].name, d->family, on_forward,
				   &d->forwards[i]);
	}
}

/* ---- start ---- */

static bool open_channel(struct net_dns *d, const char *servers)
{
	static bool is_ready;
	char servers_only[] = "b", files_too[] = "fb";
	struct ares_options o = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.lookups = d->name ? files_too : servers_only,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = d,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
		ARES_OPT_SOCK_STATE_CB;

	if (!is_ready && ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		return false;
	is_ready = true;
	if (ares_init_options(&d->channel, &o, mask) != ARES_SUCCESS)
		return false;
	d->has_channel = true;
	return !servers[0] || ares_set_servers_ports_csv(d->channel, servers) == ARES_SUCCESS;
}

static struct net_dns *make(struct net_loop *l, net_dns_fn *fn, void *arg)
{
	struct net_dns *d = MEM_NEW(struct net_dns);

	d->loop = l;
	d->fn = fn;
	d->arg = arg;
	d->soon.fn = end_now;
	d->tracked.fn = on_loop_stop;
	net_loop_track(l, &d->tracked);
	return d;
}

struct net_dns *net_dns_start_name(struct net_loop *l, const char *name, const char *servers,
				   int64_t timeout_ms, net_dns_fn *fn, void *arg)
{
	struct net_dns *d = make(l, fn, arg);

	d->family = AF_INET;
	d->name = mem_str(name);
	if (!open_channel(d, servers)) {
		fail(d, ERR_INVALID, servers[0] ? servers : "the system's settings");
	} else {
		d->limit = sched_after(net_loop_sched(l), timeout_ms, on_limit, d);
		ask_address(d);
		arm(d);
	}
	return d;
}

struct net_dns *net_dns_start(struct net_loop *l, const char *address, const char *servers,
			      int64_t timeout_ms, net_dns_fn *fn, void *arg)
{
	struct net_dns *d = make(l, fn, arg);

	d->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(d->family, address, &d->address) != 1) {
		fail(d, ERR_INVALID, address);
	} else if (!open_channel(d, servers)) {
		fail(d, ERR_INVALID, servers[0] ? servers : "the system's settings");
	} else {
		d->limit = sched_after(net_loop_sched(l), timeout_ms, on_limit, d);
		ares_gethostbyaddr(d->channel, &d->address, d->family == AF_INET ? 4 : 16,
				   d->family, on_reverse, d);
		arm(d);
	}
	return d;
}

void net_dns_cancel(struct net_dns *d)
{
	if (!d)
		return;
	d->fn = NULL;
	finish(d);
}
