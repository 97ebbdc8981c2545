/* A virtual device from outside: which port answers in which state, a whole first configuration by
 * PSK and by certificate, the commit's outage, logins afterwards, hello schedule, state text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"

static void ports_by_state(void **state)
{
	(void)state;
	static const struct {
		const char *gen;
		enum sim_state state;
		enum sim_tls_mode tls;
		enum sim_accept clear, tls_port;
	} rows[] = {
		{ "9.5", SIM_DISABLED, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_REFUSE },
		{ "9.5", SIM_FACTORY, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_REFUSE },
		{ "9.5", SIM_CHANGED, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_REFUSE },
		{ "9.5", SIM_SETUP_PSK, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_TLS },
		{ "9.5", SIM_SETUP_PKI, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_TLS },
		{ "9.5", SIM_SILENT, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_REFUSE },
		{ "9.5", SIM_CONFIGURED, SIM_TLS_OFF, SIM_ACCEPT_CLEAR, SIM_ACCEPT_REFUSE },
		{ "9.5", SIM_CONFIGURED, SIM_TLS_SERVER, SIM_ACCEPT_REFUSE, SIM_ACCEPT_TLS },
		{ "16.1", SIM_CONFIGURED, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_TLS },
		{ "16.1", SIM_SETUP_PKI, SIM_TLS_OFF, SIM_ACCEPT_REFUSE, SIM_ACCEPT_TLS },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_dev_conf c = { .generation = sim_generation_find(rows[i].gen),
					  .state = rows[i].state,
					  .tls = rows[i].tls,
					  .pid = "0000-037M",
					  .pps = "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ",
					  .admin_password = ADMIN_PW };
		struct err e = { 0 };
		struct pki_tls_server conf;
		struct sim_dev *d = sim_dev_new(&env, &c, &e);
		assert_non_null(d);
		if (sim_dev_accept(d, 16992, &conf) != rows[i].clear ||
		    sim_dev_accept(d, 16993, &conf) != rows[i].tls_port)
			fail_msg("AMT %s %s", rows[i].gen, sim_dev_state_name(rows[i].state));
		assert_int_equal(sim_dev_accept(d, 16994, &conf), SIM_ACCEPT_REFUSE);
		sim_dev_free(d);
	}
}

static void refuses_impossible_devices(void **state)
{
	(void)state;
	static const struct {
		const char *name, *gen, *pid, *fault, *switches;
		enum sim_state state;
	} rows[] = {
		{ "no generation", NULL, NULL, NULL, NULL, SIM_FACTORY },
		{ "PSK without a pair", "9.5", NULL, NULL, NULL, SIM_SETUP_PSK },
		{ "PSK on 11.8", "11.8", "0000-037M", NULL, NULL, SIM_SETUP_PSK },
		{ "PID with a wrong check character", "9.5", "0000-037N", NULL, NULL,
		  SIM_SETUP_PSK },
		{ "configured without password", "9.5", NULL, NULL, NULL, SIM_CONFIGURED },
		{ "unknown fault", "9.5", NULL, "gremlins", NULL, SIM_FACTORY },
		{ "unknown switch", "9.5", NULL, NULL, "colour=red", SIM_FACTORY },
		{ "unknown value of a switch", "9.5", NULL, NULL, "busy=often", SIM_FACTORY },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_dev_conf c = {
			.generation = rows[i].gen ? sim_generation_find(rows[i].gen) : NULL,
			.state = rows[i].state,
			.pid = rows[i].pid,
			.pps = rows[i].pid ? "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ" : NULL,
			.fault = rows[i].fault,
			.switches = rows[i].switches
		};
		struct err e = { 0 };
		if (sim_dev_new(&env, &c, &e))
			fail_msg("%s: was made", rows[i].name);
		if (e.code == ERR_NONE || !e.msg[0])
			fail_msg("%s: no error", rows[i].name);
	}
}

/* ---- first configuration ---- */

static void host_name(struct peer *p)
{
	assert_int_equal(put(p, AMT "AMT_GeneralSettings", NULL,
			     "<h:HostName>pc7</h:HostName><h:DomainName>example.com</h:DomainName>"
			     "<h:PingResponseEnabled>true</h:PingResponseEnabled>"),
			 200);
}

static void right_clock(struct peer *p)
{
	char params[256];
	assert_int_equal(
		invoke(p, AMT "AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch", ""),
		200);
	const char *ta0 = strstr((char *)p->got.p, "Ta0>");
	assert_non_null(ta0);
	unsigned long now = (unsigned long)(clk_unix_ms() / 1000);
	(void)snprintf(params, sizeof params,
		       "<h:Ta0>%lu</h:Ta0><h:Tm1>%lu</h:Tm1><h:Tm2>%lu</h:Tm2>",
		       strtoul(ta0 + 4, NULL, 10), now, now);
	assert_int_equal(
		invoke(p, AMT "AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch", params),
		200);
	assert_int_equal(returned(p), 0);
}

static unsigned commit(struct peer *p)
{
	return invoke(p, AMT "AMT_SetupAndConfigurationService", "CommitChanges", "");
}

static void set_admin(struct peer *p, const char *pw)
{
	assert_int_equal(
		invoke(p, AMT "AMT_AuthorizationService", "SetAdminAclEntryEx", admin_params(pw)),
		200);
	assert_int_equal(returned(p), 0);
}

/* The client that sends nothing, one that sends an empty password and one with admin/admin: inside
 * the session of the provisioning certificate all of them get everything done. */
static void pki_configures_whoever_logs_in(void **state)
{
	(void)state;
	static const char *const passwords[] = { NULL, "", "admin" };
	for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
		struct peer p;
		struct pki_tls_client tls = pki_client();
		enter_pki(&p, "11.8", NULL);
		if (passwords[i]) {
			set_login(&p, "admin", passwords[i]);
			str_copy(p.nonce, sizeof p.nonce, span_str("made up"));
			str_copy(p.realm, sizeof p.realm, span_str("made up"));
		}
		assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService",
					"SetMEBxPassword", "<h:Password>" MEBX_PW "</h:Password>"),
				 200);
		assert_int_equal(returned(&p), 0);
		set_admin(&p, ADMIN_PW);
		right_clock(&p);
		host_name(&p);
		assert_int_equal(commit(&p), 200);
		assert_int_equal(returned(&p), 0);
		hang_up(&p);
		assert_int_equal(sim_dev_state(dev), SIM_CONFIGURED);
		assert_true(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
		assert_true(sim_dev_mebx_is(dev, span_str(MEBX_PW)));
		assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc7");
		assert_int_equal(sim_dev_get_stats(dev)->configured_count, 1);
		/* The certificate is no way in any more; the password is. */
		assert_false(dial(&p, 16993, &tls));
		assert_true(dial(&p, 16992, NULL));
		again_port = 16992;
		set_login(&p, "admin", ADMIN_PW);
		assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 200);
		assert_true(says(&p, ">pc7<"));
		hang_up(&p);
	}
}

static struct pki_tls_client psk_client(const char *pid, const char *pps)
{
	struct pki_tls_client c = { .policy = { .min = PKI_TLS_1_0 } };
	str_copy(c.psk_identity, sizeof c.psk_identity, span_str(pid));
	c.psk = secret_make(span_str(pps));
	return c;
}

static void psk_session_counts_the_digest(void **state)
{
	(void)state;
	struct peer p = { 0 };
	new_dev("5.0", SIM_SETUP_PSK, NULL);
	struct pki_tls_client wrong_pid =
		psk_client("00000000", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ");
	struct pki_tls_client wrong_pps =
		psk_client("0000037M", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XX");
	again_tls = psk_client("0000037M", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ");
	assert_false(dial(&p, 16993, &wrong_pid));
	assert_false(dial(&p, 16993, &wrong_pps));
	again_port = 16993;
	assert_true(dial(&p, 16993, &again_tls));
	assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 401);
	hang_up(&p);
	assert_true(dial(&p, 16993, &again_tls));
	set_login(&p, "admin", MEBX_PW);
	assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 200);
	/* Default policy: the MEBx password of a PSK device is not default, so it stays. */
	assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService", "SetMEBxPassword",
				"<h:Password>Other1!pass</h:Password>"),
			 200);
	assert_int_equal(returned(&p), 16);
	right_clock(&p);
	host_name(&p);
	set_admin(&p, ADMIN_PW);
	/* From the next request on the old password is wrong, the new one right. */
	hang_up(&p);
	assert_true(dial(&p, 16993, &again_tls));
	assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 401);
	hang_up(&p);
	assert_true(dial(&p, 16993, &again_tls));
	set_login(&p, "admin", ADMIN_PW);
	assert_int_equal(commit(&p), 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_int_equal(sim_dev_state(dev), SIM_CONFIGURED);
	secret_deinit(&wrong_pid.psk);
	secret_deinit(&wrong_pps.psk);
	secret_deinit(&again_tls.psk);
}

static void session_needs_a_good_chain(void **state)
{
	(void)state;
	struct peer p = { 0 };
	struct pki_tls_client good = pki_client(), none = plain_client();
	new_dev("11.8", SIM_SETUP_PKI, NULL);
	assert_false(dial(&p, 16993, &none));
	root.active = false;
	assert_false(dial(&p, 16993, &good));
	root.active = true;
	set_fault("suffix_untrusted");
	assert_false(dial(&p, 16993, &good));
	set_fault("root_not_in_list");
	assert_false(dial(&p, 16993, &good));
	assert_int_equal(sim_dev_get_stats(dev)->refused_chains, 3);
	set_fault("none");
	assert_true(dial(&p, 16993, &good));
	hang_up(&p);
}

static void strict_switch_asks_for_a_digest(void **state)
{
	(void)state;
	struct peer p;
	enter_pki(&p, "11.8", "pki_digest=strict");
	again_tls = pki_client();
	again_port = 16993;
	assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 401);
	hang_up(&p);
	assert_true(dial(&p, 16993, &again_tls));
	set_login(&p, "admin", "admin");
	assert_int_equal(get(&p, AMT "AMT_GeneralSettings", NULL), 200);
	hang_up(&p);
}

static void commit_takes_the_network_away(void **state)
{
	(void)state;
	struct peer p, other = { 0 };
	struct pki_tls_client tls = pki_client();
	env.waits = true;
	enter_pki(&p, "9.5", NULL);
	assert_true(dial(&other, 16993, &tls));
	invoke(&p, AMT "AMT_SetupAndConfigurationService", "SetMEBxPassword",
	       "<h:Password>" MEBX_PW "</h:Password>");
	set_admin(&p, ADMIN_PW);
	right_clock(&p);
	host_name(&p);
	assert_int_equal(commit(&p), 200);
	assert_int_equal(returned(&p), 0);
	assert_true(p.down);     /* after the reply */
	assert_true(other.down); /* without one */
	hang_up(&p);
	hang_up(&other);
	assert_false(dial(&p, 16992, NULL));
	run_ms(4900);
	assert_false(dial(&p, 16992, NULL));
	run_ms(5200);
	assert_true(dial(&p, 16992, NULL));
	hang_up(&p);
	int64_t waited = sim_dev_get_stats(dev)->imposed_wait_ms;
	assert_true(waited >= 5000 && waited <= 10000);
}

/* ---- hello ---- */

static unsigned hello_calls;
static int64_t hello_at[128];
static void count_hello(void *arg, struct sim_dev *d)
{
	struct buf b;
	struct out o;
	struct wire_hello h;
	size_t used;
	(void)arg;
	buf_init(&b, 65536);
	out_init_buf(&o, &b);
	assert_true(sim_dev_hello(d, &o));
	assert_int_equal(wire_hello_parse(buf_span(&b), &h, &used, NULL), WIRE_DONE);
	assert_int_equal(h.retry_count, hello_calls < 14 ? hello_calls : 14);
	assert_true(uuid_eq(&h.uuid, sim_dev_uuid(d)));
	if (hello_calls < 128)
		hello_at[hello_calls] = clk_mono_ms();
	hello_calls++;
	buf_deinit(&b);
}

static void says_hello_as_published(void **state)
{
	(void)state;
	hello_calls = 0;
	env.on_hello = count_hello;
	new_dev("11.8", SIM_SETUP_PKI, NULL);
	run_ms(5000);
	assert_int_equal(hello_calls, 0); /* not before it is started */
	int64_t start = clk_mono_ms();
	sim_dev_start(dev);
	run_ms(25LL * 3600000);
	assert_true(hello_at[0] - start <= 2000);
	assert_in_range(hello_at[1] - hello_at[0], 59000, 61000);
	assert_in_range(hello_at[8] - hello_at[7], 299000, 301000);
	assert_in_range(hello_calls, 38, 43);
	assert_int_equal(sim_dev_state(dev), SIM_SILENT);
	/* A power drain begins the shorter window. */
	hello_calls = 0;
	sim_dev_g3(dev);
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PKI);
	run_ms(25LL * 3600000);
	assert_in_range(hello_calls, 20, 25);
	assert_int_equal(sim_dev_state(dev), SIM_SILENT);
}

static void speed_divides_the_schedule(void **state)
{
	(void)state;
	hello_calls = 0;
	env.on_hello = count_hello;
	env.speed = 100;
	new_dev("11.8", SIM_SETUP_PKI, NULL);
	sim_dev_start(dev);
	run_ms(25LL * 36000);
	assert_in_range(hello_calls, 38, 43);
	assert_int_equal(sim_dev_state(dev), SIM_SILENT);
}

static void window_can_be_closed_and_extended(void **state)
{
	(void)state;
	struct peer p;
	enter_pki(&p, "11.8", NULL);
	sim_dev_start(dev);
	assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService",
				"ExtendProvisioningPeriod", "<h:Duration>25</h:Duration>"),
			 200);
	assert_int_equal(returned(&p), 36);
	invoke(&p, AMT "AMT_SetupAndConfigurationService", "ExtendProvisioningPeriod",
	       "<h:Duration>0</h:Duration>");
	assert_int_equal(returned(&p), 0);
	assert_int_equal(sim_dev_state(dev), SIM_SILENT);
	assert_true(p.down);
	hang_up(&p);
	assert_true(sim_dev_to_state(dev, SIM_SETUP_PKI, NULL));
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PKI);
	assert_false(sim_dev_to_state(dev, SIM_CONFIGURED, NULL));
	assert_false(sim_dev_to_state(dev, SIM_SETUP_PSK, NULL));
}

static struct buf hello_bytes(void)
{
	struct buf b;
	struct out o;
	buf_init(&b, 65536);
	out_init_buf(&o, &b);
	assert_true(sim_dev_hello(dev, &o));
	return b;
}

static void hello_faults_change_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *fault;
		enum wire_got got;
		size_t size;
	} rows[] = {
		{ "none", WIRE_DONE, 25 + 34 },
		{ "hello_truncated=20", WIRE_MORE, 20 },
		{ "unknown_hash_alg=9", WIRE_DONE, 25 + 34 },
		{ "hash_length=31", WIRE_BAD, 25 + 34 },
		{ "hash_count=200", WIRE_MORE, 25 + 34 },
		{ "hello_oversized=9000", WIRE_DONE, 25 + 34 + 9000 },
		{ "root_not_in_list", WIRE_DONE, 25 + 34 },
	};
	new_dev("11.8", SIM_SETUP_PKI, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct wire_hello h;
		size_t used;
		set_fault(rows[i].fault);
		struct buf b = hello_bytes();
		enum wire_got got = wire_hello_parse(buf_span(&b), &h, &used, NULL);
		if (got != rows[i].got || b.n != rows[i].size)
			fail_msg("%s: parse %d, %zu bytes", rows[i].fault, got, b.n);
		buf_deinit(&b);
	}
	struct sim_hello_plan plan;
	set_fault("hello_bytewise");
	sim_dev_hello_plan(dev, &plan);
	assert_int_equal(plan.first_bytes, 1);
	assert_int_equal(plan.next_bytes, 1);
	set_fault("hello_split=5,ip_changed");
	sim_dev_hello_plan(dev, &plan);
	assert_int_equal(plan.first_bytes, 5);
	assert_true(plan.other_address);
}

/* ---- state text ---- */

static void state_text_comes_back(void **state)
{
	(void)state;
	struct buf a, b;
	struct out o;
	struct peer p;
	struct span leaf, leaf2;
	enter_pki(&p, "16.1", "lockout=off");
	invoke(&p, AMT "AMT_SetupAndConfigurationService", "SetMEBxPassword",
	       "<h:Password>" MEBX_PW "</h:Password>");
	set_admin(&p, ADMIN_PW);
	right_clock(&p);
	host_name(&p);
	assert_int_equal(commit(&p), 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	buf_init(&a, 1 << 20);
	out_init_buf(&o, &a);
	sim_dev_save(dev, &o);
	assert_true(sim_dev_leaf(dev, &leaf));
	uint8_t sha[32], sha2[32];
	hash_of(HASH_SHA256, leaf, sha);
	new_dev("16.1", SIM_FACTORY, NULL);
	struct err e = { 0 };
	if (!sim_dev_load(dev, buf_span(&a), &e))
		fail_msg("%s", e.msg);
	assert_int_equal(sim_dev_state(dev), SIM_CONFIGURED);
	assert_true(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
	assert_true(sim_dev_mebx_is(dev, span_str(MEBX_PW)));
	assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc7");
	assert_true(sim_dev_leaf(dev, &leaf2));
	hash_of(HASH_SHA256, leaf2, sha2);
	assert_memory_equal(sha, sha2, 32);
	buf_init(&b, 1 << 20);
	out_init_buf(&o, &b);
	sim_dev_save(dev, &o);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	buf_deinit(&a);
	buf_deinit(&b);
}

static void bad_state_text_changes_nothing(void **state)
{
	(void)state;
	struct buf a;
	struct out o;
	static const struct {
		const char *name, *from, *to;
	} rows[] = {
		{ "no YAML", "uuid:", "{[" },
		{ "other device", "uuid: \"", "uuid: \"f" },
		{ "other generation", "generation: \"9.5\"", "generation: \"5.0\"" },
		{ "unknown state", "state: \"configured\"", "state: \"melted\"" },
		{ "digest too short", "ha1: \"", "ha1: \"00\" #" },
		{ "no boolean", "admin_set: true", "admin_set: maybe" },
		{ "unknown setting", "AMT_GeneralSettings.HostName",
		  "AMT_GeneralSettings.Nothing" },
		{ "missing value", "realm:", "rea1m:" },
		{ "number too large", "pool_next: ", "pool_next: 9999" },
		{ "unknown switch", "switches: \"\"", "switches: \"x=y\"" },
	};
	new_dev("9.5", SIM_CONFIGURED, NULL);
	buf_init(&a, 1 << 20);
	out_init_buf(&o, &a);
	sim_dev_save(dev, &o);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = (char *)a.p, *at = strstr(text, rows[i].from);
		struct err e = { 0 };
		struct buf b;
		if (!at)
			fail_msg("%s: '%s' is not in the text", rows[i].name, rows[i].from);
		buf_init(&b, 1 << 20);
		buf_add(&b, span_make(text, (size_t)(at - text)));
		buf_add(&b, span_str(rows[i].to));
		buf_add(&b, span_str(at + strlen(rows[i].from)));
		new_dev("9.5", SIM_CONFIGURED, NULL);
		if (sim_dev_load(dev, buf_span(&b), &e) || !e.msg[0])
			fail_msg("%s: was taken", rows[i].name);
		assert_true(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
		assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc1");
		buf_deinit(&b);
	}
	buf_deinit(&a);
}

static void same_seed_same_device(void **state)
{
	(void)state;
	struct buf a, b;
	struct out o;
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	new_dev("16.1", SIM_SETUP_PKI, NULL);
	out_init_buf(&o, &a);
	sim_dev_save(dev, &o);
	new_dev("16.1", SIM_SETUP_PKI, NULL);
	out_init_buf(&o, &b);
	sim_dev_save(dev, &o);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	env.seed = 8;
	new_dev("16.1", SIM_SETUP_PKI, NULL);
	buf_clear(&b);
	out_init_buf(&o, &b);
	sim_dev_save(dev, &o);
	assert_false(span_eq(buf_span(&a), buf_span(&b)));
	buf_deinit(&a);
	buf_deinit(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(ports_by_state),
		T(refuses_impossible_devices),
		T(pki_configures_whoever_logs_in),
		T(psk_session_counts_the_digest),
		T(session_needs_a_good_chain),
		T(strict_switch_asks_for_a_digest),
		T(commit_takes_the_network_away),
		T(says_hello_as_published),
		T(speed_divides_the_schedule),
		T(window_can_be_closed_and_extended),
		T(hello_faults_change_bytes),
		T(state_text_comes_back),
		T(bad_state_text_changes_nothing),
		T(same_seed_same_device),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
