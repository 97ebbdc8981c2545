/* TLS as a judgement, for the fake-clock world: from the settings of both sides, what a handshake
 * would have given. No bytes, no OpenSSL, no randomness. The alerts are those that the real
 * stream shows (tests/system compares the two). */
#include "base/hash.h"
#include "base/str.h"
#include "net/stream_mem.h"
#include "net/stream_priv.h"

struct verdict {
	bool up, late; /* late: up, and the client learns at its first read */
	struct err client, server;
	struct net_tls_facts client_facts, server_facts;
};

static void refuse(struct verdict *v, bool late, const char *alert, const char *server_says)
{
	v->up = late;
	v->late = late;
	err_set(&v->client, ERR_TLS, "the device refused TLS %s with an alert",
		late ? "after the handshake" : "in the handshake");
	err_seen(&v->client, "%s", alert);
	err_set(&v->server, ERR_TLS, "%s", server_says);
	err_seen(&v->server, "%s", alert);
}

static unsigned high(unsigned max, bool psk)
{
	unsigned top = psk ? PKI_TLS_1_2 : PKI_TLS_1_3;

	return max == PKI_TLS_ANY || max > top ? top : max;
}

static unsigned common_version(const struct pki_tls_client *c, const struct pki_tls_server *s)
{
	bool psk = c->psk_identity[0] != '\0';
	unsigned a = high(c->policy.max, psk), b = high(s->policy.max, psk);
	unsigned v = a < b ? a : b;
	unsigned low = c->policy.min > s->policy.min ? c->policy.min : s->policy.min;

	return v >= low ? v : PKI_TLS_ANY;
}

static void set_chain(struct net_tls_facts *f, const struct span *ders, unsigned count)
{
	f->peer_count = count;
	for (unsigned i = 0; i < count; i++)
		f->peer_der[i] = ders[i];
	if (count)
		hash_of(HASH_SHA256, ders[0], f->peer_sha256);
}

static void judge_psk(const struct pki_tls_client *c, const struct pki_tls_server *s,
		      struct verdict *v)
{
	struct secret key = SECRET_NONE;

	if (!s->psk) {
		refuse(v, false, "handshake failure", "the client offers only pre-shared keys");
	} else if (!s->psk(s->arg, c->psk_identity, &key)) {
		refuse(v, false, "unknown PSK identity", "the client's PSK identity is unknown");
	} else if (!secret_eq(&key, &c->psk)) {
		refuse(v, false, "bad record mac", "the client has another pre-shared key");
	} else {
		v->up = true;
		(void)str_copy(v->client_facts.psk_identity, sizeof v->client_facts.psk_identity,
			       span_str(c->psk_identity));
		v->server_facts = v->client_facts;
	}
	secret_deinit(&key);
}

/* The client's certificate: nothing is sent unless the server asks. */
static void judge_client(const struct pki_tls_client *c, const struct pki_tls_server *s,
			 struct verdict *v)
{
	struct span ders[LIMIT_CERT_CHAIN];
	unsigned n = 0, version = v->client_facts.version;
	bool late = version >= PKI_TLS_1_3;

	if (!s->want_client_cert && !s->need_client_cert)
		return;
	for (; c->chain && n < c->chain->count; n++)
		ders[n] = c->chain->certs[n].der;
	if (n && version < PKI_TLS_1_2 && c->policy.level > 0) {
		/* OpenSSL does not sign with MD5 and SHA-1 above level 0 */
		refuse(v, false, "handshake failure", "the client offers no way to sign");
	} else if (n == 0 && s->need_client_cert) {
		refuse(v, late, late ? "certificate required" : "handshake failure",
		       "the client shows no certificate");
	} else if (n && s->check_client && !s->check_client(s->arg, ders, n)) {
		refuse(v, late, "bad certificate", "certificate of the client was refused");
	}
	set_chain(&v->server_facts, ders, n);
}

static void judge(const struct pki_tls_client *c, const struct pki_tls_server *s, struct verdict *v)
{
	struct net_tls_facts *f = &v->client_facts;
	bool psk = c->psk_identity[0] != '\0';
	const char *suite = "AES128-SHA";

	memset(v, 0, sizeof *v);
	f->tls = true;
	f->version = common_version(c, s);
	if (f->version == PKI_TLS_ANY) {
		refuse(v, false, "protocol version", "the client offers no TLS version of ours");
		return;
	}
	if (psk)
		suite = "PSK-AES128-CBC-SHA";
	else if (f->version == PKI_TLS_1_3)
		suite = "TLS_AES_256_GCM_SHA384";
	else if (f->version == PKI_TLS_1_2)
		suite = "ECDHE-RSA-AES256-GCM-SHA384";
	(void)str_copy(f->suite, sizeof f->suite, span_str(suite));
	v->server_facts = *f;
	if (psk) {
		judge_psk(c, s, v);
		return;
	}
	if (s->cert_count == 0) {
		refuse(v, false, "handshake failure", "the client offers no pre-shared key");
		return;
	}
	v->up = true;
	set_chain(f, s->cert_der, s->cert_count);
	judge_client(c, s, v);
}

static bool is_other(const struct pki_tls_client *c, const struct net_tls_facts *f)
{
	return c->has_pin &&
		(f->peer_count == 0 ||
		 memcmp(f->peer_sha256, c->pin_sha256, sizeof c->pin_sha256) != 0);
}

bool net_stream_mem_handshake(const struct pki_tls_client *client,
			      const struct pki_tls_server *server, struct net_tls_facts *out_client,
			      struct net_tls_facts *out_server, bool *out_late, struct err *e)
{
	struct verdict v;

	*out_late = false;
	if (!server) {
		err_set(e, ERR_TLS, "TLS with the device failed in the handshake");
		return err_seen(e, "wrong version number");
	}
	judge(client, server, &v);
	*out_client = v.client_facts;
	*out_server = v.server_facts;
	if (v.up && is_other(client, out_client))
		return net_tls_wrong_peer_priv("the device", out_client, client->pin_sha256, e);
	*out_late = v.late;
	if ((!v.up || v.late) && e)
		*e = v.client;
	return v.up;
}

void net_stream_mem_tls_pair(struct sched *s, int64_t latency_ms,
			     const struct pki_tls_client *client,
			     const struct pki_tls_server *server, struct net_stream **out_client,
			     struct net_stream **out_server)
{
	struct verdict v = { .up = true };
	struct err e = { 0 };

	net_stream_mem_pair(s, latency_ms, out_client, out_server);
	if (client && server) {
		judge(client, server, &v);
		net_stream_mem_set_facts(*out_client, &v.client_facts);
		net_stream_mem_set_facts(*out_server, &v.server_facts);
		if (v.up && is_other(client, &v.client_facts)) {
			(void)net_tls_wrong_peer_priv("the device", &v.client_facts,
						      client->pin_sha256, &e);
			net_stream_mem_set_fail(*out_client, &e);
		} else if (v.late) {
			net_stream_mem_set_late_fail(*out_client, &v.client);
		} else if (!v.up) {
			net_stream_mem_set_fail(*out_client, &v.client);
		}
		if (!v.up || v.late)
			net_stream_mem_set_fail(*out_server, &v.server);
	} else if (client) {
		err_set(&e, ERR_TLS, "TLS with the device failed in the handshake");
		err_seen(&e, "wrong version number");
		net_stream_mem_set_fail(*out_client, &e);
	} else if (server) {
		err_set(&e, ERR_TLS, "TLS with the client failed in the handshake");
		err_seen(&e, "wrong version number");
		net_stream_mem_set_fail(*out_server, &e);
	}
}
