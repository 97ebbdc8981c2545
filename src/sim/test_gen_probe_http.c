/* For generation_test.c: the second half of its probes (test_gen_probe.c), TLS settings and what HTTP
 * replies and services show. */

/* ---- TLS ---- */

static void see_tls(const struct sim_generation *g, struct out *o)
{
	for (unsigned v = PKI_TLS_1_0; v <= PKI_TLS_1_3; v++) {
		struct pki_tls_client tls = { .policy = { .min = v, .max = v } };
		struct peer p = { 0 };
		assert_true(make(g, SIM_CONFIGURED, SIM_TLS_SERVER, NULL));
		if (dial(&p, 16993, &tls))
			out_fmt(o, "%s ", pki_tls_version_name(v));
		hang_up(&p);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Settings of the server side, by name: order means nothing where the client decides. */
static void sorted(const char *list, struct out *o)
{
	char items[16][64];
	unsigned n = 0;

	for (struct span left = span_str(list ? list : ""); left.n && n < 16; n++) {
		size_t len = span_find(left, ':');
		assert_true(str_copy(items[n], sizeof items[n], span_make(left.p, len)));
		len += len < left.n;
		left = span_make(left.p + len, left.n - len);
	}
	qsort(items, n, sizeof items[0], by_text);
	for (unsigned i = 0; i < n; i++)
		out_fmt(o, "%s ", items[i]);
}

static struct pki_tls_server server_of(const struct sim_generation *g)
{
	struct pki_tls_server c = { 0 };

	assert_true(make(g, SIM_SETUP_PKI, SIM_TLS_OFF, NULL));
	assert_int_equal(sim_dev_accept(dev, 16993, &c), SIM_ACCEPT_TLS);
	return c;
}

static void see_suites(const struct sim_generation *g, struct out *o)
{
	sorted(server_of(g).policy.suites, o);
}

static void see_suites13(const struct sim_generation *g, struct out *o)
{
	sorted(server_of(g).suites13, o);
}

static void see_groups(const struct sim_generation *g, struct out *o)
{
	sorted(server_of(g).groups, o);
}

static void see_sigs(const struct sim_generation *g, struct out *o)
{
	sorted(server_of(g).sigs, o);
}

static void see_setup_chain(const struct sim_generation *g, struct out *o)
{
	out_fmt(o, "%u", server_of(g).cert_count);
}

static void see_setup_sig(const struct sim_generation *g, struct out *o)
{
	struct pki_tls_server c = server_of(g);
	struct arena a;
	struct pki_cert cert;

	arena_init(&a, 1 << 16);
	assert_true(pki_cert_parse(c.cert_der[0], &a, &cert, NULL));
	out_str(o, pki_cert_sig_hash_name(cert.sig_hash));
	arena_deinit(&a);
}

static void see_default_cert(const struct sim_generation *g, struct out *o)
{
	(void)server_of(g);
	out_str(o,
		str_eq(value("AMT_PublicKeyCertificate.ReadOnlyCertificate"), "true") ? "yes"
										      : "no");
}

static void see_clear(const struct sim_generation *g, struct out *o)
{
	struct pki_tls_server c;

	assert_true(make(g, SIM_CONFIGURED, SIM_TLS_OFF, NULL));
	out_str(o, sim_dev_accept(dev, 16992, &c) == SIM_ACCEPT_CLEAR ? "yes" : "no");
}

/* Whether POST to that path finds a service: 404, or something else. */
static bool serves(const struct sim_generation *g, const char *path, const char *body)
{
	struct peer p = { 0 };
	unsigned status;

	assert_true(make(g, SIM_CONFIGURED, g->clear.is ? SIM_TLS_OFF : SIM_TLS_SERVER, NULL));
	again_tls = plain_client();
	assert_true(dial(&p, g->clear.is ? 16992 : 16993, g->clear.is ? NULL : &again_tls));
	set_login(&p, "admin", ADMIN_PW);
	status = send_once(&p, "POST", path, body, 1);
	hang_up(&p);
	assert_true(status == 200 || status == 401 || status == 404);
	return status != 404;
}

static void see_wsman(const struct sim_generation *g, struct out *o)
{
	out_str(o, serves(g, "/wsman", "<a/>") ? "yes" : "no");
}

static void see_eoi(const struct sim_generation *g, struct out *o)
{
	out_str(o, serves(g, "/SecurityAdministrationService", "<a/>") ? "yes" : "no");
}

static void see_non_secure(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	assert_int_equal(get(&p, TLS, REMOTE), 200);
	out_str(o, says(&p, "NonSecureConnectionsSupported>") ? "yes" : "no");
	hang_up(&p);
}

static void see_local_clear(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	out_str(o,
		put(&p, TLS, LOCAL,
		    "<h:Enabled>true</h:Enabled><h:AcceptNonSecureConnections>true"
		    "</h:AcceptNonSecureConnections>") == 200
			? "yes"
			: "no");
	hang_up(&p);
}

static void see_tls_cache(const struct sim_generation *g, struct out *o)
{
	struct peer p = { 0 };

	assert_true(make(g, SIM_CONFIGURED, SIM_TLS_SERVER, NULL));
	again_port = 16993;
	again_tls = plain_client();
	assert_true(dial(&p, 16993, &again_tls));
	set_login(&p, "admin", ADMIN_PW);
	assert_int_equal(get(&p, GENERAL, NULL), 200);
	p.user[0] = '\0';
	out_str(o, get(&p, GENERAL, NULL) == 200 ? "yes" : "no");
	hang_up(&p);
}

/* ---- HTTP and services ---- */

/* Text behind what in the reply, up to any of stop. */
static void cut(const struct peer *p, const char *what, const char *stop, struct out *o)
{
	const char *at = p->got.p ? strstr((char *)p->got.p, what) : NULL;

	if (at)
		out_bytes(o, span_make(at + strlen(what), strcspn(at + strlen(what), stop)));
}

/* Refused for want of a login. */
static void see_401(const struct sim_generation *g, struct peer *p)
{
	enter(p, g);
	hang_up(p);
	p->user[0] = p->nonce[0] = '\0';
	bool clear = sim_dev_generation(dev)->clear.is;
	assert_true(dial(p, clear ? 16992 : 16993, clear ? NULL : &again_tls));
	assert_int_equal(send_once(p, "GET", "/index.htm", "", 1), 401);
}

static void see_version(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	cut(&p, "Server: Intel(R) Active Management Technology ", "\r", o);
	hang_up(&p);
}

static void see_realm(const struct sim_generation *g, struct out *o)
{
	static const char zeros[] = "0000000000000000000000000000";
	const char *realm;

	assert_true(make(g, SIM_CONFIGURED, SIM_TLS_OFF, NULL));
	realm = value("AMT_GeneralSettings.DigestRealm");
	if (strncmp(realm, "Intel(R) AMT (ID:", 17) == 0)
		out_str(o, "ID");
	else if (strncmp(realm, "Digest:", 7) == 0 && strlen(realm) == 39)
		out_str(o, str_eq(realm + 11, zeros) ? "Digest: 2" : "Digest: 16");
}

static void see_auth_int(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	see_401(g, &p);
	out_str(o,
		says(&p, "qop=\"auth-int, auth\"") ? "yes"
			: says(&p, "qop=\"auth\"") ? "no"
						   : "other");
	hang_up(&p);
}

static void see_logo(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	see_401(g, &p);
	cut(&p, "<td valign=\"", "\"", o);
	hang_up(&p);
}

static void see_chunked(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	out_str(o, says(&p, "Transfer-Encoding: chunked\r\n") ? "yes" : "no");
	hang_up(&p);
}

static void see_content_type(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	cut(&p, "Content-Type: ", "\r", o);
	hang_up(&p);
}

static void see_frame_deny(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	out_str(o, says(&p, "X-Frame-Options: DENY\r\n") ? "yes" : "no");
	hang_up(&p);
}

static void see_admin_taken(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	assert_int_equal(invoke(&p, AMT "AMT_AuthorizationService", "SetAdminAclEntryEx",
				"<h:Username>Admin</h:Username><h:DigestPassword>"
				"AAAAAAAAAAAAAAAAAAAAAA==</h:DigestPassword>"),
			 200);
	out_str(o, returned(&p) == 0 ? "no" : "yes");
	hang_up(&p);
}

static void see_staged(const struct sim_generation *g, struct out *o)
{
	struct peer p;

	enter(&p, g);
	assert_int_equal(put(&p, GENERAL, NULL,
			     "<h:HostName>pc9</h:HostName><h:DomainName>example.com</h:DomainName>"
			     "<h:PingResponseEnabled>true</h:PingResponseEnabled>"),
			 200);
	assert_int_equal(get(&p, GENERAL, NULL), 200);
	out_str(o, says(&p, "HostName>pc9<") ? "yes" : "no");
	hang_up(&p);
}

static void see_instance(const struct sim_generation *g, const char *uri, struct out *o)
{
	struct peer p;

	enter(&p, g);
	out_str(o, get(&p, uri, NULL) == 200 ? "yes" : "no");
	hang_up(&p);
}

static void see_kvm(const struct sim_generation *g, struct out *o)
{
	see_instance(g, CIM "CIM_KVMRedirectionSAP", o);
}

static void see_consent(const struct sim_generation *g, struct out *o)
{
	see_instance(g, IPS "IPS_OptInService", o);
}

static void see_host_based(const struct sim_generation *g, struct out *o)
{
	see_instance(g, IPS "IPS_HostBasedSetupService", o);
}
