/* Logins: the 401 byte for byte, whose digest is taken, what counts towards the lock-out, what an
 * unlocked TLS connection is let through with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/fw_http_priv.h"
#include "sim/test_peer.c"

#define GENERAL AMT "AMT_GeneralSettings"

/* Puts what differs between two devices to one value. */
static void level(char *text, const char *name)
{
	char *at = strstr(text, name);
	if (!at)
		return;
	for (at += strlen(name); *at && *at != '"' && *at != '\r'; at++)
		*at = 'x';
}

static bool read_capture(const char *name, char *out, size_t cap)
{
	const char *dir = getenv("OUTBAND_SHARED");
	char path[512];
	(void)snprintf(path, sizeof path, "%s/corpus/http/%s", dir ? dir : "", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	size_t n = fread(out, 1, cap - 1, f);
	(void)fclose(f);
	out[n] = '\0';
	return true;
}

static void challenge_is_that_of_captures(void **state)
{
	(void)state;
	static const struct {
		const char *gen, *capture;
	} rows[] = { { "11.8", "401-amt11.8.50.3425-27b43c.http" },
		     { "16.1", "401-amt16.1.25.1917-authint.http" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char want[2048];
		struct peer p = { 0 };
		struct pki_tls_client tls = plain_client();
		if (!read_capture(rows[i].capture, want, sizeof want))
			skip();
		new_dev(rows[i].gen, SIM_CONFIGURED, NULL);
		bool clear = sim_dev_generation(dev)->clear.is;
		again_port = 0;
		assert_true(dial(&p, clear ? 16992 : 16993, clear ? NULL : &tls));
		assert_int_equal(get(&p, GENERAL, NULL), 401);
		char *got = (char *)p.got.p;
		assert_int_equal(strlen(p.nonce), 32);
		assert_int_equal(strlen(p.realm), 7 + 32);
		level(got, "realm=\"");
		level(got, "nonce=\"");
		level(want, "realm=\"");
		level(want, "nonce=\"");
		assert_string_equal(got, want);
		assert_true(p.down);
		hang_up(&p);
	}
}

static unsigned try_as(const char *user, const char *pw, bool auth_int)
{
	struct peer p = { 0 };
	struct pki_tls_client tls = plain_client();
	bool clear = sim_dev_generation(dev)->clear.is;
	again_tls = tls;
	again_port = clear ? 16992 : 16993;
	assert_true(dial(&p, again_port, clear ? NULL : &tls));
	set_login(&p, user, pw);
	p.auth_int = auth_int;
	unsigned status = get(&p, GENERAL, NULL);
	hang_up(&p);
	return status;
}

static void takes_the_right_digest_only(void **state)
{
	(void)state;
	static const struct {
		const char *name, *gen, *switches, *user, *pw;
		bool auth_int;
		unsigned status;
	} rows[] = {
		{ "right", "11.8", NULL, "admin", ADMIN_PW, false, 200 },
		{ "wrong password", "11.8", NULL, "admin", "Adm1n!pasS", false, 401 },
		{ "empty password", "11.8", NULL, "admin", "", false, 401 },
		{ "MEBx password", "11.8", NULL, "admin", MEBX_PW, false, 401 },
		{ "other user", "11.8", NULL, "root", ADMIN_PW, false, 401 },
		{ "auth-int where it is not offered", "11.8", NULL, "admin", ADMIN_PW, true, 401 },
		{ "auth on 16.1", "16.1", NULL, "admin", ADMIN_PW, false, 200 },
		{ "auth-int on 16.1", "16.1", NULL, "admin", ADMIN_PW, true, 200 },
		{ "auth where only auth-int is taken", "16.1", "qop=auth-int", "admin", ADMIN_PW,
		  false, 401 },
		{ "auth-int where only that is taken", "16.1", "qop=auth-int", "admin", ADMIN_PW,
		  true, 200 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		new_dev(rows[i].gen, SIM_CONFIGURED, rows[i].switches);
		unsigned status = try_as(rows[i].user, rows[i].pw, rows[i].auth_int);
		if (status != rows[i].status)
			fail_msg("%s: %u, expected %u", rows[i].name, status, rows[i].status);
	}
}

static void locks_after_five(void **state)
{
	(void)state;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	for (int i = 0; i < 4; i++)
		assert_int_equal(try_as("admin", "wrong", false), 401);
	assert_int_equal(try_as("admin", ADMIN_PW, false), 200); /* begins to count again */
	for (int i = 0; i < 5; i++)
		assert_int_equal(try_as("admin", "wrong", false), 401);
	assert_int_equal(try_as("admin", ADMIN_PW, false), 401);
	run_ms(59000);
	assert_int_equal(try_as("admin", ADMIN_PW, false), 401);
	run_ms(1100);
	assert_int_equal(try_as("admin", ADMIN_PW, false), 200);
	const struct sim_dev_stats *s = sim_dev_get_stats(dev);
	assert_int_equal(s->failed_logins, 9); /* those while locked are not judged */
	assert_int_equal(s->max_failed_in_window, 9);
	/* After the lock five more are needed. */
	for (int i = 0; i < 4; i++)
		assert_int_equal(try_as("admin", "wrong", false), 401);
	assert_int_equal(try_as("admin", ADMIN_PW, false), 200);
	assert_int_equal(s->max_failed_in_window, 13);
	run_ms(601000);
	assert_int_equal(try_as("admin", "wrong", false), 401);
	assert_int_equal(sim_dev_get_stats(dev)->max_failed_in_window, 13);
	new_dev("11.8", SIM_CONFIGURED, "lockout=off");
	for (int i = 0; i < 7; i++)
		assert_int_equal(try_as("admin", "wrong", false), 401);
	assert_int_equal(try_as("admin", ADMIN_PW, false), 200);
}

static void an_unknown_nonce_does_not_count(void **state)
{
	(void)state;
	struct peer p = { 0 };
	new_dev("11.8", SIM_CONFIGURED, NULL);
	again_port = 0;
	for (int i = 0; i < 8; i++) {
		assert_true(dial(&p, 16992, NULL));
		set_login(&p, "admin", ADMIN_PW);
		str_copy(p.nonce, sizeof p.nonce, span_str("wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63"));
		str_copy(p.realm, sizeof p.realm, span_str("Digest:0"));
		assert_int_equal(get(&p, GENERAL, NULL), 401);
		hang_up(&p);
	}
	assert_int_equal(sim_dev_get_stats(dev)->failed_logins, 0);
	assert_int_equal(sim_dev_get_stats(dev)->challenges, 8);
}

static void a_nonce_serves_many_requests_and_connections(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	again_port = 0;
	for (int i = 0; i < 5; i++)
		assert_int_equal(get(&p, GENERAL, NULL), 200);
	char nonce[64], realm[64];
	unsigned nc = p.nc;
	memcpy(nonce, p.nonce, sizeof nonce);
	memcpy(realm, p.realm, sizeof realm);
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	memcpy(p.nonce, nonce, sizeof nonce);
	memcpy(p.realm, realm, sizeof realm);
	p.nc = nc;
	assert_int_equal(get(&p, GENERAL, NULL), 200);
	set_fault("stale_nonce=1");
	assert_int_equal(get(&p, GENERAL, NULL), 200);
	assert_int_equal(get(&p, GENERAL, NULL), 401); /* once, with stale="false" as always */
	assert_true(says(&p, "stale=\"false\""));
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	set_fault("none");
	char fresh[64];
	memcpy(fresh, p.nonce, sizeof fresh);
	memcpy(p.nonce, nonce, sizeof nonce); /* the old one is dead for good */
	assert_int_equal(get(&p, GENERAL, NULL), 401);
	memcpy(p.nonce, fresh, sizeof fresh);
	hang_up(&p);
	assert_true(dial(&p, 16992, NULL));
	assert_int_equal(get(&p, GENERAL, NULL), 200);
	assert_int_equal(sim_dev_get_stats(dev)->failed_logins, 0);
	hang_up(&p);
}

static void tls_connection_stays_unlocked_until_the_acl_changes(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "16.1", NULL);
	again_port = 0;
	const char *params = admin_params("Other1!pass");
	p.nonce[0] = '\0'; /* sends no login any more */
	assert_int_equal(get(&p, GENERAL, NULL), 200);
	assert_int_equal(invoke(&p, AMT "AMT_AuthorizationService", "SetAdminAclEntryEx", params),
			 200);
	assert_int_equal(get(&p, GENERAL, NULL), 401);
	hang_up(&p);
	log_in(&p, "16.1", "tls_cache=off");
	again_port = 0;
	p.nonce[0] = '\0';
	assert_int_equal(get(&p, GENERAL, NULL), 401);
	hang_up(&p);
	log_in(&p, "11.8", NULL); /* clear connections never are */
	again_port = 0;
	p.nonce[0] = '\0';
	assert_int_equal(get(&p, GENERAL, NULL), 401);
	hang_up(&p);
}

static void nobody_knows_the_password(void **state)
{
	(void)state;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	set_fault("bad_admin_pw");
	assert_int_equal(try_as("admin", ADMIN_PW, false), 401);
	assert_false(sim_dev_admin_is(dev, span_str(ADMIN_PW)));
}

static void clear_port_in_setup_lets_nobody_in(void **state)
{
	(void)state;
	new_dev("11.8", SIM_SETUP_PKI, "setup_clear=401");
	assert_int_equal(try_as("admin", "admin", false), 401);
	assert_int_equal(try_as("admin", "", false), 401);
	assert_int_equal(sim_dev_get_stats(dev)->failed_logins, 0);
}

/* A client that sends nothing before it was asked for its login, then one that any device refuses. */
static void a_setup_session_asks_who_sends_nothing(void **state)
{
	static const struct {
		const char *name, *authorization;
		struct span body;
		enum sim_session session;
		enum fw_login want;
	} rows[] = {
		{ "nothing", "", { NULL, 0 }, SIM_SESSION_PKI, FW_LOGIN_CHALLENGE },
		{ "a body", "", { (const uint8_t *)"x", 1 }, SIM_SESSION_PKI, FW_LOGIN_OK },
		{ "a login", "Digest x", { NULL, 0 }, SIM_SESSION_PKI, FW_LOGIN_OK },
		{ "a body, with TLS only",
		  "",
		  { (const uint8_t *)"x", 1 },
		  SIM_SESSION_TLS,
		  FW_LOGIN_CHALLENGE },
	};
	(void)state;
	new_dev("16.1", SIM_SETUP_PKI, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fw_login_in in = { .session = rows[i].session,
					  .authorization = span_str(rows[i].authorization),
					  .method = span_str("POST"),
					  .target = span_str("/wsman"),
					  .body = rows[i].body };
		uint32_t user;
		if (sim_fw_login(dev, &in, &user) != rows[i].want)
			fail_msg("%s: not %d", rows[i].name, rows[i].want);
	}
	assert_int_equal(sim_dev_get_stats(dev)->failed_logins, 0);
}

static void identify_needs_no_login(void **state)
{
	(void)state;
	struct peer p = { 0 };
	static const char text[] =
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/>"
		"<s:Body><i:Identify xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/"
		"wsmanidentity.xsd\"/></s:Body></s:Envelope>";
	new_dev("11.8", SIM_CONFIGURED, NULL);
	again_port = 0;
	assert_true(dial(&p, 16992, NULL));
	assert_int_equal(post(&p, text), 200);
	assert_true(says(&p, ">AMT 11.8<"));
	hang_up(&p);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(challenge_is_that_of_captures),
		T(takes_the_right_digest_only),
		T(locks_after_five),
		T(an_unknown_nonce_does_not_count),
		T(a_nonce_serves_many_requests_and_connections),
		T(tls_connection_stays_unlocked_until_the_acl_changes),
		T(nobody_knows_the_password),
		T(clear_port_in_setup_lets_nobody_in),
		T(a_setup_session_asks_who_sends_nothing),
		T(identify_needs_no_login),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
