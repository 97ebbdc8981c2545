/* See look.h. First all ports at once, then the open ones one after the other: 16992 in the clear, then
 * 16993 with TLS of today, of old firmware, and by a key that nobody has: only a PC that waits for
 * its key answers that one otherwise. When nothing of that shows what is there, also beside a pong, the open
 * ports are tried once more and given longer to close again. */
#include "amt/look.h"
#include "amt/quirks.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/stream.h"
#include "wsman/xml.h"

#define UP_MS    5000
#define GRACE_MS 100
#define AGAIN_MS 2000
#define RFB_MS   1000 /* a server of RFB speaks first */
#define REPLY_MS 5000
#define REALM_OF "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings"

enum step { STEP_CLEAR, STEP_MODERN, STEP_LEGACY, STEP_PSK, STEP_VERSIONS, STEP_END };

struct knock {
	struct amt_look *k;
	struct net_stream *s; /* NULL: down */
	unsigned port;        /* enum amt_seen_port */
	bool up;
};
struct amt_look {
	struct amt_look_conf conf;
	struct amt_seen *seen;
	void (*fn)(void *arg);
	void *arg;
	char address[64];
	struct knock knocks[AMT_SEEN_PORT_COUNT];
	unsigned open_knocks;
	bool again;               /* the second round of knocks */
	bool mute;                /* 16993 takes connections and says nothing */
	struct sched_timer *soon; /* the next step */
	struct amt_client *client;
	struct amt_way way;
	enum step step;
	unsigned version; /* of STEP_VERSIONS */
};

static const unsigned versions[] = { PKI_TLS_1_0, PKI_TLS_1_1, PKI_TLS_1_2, PKI_TLS_1_3 };
#define VERSION_COUNT (sizeof versions / sizeof *versions)

static void next_step(struct amt_look *k);

/* ---- ports ---- */

static void on_soon(void *arg)
{
	struct amt_look *k = arg;

	k->soon = NULL;
	next_step(k);
}

/* A port that takes a connection and resets it at once is as good as closed. */
static void on_grace(void *arg)
{
	struct amt_look *k = arg;

	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++) {
		net_stream_close(k->knocks[i].s);
		k->knocks[i].s = NULL;
	}
	on_soon(k);
}

static void answered(struct amt_look *k)
{
	bool up = false;

	if (--k->open_knocks > 0)
		return;
	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++)
		up = up || k->knocks[i].s;
	bool rfb = k->knocks[AMT_SEEN_5900].s && !k->seen->rfb[0];
	k->soon = sched_after(k->conf.sched,
			      !up                ? 0
				      : k->again ? AGAIN_MS
				      : rfb      ? RFB_MS
						 : GRACE_MS,
			      on_grace, k);
}

static void on_knock_up(void *arg, const struct net_tls_facts *facts)
{
	struct knock *n = arg;

	(void)facts;
	n->up = true;
	n->k->seen->ports[n->port] = AMT_SEEN_OPEN;
	answered(n->k);
}

static void on_knock_data(void *arg, struct span bytes)
{
	struct knock *n = arg;
	struct amt_look *k = n->k;
	struct out o;

	if (n->port != AMT_SEEN_5900 || k->seen->rfb[0])
		return;
	out_init(&o, k->seen->rfb, sizeof k->seen->rfb);
	out_safe(&o, span_make(bytes.p, bytes.n < 11 ? bytes.n : 11));
	if (k->open_knocks > 0)
		return;
	sched_cancel(k->soon);
	k->soon = sched_after(k->conf.sched, GRACE_MS, on_grace, k);
}

static enum amt_seen_says says_of(const struct knock *n, enum err_code code)
{
	switch (code) {
	case ERR_NONE:
		return n->up && !n->k->again ? AMT_SEEN_OPEN : AMT_SEEN_REFUSED;
	case ERR_REFUSED:
	case ERR_CLOSED:
		return AMT_SEEN_REFUSED;
	case ERR_TIMEOUT:
		return AMT_SEEN_SILENT;
	default:
		return AMT_SEEN_NO_ROUTE;
	}
}

static void on_knock_down(void *arg, const struct err *why)
{
	struct knock *n = arg;

	n->k->seen->ports[n->port] = says_of(n, why->code);
	net_stream_close(n->s);
	n->s = NULL;
	if (!n->up)
		answered(n->k);
}

/* 0: that one is not asked. */
static uint16_t number_of(const struct amt_look *k, unsigned port)
{
	switch (port) {
	case AMT_SEEN_623:
		return k->conf.dash_port;
	case AMT_SEEN_664:
		return k->conf.dash_tls_port;
	case AMT_SEEN_5900:
		return k->conf.kvm_port;
	default:
		return (uint16_t)(k->conf.port_base + port);
	}
}

static void knock(struct amt_look *k, unsigned port)
{
	static const struct net_stream_events events = { on_knock_up, on_knock_data,
							 on_knock_down };
	struct net_target t = { .port = number_of(k, port) };

	(void)str_copy(t.address, sizeof t.address, span_str(k->address));
	k->knocks[port] =
		(struct knock){ k, k->conf.dialer->dial(k->conf.dialer, &t), port, false };
	k->open_knocks++;
	net_stream_start(k->knocks[port].s, &events, &k->knocks[port]);
}

/* False: no port is open. */
static bool knock_again(struct amt_look *k)
{
	k->again = true;
	for (unsigned i = 0; i < AMT_SEEN_USUAL; i++) {
		if (k->seen->ports[i] == AMT_SEEN_OPEN)
			knock(k, i);
	}
	return k->open_knocks > 0;
}

struct amt_look *amt_look_start(const struct amt_look_conf *c, const char *address,
				struct amt_seen *s, void (*fn)(void *arg), void *arg)
{
	struct amt_look *k = MEM_NEW(struct amt_look);

	k->conf = *c;
	k->seen = s;
	k->fn = fn;
	k->arg = arg;
	(void)str_copy(k->address, sizeof k->address, span_str(address));
	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++)
		if (number_of(k, i))
			knock(k, i);
	return k;
}

void amt_look_free(struct amt_look *k)
{
	if (!k)
		return;
	for (unsigned i = 0; i < AMT_SEEN_PORT_COUNT; i++)
		net_stream_close(k->knocks[i].s);
	sched_cancel(k->soon);
	amt_client_free(k->client);
	amt_way_deinit(&k->way);
	mem_free(k);
}

/* ---- what the connections show ---- */

static void note_reply(struct amt_look *k, const struct amt_reply *r)
{
	struct amt_seen *s = k->seen;
	const struct amt_peer *p = r->peer;

	if (r->http_status) {
		s->http = true;
		if (p->server[0])
			(void)str_copy(s->server, sizeof s->server, span_str(p->server));
	}
	if (amt_client_realm(k->client)[0])
		(void)str_copy(s->realm, sizeof s->realm, span_str(amt_client_realm(k->client)));
	if (p->tls && k->step != STEP_VERSIONS) {
		s->tls = true;
		s->old_tls = k->step == STEP_LEGACY;
		s->tls_version = p->tls_version;
		(void)str_copy(s->suite, sizeof s->suite, span_str(p->suite));
	}
}

static void on_leaf(void *arg, struct span leaf_der)
{
	struct amt_look *k = arg;

	if (!k->seen->with_cert)
		(void)amt_seen_take_cert(k->seen, leaf_der, k->conf.ours, k->conf.our_count);
}

static void soon(struct amt_look *k)
{
	k->step++;
	k->soon = sched_after(k->conf.sched, 0, on_soon, k);
}

static void on_page(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_look *k = arg;

	(void)e;
	if (r->http_status)
		k->seen->page_status = r->http_status;
	note_reply(k, r);
	soon(k);
}

static void ask_page(struct amt_look *k)
{
	if (k->conf.thorough && !k->seen->page_status)
		amt_client_get_path(k->client, "/", on_page, k);
	else
		soon(k);
}

static void on_realm(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_look *k = arg;

	(void)e; /* without a login it is refused, and that shows the realm */
	note_reply(k, r);
	ask_page(k);
}

static void on_identify(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_look *k = arg;
	const struct wsman_xml *v = NULL;

	note_reply(k, r);
	if (k->step == STEP_CLEAR && !r->http_status && e->code == ERR_CLOSED)
		k->seen->ports[AMT_SEEN_16992] = AMT_SEEN_REFUSED;
	if (e->code == ERR_NONE && r->msg && r->msg->payload)
		v = wsman_xml_child(r->msg->payload, NULL, "ProductVersion");
	if (v && v->text)
		(void)str_copy(k->seen->identify, sizeof k->seen->identify, span_str(v->text));
	if (e->code == ERR_TLS)
		(void)str_copy(k->seen->tls_error, sizeof k->seen->tls_error,
			       span_str(e->seen[0] ? e->seen : e->msg));
	if (!r->http_status) {
		soon(k);
		return;
	}
	if (k->seen->realm[0]) {
		ask_page(k);
		return;
	}
	const struct wsman_req get = { .op = WSMAN_OP_GET, .resource_uri = REALM_OF };
	amt_client_call(k->client, &get, true, REPLY_MS, on_realm, k);
}

/* The alert of a server that has keys, and not this one. */
static bool is_psk_alert(const char *text)
{
	return strstr(text, "unknown PSK identity") || strstr(text, "unknown psk identity") ||
		strstr(text, "bad record mac") || strstr(text, "decrypt error");
}

static void on_connected(void *arg, const struct amt_reply *r, const struct err *e)
{
	struct amt_look *k = arg;
	const char *text = e->seen[0] ? e->seen : e->msg;

	if (k->step == STEP_VERSIONS) {
		if (r->peer->tls && e->code == ERR_NONE)
			k->seen->versions |= 1u << k->version;
		k->version++;
		k->soon = sched_after(k->conf.sched, 0, on_soon, k);
		return;
	}
	if (k->step == STEP_PSK) {
		k->seen->wants_psk = e->code == ERR_TLS && is_psk_alert(text);
		soon(k);
		return;
	}
	note_reply(k, r);
	if (e->code == ERR_CLOSED && !k->seen->with_cert)
		k->seen->ports[AMT_SEEN_16993] = AMT_SEEN_REFUSED;
	if (e->code != ERR_NONE) {
		k->mute = k->step == STEP_LEGACY && e->code == ERR_TIMEOUT;
		(void)str_copy(k->seen->tls_error, sizeof k->seen->tls_error, span_str(text));
		soon(k);
		return;
	}
	const struct wsman_req identify = { .op = WSMAN_OP_IDENTIFY };
	amt_client_call(k->client, &identify, true, REPLY_MS, on_identify, k);
}

/* ---- steps ---- */

static void set_way(struct amt_look *k, const struct pki_tls_policy *p)
{
	const struct amt_client_conf conf = { .dialer = k->conf.dialer,
					      .sched = k->conf.sched,
					      .rng = k->conf.rng,
					      .up_ms = UP_MS,
					      .first_byte_ms = REPLY_MS,
					      .whole_ms = REPLY_MS };

	amt_client_free(k->client);
	k->client = amt_client_new(&conf);
	amt_way_deinit(&k->way);
	k->way = (struct amt_way){ .port = (uint16_t)(k->conf.port_base + (p ? 1 : 0)),
				   .clear = !p };
	(void)str_copy(k->way.address, sizeof k->way.address, span_str(k->address));
	if (p) {
		k->way.tls.policy = *p;
		k->way.tls.on_shown = on_leaf;
		k->way.tls.shown_arg = k;
	}
}

static void start_clear(struct amt_look *k)
{
	const struct wsman_req identify = { .op = WSMAN_OP_IDENTIFY };

	set_way(k, NULL);
	amt_client_set_way(k->client, &k->way);
	amt_client_call(k->client, &identify, true, REPLY_MS, on_identify, k);
}

static void start_tls(struct amt_look *k, const struct pki_tls_policy *p)
{
	set_way(k, p);
	if (k->step == STEP_PSK) {
		static const char key[] = "0000000000000000000000000000000";
		(void)str_copy(k->way.tls.psk_identity, sizeof k->way.tls.psk_identity,
			       span_str("00000000"));
		secret_set(&k->way.tls.psk, span_str(key));
	}
	amt_client_set_way(k->client, &k->way);
	amt_client_connect(k->client, on_connected, k);
}

static void start_version(struct amt_look *k)
{
	struct pki_tls_policy p[2];

	(void)amt_quirks_ladder("", false, p);
	bool old = versions[k->version] < PKI_TLS_1_2;
	p[old].min = p[old].max = versions[k->version];
	p[old].level = 0;
	start_tls(k, &p[old]);
}

/* False: there is nothing to do in this step. */
static bool start_step(struct amt_look *k)
{
	struct amt_seen *s = k->seen;
	bool port = s->ports[AMT_SEEN_16993] == AMT_SEEN_OPEN;
	struct pki_tls_policy p[2];

	switch (k->step) {
	case STEP_CLEAR:
		if (s->ports[AMT_SEEN_16992] != AMT_SEEN_OPEN)
			return false;
		start_clear(k);
		return true;
	case STEP_MODERN:
	case STEP_LEGACY:
		if (!port || s->tls || (k->step == STEP_LEGACY && s->with_cert))
			return false;
		(void)amt_quirks_ladder("", false, p);
		start_tls(k, &p[k->step == STEP_LEGACY]);
		return true;
	case STEP_PSK:
		if (!port || s->tls || s->with_cert || k->mute)
			return false;
		(void)amt_quirks_ladder("", true, p);
		start_tls(k, &p[0]);
		return true;
	case STEP_VERSIONS:
		if (!k->conf.thorough || !port || !s->tls || k->version == VERSION_COUNT)
			return false;
		start_version(k);
		return true;
	case STEP_END:
		break;
	}
	return false;
}

/* Of an open port that nothing came from: it may be one that closes late. */
static bool says_nothing(const struct amt_look *k)
{
	const struct amt_seen *s = k->seen;
	enum amt_seen_state state = amt_seen_state(s);

	return state == AMT_SEEN_UNCLEAR ||
		(s->ports[AMT_SEEN_16993] == AMT_SEEN_OPEN && !k->mute &&
		 (state == AMT_SEEN_SETUP || state == AMT_SEEN_PRESENT));
}

static void next_step(struct amt_look *k)
{
	while (k->step != STEP_END) {
		if (start_step(k))
			return;
		k->step++;
	}
	if (!k->again && says_nothing(k) && knock_again(k))
		return;
	k->fn(k->arg);
}
