/* Every cell of the table of firmware releases, by what a device of that release does: one probe and
 * one rule for each column. Then the test of this test: cells are changed, and the probe of the column
 * has to notice. With the argument "mutate" (./dev mutate) every cell in every way, printed by column;
 * else an eighth of them, in one way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_gen_want.c"
#include "sim/test_gen_probe.c"
#include "sim/test_gen_probe_http.c"
#include "base/log.h"
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEEN_SIZE 512
#define TRIES_MAX 24
#define TEXT_ROOM 4096

static const struct check {
	const char *column;
	void (*see)(const struct sim_generation *g, struct out *o);
	void (*want)(struct release r, struct out *o);
} checks[] = {
	{ "version", see_version, want_version },
	{ "psk", see_psk, want_psk },
	{ "pki", see_pki, want_pki },
	{ "hash_algs", see_hash_algs, want_hash_algs },
	{ "hello_max", see_hello_max, want_hello_max },
	{ "tls_min", see_tls, want_tls },
	{ "tls_max", see_tls, want_tls },
	{ "suites", see_suites, want_suites },
	{ "suites13", see_suites13, want_suites13 },
	{ "groups", see_groups, want_groups },
	{ "sigs", see_sigs, want_sigs },
	{ "wsman", see_wsman, want_wsman },
	{ "eoi", see_eoi, want_eoi },
	{ "clear", see_clear, want_clear },
	{ "non_secure", see_non_secure, want_tls_only },
	{ "local_clear", see_local_clear, want_local_clear },
	{ "default_cert", see_default_cert, want_tls_only },
	{ "setup_chain", see_setup_chain, want_setup_chain },
	{ "setup_sig", see_setup_sig, want_setup_sig },
	{ "makes_keys", see_makes_keys, want_from_6 },
	{ "key_bits", see_key_bits, want_key_bits },
	{ "key_max", see_key_max, want_rsa },
	{ "key_spki", see_key_spki, want_tls_only },
	{ "rsa_min", see_rsa, want_rsa },
	{ "rsa_max", see_rsa, want_rsa },
	{ "ec_min", see_ec, want_ec },
	{ "chain_sig", see_chain_sig, want_chain_sig },
	{ "chain_sha2", see_chain_sha2, want_yes },
	{ "chain_bytes", see_chain_bytes, want_chain_bytes },
	{ "root_bytes", see_root_bytes, want_root_bytes },
	{ "suffix_rule", see_suffix_rule, want_suffix_rule },
	{ "realm", see_realm, want_realm },
	{ "auth_int", see_auth_int, want_auth_int },
	{ "tls_cache", see_tls_cache, want_from_6 },
	{ "admin_taken", see_admin_taken, want_admin_taken },
	{ "chunked", see_chunked, want_yes },
	{ "content_type", see_content_type, want_content_type },
	{ "frame_deny", see_frame_deny, want_frame_deny },
	{ "logo", see_logo, want_logo },
	{ "staged", see_staged, want_yes },
	{ "seed", see_seed, want_seed },
	{ "kvm", see_kvm, want_from_6 },
	{ "consent", see_consent, want_consent },
	{ "host_based", see_host_based, want_from_6 },
};

static const struct check *check_of(const struct sim_generation_column *c)
{
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (str_eq(checks[i].column, c->name))
			return &checks[i];
	}
	return NULL;
}

/* True when the device does what its release should; else both texts, if they are wanted. */
static bool holds(const struct check *k, const struct sim_generation *g, char seen[SEEN_SIZE],
		  char want[SEEN_SIZE])
{
	static struct sim_generation open; /* devices of the probe point to it */
	struct out so, wo;

	/* Cells of what a release lacks are looked at as if it had it. */
	open = *g;
	open.wsman.is |= !str_eq(k->column, "wsman");
	open.pki.is |= !str_eq(k->column, "pki");
	memset(seen, 0, SEEN_SIZE);
	memset(want, 0, SEEN_SIZE);
	out_init(&so, seen, SEEN_SIZE);
	out_init(&wo, want, SEEN_SIZE);
	trust(&prov->certs[1], 3);
	k->want((struct release){ g->major, g->minor }, &wo);
	k->see(&open, &so);
	return str_eq(seen, want);
}

static void every_cell_does_what_it_says(void **state)
{
	(void)state;
	const struct sim_generation *g;
	const struct sim_generation_column *c;
	char seen[SEEN_SIZE], want[SEEN_SIZE];
	unsigned wrong = 0;

	for (unsigned col = 0; (c = sim_generation_column(col)); col++) {
		const struct check *k = check_of(c);
		if (!k)
			fail_msg("column %s has no check", c->name);
		for (unsigned row = 0; (g = sim_generation_at(row)); row++) {
			if (holds(k, g, seen, want))
				continue;
			wrong++;
			print_message("AMT %s, %s: \"%s\", expected \"%s\"\n", g->name, c->name,
				      seen, want);
		}
	}
	assert_int_equal(wrong, 0);
}

static void rows_are_found(void **state)
{
	(void)state;
	static const struct {
		const char *name, *found;
	} rows[] = {
		{ "2.0", "2.0" },     { "2", "2.6" },     { "3.0", "3.0" },     { "2.3", NULL },
		{ "3.2.1", "3.2.1" }, { "3.2", "3.2.1" }, { "3", "3.2.1" },     { "9", "9.5" },
		{ "9.0", "9.0" },     { "9.5", "9.5" },   { "14", "14.0" },     { "14.0", "14.0" },
		{ "16.1", "16.1" },   { "16", "16.1" },   { "22", "22.0" },     { "16.0", NULL },
		{ "9.1", NULL },      { "8", NULL },      { "1", NULL },        { "23", NULL },
		{ "", NULL },         { ".", NULL },      { "14.", NULL },      { ".1", NULL },
		{ "14.0.1", NULL },   { "x", NULL },      { "-9", NULL },       { " 9", NULL },
		{ "9.x", NULL },      { "914", NULL },    { "14.000", "14.0" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct sim_generation *g = sim_generation_find(rows[i].name);
		if (!str_eq(g ? g->name : "(none)", rows[i].found ? rows[i].found : "(none)"))
			fail_msg("\"%s\": %s", rows[i].name, g ? g->name : "not found");
	}
}

/* Oldest first, each by a name that begins with its numbers. */
static void rows_are_in_order(void **state)
{
	(void)state;
	const struct sim_generation *g, *before = NULL;
	char numbers[32];
	unsigned i = 0;

	for (; (g = sim_generation_at(i)); i++, before = g) {
		(void)snprintf(numbers, sizeof numbers, "%u.%u", g->major, g->minor);
		assert_true(span_starts(span_str(g->name), numbers));
		assert_ptr_equal(sim_generation_find(g->name), g);
		assert_true(!before || g->major > before->major ||
			    (g->major == before->major && g->minor > before->minor));
	}
	assert_int_equal(i, 22);
	assert_null(sim_generation_at(i));
	assert_null(sim_generation_at(UINT32_MAX));
}

/* ---- changed copies ---- */

struct change {
	struct sim_generation g;
	char text[TEXT_ROOM]; /* what a changed text cell points to */
};
struct tally {
	unsigned killed, survived, crashed;
	unsigned
		asserts; /* of the killed: not seen by the text, but an exchange went wrong before */
};

static void *cell_of(struct sim_generation *g, const struct sim_generation_column *c)
{
	return (char *)g + c->offset;
}

/* The n-th other value out of a list; false past its end. */
static bool other_num(unsigned now, const unsigned *list, unsigned count, unsigned n,
		      unsigned *out_value)
{
	for (unsigned i = 0; i < count; i++) {
		if (list[i] != now && n-- == 0) {
			*out_value = list[i];
			return true;
		}
	}
	return false;
}

#define LIST(...)                            \
	((const unsigned[]){ __VA_ARGS__ }), \
		sizeof((const unsigned[]){ __VA_ARGS__ }) / sizeof(unsigned)

static bool change_num(const struct sim_generation_column *c, unsigned now, unsigned n,
		       unsigned *out_value)
{
	if (c->kind == SIM_CELL_TLS)
		return other_num(now, LIST(PKI_TLS_1_0, PKI_TLS_1_1, PKI_TLS_1_2, PKI_TLS_1_3), n,
				 out_value);
	if (c->kind == SIM_CELL_SIG)
		return other_num(now,
				 LIST(PKI_SIG_SHA1, PKI_SIG_SHA256, PKI_SIG_SHA384, PKI_SIG_SHA512),
				 n, out_value);
	if (c->kind == SIM_CELL_REALM)
		return other_num(now, LIST(SIM_REALM_ID, SIM_REALM_SHORT, SIM_REALM_LONG), n,
				 out_value);
	if (c->kind == SIM_CELL_SUFFIX)
		return other_num(now, LIST(SIM_SUFFIX_COM_NET, SIM_SUFFIX_BY_TLD), n, out_value);
	if (c->kind == SIM_CELL_ALGS) {
		*out_value = now ^ 1u << (WIRE_HELLO_SHA1 + n);
		return n < 3;
	}
	if (str_eq(c->name, "setup_chain"))
		return other_num(now, LIST(1, 3), n, out_value);
	if (str_eq(c->name, "key_bits"))
		return other_num(now, LIST(2048, 3072), n, out_value);
	if (str_eq(c->name, "ec_min"))
		return other_num(now, LIST(0, 256, 384, 521), n, out_value);
	if (str_eq(c->name, "hello_max"))
		return other_num(now, LIST(0, 22, 23, 24, 32, 33, 34), n, out_value);
	if (str_eq(c->name, "chain_bytes") || str_eq(c->name, "root_bytes"))
		return other_num(now, LIST(0, 1499, 1500, 1501, 4099, 4100, 4101), n, out_value);
	/* sizes of RSA keys */
	return other_num(now, LIST(1024, 1536, 2048, 3072, 4096), n, out_value);
}

/* Items that a list may lack or have too many of. */
static const char *extra_item(const struct sim_generation_column *c, unsigned n)
{
	static const char *const suites[] = { "AES128-SHA",
					      "AES256-SHA",
					      "AES128-SHA256",
					      "AES256-GCM-SHA384",
					      "ECDHE-RSA-AES128-GCM-SHA256",
					      "PSK-AES128-CBC-SHA",
					      NULL };
	static const char *const suites13[] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
						"TLS_CHACHA20_POLY1305_SHA256", NULL };
	static const char *const groups[] = { "P-256", "P-384", "X25519", NULL };
	static const char *const sigs[] = { "RSA+SHA256", "RSA-PSS+SHA384", "ECDSA+SHA384", NULL };
	const char *const *list = str_eq(c->name, "suites") ? suites
		: str_eq(c->name, "suites13")               ? suites13
		: str_eq(c->name, "groups")                 ? groups
							    : sigs;

	while (n > 0 && *list) {
		list++;
		n--;
	}
	return *list;
}

static bool lists(const char *text, const char *item)
{
	for (struct span left = span_str(text); left.n;) {
		size_t n = span_find(left, ':');
		if (span_eq_str(span_make(left.p, n), item))
			return true;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return false;
}

/* Each item left out, then each other item added. */
static bool change_list(const struct sim_generation_column *c, const char *now, unsigned n,
			char out_text[TEXT_ROOM])
{
	const char *item;
	struct out o;

	memset(out_text, 0, TEXT_ROOM);
	out_init(&o, out_text, TEXT_ROOM);
	unsigned items = *now ? 1 : 0, at = 0;
	for (const char *p = now; *p; p++)
		items += *p == ':';
	if (n >= items) {
		for (unsigned i = 0, k = n - items; (item = extra_item(c, i)); i++) {
			if (lists(now, item) || k-- > 0)
				continue;
			out_fmt(&o, "%s%s%s", now, *now ? ":" : "", item);
			return true;
		}
		return false;
	}
	for (struct span left = span_str(now); left.n; at++) {
		size_t k = span_find(left, ':');
		if (at != n) {
			out_str(&o, o.n ? ":" : "");
			out_bytes(&o, span_make(left.p, k));
		}
		k += k < left.n;
		left = span_make(left.p + k, left.n - k);
	}
	return true;
}

/* Empty, cut short, one letter more, the last letter another one, or what others say. */
static bool change_text(const struct sim_generation_column *c, const char *now, unsigned n,
			char out_text[TEXT_ROOM])
{
	static const char *const others[] = { "",
					      "top",
					      "middle",
					      "9.0.31",
					      "application/octet-stream",
					      "application/soap+xml; charset=UTF-8",
					      "application/soap+xml;charset=UTF-8" };
	size_t len = strlen(now), count = sizeof others / sizeof *others;

	if (str_eq(c->name, "suites") || str_eq(c->name, "suites13") || str_eq(c->name, "groups") ||
	    str_eq(c->name, "sigs"))
		return change_list(c, now, n, out_text);
	if (n < count) {
		/* Its own value is no change: leave one letter out instead. */
		const char *to = str_eq(others[n], now) ? now + 1 : others[n];
		return str_copy(out_text, TEXT_ROOM, span_str(to));
	}
	(void)str_copy(out_text, TEXT_ROOM, span_str(now));
	if (n == count)
		out_text[len - 1] = '\0';
	else if (n == count + 1)
		out_text[len - 1] = now[len - 1] == '1' ? '2' : '1';
	else
		(void)str_copy(out_text + len, TEXT_ROOM - len, span_str("0"));
	return n <= count + 2;
}

/* The n-th changed copy of a row; false when there are no more. */
static bool change(const struct sim_generation *from, const struct sim_generation_column *c,
		   unsigned n, struct change *out_m)
{
	void *cell = cell_of(&out_m->g, c);

	out_m->g = *from;
	if (c->kind == SIM_CELL_BOOL) {
		((struct sim_cell_bool *)cell)->is ^= true;
		return n == 0;
	}
	if (c->kind == SIM_CELL_TEXT) {
		struct sim_cell_text *t = cell;
		bool more = change_text(c, t->text, n, out_m->text);
		t->text = out_m->text;
		return more;
	}
	struct sim_cell_num *num = cell;
	return change_num(c, num->n, n, &num->n);
}

/* ---- the run ---- */

/* In a process of its own: a changed device may end a probe anywhere. */
static int try_one(const struct check *k, const struct sim_generation *g)
{
	char seen[SEEN_SIZE], want[SEEN_SIZE];
	int status = 0;

	(void)fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		_exit(holds(k, g, seen, want) ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static void say(const char *what, const struct sim_generation *from, const struct change *m,
		const struct sim_generation_column *c)
{
	char old[256] = "", now[256] = "";
	struct out o;

	out_init(&o, old, sizeof old - 1);
	sim_generation_print(from, c, &o);
	out_init(&o, now, sizeof now - 1);
	sim_generation_print(&m->g, c, &o);
	printf("  %s: AMT %s, %s: \"%s\" changed to \"%s\"\n", what, from->name, c->name, old, now);
}

static void run_cell(const struct sim_generation *from, const struct sim_generation_column *c,
		     unsigned tries, struct tally *t)
{
	static struct change m;
	unsigned n = 0;

	for (; n < tries && change(from, c, n, &m); n++) {
		int status = try_one(check_of(c), &m.g);
		if (status == -1 || WIFSIGNALED(status)) {
			t->crashed++;
			say("died", from, &m, c);
		} else if (WEXITSTATUS(status) == 0) {
			t->survived++;
			say("survived", from, &m, c);
		} else {
			t->killed++;
			t->asserts += WEXITSTATUS(status) != 1;
		}
	}
	if (n == 0) {
		t->survived++;
		printf("  AMT %s, %s: nothing to change\n", from->name, c->name);
	}
}

/* An unchanged row has to survive, or killing would prove nothing. */
static void run_unchanged(const struct sim_generation *g, const struct sim_generation_column *c,
			  struct tally *t)
{
	if (try_one(check_of(c), g) == 0)
		return;
	t->crashed++;
	printf("  AMT %s, %s: the unchanged row fails\n", g->name, c->name);
}

static void run_column(const struct sim_generation_column *c, unsigned col, bool all,
		       struct tally *t)
{
	const struct sim_generation *g;

	for (unsigned row = 0; (g = sim_generation_at(row)); row++) {
		if (all || (row + col) % 8 == 0)
			run_cell(g, c, all ? TRIES_MAX : 1, t);
		if (row == col % 16)
			run_unchanged(g, c, t);
	}
}

static int mutate(bool all)
{
	const struct sim_generation_column *c;
	struct tally sum = { 0 };

	log_set_fd(-1);
	for (unsigned col = 0; (c = sim_generation_column(col)); col++) {
		struct tally t = { 0 };
		run_column(c, col, all, &t);
		if (all)
			printf("%-14s%5u killed%4u survived\n", c->name, t.killed, t.survived);
		sum.killed += t.killed;
		sum.survived += t.survived;
		sum.crashed += t.crashed;
		sum.asserts += t.asserts;
	}
	printf("%u changed cells: %u noticed (%u of them by an exchange that went wrong), "
	       "%u survived, %u runs broken\n",
	       sum.killed + sum.survived, sum.killed, sum.asserts, sum.survived, sum.crashed);
	return sum.survived || sum.crashed;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found),
		cmocka_unit_test(rows_are_in_order),
		cmocka_unit_test(every_cell_does_what_it_says),
	};
	bool all = argc > 1 && str_eq(argv[1], "mutate");
	int failed = cmocka_run_group_tests(tests, world_up, world_down);

	/* Not a test of cmocka: an assertion in a child has to end the child. */
	if (failed)
		return failed;
	(void)world_up(NULL);
	failed = mutate(all);
	(void)world_down(NULL);
	probes_deinit();
	return failed;
}
