/* What two readings of a PC leave in the store: history only of what changed, nothing of kinds that the
 * PC refused to tell, nothing of what moves by itself. */
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/asset.h"
#include "store/store.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PC     "11111111-2222-3333-4444-555555555555"
#define SYSTEM "{\"table\":\"system\",\"manufacturer\":\"M\",\"model\":\"X1\",\"serial\":\"S1\"}"
#define DIMM(bank, mb, serial) \
	"{\"table\":\"memory\",\"item\":\"" bank "\",\"size_mb\":" mb ",\"serial\":\"" serial "\"}"
#define SENSOR(state)                                                    \
	"{\"table\":\"sensor\",\"item\":\"Sensor 1\",\"state\":\"" state \
	"\",\"type\":\"Temperature\"}"
#define UNREAD(kind) \
	"{\"table\":\"unread\",\"item\":\"" kind "\",\"class\":\"C\",\"reason\":\"denied\"}"
#define BOTH SYSTEM "," DIMM("BANK 0", "4096", "A") "," DIMM("BANK 1", "4096", "B")

static struct store *store;
static struct sched *sched;
static struct arena arena;
static unsigned done;

static void on_done(void *arg, const struct err *e)
{
	(void)arg;
	assert_null(e);
	done++;
}

static int begin(void **state)
{
	struct err e = { 0 };

	(void)state;
	clk_fake_start(1700000000000);
	log_set_fd(-1);
	sched = sched_new(NULL, NULL);
	store = store_open(
		&(struct store_conf){ .path = ":memory:", .is_inline = true, .sched = sched }, &e);
	if (!store)
		fail_msg("%s", e.msg);
	arena_init(&arena, (size_t)1 << 22);
	return 0;
}

static int end(void **state)
{
	(void)state;
	store_close(store);
	sched_free(sched);
	arena_deinit(&arena);
	clk_fake_stop();
	return 0;
}

static bool take(const char *rows, int64_t at)
{
	struct store_tx *tx = store_tx_new(store);
	struct err e = { 0 };
	bool ok = engine_asset_take(store, tx, PC, span_str(rows), at, &e);
	unsigned before = done;

	store_tx_commit(tx, on_done, NULL);
	while (done == before)
		assert_true(sched_fake_step(sched, clk_mono_ms()));
	return ok;
}

static struct store_asset_head head(void)
{
	struct store_asset_head h;

	assert_true(store_asset_head_get(store, &arena, PC, &h));
	return h;
}

static unsigned changes(struct store_asset_change *out)
{
	return store_asset_changes(store, &arena, PC, 0, 0, 16, out);
}

static void only_changes_are_kept(void **state)
{
	static const struct {
		const char *name, *first, *second;
		unsigned want;
		const char *item, *was, *content; /* of the first change; NULL any */
		int64_t memory_mb;
	} cases[] = {
		{ "the same", BOTH, BOTH, 0, NULL, NULL, NULL, 8192 },
		{ "another order", BOTH,
		  DIMM("BANK 1", "4096", "B") "," DIMM("BANK 0", "4096", "A") "," SYSTEM, 0, NULL,
		  NULL, NULL, 8192 },
		{ "one went", BOTH, SYSTEM "," DIMM("BANK 0", "4096", "A"), 1, "BANK 1",
		  "{\"size_mb\":4096,\"serial\":\"B\"}", "", 4096 },
		{ "one came", SYSTEM "," DIMM("BANK 0", "4096", "A"), BOTH, 1, "BANK 1", "",
		  "{\"size_mb\":4096,\"serial\":\"B\"}", 8192 },
		{ "one was exchanged", BOTH,
		  SYSTEM "," DIMM("BANK 0", "4096", "A") "," DIMM("BANK 1", "8192", "Z"), 1,
		  "BANK 1", "{\"size_mb\":4096,\"serial\":\"B\"}",
		  "{\"size_mb\":8192,\"serial\":\"Z\"}", 12288 },
		{ "memory was not told", BOTH, SYSTEM "," UNREAD("memory"), 0, NULL, NULL, NULL,
		  8192 },
		{ "half of the memory was told", BOTH,
		  SYSTEM "," DIMM("BANK 0", "4096", "A") "," UNREAD("memory"), 0, NULL, NULL, NULL,
		  8192 },
		{ "a sensor moves", SENSOR("Good"), SENSOR("Bad"), 0, NULL, NULL, NULL, 0 },
		{ "nothing is told", BOTH, "", 3, NULL, NULL, "", 0 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_asset_change c[16];
		if (i) {
			end(state);
			begin(state);
		}
		assert_true(take(cases[i].first, 1000));
		assert_int_equal(changes(c), 0);
		assert_int_equal(head().changed_unix_ms, 1000);
		assert_true(take(cases[i].second, 2000));
		unsigned n = changes(c);
		if (n != cases[i].want || head().memory_mb != cases[i].memory_mb ||
		    (cases[i].item && !str_eq(c[0].item, cases[i].item)) ||
		    (cases[i].was && !str_eq(c[0].was, cases[i].was)) ||
		    (cases[i].content && !str_eq(c[0].content, cases[i].content)))
			fail_msg("%s: %u changes, %lld MB", cases[i].name, n,
				 (long long)head().memory_mb);
		assert_int_equal(head().changed_unix_ms, n ? 2000 : 1000);
		assert_int_equal(head().read_unix_ms, 2000);
	}
}

static void what_moves_is_stored_all_the_same(void **state)
{
	struct store_asset rows[4];

	(void)state;
	assert_true(take(SENSOR("Good"), 1000) && take(SENSOR("Bad"), 2000));
	assert_int_equal(store_asset_list(store, &arena, PC, 4, rows), 1);
	assert_non_null(strstr(rows[0].content, "Bad"));
	assert_true(engine_asset_is_volatile("sensor", "state"));
	assert_false(engine_asset_is_volatile("memory", "state"));
}

static void a_line_for_lists(void **state)
{
	(void)state;
	assert_true(take(BOTH
			 ",{\"table\":\"bios\",\"version\":\"1.2\",\"released\":\"2020-01-02\"},"
			 "{\"table\":\"software\",\"item\":\"Build Number\",\"version\":\"3425\"},"
			 "{\"table\":\"network\",\"item\":\"0\",\"ip\":\"192.0.2.1\"},"
			 "{\"table\":\"host_network\",\"ip\":\"192.0.2.2\"},"
			 "{\"table\":\"setup\",\"dhcp_suffix\":\"example.com\"}," UNREAD("fan"),
			 1000));
	struct store_asset_head h = head();
	assert_string_equal(h.maker, "M");
	assert_string_equal(h.bios_date, "2020-01-02");
	assert_string_equal(h.build, "3425");
	assert_string_equal(h.me_ip, "192.0.2.1");
	assert_string_equal(h.os_ip, "192.0.2.2");
	assert_string_equal(h.dhcp_suffix, "example.com");
	assert_string_equal(h.unread, "fan");
	assert_int_equal(h.memory_count, 2);
}

static void rows_that_are_none_change_nothing(void **state)
{
	struct store_asset_head h;

	(void)state;
	assert_false(take("{\"table\":", 1000));
	assert_false(store_asset_head_get(store, &arena, PC, &h));
}

static void a_forgotten_device_leaves_nothing(void **state)
{
	struct store_asset rows[4];
	struct store_asset_change c[16];
	struct store_asset_head h;

	(void)state;
	assert_true(take(BOTH, 1000) && take(SYSTEM, 2000));
	assert_int_equal(changes(c), 2);
	struct store_tx *tx = store_tx_new(store);
	unsigned before = done;
	store_tx_device_forget(tx, PC);
	store_tx_commit(tx, on_done, NULL);
	while (done == before)
		assert_true(sched_fake_step(sched, clk_mono_ms()));
	assert_int_equal(store_asset_list(store, &arena, PC, 4, rows), 0);
	assert_int_equal(changes(c), 0);
	assert_false(store_asset_head_get(store, &arena, PC, &h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_changes_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(what_moves_is_stored_all_the_same, begin, end),
		cmocka_unit_test_setup_teardown(a_line_for_lists, begin, end),
		cmocka_unit_test_setup_teardown(rows_that_are_none_change_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_forgotten_device_leaves_nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
