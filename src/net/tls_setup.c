/* Settings of one TLS connection: everything is put on the SSL, never on the two shared contexts,
 * and nothing comes from the system's openssl.cnf. Answers the questions of OpenSSL in the
 * handshake: records, pre-shared keys, the client's chain. Offers and accepts no resumption. */
#include "base/hash.h"
#include "base/mem.h"
#include "net/tls_priv.h"
#include "pki/lib.h"
#include <openssl/err.h>
#include <stdio.h>

#define PSK_SUITES "PSK-AES128-CBC-SHA"

/* --- reasons --- */

static const char *alert_text(int alert)
{
	switch (alert) {
	case 109:
		return "missing extension";
	case 116:
		return "certificate required";
	case 120:
		return "no application protocol";
	default:
		return SSL_alert_desc_string_long(alert);
	}
}

bool net_tls_reason_priv(char *out_text, size_t cap)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);
	bool alert = ERR_GET_LIB(code) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET;
	const char *text;

	if (alert)
		text = alert_text(reason - SSL_AD_REASON_OFFSET);
	else
		text = code ? ERR_reason_error_string(code) : NULL;
	(void)snprintf(out_text, cap, "%s", text ? text : "unknown reason");
	ERR_clear_error();
	return alert;
}

static bool setup_err(const struct net_tls *t, const char *what, struct err *e)
{
	char reason[96];

	(void)net_tls_reason_priv(reason, sizeof reason);
	err_set(e, ERR_TLS, "TLS settings for %s cannot be used: %s", t->where, what);
	return err_seen(e, "%s", reason);
}

/* --- records --- */

static int bio_read(BIO *b, char *p, int n)
{
	struct net_tls *t = BIO_get_data(b);
	size_t take = (size_t)n < t->in.n ? (size_t)n : t->in.n;

	BIO_clear_retry_flags(b);
	if (take == 0) {
		BIO_set_retry_read(b);
		return -1;
	}
	memcpy(p, t->in.p, take);
	t->in.p += take;
	t->in.n -= take;
	return (int)take;
}

static int bio_write(BIO *b, const char *p, int n)
{
	struct net_tls *t = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	if (t->out && !buf_add(t->out, span_make(p, (size_t)n)))
		return -1;
	return n;
}

static long bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
	(void)b;
	(void)num;
	(void)ptr;
	return cmd == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *b)
{
	BIO_set_init(b, 1);
	return 1;
}

static BIO *bio_new(struct net_tls *t)
{
	static BIO_METHOD *method;
	BIO *b;

	if (!method) {
		method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "records");
		if (!method)
			return NULL;
		BIO_meth_set_read(method, bio_read);
		BIO_meth_set_write(method, bio_write);
		BIO_meth_set_ctrl(method, bio_ctrl);
		BIO_meth_set_create(method, bio_create);
	}
	b = BIO_new(method);
	if (b)
		BIO_set_data(b, t);
	return b;
}

/* --- what OpenSSL asks --- */

void net_tls_keep_chain_priv(struct net_tls *t, STACK_OF(X509) * chain)
{
	struct net_tls_facts *f = &t->facts;
	size_t total = 0;
	uint8_t *p;
	int n = chain ? sk_X509_num(chain) : 0;

	f->peer_count = 0;
	mem_free(t->ders);
	t->ders = NULL;
	if (n > LIMIT_CERT_CHAIN)
		n = LIMIT_CERT_CHAIN;
	for (int i = 0; i < n; i++) {
		int len = i2d_X509(sk_X509_value(chain, i), NULL);
		total += len > 0 ? (size_t)len : 0;
	}
	if (total == 0)
		return;
	p = t->ders = mem_new(total);
	for (int i = 0; i < n; i++) {
		const uint8_t *start = p;
		if (i2d_X509(sk_X509_value(chain, i), &p) > 0)
			f->peer_der[f->peer_count++] = span_make(start, (size_t)(p - start));
	}
	hash_of(HASH_SHA256, f->peer_der[0], f->peer_sha256);
}

static void show_leaf(const struct net_tls *t, STACK_OF(X509) * sent)
{
	uint8_t *der = NULL;
	int n = t->on_shown && sk_X509_num(sent) > 0 ? i2d_X509(sk_X509_value(sent, 0), &der) : 0;

	if (n > 0)
		t->on_shown(t->shown_arg, span_make(der, (size_t)n));
	OPENSSL_free(der);
}

/* Replaces the library's own judgement. The device's certificate is compared with the pin after
 * the handshake; the client's is judged by who set the server up. */
static int on_verify(X509_STORE_CTX *x, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct net_tls *t = SSL_get_app_data(ssl);
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(x);

	(void)arg;
	X509_STORE_CTX_set_error(x, X509_V_OK);
	if (!t->server) {
		show_leaf(t, sent);
		return 1;
	}
	net_tls_keep_chain_priv(t, sent);
	if (sk_X509_num(sent) <= LIMIT_CERT_CHAIN &&
	    (!t->check_client ||
	     t->check_client(t->check_arg, t->facts.peer_der, t->facts.peer_count)))
		return 1;
	t->refused = true;
	X509_STORE_CTX_set_error(x, X509_V_ERR_CERT_REJECTED); /* alert: bad certificate */
	return 0;
}

static unsigned on_psk_client(SSL *ssl, const char *hint, char *identity, unsigned max_identity,
			      unsigned char *psk, unsigned max_psk)
{
	struct net_tls *t = SSL_get_app_data(ssl);
	struct span key = secret_reveal(&t->psk);
	size_t n = strlen(t->psk_identity);

	(void)hint; /* absent or arbitrary */
	if (n >= max_identity || key.n == 0 || key.n > max_psk)
		return 0;
	memcpy(identity, t->psk_identity, n + 1);
	memcpy(psk, key.p, key.n);
	return (unsigned)key.n;
}

static unsigned on_psk_server(SSL *ssl, const char *identity, unsigned char *psk, unsigned max_psk)
{
	struct net_tls *t = SSL_get_app_data(ssl);
	struct secret s = SECRET_NONE;
	struct span key;
	unsigned n = 0;

	if (!identity || !t->find_psk(t->check_arg, identity, &s))
		return 0;
	key = secret_reveal(&s);
	if (key.n <= max_psk) {
		memcpy(psk, key.p, key.n);
		n = (unsigned)key.n;
	}
	secret_deinit(&s);
	return n;
}

static void on_info(const SSL *ssl, int where, int value)
{
	struct net_tls *t = SSL_get_app_data(ssl);

	(void)value;
	if ((where & SSL_CB_HANDSHAKE_DONE) && t->state == NET_TLS_UP)
		t->changed = true;
}

/* --- contexts --- */

/* One per side for the whole process. */
static SSL_CTX *shared_ctx(bool server)
{
	static SSL_CTX *ctx[2];

	if (ctx[server])
		return ctx[server];
	ctx[server] =
		SSL_CTX_new_ex(pki_lib(), NULL, server ? TLS_server_method() : TLS_client_method());
	if (!ctx[server])
		return NULL;
	SSL_CTX_set_session_cache_mode(ctx[server], SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(ctx[server],
			    SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
				    SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_num_tickets(ctx[server], 0);
	SSL_CTX_set_mode(ctx[server],
			 SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_cert_verify_callback(ctx[server], on_verify, NULL);
	SSL_CTX_set_verify(ctx[server], SSL_VERIFY_NONE, NULL);
	return ctx[server];
}

/* --- keys, for who reads captures --- */

static struct {
	void (*fn)(void *arg, const char *where, const char *line);
	void *arg;
} keys;

static void on_key(const SSL *ssl, const char *line)
{
	const struct net_tls *t = SSL_get_app_data(ssl);

	if (keys.fn && t)
		keys.fn(keys.arg, t->where, line);
}

void net_tls_on_keys(void (*fn)(void *arg, const char *where, const char *line), void *arg)
{
	SSL_CTX *ctx = shared_ctx(false);

	keys.fn = fn;
	keys.arg = arg;
	if (ctx)
		SSL_CTX_set_keylog_callback(ctx, fn ? on_key : NULL);
}

/* --- settings --- */

static bool use_policy(struct net_tls *t, const struct pki_tls_policy *p, unsigned max,
		       const char *suites, struct err *e)
{
	SSL_set_security_level(t->ssl, p->level);
	if (!SSL_set_min_proto_version(t->ssl, (int)p->min) ||
	    !SSL_set_max_proto_version(t->ssl, (int)max))
		return setup_err(t, "the TLS versions", e);
	if (suites && !SSL_set_cipher_list(t->ssl, suites))
		return setup_err(t, "the cipher suites", e);
	/* The extensions of later years may be too much for the stack of a device this old. */
	if (max != PKI_TLS_ANY && max < PKI_TLS_1_2)
		SSL_set_options(t->ssl,
				SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_EXTENDED_MASTER_SECRET);
	return true;
}

static void use_renegotiation(struct net_tls *t, bool legacy)
{
	const uint64_t old =
		SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION;

	t->legacy = legacy;
	if (legacy) {
		SSL_set_options(t->ssl, old);
		SSL_set_info_callback(t->ssl, on_info);
	} else {
		SSL_clear_options(t->ssl, old);
		SSL_set_options(t->ssl, SSL_OP_NO_RENEGOTIATION);
	}
}

/* Exactly these certificates, leaf first, are sent; OpenSSL takes references of its own. */
static bool use_chain(struct net_tls *t, X509 *const *certs, unsigned count, struct pki_key *key,
		      struct err *e)
{
	STACK_OF(X509) *rest = sk_X509_new_null();
	EVP_PKEY *evp = key ? pki_key_evp(key) : NULL;
	const char *bad = NULL;

	for (unsigned i = 1; i < count; i++)
		if (!rest || !certs[i] || !sk_X509_push(rest, certs[i]))
			bad = "a certificate of the chain";
	if (!bad && !evp)
		bad = "the private key";
	else if (!bad && (!certs[0] || SSL_use_certificate(t->ssl, certs[0]) != 1))
		bad = "the certificate";
	else if (!bad && SSL_use_PrivateKey(t->ssl, evp) != 1)
		bad = "the private key for this certificate";
	else if (!bad && SSL_set1_chain(t->ssl, rest) != 1)
		bad = "the chain";
	sk_X509_free(rest);
	return !bad || setup_err(t, bad, e);
}

static bool new_ssl(struct net_tls *t, struct err *e)
{
	SSL_CTX *ctx;
	BIO *b;

	ERR_clear_error();
	ctx = shared_ctx(t->server);
	t->ssl = ctx ? SSL_new(ctx) : NULL;
	b = t->ssl ? bio_new(t) : NULL;
	if (!b)
		return setup_err(t, "OpenSSL does not start", e);
	SSL_set_bio(t->ssl, b, b);
	SSL_set_app_data(t->ssl, t);
	return true;
}

bool net_tls_setup_client_priv(struct net_tls *t, const struct pki_tls_client *c, struct err *e)
{
	X509 *certs[LIMIT_CERT_CHAIN];
	const struct pki_chain *chain = c->chain;
	unsigned max = c->policy.max;
	const char *suites = c->policy.suites;
	bool psk = c->psk_identity[0] != '\0';

	t->has_pin = c->has_pin;
	t->on_shown = c->on_shown;
	t->shown_arg = c->shown_arg;
	memcpy(t->pin_sha256, c->pin_sha256, sizeof t->pin_sha256);
	if (psk && (max == PKI_TLS_ANY || max > PKI_TLS_1_2))
		max = PKI_TLS_1_2; /* these keys are for the PSK suites before TLS 1.3 */
	if (psk && !suites)
		suites = PSK_SUITES;
	if (!new_ssl(t, e) || !use_policy(t, &c->policy, max, suites, e))
		return false;
	use_renegotiation(t, c->policy.legacy_reneg);
	if (psk) {
		memcpy(t->psk_identity, c->psk_identity, sizeof t->psk_identity);
		t->psk = secret_copy(&c->psk);
		SSL_set_psk_client_callback(t->ssl, on_psk_client);
	}
	SSL_set_connect_state(t->ssl);
	if (!chain || chain->count == 0)
		return true;
	for (unsigned i = 0; i < chain->count; i++)
		certs[i] = pki_chain_x509(chain, i);
	return use_chain(t, certs, chain->count, chain->key, e);
}

static bool use_lists(struct net_tls *t, const struct pki_tls_server *c, struct err *e)
{
	if (c->suites13 && *c->suites13 && !SSL_set_ciphersuites(t->ssl, c->suites13))
		return setup_err(t, "the cipher suites of TLS 1.3", e);
	if (c->groups && *c->groups && !SSL_set1_groups_list(t->ssl, c->groups))
		return setup_err(t, "the groups", e);
	if (c->sigs && *c->sigs &&
	    (!SSL_set1_sigalgs_list(t->ssl, c->sigs) ||
	     !SSL_set1_client_sigalgs_list(t->ssl, c->sigs)))
		return setup_err(t, "the signature algorithms", e);
	return true;
}

bool net_tls_setup_server_priv(struct net_tls *t, const struct pki_tls_server *c, struct err *e)
{
	X509 *certs[LIMIT_CERT_CHAIN];
	int verify = SSL_VERIFY_NONE;

	t->server = true;
	t->check_client = c->check_client;
	t->find_psk = c->psk;
	t->check_arg = c->arg;
	if (!new_ssl(t, e) || !use_policy(t, &c->policy, c->policy.max, c->policy.suites, e) ||
	    !use_lists(t, c, e))
		return false;
	use_renegotiation(t, false);
	if (c->want_client_cert || c->need_client_cert)
		verify = SSL_VERIFY_PEER;
	if (c->need_client_cert)
		verify |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_set_verify(t->ssl, verify, NULL);
	if (c->psk)
		SSL_set_psk_server_callback(t->ssl, on_psk_server);
	SSL_set_accept_state(t->ssl);
	for (unsigned i = 0; i < c->cert_count; i++)
		certs[i] = pki_lib_x509(c->cert_der[i]);
	bool ok = c->cert_count == 0 || use_chain(t, certs, c->cert_count, c->key, e);
	for (unsigned i = 0; i < c->cert_count; i++)
		X509_free(certs[i]);
	return ok;
}
