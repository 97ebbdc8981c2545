/* See alert_client.h. A trap goes out at once and twice again with the same number; nobody answers it. An
 * event is posted without a login first, as firmware does, and again with one when the receiver asks;
 * while no answer comes it is tried again, for 30 s. Over https a connection of its own looks first at
 * the receiver's chain (dev_receiver.c); the post then wants the same leaf. */
#include "sim/alert_client.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "net/http.h"
#include "net/udp.h"

#define WAITING_MAX 2048 /* of all devices */
#define TRAP_SENDS  3
#define TRAP_GAP_MS 20000
#define HOLD_MS     30000
#define RETRY_MS    3000
#define BODY_MAX    16384
#define CONNECT_MS  5000
/* discovery 7.3: 14 to 24 say what is wrong with a receiver */
#define ALERT_TLS_FIRST 14
#define ALERT_HANDSHAKE 24

struct job_url {
	char path[256], host[256];
	bool tls;
};
struct job {
	struct sim_alert_client *client;
	struct job *next, **back;
	struct sched_timer *timer;
	uint32_t from_ip;
	/* a trap */
	uint32_t to_ip;
	uint16_t port;
	unsigned sends;
	struct buf bytes;
	/* an event */
	struct net_http *http;
	struct net_stream *look; /* at the chain of an https receiver */
	struct net_target to;
	struct pki_tls_client tls;
	unsigned device;
	bool about_tls; /* what it tells is a receiver that is not trusted: that is not told again */
	struct job_url url;
	char own[SIM_FLEET_ADDRESS_SIZE];
	char user[64], password[64];
	int64_t until_mono_ms;
};
struct sim_alert_client {
	struct net_loop *loop;
	struct sim_fleet *fleet;
	struct net_dialer *dialer;
	struct net_udp *udp;
	struct rng rng;
	double speed;
	struct job *jobs;
	unsigned count;
	struct sim_alert_counts counts;
};

struct sim_alert_client *sim_alert_client_new(struct net_loop *l, struct sim_fleet *f, double speed)
{
	struct sim_alert_client *c = MEM_NEW(struct sim_alert_client);

	c->loop = l;
	c->fleet = f;
	c->speed = speed > 0 ? speed : 1;
	rng_seed(&c->rng, 1);
	return c;
}

static void job_free(struct job *j)
{
	sched_cancel(j->timer);
	net_http_free(j->http);
	net_stream_close(j->look);
	mem_wipe(j->password, sizeof j->password);
	buf_deinit(&j->bytes);
	*j->back = j->next;
	if (j->next)
		j->next->back = j->back;
	j->client->count--;
	mem_free(j);
}

void sim_alert_client_free(struct sim_alert_client *c)
{
	if (!c)
		return;
	while (c->jobs)
		job_free(c->jobs);
	net_udp_close(c->udp);
	net_stream_dialer_free(c->dialer);
	mem_free(c);
}

const struct sim_alert_counts *sim_alert_client_get_counts(const struct sim_alert_client *c)
{
	return &c->counts;
}

static struct job *job_new(struct sim_alert_client *c, const struct sim_dev *d)
{
	if (c->count >= WAITING_MAX) {
		c->counts.dropped++;
		return NULL;
	}
	struct job *j = MEM_NEW(struct job);
	j->client = c;
	j->next = c->jobs;
	j->back = &c->jobs;
	if (j->next)
		j->next->back = &j->next;
	c->jobs = j;
	c->count++;
	buf_init(&j->bytes, BODY_MAX);
	sim_fleet_address(c->fleet, sim_dev_index(d), j->own);
	(void)sim_fleet_parse_ip(span_str(j->own), &j->from_ip);
	return j;
}

static void again(struct job *j, int64_t ms, void (*fn)(void *arg))
{
	ms = (int64_t)((double)ms / j->client->speed);
	j->timer = sched_after(net_loop_sched(j->client->loop), ms > 0 ? ms : 1, fn, j);
}

/* ---- traps ---- */

static void send_trap(void *arg)
{
	struct job *j = arg;

	j->timer = NULL;
	(void)net_udp_send(j->client->udp, j->to_ip, j->port, j->from_ip, buf_span(&j->bytes));
	j->client->counts.trap_sends++;
	if (++j->sends < TRAP_SENDS)
		again(j, TRAP_GAP_MS, send_trap);
	else
		job_free(j);
}

static bool udp_is_open(struct sim_alert_client *c)
{
	const struct net_udp_conf conf = { .port = 0 };
	struct err e = { 0 };

	if (!c->udp)
		c->udp = net_udp_open(c->loop, &conf, NULL, NULL, &e);
	return c->udp != NULL;
}

static void start_trap(struct sim_alert_client *c, const struct sim_dev *d,
		       const struct sim_alert *a)
{
	struct out o;
	uint32_t to;

	if (!udp_is_open(c) || !sim_fleet_parse_ip(span_str(a->to), &to)) {
		c->counts.dropped++;
		return;
	}
	struct job *j = job_new(c, d);
	if (!j)
		return;
	for (int i = 0; i < 4; i++)
		a->pet->agent[i] = (uint8_t)(j->from_ip >> (24 - 8 * i));
	out_init_buf(&o, &j->bytes);
	wire_pet_emit(&o, a->pet);
	j->to_ip = to;
	j->port = a->port;
	c->counts.traps++;
	send_trap(j);
}

/* ---- events ---- */

static void post(void *arg);

static void on_posted(void *arg, const struct net_http_reply *r, bool request_sent,
		      const struct err *e)
{
	struct job *j = arg;
	struct sim_alert_client *c = j->client;

	(void)request_sent;
	if (r && r->msg->status < 300) {
		c->counts.answered++;
		job_free(j);
		return;
	}
	if ((e && (e->code == ERR_AUTH || e->code == ERR_DENIED)) ||
	    clk_mono_ms() + RETRY_MS > j->until_mono_ms) {
		c->counts.given_up++;
		job_free(j);
		return;
	}
	again(j, RETRY_MS, post);
}

static void post(void *arg)
{
	struct job *j = arg;
	const struct net_http_req req = { .method = "POST",
					  .target = j->url.path,
					  .content_type = "application/soap+xml;charset=UTF-8",
					  .body = buf_span(&j->bytes),
					  .repeatable = true };

	j->timer = NULL;
	(void)net_http_start(j->http, &req, on_posted, j);
}

static void start_post(struct job *j)
{
	struct secret password = secret_make(span_str(j->password));
	const struct net_http_cred cred = { .user = j->user[0] ? j->user : NULL,
					    .password = &password };
	const struct net_http_conf conf = { .dialer = j->client->dialer,
					    .sched = net_loop_sched(j->client->loop),
					    .rng = &j->client->rng };

	j->http = net_http_new(&conf);
	net_http_set(j->http, &j->to, &cred);
	secret_deinit(&password);
	again(j, 0, post);
}

/* ---- https: who is it ---- */

static void on_looked(void *arg)
{
	struct job *j = arg;

	j->timer = NULL;
	net_stream_close(j->look);
	j->look = NULL;
	if (j->tls.has_pin) {
		start_post(j);
		return;
	}
	j->client->counts.given_up++;
	job_free(j);
}

static void look_up(void *arg, const struct net_tls_facts *f)
{
	struct job *j = arg;
	struct sim_dev *d = sim_fleet_at(j->client->fleet, j->device);

	j->tls.has_pin =
		sim_alerts_trusts(d, j->url.host, f->peer_der, f->peer_count, !j->about_tls);
	memcpy(j->tls.pin_sha256, f->peer_sha256, sizeof j->tls.pin_sha256);
	again(j, 0, on_looked); /* not inside of the stream's own call */
}

static void look_data(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes;
}

static void look(void *arg);

static void look_down(void *arg, const struct err *why)
{
	struct job *j = arg;
	struct sim_dev *d = sim_fleet_at(j->client->fleet, j->device);

	if (j->timer) /* it is judged already */
		return;
	net_stream_close(j->look);
	j->look = NULL;
	if (why->code == ERR_TLS && !j->about_tls)
		sim_alerts_message(d, ALERT_HANDSHAKE, -1, 5);
	if (why->code == ERR_TLS || clk_mono_ms() + RETRY_MS > j->until_mono_ms) {
		j->client->counts.given_up++;
		job_free(j);
		return;
	}
	again(j, RETRY_MS, look);
}

static void look(void *arg)
{
	static const struct net_stream_events events = { look_up, look_data, look_down };
	struct job *j = arg;

	j->timer = NULL;
	j->look = j->client->dialer->dial(j->client->dialer, &j->to);
	net_stream_start(j->look, &events, j);
}

/* Of names only those that everybody knows are played: localhost, and what ends with it. */
static bool find_host(const char *host, struct net_target *t)
{
	struct span name = span_str(host), end = span_str("localhost");
	uint32_t ip;

	bool local = name.n >= end.n && span_eq(span_make(name.p + name.n - end.n, end.n), end) &&
		(name.n == end.n || name.p[name.n - end.n - 1] == '.');
	return str_copy(t->address, sizeof t->address, local ? span_str("127.0.0.1") : name) &&
		sim_fleet_parse_ip(span_str(t->address), &ip);
}

/* http[s]://HOST[:PORT][/PATH] */
static bool parse_url(const char *url, struct net_target *t, struct job_url *out_u)
{
	struct span left = span_str(url), host;
	size_t slash, colon;
	bool tls = span_starts(left, "https://");

	if (!tls && !span_starts(left, "http://"))
		return false;
	out_u->tls = tls;
	left = span_make(left.p + 7 + tls, left.n - 7 - tls);
	slash = span_find(left, '/');
	host = span_make(left.p, slash);
	colon = span_find(host, ':');
	t->port = tls ? 443 : 80;
	if (colon < host.n &&
	    !str_to_u16(span_make(host.p + colon + 1, host.n - colon - 1), 1, 65535, &t->port,
			NULL))
		return false;
	host.n = colon;
	return str_copy(out_u->host, sizeof out_u->host, host) && find_host(out_u->host, t) &&
		str_copy(out_u->path, sizeof out_u->path,
			 slash < left.n ? span_make(left.p + slash, left.n - slash)
					: span_str("/"));
}

static bool is_about_tls(const char *id)
{
	uint32_t n;

	return str_to_u32(span_str(id + 4), ALERT_TLS_FIRST, ALERT_HANDSHAKE, &n, NULL);
}

static void start_event(struct sim_alert_client *c, const struct sim_dev *d,
			const struct sim_alert *a)
{
	struct net_target to = { .port = 0 };
	struct job_url url = { .tls = false };
	struct out o;
	struct job *j = parse_url(a->to, &to, &url) ? job_new(c, d) : NULL;

	if (!j) {
		c->counts.dropped++;
		return;
	}
	j->url = url;
	j->to = to;
	j->to.bind_address = j->own;
	j->device = sim_dev_index(d);
	(void)str_copy(j->user, sizeof j->user, span_str(a->user ? a->user : ""));
	(void)str_copy(j->password, sizeof j->password, span_str(a->password ? a->password : ""));
	out_init_buf(&o, &j->bytes);
	wsman_notice_emit(&o, a->notice);
	j->until_mono_ms = clk_mono_ms() + (int64_t)(HOLD_MS / c->speed);
	c->counts.events++;
	if (!url.tls) {
		start_post(j);
		return;
	}
	j->tls = (struct pki_tls_client){ .policy = { .min = PKI_TLS_1_1 } };
	j->to.tls = &j->tls;
	j->about_tls = is_about_tls(a->notice->id);
	again(j, 0, look);
}

void sim_alert_client_send(struct sim_alert_client *c, const struct sim_dev *d,
			   const struct sim_alert *a)
{
	if (!c->dialer)
		c->dialer = net_stream_dialer_new(c->loop, CONNECT_MS, CONNECT_MS);
	if (a->pet)
		start_trap(c, d, a);
	else
		start_event(c, d, a);
}
