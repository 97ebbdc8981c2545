/* Tests of digest authentication: RFC vectors, the spellings of real clients, the 401 rule. */
#include "wire/digest.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define REALM "Digest:A4070000000000000000000000000000"
#define NONCE "wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63"
/* the example of RFC 2617 3.5 */
#define RFC_REALM    "testrealm@host.com"
#define RFC_NONCE    "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define RFC_HA1      "939e7578ed9e3c518a452acee763bce9"
#define RFC_RESPONSE "6629fae49393a05397450978507c4ef1"

static void hex_is(const uint8_t *p, const char *want)
{
	char text[40];
	struct out o;

	out_init(&o, text, sizeof text);
	out_hex(&o, span_make(p, 16));
	assert_string_equal(text, want);
}

static void rfc_vector(void **state)
{
	struct wire_digest_challenge c = { .realm = RFC_REALM,
					   .nonce = RFC_NONCE,
					   .qop_auth = true };
	const struct wire_digest_use use = { WIRE_DIGEST_AUTH,  1,          "0a4f113b", "GET",
					     "/dir/index.html", { NULL, 0 } };
	struct wire_digest_response r;
	uint8_t ha1[16];
	char text[512];
	struct out o;
	(void)state;

	wire_digest_ha1("Mufasa", RFC_REALM, span_str("Circle Of Life"), ha1);
	hex_is(ha1, RFC_HA1);
	out_init(&o, text, sizeof text);
	wire_digest_emit(&o, "Mufasa", ha1, &c, &use);
	assert_string_equal(text,
			    "Digest username=\"Mufasa\",realm=\"" RFC_REALM "\",nonce=\"" RFC_NONCE
			    "\",uri=\"/dir/index.html\",qop=auth,"
			    "nc=00000001,cnonce=\"0a4f113b\",response=\"" RFC_RESPONSE "\"");
	assert_true(wire_digest_parse_response(span_str(text), &r, NULL));
	assert_true(wire_digest_check(&r, ha1, "GET", span_str("")));
	assert_false(wire_digest_check(&r, ha1, "POST", span_str("")));
	r.response[31] ^= 1;
	assert_false(wire_digest_check(&r, ha1, "GET", span_str("")));
}

static void own_responses_check(void **state)
{
	static const struct {
		const char *name;
		enum wire_digest_qop qop;
		bool other_body_fits;
	} cases[] = {
		{ "none", WIRE_DIGEST_NONE, true },
		{ "auth", WIRE_DIGEST_AUTH, true },
		{ "auth-int", WIRE_DIGEST_AUTH_INT, false },
	};
	struct wire_digest_challenge c = { .realm = REALM, .nonce = NONCE };
	uint8_t ha1[16];
	(void)state;

	wire_digest_ha1("admin", REALM, span_str("P@ssw0rd"), ha1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_digest_use use = { cases[i].qop, 0xAB,     "c0ffee",
					       "POST",       "/wsman", span_str("<a/>") };
		struct wire_digest_response r;
		char text[512];
		struct out o;
		out_init(&o, text, sizeof text);
		wire_digest_emit(&o, "admin", ha1, &c, &use);
		if (!wire_digest_parse_response(span_str(text), &r, NULL) ||
		    !wire_digest_check(&r, ha1, "POST", use.body) ||
		    wire_digest_check(&r, ha1, "POST", span_str("<b/>")) !=
			    cases[i].other_body_fits ||
		    r.nc != (use.qop ? use.nc : 0) || r.qop != use.qop)
			fail_msg("%s: %s", cases[i].name, text);
		ha1[3] ^= 1;
		if (wire_digest_check(&r, ha1, "POST", use.body))
			fail_msg("%s: another password fits", cases[i].name);
		ha1[3] ^= 1;
	}
}

/* auth-int computed by hand with md5sum: HA1 of admin:r:p, HA2 of POST:/wsman:md5(<a/>) */
static void auth_int_vector(void **state)
{
	static const char value[] =
		"Digest username=\"admin\",realm=\"r\",nonce=\"n\",uri=\"/wsman\","
		"qop=auth-int,nc=00000001,cnonce=\"c\",response=\"48368433a18c7843a171636d511375c8\"";
	struct wire_digest_challenge c = { .realm = "r", .nonce = "n" };
	const struct wire_digest_use use = { WIRE_DIGEST_AUTH_INT, 1, "c", "POST", "/wsman",
					     span_str("<a/>") };
	uint8_t ha1[16];
	char text[512];
	struct out o;
	(void)state;

	wire_digest_ha1("admin", "r", span_str("p"), ha1);
	out_init(&o, text, sizeof text);
	wire_digest_emit(&o, "admin", ha1, &c, &use);
	assert_string_equal(text, value);
}

static void parses_challenges(void **state)
{
	static const struct {
		const char *name, *in;
		enum err_code code;
		const char *realm, *nonce;
		bool auth, auth_int;
	} cases[] = {
		{ "AMT to 13",
		  "Digest realm=\"" REALM "\", nonce=\"" NONCE "\",stale=\"false\",qop=\"auth\"", 0,
		  REALM, NONCE, true, false },
		{ "AMT 14",
		  "Digest realm=\"" REALM "\", nonce=\"" NONCE
		  "\",stale=\"false\",qop=\"auth-int, auth\"",
		  0, REALM, NONCE, true, true },
		{ "auth-int alone", "Digest realm=\"r\",nonce=\"n\",qop=\"auth-int\"", 0, "r", "n",
		  false, true },
		{ "bare, blanks, case",
		  "  dIGEST  nonce = n/+==\t, REALM=r , Algorithm=md5, qop=AUTH,", 0, "r",
		  "n/+==", true, false },
		{ "without qop", "Digest realm=\"r\",nonce=\"n\"", 0, "r", "n", false, false },
		{ "empty realm", "Digest realm=\"\",nonce=\"n\"", 0, "", "n", false, false },
		{ "escapes", "Digest realm=\"a\\\"b\\\\c, qop=d\",nonce=\"n\"", 0, "a\"b\\c, qop=d",
		  "n", false, false },
		{ "another scheme behind", "Digest realm=\"r\",nonce=\"n\", Negotiate", 0, "r", "n",
		  false, false },
		{ "unknown qop beside auth", "Digest realm=r,nonce=n,qop=\"x,auth\"", 0, "r", "n",
		  true, false },
		{ "Negotiate", "Negotiate", ERR_UNSUPPORTED, "", "", 0, 0 },
		{ "Basic", "Basic realm=\"Digest\"", ERR_UNSUPPORTED, "", "", 0, 0 },
		{ "Digestive", "Digestive realm=r,nonce=n", ERR_UNSUPPORTED, "", "", 0, 0 },
		{ "empty", "", ERR_UNSUPPORTED, "", "", 0, 0 },
		{ "SHA-256", "Digest realm=r,nonce=n,algorithm=SHA-256", ERR_UNSUPPORTED, "", "", 0,
		  0 },
		{ "MD5-sess", "Digest realm=r,nonce=n,algorithm=MD5-sess", ERR_UNSUPPORTED, "", "",
		  0, 0 },
		{ "unknown qop", "Digest realm=r,nonce=n,qop=\"x\"", ERR_UNSUPPORTED, "", "", 0,
		  0 },
		{ "no nonce", "Digest realm=\"r\"", ERR_MALFORMED, "", "", 0, 0 },
		{ "no realm", "Digest nonce=\"n\"", ERR_MALFORMED, "", "", 0, 0 },
		{ "nothing", "Digest", ERR_MALFORMED, "", "", 0, 0 },
		{ "two realms", "Digest realm=a,nonce=n,realm=b", ERR_MALFORMED, "", "", 0, 0 },
		{ "open quote", "Digest realm=\"r,nonce=n", ERR_MALFORMED, "", "", 0, 0 },
		{ "open quote by escape", "Digest nonce=n,realm=\"r\\\"", ERR_MALFORMED, "", "", 0,
		  0 },
		{ "text after a quote", "Digest realm=\"r\"x,nonce=n", ERR_MALFORMED, "", "", 0,
		  0 },
		{ "quote inside", "Digest realm=r\"x\",nonce=n", ERR_MALFORMED, "", "", 0, 0 },
		{ "control character", "Digest realm=\"r\x01\",nonce=n", ERR_MALFORMED, "", "", 0,
		  0 },
		{ "only a value", "Digest =r,nonce=n", ERR_MALFORMED, "", "", 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_digest_challenge c;
		struct err e = { 0 };
		bool ok = wire_digest_parse_challenge(span_str(cases[i].in), &c, &e);
		if (ok != (cases[i].code == 0) || e.code != cases[i].code)
			fail_msg("%s: ok=%d %s", cases[i].name, ok, e.msg);
		if (ok &&
		    (strcmp(c.realm, cases[i].realm) != 0 || strcmp(c.nonce, cases[i].nonce) != 0 ||
		     c.qop_auth != cases[i].auth || c.qop_auth_int != cases[i].auth_int))
			fail_msg("%s: realm=%s nonce=%s qop %d %d", cases[i].name, c.realm, c.nonce,
				 c.qop_auth, c.qop_auth_int);
	}
}

static void refuses_long_values(void **state)
{
	char text[512];
	struct wire_digest_challenge c;
	struct err e = { 0 };
	struct out o;
	(void)state;

	for (size_t n = WIRE_DIGEST_REALM_SIZE - 1; n <= WIRE_DIGEST_REALM_SIZE; n++) {
		out_init(&o, text, sizeof text);
		out_str(&o, "Digest nonce=n,realm=\"");
		for (size_t i = 0; i < n; i++)
			out_u8(&o, 'r');
		out_str(&o, "\"");
		bool ok = wire_digest_parse_challenge(out_span(&o), &c, &e);
		assert_int_equal(ok, n < WIRE_DIGEST_REALM_SIZE);
	}
	assert_int_equal(e.code, ERR_LIMIT);
}

#define WHO "username=\"Mufasa\",realm=\"" RFC_REALM "\",nonce=\"" RFC_NONCE "\""
#define URI "uri=\"/dir/index.html\""

static void parses_spellings(void **state)
{
	static const struct {
		const char *name, *in;
		bool ok;
	} cases[] = {
		{ "qop and nc bare",
		  "Digest " WHO "," URI
		  ",qop=auth,nc=00000001,cnonce=\"0a4f113b\",response=\"" RFC_RESPONSE "\"",
		  true },
		{ "all quoted, blanks",
		  "Digest username=\"Mufasa\", realm=\"" RFC_REALM "\", nonce=\"" RFC_NONCE
		  "\", " URI ", response=\"" RFC_RESPONSE
		  "\", qop=\"auth\", nc=\"00000001\", cnonce=\"0a4f113b\"",
		  true },
		{ "other order",
		  "Digest qop=\"auth\",cnonce=\"0a4f113b\",nc=\"00000001\"," URI
		  ",response=\"" RFC_RESPONSE "\"," WHO,
		  true },
		{ "algorithm and opaque",
		  "Digest " WHO "," URI
		  ",algorithm=MD5,opaque=\"5c,cc\",qop=auth,nc=00000001,cnonce=\"0a4f113b\",response=\"" RFC_RESPONSE
		  "\"",
		  true },
		{ "bare uri, upper-case response",
		  "digest " WHO
		  ",uri=/dir/index.html,qop=auth,nc=00000001,cnonce=0a4f113b,response=6629FAE49393A05397450978507C4EF1",
		  true },
		{ "no response", "Digest " WHO "," URI ",qop=auth,nc=00000001,cnonce=\"0a4f113b\"",
		  false },
		{ "short response",
		  "Digest " WHO "," URI ",qop=auth,nc=00000001,cnonce=\"0\",response=\"6629\"",
		  false },
		{ "response not hex",
		  "Digest " WHO "," URI
		  ",qop=auth,nc=00000001,cnonce=\"0\",response=\"6629fae49393a05397450978507c4efx\"",
		  false },
		{ "qop without nc",
		  "Digest " WHO "," URI ",qop=auth,cnonce=\"0\",response=\"" RFC_RESPONSE "\"",
		  false },
		{ "nc not hex",
		  "Digest " WHO "," URI
		  ",qop=auth,nc=0000000g,cnonce=\"0\",response=\"" RFC_RESPONSE "\"",
		  false },
		{ "nc too long",
		  "Digest " WHO "," URI
		  ",qop=auth,nc=000000001,cnonce=\"0\",response=\"" RFC_RESPONSE "\"",
		  false },
		{ "unknown qop",
		  "Digest " WHO "," URI ",qop=x,nc=00000001,cnonce=\"0\",response=\"" RFC_RESPONSE
		  "\"",
		  false },
		{ "Basic", "Basic dTpw", false },
	};
	uint8_t ha1[16];
	(void)state;

	wire_digest_ha1("Mufasa", RFC_REALM, span_str("Circle Of Life"), ha1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_digest_response r;
		struct err e = { 0 };
		bool ok = wire_digest_parse_response(span_str(cases[i].in), &r, &e);
		if (ok != cases[i].ok)
			fail_msg("%s: ok=%d %s", cases[i].name, ok, e.msg);
		if (ok &&
		    (!wire_digest_check(&r, ha1, "GET", span_str("")) || r.nc != 1 ||
		     r.qop != WIRE_DIGEST_AUTH || strcmp(r.user, "Mufasa") != 0 ||
		     strcmp(r.target, "/dir/index.html") != 0))
			fail_msg("%s: user=%s uri=%s nc=%u", cases[i].name, r.user, r.target,
				 (unsigned)r.nc);
		if (strstr(e.msg, RFC_RESPONSE) || strstr(e.seen, RFC_RESPONSE))
			fail_msg("%s: the response is in the error", cases[i].name);
	}
}

static void nc_is_hashed_as_sent(void **state)
{
	struct wire_digest_response r;
	struct err e = { 0 };
	(void)state;

	assert_true(wire_digest_parse_response(
		span_str("Digest " WHO "," URI ",qop=auth,nc=\"0000000A\","
			 "cnonce=\"0\",response=\"" RFC_RESPONSE "\""),
		&r, &e));
	assert_int_equal(r.nc, 10);
	assert_string_equal(r.nc_text, "0000000A");
}

static void emits_nothing_unsafe(void **state)
{
	static const struct {
		const char *name, *user, *realm, *target, *cnonce, *want; /* NULL: refused */
	} cases[] = {
		{ "quote", "a\"b\\", "r", "/", "c", "Digest username=\"a\\\"b\\\\\",realm=\"r\"," },
		{ "line end in user", "a\r\nX: y", "r", "/", "c", NULL },
		{ "line end in realm", "a", "r\n", "/", "c", NULL },
		{ "delete in user", "a\x7f", "r", "/", "c", NULL },
		{ "blank in target", "a", "r", "/ x", "c", NULL },
		{ "tab in cnonce", "a", "r", "/", "\t", NULL },
	};
	const uint8_t ha1[16] = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_digest_challenge c = { .nonce = "n" };
		struct wire_digest_use use = { .method = "GET", .target = cases[i].target };
		struct wire_digest_response r;
		char text[512];
		struct out o;
		str_copy(c.realm, sizeof c.realm, span_str(cases[i].realm));
		str_copy(use.cnonce, sizeof use.cnonce, span_str(cases[i].cnonce));
		out_init(&o, text, sizeof text);
		wire_digest_emit(&o, cases[i].user, ha1, &c, &use);
		if (o.bad != (cases[i].want == NULL) ||
		    !span_starts(out_span(&o), cases[i].want ? cases[i].want : "") ||
		    (o.bad && o.n))
			fail_msg("%s: bad=%d %s", cases[i].name, o.bad, text);
		if (!o.bad &&
		    (!wire_digest_parse_response(out_span(&o), &r, NULL) ||
		     strcmp(r.user, cases[i].user) != 0))
			fail_msg("%s: the user came back as %s", cases[i].name, r.user);
	}
}

static void decides_on_401(void **state)
{
	static const struct {
		const char *name;
		enum wire_digest_sent sent;
		const char *old_realm;
		enum wire_digest_do want;
	} cases[] = {
		{ "nothing sent", WIRE_DIGEST_SENT_NOTHING, NULL, WIRE_DIGEST_ANSWER },
		{ "nothing sent, realm known", WIRE_DIGEST_SENT_NOTHING, "x", WIRE_DIGEST_ANSWER },
		{ "old nonce, same realm", WIRE_DIGEST_SENT_OLD_NONCE, REALM, WIRE_DIGEST_ANSWER },
		{ "old nonce, other realm", WIRE_DIGEST_SENT_OLD_NONCE, "x",
		  WIRE_DIGEST_STOP_REALM },
		{ "old nonce, realm lost", WIRE_DIGEST_SENT_OLD_NONCE, NULL,
		  WIRE_DIGEST_STOP_REALM },
		{ "fresh", WIRE_DIGEST_SENT_FRESH, REALM, WIRE_DIGEST_STOP_AUTH },
		{ "fresh, other realm", WIRE_DIGEST_SENT_FRESH, "x", WIRE_DIGEST_STOP_AUTH },
	};
	const struct wire_digest_challenge c = { .realm = REALM, .nonce = NONCE };
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (wire_digest_on_401(cases[i].sent, cases[i].old_realm, &c) != cases[i].want)
			fail_msg("%s", cases[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_vector),           cmocka_unit_test(own_responses_check),
		cmocka_unit_test(auth_int_vector),      cmocka_unit_test(parses_challenges),
		cmocka_unit_test(refuses_long_values),  cmocka_unit_test(parses_spellings),
		cmocka_unit_test(nc_is_hashed_as_sent), cmocka_unit_test(emits_nothing_unsafe),
		cmocka_unit_test(decides_on_401),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
