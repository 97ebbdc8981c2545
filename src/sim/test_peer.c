/* For unit tests: one virtual device under the fake clock, and a foreign client that talks to it
 * with HTTP text and a digest of its own over memory streams, sharing none of the product's client
 * code. Each test file is one program, hence static. */
#include "base/clk.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/stream_mem.h"
#include "pki/cert.h"
#include "sim/dev.h"
#include "wire/hello.h"
#include <stdio.h>
#include <stdlib.h>

#define TEST_START INT64_C(1935478447120) /* 2031-05-02 */
#define ADMIN_PW   "Adm1n!pass"
#define MEBX_PW    "Mebx1!pass"
#define UNUSED     __attribute__((unused))
#define AMT        "http://intel.com/wbem/wscim/1/amt-schema/1/"
#define IPS        "http://intel.com/wbem/wscim/1/ips-schema/1/"
#define CIM        "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"

static struct sched *sched;
static struct sim_env env;
static struct sim_root root;
static struct pki_chain *prov; /* provisioning chain whose root the device trusts */
static struct sim_dev *dev;
static const struct sim_generation *made; /* instead of the one that is asked for; NULL: none */

struct peer {
	struct net_stream *s;
	bool up, down;
	unsigned pieces; /* on_data calls since the request */
	struct buf got;
	char user[20], pw[40];
	char realm[64], nonce[64]; /* of the last challenge */
	unsigned nc;
	bool auth_int;
};

/* ---- world ---- */

UNUSED static void run_ms(int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;
	while (sched_fake_step(sched, until))
		;
}

UNUSED static void issue_one(const struct pki_issue *what, const struct pki_key *key,
			     struct span issuer, const struct pki_key *issuer_key, struct arena *a,
			     struct span *out_der)
{
	struct span spki = { NULL, 0 };
	struct rng rng;
	struct err e = { 0 };
	rng_seed(&rng, what->is_ca ? 1 : 2);
	if (!pki_key_public_spki(key, a, &spki) ||
	    !pki_cert_issue(what, spki, issuer, issuer_key, &rng, a, out_der, &e))
		fail_msg("cannot issue: %s", e.msg);
}

UNUSED static struct pki_key *rsa_key(unsigned pool);

/* Root and leaf; the root's SHA-256 and SHA-1 are what devices of the test trust. */
UNUSED static void make_prov(void)
{
	struct arena a;
	struct span ders[2] = { { NULL, 0 }, { NULL, 0 } };
	struct err e = { 0 };
	struct pki_key *root_key = rsa_key(10), *leaf_key = rsa_key(11);
	struct pki_issue ca = { .cn = "Test Root",
				.not_before_unix_ms = TEST_START - 86400000,
				.not_after_unix_ms = TEST_START + 864000000000,
				.is_ca = true,
				.sig_hash = PKI_SIG_SHA256 };
	struct pki_issue leaf = ca;
	leaf.is_ca = false;
	leaf.cn = "setup.example.com";
	leaf.eku_server_auth = leaf.eku_amt = true;
	arena_init(&a, 1 << 20);
	issue_one(&ca, root_key, span_make(NULL, 0), root_key, &a, &ders[1]);
	issue_one(&leaf, leaf_key, ders[1], root_key, &a, &ders[0]);
	prov = pki_chain_from_der(ders, 2, &e);
	assert_non_null(prov);
	prov->key = leaf_key;
	root = (struct sim_root){ .alg = WIRE_HELLO_SHA256, .active = true, .name = "Test Root" };
	memcpy(root.digest, prov->certs[1].sha256, 32);
	pki_key_free(root_key);
	arena_deinit(&a);
}

UNUSED static int world_up(void **state)
{
	(void)state;
	clk_fake_start(TEST_START);
	sched = sched_new(NULL, NULL);
	make_prov();
	env = (struct sim_env){ .sched = sched,
				.seed = 7,
				.speed = 1,
				.roots = &root,
				.root_count = 1,
				.suffix = "example.com" };
	return 0;
}

UNUSED static int world_down(void **state)
{
	(void)state;
	sim_dev_free(dev);
	dev = NULL;
	pki_chain_free(prov);
	prov = NULL;
	run_ms(60000);
	int64_t left = sched_next_mono_ms(sched);
	sched_free(sched);
	clk_fake_stop();
	return left < 0 ? 0 : -1; /* a timer was left behind */
}

UNUSED static struct sim_dev *new_dev(const char *generation, enum sim_state state,
				      const char *switches)
{
	struct sim_dev_conf c = { .generation = made ? made : sim_generation_find(generation),
				  .state = state,
				  .pid = state == SIM_SETUP_PSK ? "0000-037M" : NULL,
				  .pps = state == SIM_SETUP_PSK
					  ? "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"
					  : NULL,
				  .mebx_password = state == SIM_SETUP_PKI ? NULL : MEBX_PW,
				  .admin_password = ADMIN_PW,
				  .host_name = "pc1",
				  .domain = "example.com",
				  .switches = switches };
	struct err e = { 0 };
	sim_dev_free(dev);
	dev = sim_dev_new(&env, &c, &e);
	if (!dev)
		fail_msg("no device: %s", e.msg);
	return dev;
}

UNUSED static void set_fault(const char *spec)
{
	struct err e = { 0 };
	if (!sim_dev_fault(dev, span_str(spec), &e))
		fail_msg("%s: %s", spec, e.msg);
}

UNUSED static char *value(const char *class_prop)
{
	static char text[4][1024];
	static unsigned at;
	struct out o;
	at = (at + 1) % 4;
	out_init(&o, text[at], sizeof text[at]);
	text[at][0] = '\0';
	if (!sim_dev_value(dev, class_prop, &o))
		str_copy(text[at], sizeof text[at], span_str("(none)"));
	return text[at];
}

/* ---- client ---- */

static void peer_up(void *arg, const struct net_tls_facts *f)
{
	(void)f;
	((struct peer *)arg)->up = true;
}

static void peer_data(void *arg, struct span bytes)
{
	struct peer *p = arg;
	p->pieces++;
	buf_add(&p->got, bytes);
}

static void peer_down(void *arg, const struct err *why)
{
	(void)why;
	((struct peer *)arg)->down = true;
}

UNUSED static void hang_up(struct peer *p)
{
	if (p->s)
		net_stream_close(p->s);
	p->s = NULL;
	p->up = p->down = false;
	buf_deinit(&p->got);
	run_ms(1);
}

/* Connects; tls NULL: clear. False: refused, or the handshake failed. */
UNUSED static bool dial(struct peer *p, unsigned port, const struct pki_tls_client *tls)
{
	static const struct net_stream_events events = { peer_up, peer_data, peer_down };
	struct pki_tls_server server = { 0 };
	struct net_tls_facts cf = { 0 }, sf = { 0 };
	struct net_stream *mine, *theirs;
	bool late;
	struct err e = { 0 };
	enum sim_accept how = sim_dev_accept(dev, port, &server);
	if (how == SIM_ACCEPT_REFUSE || how == SIM_ACCEPT_SILENT)
		return false;
	if ((how == SIM_ACCEPT_TLS) != (tls != NULL))
		return false;
	if (tls && !net_stream_mem_handshake(tls, &server, &cf, &sf, &late, &e))
		return false;
	if (tls && late)
		return false;
	net_stream_mem_pair(sched, 0, &mine, &theirs);
	net_stream_mem_set_facts(mine, &cf);
	net_stream_mem_set_facts(theirs, &sf);
	sim_dev_serve(dev, port, theirs);
	buf_init(&p->got, 1 << 20);
	p->s = mine;
	p->up = p->down = false;
	net_stream_start(mine, &events, p);
	run_ms(1);
	return p->up && !p->down;
}

UNUSED static struct pki_tls_client pki_client(void)
{
	return (struct pki_tls_client){ .policy = { .min = PKI_TLS_1_0 }, .chain = prov };
}

UNUSED static struct pki_tls_client plain_client(void)
{
	return (struct pki_tls_client){ .policy = { .min = PKI_TLS_1_0 } };
}

UNUSED static void hex32(struct span in, char out[33])
{
	uint8_t d[16];
	hash_of(HASH_MD5, in, d);
	for (size_t i = 0; i < sizeof d; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", d[i]);
}

/* Authorization line by RFC 2617; "" when there is no challenge yet. */
UNUSED static void login_line(struct peer *p, const char *method, const char *path,
			      const char *body, char *out, size_t cap)
{
	char text[512], ha1[33], ha2[33], hb[33], response[33];
	const char *qop = p->auth_int ? "auth-int" : "auth";
	out[0] = '\0';
	if (!p->nonce[0] || !p->user[0])
		return;
	(void)snprintf(text, sizeof text, "%s:%s:%s", p->user, p->realm, p->pw);
	hex32(span_str(text), ha1);
	hex32(span_str(body), hb);
	(void)snprintf(text, sizeof text, p->auth_int ? "%s:%s:%s" : "%s:%s", method, path, hb);
	hex32(span_str(text), ha2);
	(void)snprintf(text, sizeof text, "%s:%s:%08x:0a4f113b:%s:%s", ha1, p->nonce, ++p->nc, qop,
		       ha2);
	hex32(span_str(text), response);
	(void)snprintf(out, cap,
		       "Authorization: Digest username=\"%s\",realm=\"%s\",nonce=\"%s\",uri=\"%s\","
		       "qop=%s,nc=%08x,cnonce=\"0a4f113b\",response=\"%s\"\r\n",
		       p->user, p->realm, p->nonce, path, qop, p->nc, response);
}

UNUSED static void take_quoted(const char *head, const char *name, char *out, size_t cap)
{
	const char *at = strstr(head, name);
	if (!at)
		return;
	at += strlen(name);
	str_copy(out, cap, span_make(at, strcspn(at, "\"")));
}

/* Body of the reply without chunk sizes, in place behind the head. */
UNUSED static void dechunk(struct peer *p)
{
	char *head_end = strstr((char *)p->got.p, "\r\n\r\n");
	if (!head_end || !strstr((char *)p->got.p, "chunked"))
		return;
	char *in = head_end + 4, *to = in;
	for (;;) {
		size_t n = strtoul(in, &in, 16);
		in += 2;
		if (n == 0 || in + n > (char *)p->got.p + p->got.n)
			break;
		memmove(to, in, n);
		to += n;
		in += n + 2;
	}
	*to = '\0';
	p->got.n = (size_t)(to - (char *)p->got.p);
}

/* One exchange, no repetition: the HTTP status, or 0 when the connection died unanswered. */
UNUSED static unsigned send_once(struct peer *p, const char *method, const char *path,
				 const char *body, int64_t wait_ms)
{
	char line[1024];
	size_t cap = strlen(body) + 2048;
	char *text = mem_new(cap);
	login_line(p, method, path, body, line, sizeof line);
	int n = snprintf(text, cap, "%s %s HTTP/1.1\r\nHost: pc\r\n%sContent-Length: %zu\r\n\r\n%s",
			 method, path, line, strlen(body), body);
	buf_clear(&p->got);
	p->pieces = 0;
	bool sent = net_stream_send(p->s, span_make(text, (size_t)n));
	mem_free(text);
	run_ms(wait_ms);
	if (!sent || p->got.n < 12)
		return 0;
	unsigned status = (unsigned)strtoul((char *)p->got.p + 9, NULL, 10);
	if (status == 401) {
		take_quoted((char *)p->got.p, "realm=\"", p->realm, sizeof p->realm);
		take_quoted((char *)p->got.p, "nonce=\"", p->nonce, sizeof p->nonce);
		p->nc = 0;
	}
	dechunk(p);
	return status;
}

/* An envelope as foreign clients write it; selector "Name=value" or NULL. */
UNUSED static void envelope(char *out, size_t cap, const char *action, const char *uri,
			    const char *selector, const char *body)
{
	static unsigned id;
	char set[512] = "";
	const char *eq = selector ? strchr(selector, '=') : NULL;
	if (eq)
		(void)snprintf(set, sizeof set,
			       "<w:SelectorSet><w:Selector Name=\"%.*s\">%s</w:Selector>"
			       "</w:SelectorSet>",
			       (int)(eq - selector), selector, eq + 1);
	int n = snprintf(
		out, cap,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope "
		"xmlns=\"http://www.w3.org/2003/05/soap-envelope\" "
		"xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
		"xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><Header>"
		"<a:Action>%s</a:Action><a:To>/wsman</a:To><w:ResourceURI>%s</w:ResourceURI>"
		"<a:MessageID>%u</a:MessageID>%s</Header><Body>%s</Body></Envelope>",
		action, uri, ++id, set, body);
	assert_true(n > 0 && (size_t)n < cap);
}

/* Sends to /wsman, answering one challenge on the same or a new connection. */
static struct pki_tls_client again_tls;
static unsigned again_port; /* 0: never dial again */

UNUSED static unsigned post(struct peer *p, const char *text)
{
	unsigned status = send_once(p, "POST", "/wsman", text, 1);
	if (status != 401 || !p->user[0] || !again_port)
		return status;
	hang_up(p);
	if (!dial(p, again_port, again_port == 16993 ? &again_tls : NULL))
		return 0;
	return send_once(p, "POST", "/wsman", text, 1);
}

UNUSED static unsigned get(struct peer *p, const char *uri, const char *selector)
{
	static char text[8192];
	envelope(text, sizeof text, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", uri,
		 selector, "");
	return post(p, text);
}

/* members: XML with prefix h: for the class's namespace. */
UNUSED static unsigned put(struct peer *p, const char *uri, const char *selector,
			   const char *members)
{
	static char text[16384], body[8192];
	const char *cls = strrchr(uri, '/') + 1;
	(void)snprintf(body, sizeof body, "<h:%s xmlns:h=\"%s\">%s</h:%s>", cls, uri, members, cls);
	envelope(text, sizeof text, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", uri,
		 selector, body);
	return post(p, text);
}

UNUSED static unsigned transfer(struct peer *p, const char *op, const char *uri,
				const char *selector, const char *members)
{
	static char text[16384], body[8192], action[128];
	const char *cls = strrchr(uri, '/') + 1;
	body[0] = '\0';
	if (members)
		(void)snprintf(body, sizeof body, "<h:%s xmlns:h=\"%s\">%s</h:%s>", cls, uri,
			       members, cls);
	(void)snprintf(action, sizeof action, "http://schemas.xmlsoap.org/ws/2004/09/transfer/%s",
		       op);
	envelope(text, sizeof text, action, uri, selector, body);
	return post(p, text);
}

UNUSED static unsigned invoke(struct peer *p, const char *uri, const char *method,
			      const char *params)
{
	static char text[16384], body[12288], action[256];
	(void)snprintf(body, sizeof body, "<h:%s_INPUT xmlns:h=\"%s\">%s</h:%s_INPUT>", method, uri,
		       params, method);
	(void)snprintf(action, sizeof action, "%s/%s", uri, method);
	envelope(text, sizeof text, action, uri, NULL, body);
	return post(p, text);
}

/* ReturnValue of the last reply; -1 when it has none. */
UNUSED static int returned(const struct peer *p)
{
	const char *at = p->got.p ? strstr((char *)p->got.p, "ReturnValue>") : NULL;
	return at ? (int)strtol(at + 12, NULL, 10) : -1;
}

UNUSED static bool says(const struct peer *p, const char *text)
{
	return p->got.p && strstr((char *)p->got.p, text) != NULL;
}

UNUSED static void set_login(struct peer *p, const char *user, const char *pw)
{
	str_copy(p->user, sizeof p->user, span_str(user));
	str_copy(p->pw, sizeof p->pw, span_str(pw));
	p->nonce[0] = '\0';
}

/* Admin credential for a password under the device's realm, as SetAdminAclEntryEx wants it. */
UNUSED static const char *admin_params(const char *pw)
{
	static char params[256];
	char text[160], b64[32];
	uint8_t ha1[16];
	struct out o;
	(void)snprintf(text, sizeof text, "admin:%s:%s", value("AMT_GeneralSettings.DigestRealm"),
		       pw);
	hash_of(HASH_MD5, span_str(text), ha1);
	out_init(&o, b64, sizeof b64);
	out_b64(&o, span_make(ha1, 16));
	(void)snprintf(params, sizeof params,
		       "<h:Username>admin</h:Username><h:DigestPassword>%s</h:DigestPassword>",
		       b64);
	return params;
}

/* A configured device without TLS, and a client that is logged in. */
UNUSED static void log_in(struct peer *p, const char *generation, const char *switches)
{
	*p = (struct peer){ 0 };
	new_dev(generation, SIM_CONFIGURED, switches);
	bool clear = sim_dev_generation(dev)->clear.is;
	again_port = clear ? 16992 : 16993;
	again_tls = plain_client();
	assert_true(dial(p, again_port, clear ? NULL : &again_tls));
	set_login(p, "admin", ADMIN_PW);
	assert_int_equal(get(p, AMT "AMT_GeneralSettings", NULL), 200);
}

/* A device in setup, and a client with a good chain. */
UNUSED static void enter_pki(struct peer *p, const char *generation, const char *switches)
{
	*p = (struct peer){ 0 };
	new_dev(generation, SIM_SETUP_PKI, switches);
	again_port = 0;
	struct pki_tls_client tls = pki_client();
	assert_true(dial(p, 16993, &tls));
}

#include "sim/testkeys.h"
UNUSED static struct pki_key *rsa_key(unsigned pool)
{
	struct err e = { 0 };
	struct pki_key *k = pki_key_from_pem(span_str(sim_testkeys[pool].text), &e);
	if (!k)
		fail_msg("test key %u: %s", pool, e.msg);
	return k;
}
