/* Start and login of redirection sessions against the virtual firmware: each refusal has its error, a
 * wrong password costs one try and the lock-out is shared with HTTP, one session of each kind, firmware
 * refuses to switch off meanwhile; and firmware that answers nonsense at each step. */
#include "redir_rig.h"
#include "base/clk.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SOL WIRE_REDIR_SOL

static void says_what_is_wrong(void **state)
{
	static const struct {
		const char *name, *generation, *redirection, *switches, *fault, *user, *password;
		enum wire_redir_session kind;
		enum err_code code; /* ERR_NONE: opens */
		const char *in_msg, *rule;
		unsigned failed; /* logins that the PC counted */
	} cases[] = {
		{ "opens", "9.5", "sol", NULL, NULL, "admin", RIG_PASSWORD, SOL, ERR_NONE, "", NULL,
		  0 },
		{ "old firmware", "3.0", "on", NULL, NULL, "admin", RIG_PASSWORD, SOL, ERR_NONE, "",
		  NULL, 0 },
		{ "wrong password", "9.5", "sol", NULL, NULL, "admin", "wrong", SOL, ERR_AUTH,
		  "refused user \"admin\"", "M19", 1 },
		{ "wrong password, the PC closes", "9.5", "sol", "redir_fail=close", NULL, "admin",
		  "wrong", SOL, ERR_AUTH, "refused user", "M19", 1 },
		{ "empty password", "9.5", "sol", NULL, NULL, "admin", "", SOL, ERR_AUTH,
		  "refused user", "M19", 1 },
		{ "nobody", "9.5", "sol", NULL, NULL, "nobody", RIG_PASSWORD, SOL, ERR_AUTH,
		  "refused user \"nobody\"", "M19", 1 },
		{ "busy", "9.5", "sol", NULL, "redir_busy", "admin", RIG_PASSWORD, SOL, ERR_BUSY,
		  "another console has the SOL session", NULL, 0 },
		{ "MEBx forbids it", "9.5", "sol", NULL, "redir_off", "admin", RIG_PASSWORD, SOL,
		  ERR_DENIED, "SOL is switched off", "D091", 0 },
		{ "SOL is off", "9.5", "ider", NULL, NULL, "admin", RIG_PASSWORD, SOL, ERR_DENIED,
		  "SOL is switched off", "D091", 0 },
		{ "ports are closed", "9.5", "off", NULL, NULL, "admin", RIG_PASSWORD, SOL,
		  ERR_REFUSED, "refused", NULL, 0 },
		{ "another realm", "9.5", "sol", NULL, "redir_realm", "admin", RIG_PASSWORD, SOL,
		  ERR_REALM, "another digest realm", NULL, 0 },
		{ "pieces of one byte", "9.5", "sol", NULL, "split", "admin", RIG_PASSWORD, SOL,
		  ERR_NONE, "", NULL, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig g;
		struct rig_session s;
		rig_init(&g, cases[i].generation, cases[i].redirection, cases[i].switches,
			 cases[i].fault, i);
		rig_set_password(&g, cases[i].password);
		(void)str_copy(g.way.user, sizeof g.way.user, span_str(cases[i].user));
		if (cases[i].code == ERR_REALM)
			(void)str_copy(g.way.realm, sizeof g.way.realm, span_str("Digest:our own"));
		rig_open(&g, &s, cases[i].kind);
		rig_run_ms(&g, 20000);
		bool opens = cases[i].code == ERR_NONE;
		if (s.opens != opens || s.downs == opens || s.why.code != cases[i].code)
			fail_msg("%s: opened %u, down %u: %s: %s", cases[i].name, s.opens, s.downs,
				 err_name(s.why.code), s.why.msg);
		if (!strstr(s.why.msg, cases[i].in_msg) || !str_eq(s.why.rule, cases[i].rule))
			fail_msg("%s: %s, rule %s", cases[i].name, s.why.msg,
				 s.why.rule ? s.why.rule : "none");
		assert_int_equal(sim_dev_get_stats(g.dev)->failed_logins, cases[i].failed);
		rig_close(&s);
		rig_deinit(&g);
	}
}

/* Five wrong ones lock the account, here as over HTTP; a locked PC is not told a password. */
static void shares_the_lock_out(void **state)
{
	struct rig g;
	struct rig_session s;
	(void)state;

	rig_init(&g, "9.5", "sol", NULL, NULL, 1);
	rig_set_password(&g, "wrong");
	for (unsigned i = 1; i <= 5; i++) {
		rig_open(&g, &s, SOL);
		rig_run_ms(&g, 1000);
		assert_int_equal(s.why.code, ERR_AUTH);
		assert_int_equal(sim_dev_get_stats(g.dev)->failed_logins, i);
		rig_close(&s);
	}
	rig_set_password(&g, RIG_PASSWORD);
	rig_open(&g, &s, SOL);
	rig_run_ms(&g, 1000);
	assert_int_equal(s.why.code, ERR_AUTH);
	assert_non_null(strstr(s.why.msg, "takes no login now"));
	assert_false(amt_redir_login_sent(s.r));
	rig_close(&s);
	rig_run_ms(&g, 61000);
	rig_open(&g, &s, SOL);
	rig_run_ms(&g, 1000);
	assert_int_equal(s.opens, 1);
	rig_close(&s);
	rig_deinit(&g);
}

static void one_session_of_each_kind(void **state)
{
	struct rig g;
	struct rig_session a, b;
	(void)state;

	rig_init(&g, "9.5", "on", NULL, NULL, 1);
	rig_open(&g, &a, SOL);
	rig_run_ms(&g, 1000);
	assert_int_equal(a.opens, 1);
	rig_open(&g, &b, SOL);
	rig_run_ms(&g, 1000);
	assert_int_equal(b.why.code, ERR_BUSY);
	rig_close(&b);
	amt_redir_end(a.r);
	rig_run_ms(&g, 1000);
	assert_int_equal(a.downs, 1);
	assert_int_equal(a.why.code, ERR_NONE);
	rig_close(&a);
	rig_open(&g, &a, SOL);
	rig_open(&g, &b, SOL); /* both at once: one of them comes in */
	rig_run_ms(&g, 40000);
	assert_int_equal(a.opens + b.opens, 1);
	assert_int_equal(a.downs + b.downs, 1);
	rig_close(&a);
	rig_close(&b);
	rig_deinit(&g);
}

/* ---- a peer that says what the test wants ---- */

struct liar {
	struct net_stream *s;
	const char *hex; /* answer to the n-th thing that comes, with blanks between; "-": closes */
};

static void liar_up(void *arg, const struct net_tls_facts *f)
{
	(void)arg;
	(void)f;
}

static void liar_data(void *arg, struct span bytes)
{
	struct liar *l = arg;
	uint8_t mem[512];
	size_t n, got = 0;

	(void)bytes;
	if (!l->hex)
		return;
	n = span_find(span_str(l->hex), ' ');
	if (l->hex[0] == '-') {
		net_stream_end(l->s);
	} else {
		assert_true(hex_decode(span_make(l->hex, n), mem, sizeof mem, &got));
		assert_true(net_stream_send(l->s, span_make(mem, got)));
	}
	l->hex = l->hex[n] ? l->hex + n + 1 : NULL;
}

static void liar_down(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
}

static struct liar liar;
static struct sched *liar_sched;

static struct net_stream *dial_liar(struct net_dialer *d, const struct net_target *t)
{
	static const struct net_stream_events events = { liar_up, liar_data, liar_down };
	struct net_stream *own;

	(void)d;
	(void)t;
	net_stream_mem_pair(liar_sched, 1, &own, &liar.s);
	net_stream_start(liar.s, &events, &liar);
	return own;
}

static void bears_nonsense(void **state)
{
#define STARTED "11000000010002005701000000"
#define OFFER   "1400000000020000000304"
	static const struct {
		const char *name, *answers, *in_msg;
		enum err_code code;
	} cases[] = {
		{ "silence", NULL, "did not answer: the start", ERR_TIMEOUT },
		{ "closes at once", "-", "closed the connection: the start", ERR_CLOSED },
		{ "no redirection", "485454502f312e31", "unknown type 0x48", ERR_MALFORMED },
		{ "login first", "140000000400000000", "0x14 instead of the start", ERR_MALFORMED },
		{ "unknown status", "11770000", "cannot start", ERR_FAULT },
		{ "no SOL here", "11010000", "knows no SOL", ERR_UNSUPPORTED },
		{ "closes after the start", STARTED " -", "the offer of login", ERR_CLOSED },
		{ "silent after the start", STARTED, "did not answer: the offer", ERR_TIMEOUT },
		{ "no methods", STARTED " 140000000000000000", "no login that is known",
		  ERR_UNSUPPORTED },
		{ "Kerberos only", STARTED " 14000000000100000002", "no login that is known",
		  ERR_UNSUPPORTED },
		{ "clear only", STARTED " 14000000000100000001", "password in clear only",
		  ERR_UNSUPPORTED },
		{ "endless login", STARTED " 1400000000ffffffff", "4294967295 bytes", ERR_LIMIT },
		{ "no challenge", STARTED " " OFFER " 140100000400000000", "takes no login now",
		  ERR_AUTH },
		{ "success unasked", STARTED " " OFFER " 140000000400000000", "takes no login now",
		  ERR_AUTH },
		{ "method unknown after all", STARTED " " OFFER " 140200000400000000",
		  "refuses the login", ERR_UNSUPPORTED },
		{ "another method",
		  STARTED " " OFFER " 140100000304000000016101"
			  "62",
		  "takes no login", ERR_AUTH },
		{ "cut challenge",
		  STARTED " " OFFER " 14010000040200000005"
			  "61",
		  "do not fit method 4", ERR_MALFORMED },
		{ "SOL before the login", STARTED " " OFFER " 2a000000010000000000",
		  "unknown type 0x2A", ERR_MALFORMED },
		{ "closes at the login", STARTED " " OFFER " 140100000406000000016101620161 -",
		  "closed the connection: the login", ERR_CLOSED },
		{ "challenges for ever",
		  STARTED " " OFFER
			  " 140100000406000000016101620161 140100000406000000016101620161",
		  "refused user", ERR_AUTH },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rig g;
		struct rig_session s;
		rig_init(&g, "9.5", "sol", NULL, NULL, 1);
		g.dialer.dial = dial_liar;
		liar_sched = g.sched;
		liar.hex = cases[i].answers;
		rig_open(&g, &s, SOL);
		rig_run_ms(&g, 60000);
		if (s.opens || s.downs != 1 || s.why.code != cases[i].code ||
		    !strstr(s.why.msg, cases[i].in_msg))
			fail_msg("%s: opened %u, down %u: %s: %s", cases[i].name, s.opens, s.downs,
				 err_name(s.why.code), s.why.msg);
		if (strstr(s.why.msg, RIG_PASSWORD))
			fail_msg("%s: the password is in the error", cases[i].name);
		rig_close(&s);
		net_stream_close(liar.s);
		rig_deinit(&g);
	}
}

static bool no_login(void *arg)
{
	(void)arg;
	return false;
}

static void asks_before_a_login(void **state)
{
	struct rig g;
	struct rig_session s;
	(void)state;

	rig_init(&g, "9.5", "sol", NULL, NULL, 1);
	rig_open(&g, &s, SOL);
	rig_close(&s); /* freed before it came up */
	rig_run_ms(&g, 1000);
	struct amt_redir_conf c = { .dialer = &g.dialer,
				    .sched = g.sched,
				    .rng = &g.rng,
				    .way = &g.way,
				    .kind = SOL,
				    .may_login = no_login };
	rig_open_with(&g, &s, &c);
	rig_run_ms(&g, 1000);
	assert_int_equal(s.why.code, ERR_LOCKOUT);
	assert_string_equal(s.why.rule, "M19");
	assert_false(amt_redir_login_sent(s.r));
	rig_close(&s);
	rig_deinit(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_wrong),       cmocka_unit_test(shares_the_lock_out),
		cmocka_unit_test(one_session_of_each_kind), cmocka_unit_test(bears_nonsense),
		cmocka_unit_test(asks_before_a_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
