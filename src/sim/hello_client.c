/* See hello_client.h. Used by serve.c. The bytes and the way of sending are the device's
 * (dev_hello.c), faults included. Never reads what the server says. */
#include "sim/hello_client.h"
#include "base/log.h"
#include "base/mem.h"

#define OPEN_MAX   256
#define CONNECT_MS 5000
#define END_MS     8000 /* a server that keeps the connection does not hold up the fleet */
#define SIZE_MAX_B ((size_t)128 * 1024)

struct hello {
	struct sim_hello_client *client;
	struct hello *next, **back;
	struct net_stream *s;
	struct sched_timer *timer;
	unsigned index;
	struct sim_hello_plan plan;
	struct buf bytes;
	size_t at;
};
struct sim_hello_client {
	struct net_loop *loop;
	const struct sim_fleet *fleet;
	struct net_dialer *dialer;
	struct net_target target;
	struct sim_hello_client_counts counts;
	struct hello *open;
	uint32_t *line; /* ring of device numbers, as many places as devices */
	uint8_t *in_line;
	unsigned first;
	bool freeing;
};

static void pump(struct sim_hello_client *h);

static void hello_free(struct hello *x)
{
	struct sim_hello_client *h = x->client;

	sched_cancel(x->timer);
	net_stream_close(x->s);
	buf_deinit(&x->bytes);
	*x->back = x->next;
	if (x->next)
		x->next->back = x->back;
	h->counts.open--;
	mem_free(x);
}

static void note(struct hello *x, const struct err *e)
{
	static struct log_rate rate;
	struct sim_hello_client *h = x->client;
	char device[UUID_TEXT_SIZE];

	if (e) {
		h->counts.failed++;
		h->counts.last = *e;
	} else {
		h->counts.sent++;
	}
	if (!log_rate_ok(&rate, 1000))
		return;
	uuid_print(sim_dev_uuid(sim_fleet_at(h->fleet, x->index)), device);
	const struct log_kv kv[] = { LOG_S("device", device),
				     LOG_S("server", h->target.address),
				     { LOG_KIND_END, NULL, NULL, 0 } };
	if (e)
		log_err(LOG_EV_SIM_HELLO, e, kv);
	else
		log_write(LOG_EV_SIM_HELLO, kv);
}

static void hello_done(struct hello *x, const struct err *e)
{
	struct sim_hello_client *h = x->client;

	if (e || x->bytes.n > 0)
		note(x, e);
	hello_free(x);
	pump(h);
}

static void on_end_late(void *arg)
{
	struct hello *x = arg;

	x->timer = NULL;
	hello_done(x, NULL);
}

static void send_next(void *arg)
{
	struct hello *x = arg;
	struct sched *sched = net_loop_sched(x->client->loop);
	size_t left = x->bytes.n - x->at;
	size_t n = x->at == 0 ? x->plan.first_bytes : x->plan.next_bytes;

	x->timer = NULL;
	if (n == 0 || n > left)
		n = left;
	(void)net_stream_send(x->s, span_make(x->bytes.p + x->at, n));
	x->at += n;
	if (x->at < x->bytes.n) {
		x->timer = sched_after(sched, x->plan.gap_ms, send_next, x);
		return;
	}
	x->timer = sched_after(sched, END_MS, on_end_late, x);
	net_stream_end(x->s);
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	struct hello *x = arg;
	struct sim_dev *d = sim_fleet_at(x->client->fleet, x->index);
	struct out o;

	(void)facts;
	sim_dev_hello_plan(d, &x->plan);
	out_init_buf(&o, &x->bytes);
	(void)sim_dev_hello(d, &o); /* none: its state changed while it stood in line */
	send_next(x);
}

static void on_data(void *arg, struct span bytes)
{
	(void)arg;
	(void)bytes; /* a server that answers a hello is none of the device's business */
}

static void on_down(void *arg, const struct err *why)
{
	struct hello *x = arg;
	bool whole = x->at > 0 && x->at == x->bytes.n;

	hello_done(x, why->code == ERR_NONE || whole ? NULL : why);
}

static void start_one(struct sim_hello_client *h, unsigned index)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct sim_dev *d = sim_fleet_at(h->fleet, index);
	char own[SIM_FLEET_ADDRESS_SIZE];
	struct hello *x = MEM_NEW(struct hello);

	x->client = h;
	x->index = index;
	buf_init(&x->bytes, SIZE_MAX_B);
	x->next = h->open;
	x->back = &h->open;
	if (x->next)
		x->next->back = &x->next;
	h->open = x;
	h->counts.open++;
	sim_dev_hello_plan(d, &x->plan);
	if (x->plan.other_address)
		sim_fleet_other_address(h->fleet, index, own);
	else
		sim_fleet_address(h->fleet, index, own);
	h->target.bind_address = own;
	x->s = h->dialer->dial(h->dialer, &h->target);
	h->target.bind_address = NULL;
	net_stream_start(x->s, &events, x);
}

static void pump(struct sim_hello_client *h)
{
	while (!h->freeing && h->counts.waiting > 0 && h->counts.open < OPEN_MAX) {
		unsigned index = h->line[h->first];
		h->first = (h->first + 1) % sim_fleet_count(h->fleet);
		h->counts.waiting--;
		h->in_line[index] = 0;
		start_one(h, index);
	}
}

void sim_hello_client_push(struct sim_hello_client *h, unsigned index)
{
	if (h->in_line[index])
		return;
	h->in_line[index] = 1;
	h->line[(h->first + h->counts.waiting) % sim_fleet_count(h->fleet)] = index;
	h->counts.waiting++;
	pump(h);
}

const struct sim_hello_client_counts *sim_hello_client_get_counts(const struct sim_hello_client *h)
{
	return &h->counts;
}

struct sim_hello_client *sim_hello_client_new(struct net_loop *l, const struct sim_fleet *f,
					      const char *address, uint16_t port)
{
	struct sim_hello_client *h = MEM_NEW(struct sim_hello_client);

	h->loop = l;
	h->fleet = f;
	h->dialer = net_stream_dialer_new(l, CONNECT_MS, 0);
	h->target.port = port;
	(void)str_copy(h->target.address, sizeof h->target.address, span_str(address));
	h->line = mem_new(sim_fleet_count(f) * sizeof *h->line);
	h->in_line = mem_new(sim_fleet_count(f));
	return h;
}

void sim_hello_client_free(struct sim_hello_client *h)
{
	if (!h)
		return;
	h->freeing = true;
	while (h->open)
		hello_free(h->open);
	net_stream_dialer_free(h->dialer);
	mem_free(h->line);
	mem_free(h->in_line);
	mem_free(h);
}
