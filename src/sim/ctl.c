/* Server side of `sim ctl`, see ctl.h. Used by serve.c. A request for all devices is worked off in
 * parts, so that neither the reply nor the loop's round grows with the fleet. */
#include "sim/ctl.h"
#include "base/mem.h"
#include "net/stream.h"
#include "sim/audit.h"
#include "sim/boot.h"
#include "sim/ctl_priv.h"
#include "sim/events.h"
#include "sim/hw.h"
#include "sim/kvm.h"
#include "sim/media.h"
#include <unistd.h>

#define LINE_MAX_BYTES  4096
#define CHUNK_BYTES     ((size_t)128 * 1024)
#define CHUNK_MAX_BYTES (CHUNK_BYTES + (size_t)64 * 1024)
#define WORDS_MAX       3
#define RETRY_MS        5
#define CONNS_MAX       32

struct conn {
	struct sim_ctl *ctl;
	struct conn *next, **back;
	struct net_stream *s;
	struct sched_timer *timer;
	struct buf in, out;
	/* the request that runs */
	const struct row *row; /* NULL: none */
	char words[WORDS_MAX][LINE_MAX_BYTES];
	unsigned word_count;
	unsigned at, end, refused;
	struct err first;
};
struct sim_ctl {
	struct net_loop *loop;
	char *path;
	struct sim_ctl_ways ways;
	struct net_listen *listen;
	struct conn *conns;
	unsigned conn_count;
};

/* Does the request on one device; lines go to o. */
typedef bool run_fn(struct conn *c, struct sim_dev *d, struct out *o, struct err *e);

/* ---- requests ---- */

static void put_head(struct conn *c, const struct sim_dev *d, struct out *o)
{
	char uuid[UUID_TEXT_SIZE], address[SIM_FLEET_ADDRESS_SIZE];

	uuid_print(sim_dev_uuid(d), uuid);
	sim_fleet_address(c->ctl->ways.fleet, sim_dev_index(d), address);
	out_fmt(o, "index=%u uuid=%s address=%s", sim_dev_index(d), uuid, address);
}

static bool run_list(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	const struct sim_dev_stats *s = sim_dev_get_stats(d);
	char text[512] = "";
	struct out t;

	(void)e;
	put_head(c, d, o);
	out_init(&t, text, sizeof text);
	sim_dev_faults(d, &t);
	out_fmt(o, " generation=%s state=%s failed_logins=%u configured_count=%u fault=%s",
		sim_dev_generation(d)->name, sim_dev_state_name(sim_dev_state(d)), s->failed_logins,
		s->configured_count, text[0] ? text : "none");
	text[0] = '\0';
	out_init(&t, text, sizeof text);
	sim_dev_switches(d, &t);
	out_fmt(o, " switch=%s\n", text[0] ? text : "none");
	return true;
}

static bool run_stats(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	const struct sim_dev_stats *s = sim_dev_get_stats(d);

	(void)e;
	put_head(c, d, o);
	out_fmt(o, " state=%s power=%s", sim_dev_state_name(sim_dev_state(d)),
		sim_dev_is_on(d) ? "on" : "off");
#define PUT(name) out_fmt(o, " " #name "=%u", s->name)
	PUT(requests);
	PUT(challenges);
	PUT(failed_logins);
	PUT(max_failed_in_window);
	PUT(handshakes);
	PUT(refused_chains);
	PUT(commits);
	PUT(configured_count);
	PUT(admin_sets);
	PUT(mebx_sets);
	PUT(keys_made);
	PUT(certs_added);
	PUT(parallel_requests);
	PUT(power_ons);
	PUT(power_offs);
	PUT(power_cycles);
	PUT(resets);
#undef PUT
	out_fmt(o, " imposed_wait_ms=%lld\n", (long long)s->imposed_wait_ms);
	return true;
}

static void touch(struct conn *c, const struct sim_dev *d)
{
	if (c->ctl->ways.state)
		sim_statefile_touch(c->ctl->ways.state, sim_dev_index(d));
}

static bool run_state(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	enum sim_state to;

	if (c->word_count < 3) {
		out_fmt(o, "%s\n", sim_dev_state_name(sim_dev_state(d)));
		return true;
	}
	if (!sim_dev_state_parse(span_str(c->words[2]), &to)) {
		err_set(e, ERR_INVALID, "there is no state '%s'", c->words[2]);
		return err_want(e, "factory, disabled, setup-psk or setup-pki");
	}
	touch(c, d);
	return sim_dev_to_state(d, to, e);
}

static bool run_fault(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)o;
	touch(c, d);
	return sim_dev_fault(d, span_str(c->words[2]), e);
}

static bool run_switch(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)o;
	touch(c, d);
	return sim_dev_switch(d, span_str(c->words[2]), e);
}

static bool run_value(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	char text[4096];
	struct out t;

	out_init(&t, text, sizeof text);
	if (!sim_dev_value(d, c->words[2], &t)) {
		err_set(e, ERR_NOT_FOUND, "the device has no value '%s'", c->words[2]);
		return err_want(e, "CLASS.PROPERTY, such as AMT_GeneralSettings.HostName");
	}
	out_safe(o, out_span(&t));
	out_str(o, "\n");
	return true;
}

static bool run_boot(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)e;
	put_head(c, d, o);
	out_str(o, " ");
	sim_dev_print_boot(d, o);
	out_str(o, "\n");
	return true;
}

static bool run_media(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)e;
	put_head(c, d, o);
	out_str(o, " ");
	sim_dev_print_media(d, o);
	return true;
}

static bool run_consent(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)e;
	put_head(c, d, o);
	out_str(o, " ");
	sim_dev_print_consent(d, o);
	out_str(o, "\n");
	return true;
}

static bool run_kvm(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)e;
	put_head(c, d, o);
	out_str(o, " ");
	sim_dev_print_kvm(d, o);
	out_str(o, "\n");
	return true;
}

static bool run_g3(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)o;
	(void)e;
	touch(c, d);
	sim_dev_g3(d);
	return true;
}

static bool run_power_loss(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)c;
	(void)o;
	(void)e;
	sim_dev_power_loss(d);
	return true;
}

static bool run_hello(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	enum sim_state s = sim_dev_state(d);

	(void)o;
	if (!c->ctl->ways.hello)
		return err_set(e, ERR_INVALID, "the fleet was started without --hello HOST:PORT");
	if (s != SIM_SETUP_PSK && s != SIM_SETUP_PKI)
		return err_set(e, ERR_INVALID, "device %u says no hello in state %s",
			       sim_dev_index(d), sim_dev_state_name(s));
	sim_hello_client_push(c->ctl->ways.hello, sim_dev_index(d));
	return true;
}

static void moved(struct conn *c, struct sim_dev *d)
{
	enum sim_state s = sim_dev_state(d);

	sim_dev_unplug(d);
	if (c->ctl->ways.hello && (s == SIM_SETUP_PSK || s == SIM_SETUP_PKI))
		sim_hello_client_push(c->ctl->ways.hello, sim_dev_index(d));
}

static bool run_move(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	struct sim_fleet *f = c->ctl->ways.fleet;
	unsigned other;

	(void)o;
	if (!sim_fleet_move(f, sim_dev_index(d), span_str(c->words[2]), &other, e))
		return false;
	moved(c, d);
	if (other != sim_dev_index(d))
		moved(c, sim_fleet_at(f, other));
	return true;
}

static bool run_link(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	unsigned links;

	(void)o;
	if (!sim_dev_links_parse(span_str(c->words[2]), &links)) {
		err_set(e, ERR_INVALID, "a device has no link '%.40s'", c->words[2]);
		return err_want(e, "cable, radio, both or none");
	}
	touch(c, d);
	sim_dev_set_links(d, links);
	return true;
}

static bool run_event(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)o;
	touch(c, d);
	return sim_event_named(d, span_str(c->words[2]), e);
}

static bool run_audit(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)o;
	touch(c, d);
	return sim_audit_named(d, span_str(c->words[2]), e);
}

static bool run_update(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	(void)o;
	touch(c, d);
	return sim_dev_update(d, span_str(c->words[2]), e);
}

static bool run_usb(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	if (c->words[2][0] != '/')
		return err_set(e, ERR_USAGE, "the file of the stick needs a whole path");
	touch(c, d);
	return sim_ctl_usb(d, c->words[2], o, e);
}

static bool run_hardware(struct conn *c, struct sim_dev *d, struct out *o, struct err *e)
{
	if (c->word_count < 3) {
		sim_hw_print(d, o);
		return true;
	}
	touch(c, d);
	return sim_hw_change(d, span_str(c->words[2]), e);
}

/* X(name, arguments, fewest and most words behind the name, all when no device is named, function,
 * sentence) */
/* clang-format off */
#define ROWS(X) \
	X("list", "[DEVICE]", 0, 1, true, run_list, "UUID, address, generation, state, faults, switches") \
	X("stats", "[DEVICE]", 0, 1, true, run_stats, "counters, for checks that nothing went wrong") \
	X("state", "DEVICE [STATE]", 1, 2, false, run_state, \
	  "prints the state; with STATE: somebody at the PC sets factory, disabled, setup-psk, setup-pki") \
	X("fault", "DEVICE NAME[=N[:M]]", 2, 2, false, run_fault, \
	  "what the device does wrong from now on; none clears") \
	X("switch", "DEVICE NAME=VALUE", 2, 2, false, run_switch, "other behaviour from now on") \
	X("value", "DEVICE CLASS.PROPERTY", 2, 2, false, run_value, "a value of the active configuration") \
	X("boot", "DEVICE", 1, 1, false, run_boot, "what the last start was told to do, and what the next is") \
	X("media", "DEVICE", 1, 1, false, run_media, "virtual drives, and what the boot loader read from them") \
	X("consent", "DEVICE", 1, 1, false, run_consent, "the code of user consent on the PC's screen") \
	X("kvm", "DEVICE", 1, 1, false, run_kvm, "the KVM session, and keys and pointer of its viewer") \
	X("g3", "DEVICE", 1, 1, false, run_g3, "power drained: a new hello window begins") \
	X("hello", "DEVICE", 1, 1, false, run_hello, "says hello now") \
	X("move", "DEVICE ADDRESS", 2, 2, false, run_move, \
	  "DHCP gives it that address (and its own to the device that had that); says hello in setup") \
	X("link", "DEVICE LINK", 2, 2, false, run_link, \
	  "what joins it to its network: cable, radio, both or none") \
	X("usb", "DEVICE FILE", 2, 2, false, run_usb, \
	  "the PC starts with FILE as setup.bin on a stick; what it takes is marked as used in FILE") \
	X("event", "DEVICE NAME[=CODE]", 2, 2, false, run_event, \
	  "a sensor of the PC reports that: into its event log, and to who has subscribed") \
	X("audit", "DEVICE APPLICATION/EVENT[:HEX]", 2, 2, false, run_audit, \
	  "local software does what that audit event tells") \
	X("update", "DEVICE done|partial|failed", 2, 2, false, run_update, \
	  "software on the PC updates its firmware (to the same release), which ends so") \
	X("hardware", "DEVICE [CHANGE]", 1, 2, false, run_hardware, \
	  "prints the model; CHANGE: out, in or swap with memory:N, media:N, fan:N or battery:N; whole") \
	X("power-loss", "DEVICE", 1, 1, false, run_power_loss, "loses power for a moment: connections die") \
	X("fleet", "", 0, 0, false, NULL, "one line about all: hellos sent and failed, connections")
/* clang-format on */
static const struct sim_ctl_row rows[] = {
#define X(name, args, lo, hi, all, fn, sentence) { name, args, sentence },
	ROWS(X)
#undef X
};
static const struct row {
	unsigned lo, hi;
	bool all;
	run_fn *fn;
} hows[] = {
#define X(name, args, lo, hi, all, fn, sentence) { lo, hi, all, fn },
	ROWS(X)
#undef X
};
#define ROW_COUNT (sizeof rows / sizeof *rows)

const struct sim_ctl_row *sim_ctl_row_at(unsigned i)
{
	return i < ROW_COUNT ? &rows[i] : NULL;
}

static bool no_such_request(const char *name, struct err *e)
{
	char names[sizeof e->hint] = "";
	struct out o;

	out_init(&o, names, sizeof names - 1);
	for (size_t i = 0; i < ROW_COUNT; i++)
		out_fmt(&o, "%s%s", i ? " " : "", rows[i].name);
	err_set(e, ERR_USAGE, "there is no request '%s'", name);
	err_want(e, "one that 'outband sim --help' explains");
	return err_hint(e, "one of: %s", names);
}

/* ---- one connection ---- */

static void conn_free(struct conn *c)
{
	sched_cancel(c->timer);
	net_stream_close(c->s);
	buf_deinit(&c->in);
	buf_deinit(&c->out);
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->ctl->conn_count--;
	mem_free(c);
}

static void put_error(struct conn *c, struct out *o, const struct err *e)
{
	out_str(o, "error ");
	if (c->refused > 1)
		out_fmt(o, "%u devices refused, the first: ", c->refused);
	out_safe(o, span_str(e->msg));
	if (e->want[0]) {
		out_str(o, "; wanted: ");
		out_safe(o, span_str(e->want));
	}
	if (e->hint[0]) {
		out_str(o, "; ");
		out_safe(o, span_str(e->hint));
	}
	out_str(o, "\n");
}

static void step(void *arg);

static void step_later(struct conn *c, int64_t ms)
{
	c->timer = sched_after(net_loop_sched(c->ctl->loop), ms, step, c);
}

/* Runs the request on the next devices, until a chunk is full. */
static void work(struct conn *c)
{
	struct out o;
	struct err e;

	out_init_buf(&o, &c->out);
	while (c->at < c->end && c->out.n < CHUNK_BYTES) {
		e = (struct err){ .code = ERR_NONE };
		if (!c->row->fn(c, sim_fleet_at(c->ctl->ways.fleet, c->at++), &o, &e)) {
			if (c->refused++ == 0)
				c->first = e;
		}
	}
	if (c->at < c->end)
		return;
	if (c->refused)
		put_error(c, &o, &c->first);
	else
		out_str(&o, "ok\n");
	c->row = NULL;
}

/* "5-9": these numbers. */
static bool parse_range(struct conn *c)
{
	struct span text = span_str(c->words[1]);
	size_t dash = span_find(text, '-');
	uint32_t from, to;

	if (dash == text.n || !str_to_u32(span_make(text.p, dash), 0, c->end, &from, NULL) ||
	    !str_to_u32(span_make(text.p + dash + 1, text.n - dash - 1), from, c->end - 1, &to,
			NULL))
		return false;
	c->at = from;
	c->end = to + 1;
	return true;
}

static bool parse(struct conn *c, struct span line, struct err *e)
{
	struct sim_ctl_ways *w = &c->ctl->ways;
	size_t i;

	c->word_count = 0;
	while ((line = span_trim(line)).n > 0) {
		/* the path of a file may have blanks, a change of hardware has one */
		bool rest = c->word_count == 2 &&
			(str_eq(c->words[0], "usb") || str_eq(c->words[0], "hardware"));
		size_t n = rest ? line.n : span_find(line, ' ');
		if (c->word_count == WORDS_MAX)
			return err_set(e, ERR_USAGE, "too many words");
		if (!str_copy(c->words[c->word_count++], LINE_MAX_BYTES, span_make(line.p, n)))
			return err_set(e, ERR_USAGE, "the request is too long");
		line = span_make(line.p + n, line.n - n);
	}
	for (i = 0; i < ROW_COUNT && (!c->word_count || !str_eq(rows[i].name, c->words[0]));)
		i++;
	if (i == ROW_COUNT)
		return no_such_request(c->word_count ? c->words[0] : "", e);
	if (c->word_count - 1 < hows[i].lo || c->word_count - 1 > hows[i].hi)
		return err_set(e, ERR_USAGE, "use: %s %s", rows[i].name, rows[i].args);
	c->at = 0;
	c->end = hows[i].fn ? sim_fleet_count(w->fleet) : 0;
	if (c->word_count > 1 && !str_eq(c->words[1], "all") && !parse_range(c)) {
		if (!sim_fleet_find(w->fleet, span_str(c->words[1]), &c->at, e))
			return false;
		c->end = c->at + 1;
	}
	c->row = &hows[i];
	return true;
}

static void begin(struct conn *c, struct span line)
{
	struct err e = { 0 };
	struct out o;

	out_init_buf(&o, &c->out);
	c->refused = 0;
	if (!parse(c, line, &e)) {
		put_error(c, &o, &e);
		c->row = NULL;
		return;
	}
	if (!c->row->fn)
		c->ctl->ways.print_fleet(c->ctl->ways.arg, &o);
	work(c);
}

/* Sends what there is, works on, and takes the next request, until something has to be waited for. */
static void step(void *arg)
{
	struct conn *c = arg;

	c->timer = NULL;
	if (c->out.n > 0) {
		if (!net_stream_send(c->s, buf_span(&c->out))) {
			step_later(c, RETRY_MS); /* it is full; or down, which is told soon */
			return;
		}
		buf_clear(&c->out);
	}
	if (c->row) {
		work(c);
		step_later(c, 0);
		return;
	}
	size_t n = span_find(buf_span(&c->in), '\n');
	if (n < c->in.n) {
		begin(c, span_make(c->in.p, n));
		buf_consume(&c->in, n + 1);
		step_later(c, 0);
	}
}

static void on_up(void *arg, const struct net_tls_facts *facts)
{
	(void)arg;
	(void)facts;
}

static void on_data(void *arg, struct span bytes)
{
	struct conn *c = arg;

	if (!buf_add(&c->in, bytes)) {
		conn_free(c); /* no request is that long */
		return;
	}
	if (!c->timer)
		step_later(c, 0);
}

static void on_down(void *arg, const struct err *why)
{
	(void)why;
	conn_free(arg);
}

static void on_accept(void *arg, struct net_conn *nc)
{
	static const struct net_stream_events events = { on_up, on_data, on_down };
	struct sim_ctl *ctl = arg;

	if (ctl->conn_count >= CONNS_MAX) {
		net_conn_close(nc, false);
		return;
	}
	struct conn *c = MEM_NEW(struct conn);
	c->ctl = ctl;
	buf_init(&c->in, (size_t)4 * LINE_MAX_BYTES);
	buf_init(&c->out, CHUNK_MAX_BYTES);
	c->s = net_conn_clear(nc);
	c->next = ctl->conns;
	c->back = &ctl->conns;
	if (c->next)
		c->next->back = &c->next;
	ctl->conns = c;
	ctl->conn_count++;
	net_stream_start(c->s, &events, c);
}

struct sim_ctl *sim_ctl_open(struct net_loop *l, const char *path, const struct sim_ctl_ways *w,
			     struct err *e)
{
	struct sim_ctl *c = MEM_NEW(struct sim_ctl);
	struct net_listen_conf conf = { .unix_path = path };

	c->loop = l;
	c->ways = *w;
	c->listen = net_listen_open(l, &conf, on_accept, c, e);
	if (!c->listen) {
		mem_free(c);
		return NULL;
	}
	c->path = mem_str(path);
	return c;
}

void sim_ctl_close(struct sim_ctl *c)
{
	if (!c)
		return;
	while (c->conns)
		conn_free(c->conns);
	net_listen_close(c->listen);
	(void)unlink(c->path);
	mem_free(c->path);
	mem_free(c);
}
