/* The life of a device over longer times: who is told of what, losses of power, unprovision and the
 * way back into setup, somebody at the PC, what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"

#define SETUP      AMT "AMT_SetupAndConfigurationService"
#define GEN        AMT "AMT_GeneralSettings"
#define TLS        AMT "AMT_TLSSettingData"
#define REMOTE     "InstanceID=" SIM_REMOTE
#define SIM_REMOTE "Intel(r) AMT 802.3 TLS Settings"
#define PAIR       "<h:PID>0000037M</h:PID><h:PPS>NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ</h:PPS>"

static unsigned hellos, states;
static enum sim_state last_from;

static void on_hello(void *arg, struct sim_dev *d)
{
	(void)arg;
	(void)d;
	hellos++;
}

static void on_state(void *arg, struct sim_dev *d, enum sim_state from)
{
	(void)arg;
	(void)d;
	states++;
	last_from = from;
}

static int life_up(void **state)
{
	int r = world_up(state);
	hellos = states = 0;
	env.on_hello = on_hello;
	env.on_state = on_state;
	return r;
}

static void unprovision(struct peer *p, const char *method)
{
	bool full = str_eq(method, "Unprovision");
	assert_int_equal(
		invoke(p, SETUP, method, full ? "<h:ProvisioningMode>1</h:ProvisioningMode>" : ""),
		200);
	assert_int_equal(returned(p), 0);
	hang_up(p);
}

static void ways_back_into_setup(void **state)
{
	(void)state;
	static const struct {
		const char *name, *gen, *method, *switches;
		bool pair; /* SetTLSPSK before */
		enum sim_state want;
	} rows[] = {
		{ "full", "9.5", "Unprovision", NULL, false, SIM_SETUP_PKI },
		{ "full, the pair is lost", "9.5", "Unprovision", NULL, true, SIM_SETUP_PKI },
		{ "partial, the pair is kept", "9.5", "PartialUnprovision", NULL, true,
		  SIM_SETUP_PSK },
		{ "partial without a pair", "9.5", "PartialUnprovision", NULL, false,
		  SIM_SETUP_PKI },
		{ "partial, silent", "9.5", "PartialUnprovision", "unprovision=silent", true,
		  SIM_CHANGED },
		{ "full, 16.1", "16.1", "Unprovision", NULL, false, SIM_SETUP_PKI },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, rows[i].gen, rows[i].switches);
		sim_dev_start(dev);
		hellos = states = 0;
		run_ms(3600000);
		assert_int_equal(hellos, 0);
		hang_up(&p);
		assert_true(dial(&p, again_port, again_port == 16993 ? &again_tls : NULL));
		if (rows[i].pair) {
			assert_int_equal(invoke(&p, SETUP, "SetTLSPSK", PAIR), 200);
			assert_int_equal(returned(&p), 0);
		}
		unprovision(&p, rows[i].method);
		if (sim_dev_state(dev) != rows[i].want)
			fail_msg("%s: %s", rows[i].name, sim_dev_state_name(sim_dev_state(dev)));
		assert_int_equal(states, 1);
		assert_int_equal(last_from, SIM_CONFIGURED);
		run_ms(10000);
		assert_int_equal(hellos, rows[i].want != SIM_CHANGED);
		run_ms(7 * 3600000); /* a later start: six hours */
		assert_int_equal(sim_dev_state(dev),
				 rows[i].want == SIM_CHANGED ? SIM_CHANGED : SIM_SILENT);
	}
}

static void unprovision_empties_the_store(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "16.1", NULL);
	assert_int_equal(
		invoke(&p, AMT "AMT_PublicKeyManagementService", "GenerateKeyPair",
		       "<h:KeyAlgorithm>0</h:KeyAlgorithm><h:KeyLength>2048</h:KeyLength>"),
		200);
	assert_string_equal(value("AMT_PublicPrivateKeyPair.InstanceID"),
			    "Intel(r) AMT Key: Handle: 0");
	unprovision(&p, "Unprovision");
	assert_string_equal(value("AMT_PublicPrivateKeyPair.InstanceID"), "(none)");
	/* The certificate that cannot be deleted is still there, and in use. */
	assert_string_equal(value("AMT_PublicKeyCertificate.ReadOnlyCertificate"), "true");
	assert_string_equal(value("AMT_TLSCredentialContext.ElementInContext"),
			    "Intel(r) AMT Certificate: Handle: 0");
	assert_string_equal(value("AMT_TLSSettingData.Enabled"), "true");
	assert_string_equal(value("AMT_TLSSettingData[Intel(r) AMT LMS TLS Settings].Enabled"),
			    "false");
}

static void extended_window_ends_later(void **state)
{
	(void)state;
	struct peer p;
	enter_pki(&p, "11.8", NULL);
	sim_dev_start(dev);
	run_ms(23 * 3600000LL);
	hang_up(&p);
	struct pki_tls_client tls = pki_client();
	assert_true(dial(&p, 16993, &tls));
	assert_int_equal(
		invoke(&p, SETUP, "ExtendProvisioningPeriod", "<h:Duration>24</h:Duration>"), 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	run_ms(23 * 3600000LL);
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PKI);
	run_ms(2 * 3600000LL);
	assert_int_equal(sim_dev_state(dev), SIM_SILENT);
	struct buf b;
	struct out o;
	buf_init(&b, 8192);
	out_init_buf(&o, &b);
	assert_false(sim_dev_hello(dev, &o));
	assert_int_equal(b.n, 0);
	buf_deinit(&b);
}

static void no_hello_while_the_network_is_away(void **state)
{
	(void)state;
	struct peer p;
	struct buf b;
	struct out o;
	enter_pki(&p, "11.8", NULL);
	sim_dev_start(dev);
	run_ms(3000);
	assert_int_equal(hellos, 1);
	set_fault("reboot=1:200000");
	assert_int_equal(get(&p, GEN, NULL), 0);
	hang_up(&p);
	buf_init(&b, 8192);
	out_init_buf(&o, &b);
	assert_false(sim_dev_hello(dev, &o));
	buf_deinit(&b);
	run_ms(190000);
	assert_int_equal(hellos, 1);
	run_ms(120000);
	assert_true(hellos >= 2);
}

static void loss_of_power_loses_what_is_in_ram(void **state)
{
	(void)state;
	struct peer p;
	env.waits = true;
	log_in(&p, "11.8", "busy=return");
	/* A key that is being made, a locked account, a staged name. */
	while (sim_dev_get_stats(dev)->imposed_wait_ms == 0)
		invoke(&p, AMT "AMT_PublicKeyManagementService", "GenerateKeyPair",
		       "<h:KeyAlgorithm>0</h:KeyAlgorithm><h:KeyLength>2048</h:KeyLength>");
	for (int i = 0; i < 5; i++) {
		hang_up(&p);
		assert_true(dial(&p, 16992, NULL));
		set_login(&p, "admin", "wrong");
		assert_int_equal(get(&p, GEN, NULL), 401);
	}
	hang_up(&p);
	sim_dev_power_loss(dev);
	assert_false(dial(&p, 16992, NULL));
	run_ms(11000);
	assert_true(dial(&p, 16992, NULL));
	set_login(&p, "admin", ADMIN_PW);
	assert_int_equal(get(&p, GEN, NULL), 200);
	hang_up(&p);
	run_ms(40000);
	assert_string_equal(value("AMT_PublicPrivateKeyPair.InstanceID"), "(none)");
	assert_int_equal(sim_dev_get_stats(dev)->keys_made, 0);
}

static void staged_context_is_lost_with_the_power(void **state)
{
	(void)state;
	struct peer p;
	struct span before, after;
	log_in(&p, "16.1", NULL);
	assert_true(sim_dev_leaf(dev, &before));
	assert_int_equal(put(&p, TLS, REMOTE,
			     "<h:Enabled>true</h:Enabled><h:MutualAuthentication>true"
			     "</h:MutualAuthentication>"),
			 200);
	hang_up(&p);
	sim_dev_g3(dev); /* a configured device stays configured */
	assert_int_equal(sim_dev_state(dev), SIM_CONFIGURED);
	assert_true(dial(&p, 16993, &again_tls));
	assert_int_equal(get(&p, TLS, REMOTE), 200);
	assert_true(says(&p, "MutualAuthentication>false<"));
	assert_true(sim_dev_leaf(dev, &after));
	assert_true(span_eq(before, after));
	hang_up(&p);
}

/* ---- at the PC ---- */

static void somebody_at_the_pc(void **state)
{
	(void)state;
	struct peer p;
	struct err e = { 0 };
	log_in(&p, "9.5", NULL);
	assert_false(sim_dev_to_state(dev, SIM_SETUP_PKI, &e)); /* it is configured */
	assert_true(e.msg[0] != '\0');
	assert_true(sim_dev_to_state(dev, SIM_DISABLED, &e));
	run_ms(1);
	assert_true(p.down);
	hang_up(&p);
	assert_false(dial(&p, 16992, NULL));
	assert_true(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
	assert_true(sim_dev_to_state(dev, SIM_FACTORY, &e));
	assert_true(sim_dev_mebx_is(dev, span_str("admin")));
	assert_true(sim_dev_admin_is(dev, span_str("admin")));
	assert_false(sim_dev_to_state(dev, SIM_SETUP_PSK, &e)); /* no PID */
	assert_false(sim_dev_to_state(dev, SIM_SILENT, &e));
	assert_true(sim_dev_to_state(dev, SIM_SETUP_PKI, &e));
	assert_int_equal(hellos, 0); /* not started */
	sim_dev_start(dev);
	run_ms(3000);
	assert_int_equal(hellos, 1);
	new_dev("9.5", SIM_SETUP_PSK, NULL);
	assert_true(sim_dev_to_state(dev, SIM_DISABLED, &e));
	assert_true(sim_dev_to_state(dev, SIM_SETUP_PSK, &e)); /* the pair is still there */
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PSK);
}

static void setup_begins_again_with_the_pair(void **state)
{
	(void)state;
	new_dev("9.5", SIM_SETUP_PSK, NULL);
	sim_dev_start(dev);
	run_ms(25 * 3600000LL);
	assert_int_equal(sim_dev_state(dev), SIM_SILENT);
	sim_dev_g3(dev);
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PSK);
	run_ms(3000);
	assert_true(hellos > 0);
}

static void states_have_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SIM_STATE_COUNT; i++) {
		enum sim_state s = SIM_STATE_COUNT;
		const char *name = sim_dev_state_name((enum sim_state)i);
		assert_true(sim_dev_state_parse(span_str(name), &s));
		assert_int_equal(s, i);
	}
	enum sim_state s = SIM_FACTORY;
	assert_false(sim_dev_state_parse(span_str("melted"), &s));
	assert_string_equal(sim_dev_state_name(SIM_STATE_COUNT), "unknown");
}

/* ---- odds and ends ---- */

static void network_can_be_switched_off(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	assert_int_equal(put(&p, GEN, NULL,
			     "<h:AMTNetworkEnabled>0</h:AMTNetworkEnabled>"
			     "<h:PingResponseEnabled>true</h:PingResponseEnabled>"),
			 200);
	assert_int_equal(invoke(&p, SETUP, "CommitChanges", ""), 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_false(dial(&p, 16992, NULL));
}

static void clear_port_beside_tls(void **state)
{
	(void)state;
	struct peer p;
	struct sim_dev_conf c = { .generation = sim_generation_find("11.8"),
				  .state = SIM_CONFIGURED,
				  .tls = SIM_TLS_SERVER,
				  .admin_password = ADMIN_PW,
				  .host_name = "pc1",
				  .domain = "example.com" };
	struct pki_tls_client tls = plain_client();
	sim_dev_free(dev);
	dev = sim_dev_new(&env, &c, NULL);
	p = (struct peer){ 0 };
	assert_false(dial(&p, 16992, NULL));
	assert_true(dial(&p, 16993, &tls));
	again_tls = tls;
	again_port = 16993;
	set_login(&p, "admin", ADMIN_PW);
	assert_int_equal(put(&p, TLS, REMOTE,
			     "<h:Enabled>true</h:Enabled><h:AcceptNonSecureConnections>true"
			     "</h:AcceptNonSecureConnections>"),
			 200);
	assert_int_equal(invoke(&p, SETUP, "CommitChanges", ""), 200);
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	hang_up(&p);
	assert_true(dial(&p, 16993, &tls));
	/* Off again, and only then the context can go. */
	assert_int_equal(put(&p, TLS, REMOTE, "<h:Enabled>false</h:Enabled>"), 200);
	assert_int_equal(transfer(&p, "Delete", AMT "AMT_TLSCredentialContext", NULL, NULL), 500);
	hang_up(&p);
	assert_true(dial(&p, 16993, &tls));
	assert_int_equal(invoke(&p, SETUP, "CommitChanges", ""), 200);
	hang_up(&p);
	again_port = 16992;
	assert_true(dial(&p, 16992, NULL));
	assert_int_equal(transfer(&p, "Delete", AMT "AMT_TLSCredentialContext", NULL, NULL), 200);
	assert_int_equal(transfer(&p, "Delete", AMT "AMT_PublicKeyCertificate",
				  "InstanceID=Intel(r) AMT Certificate: Handle: 0", NULL),
			 200);
	assert_int_equal(transfer(&p, "Delete", AMT "AMT_PublicPrivateKeyPair",
				  "InstanceID=Intel(r) AMT Key: Handle: 0", NULL),
			 200);
	hang_up(&p);
	assert_int_equal(sim_dev_get_stats(dev)->handshakes, 5); /* two more for logins */
}

static void setup_certificate_is_as_the_release_makes_it(void **state)
{
	(void)state;
	static const struct {
		const char *gen;
		unsigned count;
		enum pki_sig_hash hash;
	} rows[] = { { "5.0", 1, PKI_SIG_SHA1 },
		     { "9.5", 1, PKI_SIG_SHA256 },
		     { "11.8", 1, PKI_SIG_SHA256 },
		     { "16.1", 3, PKI_SIG_SHA256 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pki_tls_server conf;
		struct arena a;
		struct pki_cert c[3];
		char uuid[UUID_TEXT_SIZE];
		new_dev(rows[i].gen, SIM_SETUP_PKI, NULL);
		assert_int_equal(sim_dev_accept(dev, 16993, &conf), SIM_ACCEPT_TLS);
		assert_int_equal(conf.cert_count, rows[i].count);
		assert_int_equal(conf.policy.max, sim_dev_generation(dev)->tls_max.n);
		arena_init(&a, 1 << 20);
		for (unsigned n = 0; n < conf.cert_count; n++)
			assert_true(pki_cert_parse(conf.cert_der[n], &a, &c[n], NULL));
		assert_int_equal(c[0].sig_hash, rows[i].hash);
		assert_true(pki_key_matches(conf.key, &c[0]));
		assert_false(c[0].bad_dates);
		uuid_print(sim_dev_uuid(dev), uuid);
		if (rows[i].count == 1)
			assert_string_equal(c[0].cn, uuid);
		else
			assert_true(pki_cert_signed_by(&c[0], &c[1]) &&
				    pki_cert_signed_by(&c[1], &c[2]));
		uint8_t before[32];
		memcpy(before, c[0].sha256, 32);
		assert_int_equal(sim_dev_accept(dev, 16993, &conf), SIM_ACCEPT_TLS);
		assert_true(pki_cert_parse(conf.cert_der[0], &a, &c[0], NULL));
		assert_memory_equal(before, c[0].sha256, 32); /* made once */
		set_fault("cert_321");
		assert_int_equal(sim_dev_accept(dev, 16993, &conf), SIM_ACCEPT_TLS);
		assert_true(pki_cert_parse(conf.cert_der[0], &a, &c[0], NULL));
		assert_true(c[0].bad_dates);
		arena_deinit(&a);
	}
	struct pki_tls_server conf;
	new_dev("16.1", SIM_SETUP_PKI, "tls13=off");
	assert_int_equal(sim_dev_accept(dev, 16993, &conf), SIM_ACCEPT_TLS);
	assert_int_equal(conf.policy.max, PKI_TLS_1_2);
}

static void a_dead_request_is_not_in_the_way(void **state)
{
	(void)state;
	struct peer a = { 0 };
	static char text[4096];
	env.latency_ms = 100;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	again_port = 0;
	envelope(text, sizeof text, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", GEN, NULL,
		 "");
	assert_true(dial(&a, 16992, NULL));
	assert_int_equal(send_once(&a, "POST", "/wsman", text, 10), 0);
	hang_up(&a); /* gone before the answer, which is still being made */
	run_ms(200);
	assert_true(dial(&a, 16992, NULL));
	assert_int_equal(send_once(&a, "POST", "/wsman", text, 200), 401);
	assert_int_equal(sim_dev_get_stats(dev)->parallel_requests, 0);
	hang_up(&a);
	assert_true(dial(&a, 16992, NULL));
	assert_int_equal(send_once(&a, "POST", "/wsman", text, 200), 401);
	assert_int_equal(sim_dev_get_stats(dev)->parallel_requests, 0);
	hang_up(&a);
}

static void passwords_are_coupled_until_one_is_set(void **state)
{
	(void)state;
	struct peer p;
	enter_pki(&p, "11.8", NULL);
	assert_true(sim_dev_admin_is(dev, span_str("admin")));
	assert_int_equal(
		invoke(&p, SETUP, "SetMEBxPassword", "<h:Password>" MEBX_PW "</h:Password>"), 200);
	assert_true(sim_dev_admin_is(dev, span_str(MEBX_PW)));
	assert_int_equal(invoke(&p, AMT "AMT_AuthorizationService", "SetAdminAclEntryEx",
				admin_params(ADMIN_PW)),
			 200);
	assert_true(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
	assert_true(sim_dev_mebx_is(dev, span_str(MEBX_PW)));
	assert_int_equal(sim_dev_get_stats(dev)->mebx_sets, 1);
	assert_int_equal(sim_dev_get_stats(dev)->admin_sets, 1);
	hang_up(&p);
}

static void values_and_texts_of_the_control_socket(void **state)
{
	(void)state;
	char text[256] = "";
	struct out o;
	new_dev("11.8", SIM_CONFIGURED, "lockout=off");
	set_fault("drop=2,busy");
	out_init(&o, text, sizeof text);
	sim_dev_faults(dev, &o);
	assert_string_equal(text, "drop=2,busy=3");
	out_init(&o, text, sizeof text);
	sim_dev_switches(dev, &o);
	assert_string_equal(text, "lockout=off");
	assert_true(sim_dev_switch(dev, span_str("lockout=on"), NULL));
	assert_string_equal(value("AMT_EthernetPortSettings.LinkPolicy"), "1,14");
	assert_string_equal(value("AMT_EthernetPortSettings[Intel(r) AMT Ethernet Port Settings 1]"
				  ".MACAddress"),
			    "00-00-00-00-00-00");
	assert_string_equal(value("AMT_GeneralSettings.Nothing"), "(none)");
	assert_string_equal(value("AMT_GeneralSettings"), "(none)");
	assert_string_equal(value("AMT_Nothing.HostName"), "(none)");
	assert_string_equal(value("AMT_GeneralSettings[x"), "(none)");
	assert_string_equal(value("AMT_GeneralSettings[nobody].HostName"), "(none)");
}

static void realm_looks_like_the_release(void **state)
{
	(void)state;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	const char *realm = value("AMT_GeneralSettings.DigestRealm");
	assert_int_equal(strlen(realm), 39);
	assert_string_equal(realm + 11, "0000000000000000000000000000");
	new_dev("16.1", SIM_CONFIGURED, NULL);
	assert_string_not_equal(value("AMT_GeneralSettings.DigestRealm") + 11,
				"0000000000000000000000000000");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, life_up, world_down)
	const struct CMUnitTest tests[] = {
		T(ways_back_into_setup),
		T(unprovision_empties_the_store),
		T(extended_window_ends_later),
		T(no_hello_while_the_network_is_away),
		T(loss_of_power_loses_what_is_in_ram),
		T(staged_context_is_lost_with_the_power),
		T(somebody_at_the_pc),
		T(setup_begins_again_with_the_pair),
		T(states_have_names),
		T(network_can_be_switched_off),
		T(clear_port_beside_tls),
		T(setup_certificate_is_as_the_release_makes_it),
		T(a_dead_request_is_not_in_the_way),
		T(passwords_are_coupled_until_one_is_set),
		T(values_and_texts_of_the_control_socket),
		T(realm_looks_like_the_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
