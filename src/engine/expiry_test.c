/* The radar of ends: one event at each threshold, in its order, whatever the pace of looking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/clk.h"
#include "base/mem.h"
#include "engine/engine_priv.h"

#define NOW 1795000000000
#define DAY (24LL * 3600 * 1000)

struct world {
	struct engine en;
	struct arena a;
};

static int begin(void **state)
{
	struct world *w = MEM_NEW(struct world);
	struct err e = { 0 };
	clk_fake_start(NOW);
	log_set_fd(-1);
	arena_init(&w->a, 1 << 24);
	w->en.conf.sched = sched_new(NULL, NULL);
	w->en.conf.store = store_open(
		&(struct store_conf){
			.path = ":memory:", .is_inline = true, .sched = w->en.conf.sched },
		&e);
	assert_non_null(w->en.conf.store);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	sched_cancel(w->en.expiry_timer);
	store_close(w->en.conf.store);
	sched_free(w->en.conf.sched);
	arena_deinit(&w->a);
	clk_fake_stop();
	mem_free(w);
	return 0;
}

static void run_days(struct world *w, int64_t days)
{
	int64_t until = clk_mono_ms() + days * DAY;
	while (sched_fake_step(w->en.conf.sched, until))
		;
}

static void put(struct world *w, const char *id, const char *kind, const char *state, int64_t days)
{
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	store_tx_cert_put(tx,
			  &(struct store_cert){ .id = id,
						.kind = kind,
						.state = state,
						.uuid = str_eq(kind, "device") ? "u1" : "",
						.subject = "pc1.example.com",
						.serial = id,
						.not_after_unix_ms = clk_unix_ms() + days * DAY });
	store_tx_commit(tx, NULL, NULL);
}

/* "name days ..." of all events so far, an end as "name ended". */
static const char *told(struct world *w)
{
	static struct store_event rows[100];
	struct store_event_query q = { .limit = 100 };
	char *text = arena_alloc(&w->a, 4096);
	struct out o;
	unsigned n = store_event_list(w->en.conf.store, &w->a, &q, rows);
	out_init(&o, text, 4095);
	for (unsigned i = 0; i < n; i++) {
		const char *name = strstr(rows[i].line, "name="),
			   *days = strstr(rows[i].line, "days=");
		assert_non_null(name);
		assert_non_null(days);
		bool ended = str_eq(rows[i].name, "cert.ended");
		out_fmt(&o, "%s%.*s %.*s", i ? ", " : "", (int)strcspn(name + 5, " "), name + 5,
			ended ? 5 : (int)strcspn(days + 5, " "), ended ? "ended" : days + 5);
	}
	return text;
}

static void once_at_each_threshold(void **state)
{
	struct world *w = *state;
	put(w, "vendor", "provisioning", "active", 100);
	put(w, "off", "provisioning", "disabled", 100);
	engine_expiry_soon(&w->en);
	run_days(w, 9);
	assert_string_equal(told(w), "");
	run_days(w, 120);
	assert_string_equal(told(w), "vendor 90, vendor 60, vendor 30, vendor 7, vendor ended");
	assert_int_equal(w->en.st.ends[0], 1);
}

static void a_late_start_tells_the_nearest_only(void **state)
{
	struct world *w = *state;
	put(w, "vendor", "provisioning", "active", 20);
	put(w, "ca", "ca", "active", 3);
	engine_expiry_soon(&w->en);
	run_days(w, 1);
	assert_string_equal(told(w), "vendor 20, ca 3");
	assert_int_equal(w->en.st.ends[1], 1);
	assert_int_equal(w->en.st.ends[2], 1);
	/* another start looks again and says nothing new */
	engine_expiry_soon(&w->en);
	run_days(w, 0);
	run_days(w, 1);
	assert_string_equal(told(w), "vendor 20, ca 3");
}

static void a_new_one_of_that_name_counts_anew(void **state)
{
	struct world *w = *state;
	put(w, "vendor", "provisioning", "active", 5);
	engine_expiry_soon(&w->en);
	run_days(w, 1);
	put(w, "vendor", "provisioning", "active", 365);
	run_days(w, 200);
	assert_string_equal(told(w), "vendor 5");
	run_days(w, 90);
	assert_string_equal(told(w), "vendor 5, vendor 90");
}

static void leaves_that_pcs_show(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = store_tx_new(w->en.conf.store);
	store_tx_hello(tx,
		       &(struct store_hello){ .uuid = "u1",
					      .address = "10.0.0.1",
					      .kind = "pki",
					      .pid = "",
					      .raw = span_str("x"),
					      .at_unix_ms = NOW });
	store_tx_device_text(tx, "u1", STORE_DEVICE_SERIAL, "aa");
	store_tx_commit(tx, NULL, NULL);
	put(w, "aa", "device", "current", 50);
	put(w, "bb", "device", "current", 50); /* a former one */
	engine_expiry_soon(&w->en);
	run_days(w, 1);
	assert_string_equal(told(w), "aa 50");
}

static void many_at_once(void **state)
{
	struct world *w = *state;
	char id[16];
	for (int i = 0; i < 1200; i++) {
		(void)snprintf(id, sizeof id, "c%04d", i);
		put(w, id, "provisioning", "active", 50);
	}
	engine_expiry_soon(&w->en);
	run_days(w, 1);
	struct store_cert rows[1];
	struct store_cert_ends q = { "provisioning", 0, NOW + 90 * DAY };
	assert_int_equal(store_cert_list_warn(w->en.conf.store, &w->a, &q, 60, 1, rows), 0);
	assert_int_equal(w->en.st.ends[3], 1200);
}

#define TEST(f)                         \
	{                               \
#f, f, begin, end, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(once_at_each_threshold),
		TEST(a_late_start_tells_the_nearest_only),
		TEST(a_new_one_of_that_name_counts_anew),
		TEST(leaves_that_pcs_show),
		TEST(many_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
