/* CommitChanges and its preconditions, what is staged and what is not, passwords and key pairs of
 * setup, the ways back out of configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"

#define SETUP  AMT "AMT_SetupAndConfigurationService"
#define GEN    AMT "AMT_GeneralSettings"
#define TLS    AMT "AMT_TLSSettingData"
#define REMOTE "InstanceID=Intel(r) AMT 802.3 TLS Settings"
#define NAMES                                                                  \
	"<h:HostName>pc7</h:HostName><h:DomainName>example.com</h:DomainName>" \
	"<h:PingResponseEnabled>false</h:PingResponseEnabled>"

static int commit(struct peer *p)
{
	assert_int_equal(invoke(p, SETUP, "CommitChanges", ""), 200);
	return returned(p);
}

static int set_mebx(struct peer *p, const char *pw)
{
	char params[128];
	(void)snprintf(params, sizeof params, "<h:Password>%s</h:Password>", pw);
	assert_int_equal(invoke(p, SETUP, "SetMEBxPassword", params), 200);
	return returned(p);
}

static void set_clock(struct peer *p)
{
	char params[256];
	assert_int_equal(
		invoke(p, AMT "AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch", ""),
		200);
	const char *ta0 = strstr((char *)p->got.p, "Ta0>");
	unsigned long now = (unsigned long)(clk_unix_ms() / 1000);
	(void)snprintf(params, sizeof params,
		       "<h:Ta0>%.*s</h:Ta0><h:Tm1>%lu</h:Tm1><h:Tm2>%lu</h:Tm2>",
		       (int)strcspn(ta0 + 4, "<"), ta0 + 4, now, now);
	assert_int_equal(
		invoke(p, AMT "AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch", params),
		200);
	assert_int_equal(returned(p), 0);
}

enum {
	NO_MEBX = 1,
	NO_NAME = 2,
	NO_CLOCK = 4,
	TLS_ON = 8,
	MUTUAL = 16,
	STATIC = 32,
	LOCAL_ON = 64
};

/* A device whose clock is off, so that it has to be set. */
static void enter_late_clock(struct peer *p, const char *gen, const char *switches)
{
	for (env.seed = 1;; env.seed++) {
		enter_pki(p, gen, switches);
		assert_int_equal(invoke(p, AMT "AMT_TimeSynchronizationService",
					"GetLowAccuracyTimeSynch", ""),
				 200);
		long long off = strtoll(strstr((char *)p->got.p, "Ta0>") + 4, NULL, 10) -
			clk_unix_ms() / 1000;
		if (off < -60)
			return;
		hang_up(p);
	}
}

static void commit_wants_everything(void **state)
{
	(void)state;
	static const struct {
		const char *name, *gen, *switches;
		unsigned without;
		int status;
	} rows[] = {
		{ "all there", "11.8", NULL, 0, 0 },
		{ "MEBx password still default", "11.8", NULL, NO_MEBX, 2057 },
		{ "no host name", "11.8", NULL, NO_NAME, 2057 },
		{ "no host name, switched off", "11.8", "host_name=optional", NO_NAME, 0 },
		{ "no host name, static address", "11.8", NULL, NO_NAME | STATIC, 0 },
		{ "clock not set", "11.8", NULL, NO_CLOCK, 2057 },
		{ "TLS without certificate", "11.8", NULL, TLS_ON, 2057 },
		{ "mutual without trusted root", "11.8", NULL, MUTUAL, 2057 },
		{ "TLS with the default certificate", "16.1", NULL, TLS_ON, 0 },
		{ "TLS at the host without certificate", "11.8", NULL, LOCAL_ON, 2057 },
		{ "random generator, old firmware", "5.0", "rng=required", 0, 2057 },
		{ "random generator, newer firmware", "9.5", "rng=required", 0, 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		unsigned w = rows[i].without;
		if (str_eq(rows[i].gen, "5.0")) {
			root.alg = WIRE_HELLO_SHA1;
			memcpy(root.digest, prov->certs[1].sha1, 20);
		} else {
			root.alg = WIRE_HELLO_SHA256;
			memcpy(root.digest, prov->certs[1].sha256, 32);
		}
		enter_late_clock(&p, rows[i].gen, rows[i].switches);
		if (!(w & NO_MEBX))
			assert_int_equal(set_mebx(&p, MEBX_PW), 0);
		if (!(w & NO_NAME))
			assert_int_equal(put(&p, GEN, NULL, NAMES), 200);
		if (!(w & NO_CLOCK))
			set_clock(&p);
		if (w & TLS_ON)
			assert_int_equal(put(&p, TLS, REMOTE, "<h:Enabled>true</h:Enabled>"), 200);
		if (w & LOCAL_ON)
			assert_int_equal(put(&p, TLS, "InstanceID=Intel(r) AMT LMS TLS Settings",
					     "<h:Enabled>true</h:Enabled>"),
					 200);
		if (w & MUTUAL)
			assert_int_equal(put(&p, TLS, REMOTE,
					     "<h:Enabled>false</h:Enabled><h:MutualAuthentication>"
					     "true</h:MutualAuthentication>"),
					 200);
		if (w & STATIC)
			assert_int_equal(put(&p, AMT "AMT_EthernetPortSettings",
					     "InstanceID=Intel(r) AMT Ethernet Port Settings 0",
					     "<h:DHCPEnabled>false</h:DHCPEnabled>"
					     "<h:IPAddress>10.0.0.7</h:IPAddress>"
					     "<h:SubnetMask>255.0.0.0</h:SubnetMask>"),
					 200);
		int status = commit(&p);
		if (status != rows[i].status)
			fail_msg("%s: %d, expected %d", rows[i].name, status, rows[i].status);
		bool done = sim_dev_state(dev) == SIM_CONFIGURED;
		if (done != (status == 0))
			fail_msg("%s: state %s", rows[i].name,
				 sim_dev_state_name(sim_dev_state(dev)));
		hang_up(&p);
	}
}

static void staged_acts_at_the_commit(void **state)
{
	(void)state;
	static const struct {
		const char *switches, *shown;
	} rows[] = { { NULL, ">pc7<" }, { "readback=active", ">pc1<" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, "11.8", rows[i].switches);
		assert_int_equal(put(&p, GEN, NULL, NAMES), 200);
		assert_true(says(&p, rows[i].shown)); /* the echo */
		assert_int_equal(get(&p, GEN, NULL), 200);
		assert_true(says(&p, rows[i].shown));
		assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc1");
		/* Ping is not staged. */
		assert_string_equal(value("AMT_GeneralSettings.PingResponseEnabled"), "false");
		assert_int_equal(commit(&p), 0);
		assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc7");
		assert_int_equal(sim_dev_get_stats(dev)->commits, 1);
		assert_int_equal(sim_dev_get_stats(dev)->configured_count, 0);
		hang_up(&p);
	}
}

static void staged_is_lost_with_the_power(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	assert_int_equal(put(&p, GEN, NULL, NAMES), 200);
	sim_dev_power_loss(dev);
	run_ms(1);
	assert_true(p.down);
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	assert_int_equal(get(&p, GEN, NULL), 200);
	assert_true(says(&p, ">pc1<"));
	assert_string_equal(value("AMT_GeneralSettings.PingResponseEnabled"), "false");
	hang_up(&p);
}

static void mebx_password_follows_policy(void **state)
{
	(void)state;
	static const struct {
		const char *name, *switches;
		bool setup;
		const char *first, *second;
		int want_first, want_second;
	} rows[] = {
		{ "default only", NULL, true, MEBX_PW, "Other1!pass", 0, 16 },
		{ "during setup", "mebx=setup", true, MEBX_PW, "Other1!pass", 0, 0 },
		{ "configured, default only", NULL, false, "Other1!pass", "Other2!pass", 16, 16 },
		{ "configured, anytime", "mebx=anytime", false, "Other1!pass", "Other2!pass", 0,
		  0 },
		{ "weak first", NULL, true, "weakweak", MEBX_PW, 2054, 0 },
		{ "too short first", NULL, true, "Aa1!", MEBX_PW, 2054, 0 },
		{ "factory default again", NULL, true, "admin", MEBX_PW, 2054, 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		if (rows[i].setup)
			enter_pki(&p, "11.8", rows[i].switches);
		else
			log_in(&p, "11.8", rows[i].switches);
		int first = set_mebx(&p, rows[i].first), second = set_mebx(&p, rows[i].second);
		if (first != rows[i].want_first || second != rows[i].want_second)
			fail_msg("%s: %d %d", rows[i].name, first, second);
		hang_up(&p);
	}
}

static void admin_credential_is_checked(void **state)
{
	(void)state;
	static const struct {
		const char *name, *switches, *user, *digest;
		int status;
	} rows[] = {
		{ "base64 of 16 bytes", NULL, "admin", "AAECAwQFBgcICQoLDA0ODw==", 0 },
		{ "clear password", NULL, "admin", "P@ssw0rd", 36 },
		{ "hex", NULL, "admin", "000102030405060708090a0b0c0d0e0f", 36 },
		{ "hex, switched on", "admin_hex=taken", "admin",
		  "000102030405060708090a0b0c0d0e0f", 0 },
		{ "15 bytes", NULL, "admin", "AAECAwQFBgcICQoLDA0O", 36 },
		{ "other name", NULL, "boss", "AAECAwQFBgcICQoLDA0ODw==", 0 },
		{ "name too long", NULL, "seventeen-letters", "AAECAwQFBgcICQoLDA0ODw==", 36 },
		{ "local account's name", NULL, "$$OsAdmin", "AAECAwQFBgcICQoLDA0ODw==", 36 },
		{ "name with a colon", NULL, "a:b", "AAECAwQFBgcICQoLDA0ODw==", 36 },
		{ "Administrator", NULL, "Administrator", "AAECAwQFBgcICQoLDA0ODw==", 36 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		char params[256];
		log_in(&p, "11.8", rows[i].switches);
		(void)snprintf(params, sizeof params,
			       "<h:Username>%s</h:Username><h:DigestPassword>%s</h:DigestPassword>",
			       rows[i].user, rows[i].digest);
		assert_int_equal(
			invoke(&p, AMT "AMT_AuthorizationService", "SetAdminAclEntryEx", params),
			200);
		if (returned(&p) != rows[i].status)
			fail_msg("%s: %d, expected %d", rows[i].name, returned(&p), rows[i].status);
		assert_int_equal(sim_dev_admin_is(dev, span_str(ADMIN_PW)), rows[i].status != 0);
		hang_up(&p);
	}
}

static void next_pair_is_checked(void **state)
{
	(void)state;
	static const struct {
		const char *name, *pid, *pps;
		int status;
	} rows[] = {
		{ "good", "0000037M", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ", 0 },
		{ "PID with wrong check", "0000037N", "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ", 42 },
		{ "PPS too short", "0000037M", "NKLD", 43 },
	};
	struct peer p;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char params[256];
		log_in(&p, "9.5", NULL);
		(void)snprintf(params, sizeof params, "<h:PID>%s</h:PID><h:PPS>%s</h:PPS>",
			       rows[i].pid, rows[i].pps);
		assert_int_equal(invoke(&p, SETUP, "SetTLSPSK", params), 200);
		if (returned(&p) != rows[i].status)
			fail_msg("%s: %d", rows[i].name, returned(&p));
		hang_up(&p);
	}
	log_in(&p, "11.8", NULL);
	assert_int_equal(invoke(&p, SETUP, "SetTLSPSK", "<h:PID>0000037M</h:PID><h:PPS>x</h:PPS>"),
			 400);
	assert_true(says(&p, ">b:ActionNotSupported<"));
	hang_up(&p);
}

static void full_unprovision_forgets(void **state)
{
	(void)state;
	struct peer p;
	char realm[64];
	log_in(&p, "11.8", NULL);
	str_copy(realm, sizeof realm, span_str(value("AMT_GeneralSettings.DigestRealm")));
	assert_int_equal(
		invoke(&p, SETUP, "Unprovision", "<h:ProvisioningMode>2</h:ProvisioningMode>"),
		200);
	assert_int_equal(returned(&p), 36);
	assert_int_equal(
		invoke(&p, SETUP, "Unprovision", "<h:ProvisioningMode>1</h:ProvisioningMode>"),
		200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PKI);
	assert_string_not_equal(value("AMT_GeneralSettings.DigestRealm"), realm);
	assert_string_equal(value("AMT_GeneralSettings.HostName"), "");
	assert_false(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
	assert_true(sim_dev_admin_is(dev, span_str(MEBX_PW))); /* coupled again */
	assert_true(sim_dev_mebx_is(dev, span_str(MEBX_PW)));
	log_in(&p, "11.8", "unprovision=silent,realm=kept");
	str_copy(realm, sizeof realm, span_str(value("AMT_GeneralSettings.DigestRealm")));
	invoke(&p, SETUP, "Unprovision", "<h:ProvisioningMode>1</h:ProvisioningMode>");
	assert_int_equal(sim_dev_state(dev), SIM_CHANGED);
	assert_string_equal(value("AMT_GeneralSettings.DigestRealm"), realm);
	hang_up(&p);
	enter_pki(&p, "11.8", NULL);
	invoke(&p, SETUP, "Unprovision", "<h:ProvisioningMode>1</h:ProvisioningMode>");
	assert_int_equal(returned(&p), 16); /* not while in setup */
	hang_up(&p);
}

static void partial_unprovision_keeps_names_and_admin(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	assert_int_equal(put(&p, AMT "AMT_RedirectionService", NULL,
			     "<h:EnabledState>32771</h:EnabledState>"
			     "<h:ListenerEnabled>true</h:ListenerEnabled>"),
			 200);
	assert_int_equal(invoke(&p, SETUP, "PartialUnprovision", ""), 200);
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
	assert_int_equal(sim_dev_state(dev), SIM_SETUP_PKI);
	assert_true(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
	assert_string_equal(value("AMT_GeneralSettings.HostName"), "pc1");
	assert_string_equal(value("AMT_RedirectionService.ListenerEnabled"), "false");
}

static void identity_and_state_are_told(void **state)
{
	(void)state;
	struct peer p;
	uint8_t wire[16];
	char b64[32];
	struct out o;
	enter_pki(&p, "11.8", NULL);
	assert_int_equal(invoke(&p, SETUP, "GetUuid", ""), 200);
	uuid_to_smbios(sim_dev_uuid(dev), wire);
	out_init(&o, b64, sizeof b64);
	out_b64(&o, span_make(wire, 16));
	assert_true(says(&p, b64));
	assert_int_equal(get(&p, SETUP, NULL), 200);
	assert_true(says(&p, "ProvisioningState>1<"));
	assert_true(says(&p, "PasswordModel>0<"));
	assert_int_equal(invoke(&p, AMT "AMT_AuthorizationService", "GetAdminAclEntryStatus", ""),
			 200);
	assert_true(says(&p, "IsDefault>true<"));
	hang_up(&p);
	log_in(&p, "11.8", NULL);
	assert_int_equal(get(&p, SETUP, NULL), 200);
	assert_true(says(&p, "ProvisioningState>2<"));
	assert_true(says(&p, "PasswordModel>1<"));
	hang_up(&p);
}

static void clock_is_checked(void **state)
{
	(void)state;
	struct peer p;
	static const struct {
		const char *name;
		int ta0_off, tm1_off;
		long tm2;
		int status;
	} rows[] = {
		{ "right", 0, 100, 0, 0 },
		{ "answer of the future", 50, 0, 0, 36 },
		{ "answer too old", -400, 0, 0, 36 },
		{ "before the firmware was made", 0, 0, 1000, 34 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char params[256];
		long long now = clk_unix_ms() / 1000;
		log_in(&p, "11.8", NULL);
		(void)snprintf(params, sizeof params,
			       "<h:Ta0>%lld</h:Ta0><h:Tm1>%lld</h:Tm1><h:Tm2>%lld</h:Tm2>",
			       now + rows[i].ta0_off,
			       rows[i].tm2 ? rows[i].tm2 : now + rows[i].tm1_off,
			       rows[i].tm2 ? rows[i].tm2 : now + rows[i].tm1_off);
		assert_int_equal(invoke(&p, AMT "AMT_TimeSynchronizationService",
					"SetHighAccuracyTimeSynch", params),
				 200);
		if (returned(&p) != rows[i].status)
			fail_msg("%s: %d", rows[i].name, returned(&p));
		hang_up(&p);
	}
}

static void tls_cannot_be_switched_off_without_clear_ports(void **state)
{
	(void)state;
	static const struct {
		const char *name, *members, *says;
	} rows[] = {
		{ "off", "<h:Enabled>false</h:Enabled>", "AMT-STATUS 16<" },
		{ "clear as well",
		  "<h:Enabled>true</h:Enabled><h:AcceptNonSecureConnections>true"
		  "</h:AcceptNonSecureConnections>",
		  "AMT-STATUS 2066<" },
	};
	struct peer p;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		log_in(&p, "16.1", NULL);
		assert_int_equal(put(&p, TLS, REMOTE, rows[i].members), 500);
		if (!says(&p, rows[i].says))
			fail_msg("%s: %s", rows[i].name, (char *)p.got.p);
		hang_up(&p);
	}
	log_in(&p, "16.1", NULL);
	assert_int_equal(put(&p, TLS, REMOTE, "<h:Enabled>true</h:Enabled>"), 200);
	assert_true(says(&p, "NonSecureConnectionsSupported>false<"));
	hang_up(&p);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(commit_wants_everything),
		T(staged_acts_at_the_commit),
		T(staged_is_lost_with_the_power),
		T(mebx_password_follows_policy),
		T(admin_credential_is_checked),
		T(next_pair_is_checked),
		T(full_unprovision_forgets),
		T(partial_unprovision_keeps_names_and_admin),
		T(identity_and_state_are_told),
		T(clock_is_checked),
		T(tls_cannot_be_switched_off_without_clear_ports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
