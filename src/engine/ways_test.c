/* Ways into a device and their order: what is likeliest first, the setup between the current and the
 * former credentials, nothing that was never sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/clk.h"
#include "engine/run_priv.h"

#define UUID_TEXT "4c4c4544-0000-0000-0000-000000000001"
#define PID       "ABCDEFGH"

struct fix {
	struct engine en;
	struct sched *sched;
	struct pki_seal *seal;
	struct arena a;
	struct engine_run *r;
};

static void begin(struct fix *x)
{
	static const uint8_t key[32] = { 1 };
	struct err e = { 0 };
	*x = (struct fix){ 0 };
	clk_fake_start(1795000000000);
	arena_init(&x->a, 1 << 20);
	x->sched = sched_new(NULL, NULL);
	x->seal = pki_seal_from_key(span_make(key, sizeof key));
	x->en.conf.sched = x->sched;
	x->en.conf.seal = x->seal;
	x->en.conf.store = store_open(
		&(struct store_conf){ .path = ":memory:", .is_inline = true, .sched = x->sched },
		&e);
	if (!x->en.conf.store)
		fail_msg("%s", e.msg);
	struct store_tx *tx = store_tx_new(x->en.conf.store);
	store_tx_psk_add(
		tx,
		&(struct store_psk){
			.pid = PID,
			.state = "unused",
			.source = "test",
			.sealed_pps = engine_seal(&x->en, "psk:" PID, span_str("pps"), &x->a),
			.sealed_password =
				engine_seal(&x->en, "mebx:" PID, span_str("mebx"), &x->a),
		});
	store_tx_commit(tx, NULL, NULL);
	x->r = engine_run_new(&x->en, &(struct store_job){ .uuid = UUID_TEXT, .id = "j" });
	str_copy(x->r->pid, sizeof x->r->pid, span_str(PID));
}

static void end(struct fix *x)
{
	engine_run_free(x->r);
	store_close(x->en.conf.store);
	pki_seal_free(x->seal);
	sched_free(x->sched);
	arena_deinit(&x->a);
	clk_fake_stop();
}

static void add(struct fix *x, const char *id, const char *state, const char *mode)
{
	struct store_tx *tx = store_tx_new(x->en.conf.store);
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = id,
			.uuid = UUID_TEXT,
			.kind = "admin",
			.state = state,
			.user = "admin",
			.tls_mode = mode,
			.sealed = engine_seal(&x->en, "credential:" UUID_TEXT ":admin",
					      span_str(id), &x->a),
		});
	store_tx_commit(tx, NULL, NULL);
}

/* "kind:password" of each way, blank separated. */
static void expect(struct fix *x, const char *name, const char *want)
{
	static const char *const kinds[] = { "op", "pki", "pki+login", "psk" };
	char text[512];
	struct out o;
	struct err e = { 0 };
	out_init(&o, text, sizeof text);
	if (!engine_run_ways(x->r, &e))
		fail_msg("%s: %s", name, e.msg);
	for (unsigned i = 0; i < x->r->way_count; i++) {
		const struct run_way *w = &x->r->ways[i];
		out_fmt(&o, "%s%s%s:", i ? " " : "", kinds[w->kind], w->clear ? "/clear" : "");
		out_bytes(&o, secret_reveal(&w->password));
	}
	if (strcmp(text, want) != 0)
		fail_msg("%s: %s", name, text);
}

static void without_a_way_there_is_a_reason(void **state)
{
	(void)state;
	struct fix x;
	struct err e = { 0 };
	begin(&x);
	assert_false(engine_run_ways(x.r, &e));
	assert_int_equal(e.code, ERR_AUTH);
	assert_string_equal(e.rule, "D051");
	end(&x);
}

static void psk_tries_the_likelier_password_first(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	x.r->said_hello = true;
	x.r->psk = true;
	expect(&x, "first run", "psk:mebx");
	add(&x, "new", "candidate", "server");
	x.r->admin_pw = secret_make(span_str("new"));
	x.r->admin_stored = true;
	expect(&x, "stored, not yet sent", "psk:mebx");
	x.r->intent[ACT_ADMIN] = true;
	expect(&x, "perhaps set", "psk:new psk:mebx");
	str_copy(x.r->admin_id, sizeof x.r->admin_id, span_str("new"));
	str_copy(x.r->login.taken, sizeof x.r->login.taken, span_str("psk:" PID));
	expect(&x, "the former was in before", "psk:new psk:mebx");
	x.r->login.is_sure = true;
	expect(&x, "the former is in", "psk:mebx psk:new");
	x.r->login.taken[0] = '\0';
	str_copy(x.r->login.refused, sizeof x.r->login.refused, span_str("new"));
	expect(&x, "the new one was refused", "psk:mebx psk:new");
	x.r->login.refused[0] = '\0';
	x.r->intent[ACT_COMMIT] = true;
	expect(&x, "perhaps committed", "op:new op:new psk:new psk:mebx");
	str_copy(x.r->version, sizeof x.r->version, span_str("9.5.61"));
	expect(&x, "version known: one TLS setting", "op:new psk:new psk:mebx");
	x.r->commit_ok = true;
	expect(&x, "committed for sure", "op:new");
	end(&x);
}

static void pki_lies_between_current_and_former(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	x.r->said_hello = true;
	expect(&x, "unknown version", "pki: pki:");
	str_copy(x.r->version, sizeof x.r->version, span_str("16.1.25"));
	expect(&x, "known version", "pki:");
	add(&x, "former", "previous", "server");
	add(&x, "old", "archived", "server");
	add(&x, "now", "current", "server");
	add(&x, "next", "candidate", "server");
	expect(&x, "configured before", "op:now pki: op:old op:former");
	x.r->intent[ACT_COMMIT] = true;
	expect(&x, "and perhaps again", "op:next op:now pki: op:old op:former");
	x.r->said_hello = false;
	expect(&x, "no hello", "op:next op:now op:old op:former");
	end(&x);
}

static void clear_credentials_go_without_tls(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	add(&x, "now", "current", "clear");
	expect(&x, "clear, unknown version", "op/clear:now");
	end(&x);
}

static void what_cannot_be_opened_is_no_way(void **state)
{
	(void)state;
	struct fix x;
	begin(&x);
	struct store_tx *tx = store_tx_new(x.en.conf.store);
	store_tx_credential_add(tx,
				&(struct store_credential){
					.id = "x",
					.uuid = UUID_TEXT,
					.kind = "admin",
					.state = "current",
					.sealed = engine_seal(&x.en, "credential:another:admin",
							      span_str("x"), &x.a),
				});
	store_tx_commit(tx, NULL, NULL);
	struct err e = { 0 };
	assert_false(engine_run_ways(x.r, &e));
	end(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_way_there_is_a_reason),
		cmocka_unit_test(psk_tries_the_likelier_password_first),
		cmocka_unit_test(pki_lies_between_current_and_former),
		cmocka_unit_test(clear_credentials_go_without_tls),
		cmocka_unit_test(what_cannot_be_opened_is_no_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
