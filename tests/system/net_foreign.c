/* Real streams and HTTP against software that is not ours: OpenSSL's s_server with a pre-shared
 * key at TLS 1.0, GnuTLS without safe renegotiation, and digest with auth-int of Ruby's WEBrick.
 * A test whose program is missing is skipped visibly. */
#include "net_rig.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int child;
static char dir[] = "/tmp/net_foreign.XXXXXX";

static char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *p = path[next++ % 4];

	(void)snprintf(p, sizeof path[0], "%s/%s", dir, name);
	return p;
}

static void put_file(const char *name, const char *text)
{
	int fd = open(in_dir(name), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

static void start(const char *const argv[], struct net_loop *l, uint16_t port)
{
	if (!rig_has(argv[0])) {
		print_message("%s is not installed\n", argv[0]);
		skip();
	}
	child = rig_spawn(argv, NULL);
	if (!rig_wait_port(l, port))
		fail_msg("%s does not listen", argv[0]);
}

static void stop(void)
{
	rig_kill(child);
	child = 0;
}

static int stop_after(void **state) /* also when the test failed in the middle */
{
	(void)state;
	stop();
	return 0;
}

static void openssl_psk_tls10(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	uint16_t port = rig_free_port();
	char where[32];
	struct rig_end c;

	(void)snprintf(where, sizeof where, "127.0.0.1:%u", port);
	/* "NKLDG5DC..." in hex */
	const char *argv[] = { "openssl",
			       "s_server",
			       "-accept",
			       where,
			       "-nocert",
			       "-tls1",
			       "-quiet",
			       "-psk_identity",
			       "0000037M",
			       "-psk_hint",
			       "any hint",
			       "-psk",
			       "4E4B4C44473544435252",
			       "-cipher",
			       "PSK-AES128-CBC-SHA:@SECLEVEL=0",
			       "-www",
			       NULL };
	start(argv, l, port);
	struct pki_tls_client cc = { .policy = { PKI_TLS_1_0, PKI_TLS_1_0, 0, NULL, false },
				     .psk_identity = "0000037M",
				     .psk = secret_make(span_str("NKLDG5DCRR")) };

	rig_dial(&c, l, "127.0.0.1", port, &cc);
	if (c.downs)
		fail_msg("%s: %s", c.why.msg, c.why.seen);
	assert_int_equal(c.facts.version, PKI_TLS_1_0);
	assert_string_equal(c.facts.suite, "PSK-AES128-CBC-SHA");
	assert_true(net_stream_send(c.s, span_str("GET / HTTP/1.0\r\n\r\n")));
	assert_true(rig_wait_bytes(l, &c, 20));
	rig_close(&c);
	secret_set(&cc.psk, span_str("another key"));
	rig_dial(&c, l, "127.0.0.1", port, &cc);
	assert_int_equal(c.ups, 0);
	assert_int_equal(c.why.code, ERR_TLS);
	assert_string_equal(c.why.seen, "bad record mac");
	assert_non_null(strstr(c.why.hint, "PID"));
	assert_null(strstr(c.why.msg, "another key"));
	rig_close(&c);
	stop();
	secret_deinit(&cc.psk);
	rig_end_loop(l);
}

static void put_device_files(void)
{
	struct buf pem;
	struct out o;
	struct secret der = SECRET_NONE;
	const struct pki_chain *c = rig_pki()->device[0];

	buf_init(&pem, 65536);
	out_init_buf(&o, &pem);
	assert_true(pki_chain_to_pem(c, &o));
	put_file("cert.pem", (char *)pem.p);
	buf_clear(&pem);
	assert_true(pki_key_private_pkcs1(c->key, &der));
	out_init_buf(&o, &pem);
	out_str(&o, "-----BEGIN RSA PRIVATE KEY-----\n");
	struct span rest = secret_reveal(&der);
	while (rest.n) {
		size_t n = rest.n < 48 ? rest.n : 48;
		out_b64(&o, span_make(rest.p, n));
		out_str(&o, "\n");
		rest = span_make(rest.p + n, rest.n - n);
	}
	out_str(&o, "-----END RSA PRIVATE KEY-----\n");
	put_file("key.pem", (char *)pem.p);
	buf_wipe(&pem);
	secret_deinit(&der);
}

static void gnutls_without_rfc5746(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	uint16_t port = rig_free_port();
	char text[16];
	struct rig_end c;

	put_device_files();
	(void)snprintf(text, sizeof text, "%u", port);
	const char *argv[] = { "gnutls-serv",
			       "--http",
			       "--disable-client-cert",
			       "--x509keyfile",
			       in_dir("key.pem"),
			       "--x509certfile",
			       in_dir("cert.pem"),
			       "--priority",
			       "LEGACY:-VERS-ALL:+VERS-TLS1.0:%DISABLE_SAFE_RENEGOTIATION",
			       "-p",
			       text,
			       NULL };
	start(argv, l, port);
	struct pki_tls_client cc = {
		.policy = { PKI_TLS_1_0, PKI_TLS_1_0, 0, "AES128-SHA:AES256-SHA", false },
	};

	rig_dial(&c, l, "127.0.0.1", port, &cc);
	assert_int_equal(c.ups, 0);
	assert_int_equal(c.why.code, ERR_TLS);
	assert_string_equal(c.why.seen, "unsafe legacy renegotiation disabled");
	assert_non_null(strstr(c.why.hint, "RFC 5746"));
	rig_close(&c);
	cc.policy.legacy_reneg = true;
	cc.has_pin = true;
	memcpy(cc.pin_sha256, rig_pki()->device[0]->certs[0].sha256, 32);
	rig_dial(&c, l, "127.0.0.1", port, &cc);
	if (c.downs)
		fail_msg("%s: %s", c.why.msg, c.why.seen);
	assert_int_equal(c.facts.version, PKI_TLS_1_0);
	assert_true(net_stream_send(c.s, span_str("GET / HTTP/1.0\r\n\r\n")));
	assert_true(rig_wait_bytes(l, &c, 20));
	rig_close(&c);
	stop();
	rig_end_loop(l);
}

static const char webrick[] =
	"require 'webrick'\n"
	"qop = ARGV[1].split(',')\n"
	"db = Class.new {\n"
	"  def get_passwd(realm, user, reload)\n"
	"    user == 'admin' ? Digest::MD5.hexdigest(\"admin:#{realm}:P@ssw0rd\") : nil\n"
	"  end\n"
	"}.new\n"
	"auth = WEBrick::HTTPAuth::DigestAuth.new(UserDB: db, Realm: ARGV[2], Algorithm: 'MD5',\n"
	"  Qop: qop, UseOpaque: false, Logger: WEBrick::Log.new('/dev/null'),\n"
	"  NonceExpirePeriod: ARGV[3].to_i)\n"
	"quiet = WEBrick::Log.new('/dev/null')\n"
	"s = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ARGV[0].to_i, Logger: quiet,\n"
	"  AccessLog: [])\n"
	"class Echo < WEBrick::HTTPServlet::AbstractServlet\n"
	"  def do_POST(req, res)\n"
	"    @options[0].authenticate(req, res)\n"
	/* with auth-int the check has read the body already */
	"    res.body = \"#{req['Authorization'][/qop=\"?([a-z-]+)/, 1]} #{req['Content-Length']}\"\n"
	"  end\n"
	"end\n"
	"s.mount('/wsman', Echo, auth)\n"
	"trap('TERM') { s.shutdown }\n"
	"s.start\n";

static void auth_int_with_webrick(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct {
		const char *name, *qop;
		bool prefer;
		const char *used;
	} cases[] = {
		{ "only auth-int", "auth-int", false, "auth-int" },
		{ "both, auth-int preferred", "auth-int,auth", true, "auth-int" },
		{ "both", "auth-int,auth", false, "auth" },
		{ "only auth", "auth", true, "auth" },
	};
	/* clang-format on */
	struct net_loop *l = rig_loop();
	struct net_dialer *d = net_stream_dialer_new(l, 0, 0);
	struct rng rng;

	rng_os(&rng);
	put_file("serve.rb", webrick);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint16_t port = rig_free_port();
		char text[16], want[64];
		struct rig_reply r;
		struct secret right = secret_make(span_str("P@ssw0rd"));
		struct secret wrong = secret_make(span_str("p@ssw0rd"));
		struct net_http_conf hc = { .dialer = d,
					    .sched = net_loop_sched(l),
					    .rng = &rng,
					    .prefer_auth_int = cases[i].prefer };
		struct net_http_cred cred = { "admin", &right, NULL };
		struct net_target t = { .address = "127.0.0.1", .port = port };

		(void)snprintf(text, sizeof text, "%u", port);
		const char *argv[] = { "ruby",
				       in_dir("serve.rb"),
				       text,
				       (char *)(uintptr_t)cases[i].qop,
				       "Digest:A4070000000000000000000000000000",
				       "1800",
				       NULL };
		start(argv, l, port);
		struct net_http *h = net_http_new(&hc);
		net_http_set(h, &t, &cred);
		for (int n = 0; n < 3; n++) { /* the nonce is counted on */
			rig_exchange(l, h, "POST", "/wsman", n ? "<b>second</b>" : "<a/>", &r);
			(void)snprintf(want, sizeof want, "%s %d", cases[i].used, n ? 13 : 4);
			if (!r.ok || !r.authenticated || r.status != 200 ||
			    strcmp(r.body, want) != 0)
				fail_msg("%s: %u \"%s\" %s", cases[i].name, r.status, r.body,
					 r.e.msg);
		}
		assert_int_equal(net_http_get_stats(h)->exchanges, 4);
		assert_int_equal(net_http_get_stats(h)->challenges, 1);
		assert_string_equal(net_http_realm(h), "Digest:A4070000000000000000000000000000");
		rig_exchange(l, h, "POST", "/wsman", "", &r); /* an empty body is hashed too */
		assert_true(r.ok);
		cred.password = &wrong;
		net_http_set(h, &t, &cred);
		rig_exchange(l, h, "POST", "/wsman", "<a/>", &r);
		assert_int_equal(r.e.code, ERR_AUTH);
		assert_int_equal(net_http_get_stats(h)->exchanges, 7); /* one digest, no more */
		net_http_free(h);
		stop();
		secret_deinit(&right);
		secret_deinit(&wrong);
	}
	net_stream_dialer_free(d);
	rig_end_loop(l);
}

static void webrick_forgets_nonces(void **state)
{
	(void)state;
	struct net_loop *l = rig_loop();
	struct net_dialer *d = net_stream_dialer_new(l, 0, 0);
	struct secret right = secret_make(span_str("P@ssw0rd"));
	struct net_http_cred cred = { "admin", &right, NULL };
	struct rng rng;
	struct net_http_conf hc = { .dialer = d, .sched = net_loop_sched(l), .rng = &rng };
	uint16_t port = rig_free_port();
	struct net_target t = { .address = "127.0.0.1", .port = port };
	struct net_http *h = net_http_new(&hc);
	struct rig_reply r;
	char text[16];

	rng_os(&rng);
	put_file("serve.rb", webrick);
	(void)snprintf(text, sizeof text, "%u", port);
	const char *argv[] = { "ruby", in_dir("serve.rb"), text, "auth-int,auth", "r", "1", NULL };
	start(argv, l, port);
	net_http_set(h, &t, &cred);
	for (int i = 0; i < 2; i++) {
		rig_exchange(l, h, "POST", "/wsman", "<a/>", &r);
		assert_true(r.ok);
		rig_spin(l, i ? 0 : 2100); /* its nonces live for two seconds at most */
	}
	assert_int_equal(net_http_get_stats(h)->challenges, 2);
	assert_int_equal(net_http_get_stats(h)->exchanges, 4);
	net_http_free(h);
	stop();
	secret_deinit(&right);
	net_stream_dialer_free(d);
	rig_end_loop(l);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int clean_up(void **state)
{
	(void)state;
	rig_pki_free();
	(void)unlink(in_dir("serve.rb"));
	(void)unlink(in_dir("key.pem"));
	(void)unlink(in_dir("cert.pem"));
	(void)rmdir(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(openssl_psk_tls10, stop_after),
		cmocka_unit_test_teardown(gnutls_without_rfc5746, stop_after),
		cmocka_unit_test_teardown(auth_int_with_webrick, stop_after),
		cmocka_unit_test_teardown(webrick_forgets_nonces, stop_after),
	};
	return cmocka_run_group_tests(tests, set_up, clean_up);
}
