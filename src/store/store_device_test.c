/* Tests of devices, hellos and names. */
#include "store/test_rows.h"

static void hello_makes_a_device_and_keeps_the_last(void **state)
{
	struct world *w = *state;
	struct store_device d;
	struct store_tx *tx = world_tx(w);
	uint8_t raw[] = { 0, 1, 0xff, 0 };
	struct store_hello h = { .uuid = "u1",
				 .address = "10.0.0.1",
				 .kind = "psk",
				 .pid = "4444-0001",
				 .raw = span_make(raw, sizeof raw),
				 .at_unix_ms = T0,
				 .approved = false };
	store_tx_hello(tx, &h);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_device_get(w->s, &w->a, "u1", &d));
	assert_string_equal(d.state, store_device_state_name(STORE_DEV_NEW));
	assert_string_equal(d.fqdn, "");
	assert_int_equal(d.hello_count, 1);
	assert_int_equal(d.first_seen_unix_ms, T0);
	assert_false(d.approved);
	assert_true(span_eq(d.hello_raw, span_make(raw, sizeof raw)));

	tx = world_tx(w);
	store_tx_device_text(tx, "u1", STORE_DEVICE_STATE, "configured");
	h.address = "10.0.0.2";
	h.kind = "pki";
	h.pid = NULL;
	h.raw = span_str("second");
	h.at_unix_ms = T0 + 5;
	h.approved = true;
	store_tx_hello(tx, &h);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_device_get(w->s, &w->a, "u1", &d));
	assert_string_equal(d.state, "configured");
	assert_string_equal(d.address, "10.0.0.2");
	assert_string_equal(d.kind, "pki");
	assert_string_equal(d.pid, "");
	assert_int_equal(d.hello_count, 2);
	assert_int_equal(d.first_seen_unix_ms, T0);
	assert_int_equal(d.last_hello_unix_ms, T0 + 5);
	assert_false(d.approved);
	assert_true(span_eq_str(d.hello_raw, "second"));
}

static int64_t number(struct world *w, const char *sql)
{
	/* No statement of the product reads the history yet: a view of the test's own does. */
	char text[256];
	(void)snprintf(text, sizeof text,
		       "delete from setting; insert into setting select 'n', cast((%s) as text)",
		       sql);
	world_script(w, text);
	const char *v = NULL;
	assert_true(store_setting_get(w->s, &w->a, "n", &v));
	return strtoll(v, NULL, 10);
}

static void history_is_bounded(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 20; i++) {
		struct store_tx *tx = world_tx(w);
		world_add_hello(tx, "u1", "10.0.0.1", T0 + i);
		store_tx_commit(tx, NULL, NULL);
	}
	world_wait(w, NULL);
	assert_int_equal(number(w, "select count(*) from hello"), 8);
	assert_int_equal(number(w, "select min(at_ms) from hello"), T0 + 11);
	assert_int_equal(number(w, "select max(at_ms) from hello"), T0 + 18);
}

static void each_column_is_its_own(void **state)
{
	struct world *w = *state;
	struct store_device d;
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	for (unsigned c = 0; c <= STORE_DEVICE_NAME_SOURCE; c++) {
		char v[8];
		(void)snprintf(v, sizeof v, "text%u", c);
		store_tx_device_text(tx, "u1", (enum store_device_col)c, v);
	}
	for (unsigned c = STORE_DEVICE_NAME_SOURCE + 1; c < STORE_DEVICE_COL_COUNT; c++)
		store_tx_device_int(tx, "u1", (enum store_device_col)c,
				    c == STORE_DEVICE_APPROVED ? 0 : c);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_device_get(w->s, &w->a, "u1", &d));
	const struct {
		enum store_device_col col;
		const char *seen;
	} texts[] = {
		{ STORE_DEVICE_FQDN, d.fqdn },
		{ STORE_DEVICE_STATE, d.state },
		{ STORE_DEVICE_VERSION, d.version },
		{ STORE_DEVICE_PROFILE, d.profile },
		{ STORE_DEVICE_PROFILE_VERSION, d.profile_version },
		{ STORE_DEVICE_FACTS, d.facts },
		{ STORE_DEVICE_SERIAL, d.serial },
		{ STORE_DEVICE_HEALTH, d.health },
		{ STORE_DEVICE_HEALTH_RULE, d.health_rule },
		{ STORE_DEVICE_ADDRESS, d.address },
		{ STORE_DEVICE_NAME_SOURCE, d.name_source },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char want[8];
		(void)snprintf(want, sizeof want, "text%u", (unsigned)texts[i].col);
		assert_string_equal(texts[i].seen, want);
	}
	assert_int_equal(d.configured_unix_ms, STORE_DEVICE_CONFIGURED_AT);
	assert_int_equal(d.login_fail_count, STORE_DEVICE_LOGIN_FAIL_COUNT);
	assert_int_equal(d.login_fail_since_unix_ms, STORE_DEVICE_LOGIN_FAIL_SINCE);
	assert_false(d.approved);
}

static void finds_by_any_name(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "aa-1", "10.0.0.1", T0);
	world_add_hello(tx, "aa-2", "10.0.0.2", T0);
	world_add_hello(tx, "aa-3", "10.0.0.2", T0 + 1); /* took over the address */
	store_tx_device_text(tx, "aa-1", STORE_DEVICE_FQDN, "PC-One.Example.com");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "aa-1", "aa-1" },     { "AA-2", "aa-2" },     { "pc-one.example.COM", "aa-1" },
		{ "10.0.0.1", "aa-1" }, { "10.0.0.2", "aa-3" }, { "pc-one", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_device d;
		bool ok = store_device_find(w->s, &w->a, cases[i].name, &d);
		if (ok != (cases[i].want != NULL) || (ok && !str_eq(d.uuid, cases[i].want)))
			fail_msg("'%s': found %s", cases[i].name, ok ? d.uuid : "nothing");
	}
}

static void finds_by_first_label(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	for (unsigned i = 0; i < 5; i++) {
		char uuid[8], address[16];
		(void)snprintf(uuid, sizeof uuid, "aa-%u", i);
		(void)snprintf(address, sizeof address, "10.0.0.%u", i + 1);
		world_add_hello(tx, uuid, address, T0);
	}
	store_tx_device_text(tx, "aa-0", STORE_DEVICE_FQDN, "PC1.example.com");
	store_tx_device_text(tx, "aa-1", STORE_DEVICE_FQDN, "pc10.example.com");
	store_tx_device_text(tx, "aa-2", STORE_DEVICE_FQDN, "pc2.a.example.com");
	store_tx_device_text(tx, "aa-3", STORE_DEVICE_FQDN, "pc2.b.example.com");
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	static const struct {
		const char *label;
		unsigned count;
	} cases[] = {
		{ "pc1", 1 },  { "Pc1", 1 }, { "pc2", 2 }, { "pc", 0 },          { "", 0 },
		{ "aa-4", 0 }, { "10", 0 },  { ".", 0 },   { "pc1.example", 0 }, { "%", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_device d[2];
		unsigned n = store_device_find_short(w->s, &w->a, cases[i].label, d);
		if (n != cases[i].count)
			fail_msg("'%s': found %u", cases[i].label, n);
		if (n == 1)
			assert_string_equal(d[0].uuid, "aa-0");
	}
}

enum { MANY = 10000, LAPTOPS = 3000, PAGE = 300 };

/* Not in order, so that the order of the list is the store's. */
static void add_many(struct world *w)
{
	for (unsigned i = 0; i < MANY;) {
		struct store_tx *tx = world_tx(w);
		for (unsigned n = 0; n < 1000; n++, i++) {
			unsigned k = (i * 7919u) % MANY;
			char uuid[16], address[24], fqdn[32];
			(void)snprintf(uuid, sizeof uuid, "u%05u", k);
			(void)snprintf(address, sizeof address, "10.%u.%u", k / 256, k % 256);
			(void)snprintf(fqdn, sizeof fqdn, "%s%04u.example.com",
				       k < LAPTOPS ? "nb" : "PC", MANY - 1 - k);
			world_add_hello(tx, uuid, address, T0);
			store_tx_device_text(tx, uuid, STORE_DEVICE_FQDN, fqdn);
			if (k % 1000 == 3)
				store_tx_device_text(tx, uuid, STORE_DEVICE_STATE, "refused");
		}
		assert_int_equal(world_commit(w, tx), ERR_NONE);
	}
}

static unsigned walk(struct world *w, struct store_device_query q, char *out_last)
{
	static struct store_device rows[PAGE];
	unsigned total = 0, n;
	char after[16] = "";
	q.limit = PAGE;
	do {
		arena_reset(&w->a);
		q.after_uuid = total ? after : NULL;
		n = store_device_list(w->s, &w->a, &q, rows);
		for (unsigned i = 0; i < n; i++) {
			assert_true(strcmp(rows[i].uuid, after) > 0);
			assert_true(str_copy(after, sizeof after, span_str(rows[i].uuid)));
		}
		total += n;
	} while (n == PAGE);
	(void)str_copy(out_last, 16, span_str(after));
	return total;
}

static void lists_ten_thousand_in_order(void **state)
{
	struct world *w = *state;
	char last[16];
	add_many(w);
	static const struct {
		const char *name;
		struct store_device_query q;
		unsigned want;
		const char *last;
	} cases[] = {
		{ "all", { .state = NULL }, MANY, "u09999" },
		{ "state", { .state = "refused" }, 10, "u09003" },
		{ "state without rows", { .state = "approval" }, 0, "" },
		{ "uuid prefix", { .search = "U012" }, 100, "u01299" },
		{ "fqdn prefix", { .search = "pc00" }, 100, "u09999" },
		{ "address prefix", { .search = "10.39.1" }, 7, "u09999" },
		{ "prefix of all", { .search = "10." }, MANY, "u09999" },
		{ "prefix of most, none near", { .search = "pc" }, MANY - LAPTOPS, "u09999" },
		{ "prefix of many, then none", { .search = "nb" }, LAPTOPS, "u02999" },
		{ "prefix of all, common state",
		  { .search = "10.", .state = "new" },
		  MANY - 10,
		  "u09999" },
		{ "prefix of all, rare state",
		  { .search = "10.", .state = "refused" },
		  10,
		  "u09003" },
		{ "prefix and state", { .search = "pc0", .state = "refused" }, 1, "u09003" },
		{ "no such prefix", { .search = "%" }, 0, "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned n = walk(w, cases[i].q, last);
		if (n != cases[i].want || !str_eq(last, cases[i].last))
			fail_msg("%s: %u rows, last %s", cases[i].name, n, last);
	}
	assert_int_equal(store_device_count(w->s, NULL), MANY);
	assert_int_equal(store_device_count(w->s, "refused"), 10);
	assert_int_equal(store_device_count(w->s, "new"), MANY - 10);
}

static void lists_hellos_newest_first(void **state)
{
	struct world *w = *state;
	struct store_hello_past rows[12];

	assert_int_equal(store_hello_list(w->s, &w->a, "u1", 12, rows), 0);
	for (int64_t i = 0; i < 20; i++) {
		struct store_tx *tx = world_tx(w);
		char address[32];
		snprintf(address, sizeof address, "10.0.0.%d", (int)i);
		store_tx_hello(tx,
			       &(struct store_hello){ .uuid = "u1",
						      .address = address,
						      .kind = "psk",
						      .pid = i % 2 ? "ODD" : "EVEN",
						      .retry_count = (uint32_t)i,
						      .at_unix_ms = T0 }); /* all at once */
		assert_int_equal(world_commit(w, tx), ERR_NONE);
		unsigned n = store_hello_list(w->s, &w->a, "u1", 12, rows);
		assert_int_equal(n, i < 8 ? i + 1 : 9);
		for (unsigned k = 0; k < n; k++) {
			assert_int_equal(rows[k].retry_count, i - k);
			assert_string_equal(rows[k].pid, (i - k) % 2 ? "ODD" : "EVEN");
		}
		assert_string_equal(rows[0].address, address);
		assert_int_equal(rows[0].at_unix_ms, T0);
	}
	assert_int_equal(store_hello_list(w->s, &w->a, "u1", 3, rows), 3);
}

static void forget_keeps_what_opens_the_device(void **state)
{
	struct world *w = *state;
	struct store_device d;
	struct store_job j;
	struct store_step st[2];
	struct store_credential c[2];
	struct store_event ev[2];
	struct store_tx *tx = world_tx(w);
	for (int i = 0; i < 2; i++) {
		const char *uuid = i ? "u2" : "u1";
		world_add_hello(tx, uuid, "10.0.0.1", T0);
		world_add_hello(tx, uuid, "10.0.0.1", T0 + 1);
		world_add_job(tx, i ? "j2" : "j1", uuid);
		store_tx_step(tx, &(struct store_step){ .uuid = uuid, .action = "commit" });
		store_tx_credential_add(tx,
					&(struct store_credential){ .id = i ? "c2" : "c1",
								    .uuid = uuid,
								    .kind = "admin",
								    .state = "current",
								    .sealed = span_str("sealed") });
		store_tx_event(tx,
			       &(struct store_event){ .uuid = uuid, .level = "info", .name = "n" });
	}
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	tx = world_tx(w);
	store_tx_device_forget(tx, "u1");
	assert_int_equal(world_commit(w, tx), ERR_NONE);

	assert_false(store_device_get(w->s, &w->a, "u1", &d));
	assert_false(store_job_get(w->s, &w->a, "j1", &j));
	assert_int_equal(store_step_list(w->s, &w->a, "u1", 2, st), 0);
	assert_int_equal(number(w, "select count(*) from hello where uuid = 'u1'"), 0);
	assert_int_equal(store_credential_list(w->s, &w->a, "u1", NULL, 2, c), 1);
	assert_string_equal(c[0].state, "archived");
	assert_true(span_eq_str(c[0].sealed, "sealed"));
	assert_int_equal(store_event_list(w->s, &w->a,
					  &(struct store_event_query){ .uuid = "u1", .limit = 2 },
					  ev),
			 1);
	/* The other one lost nothing. */
	assert_true(store_device_get(w->s, &w->a, "u2", &d));
	assert_true(store_job_get(w->s, &w->a, "j2", &j));
	assert_int_equal(store_step_list(w->s, &w->a, "u2", 2, st), 1);
	assert_int_equal(number(w, "select count(*) from hello where uuid = 'u2'"), 1);
	assert_int_equal(store_credential_list(w->s, &w->a, "u2", NULL, 2, c), 1);
	assert_string_equal(c[0].state, "current");
}

static void names_are_replaced_and_paged(void **state)
{
	struct world *w = *state;
	struct store_name n[3];
	struct store_tx *tx = world_tx(w);
	for (int i = 0; i < 5; i++) {
		char uuid[2] = { (char)('a' + i), 0 };
		store_tx_name_set(
			tx, &(struct store_name){ uuid, "old.example.com", "lab", "csv", T0 });
	}
	store_tx_name_set(tx, &(struct store_name){ "c", "new.example.com", NULL, "hook", T0 + 1 });
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	assert_true(store_name_get(w->s, &w->a, "c", &n[0]));
	assert_string_equal(n[0].fqdn, "new.example.com");
	assert_string_equal(n[0].grp, "");
	assert_string_equal(n[0].source, "hook");
	assert_int_equal(n[0].at_unix_ms, T0 + 1);
	assert_false(store_name_get(w->s, &w->a, "x", &n[0]));
	assert_int_equal(store_name_list(w->s, &w->a, NULL, 3, n), 3);
	assert_string_equal(n[2].uuid, "c");
	assert_int_equal(store_name_list(w->s, &w->a, "c", 3, n), 2);
	assert_string_equal(n[0].uuid, "d");
}

static void small_arena_ends_the_rows(void **state)
{
	struct world *w = *state;
	struct arena small;
	struct store_device rows[3];
	struct store_tx *tx = world_tx(w);
	world_add_hello(tx, "u1", "10.0.0.1", T0);
	world_add_hello(tx, "u2", "10.0.0.1", T0);
	assert_int_equal(world_commit(w, tx), ERR_NONE);
	arena_init(&small, 400);
	struct store_device_query q = { .limit = 3 };
	assert_int_equal(store_device_list(w->s, &small, &q, rows), 1);
	assert_true(small.full);
	arena_deinit(&small);
	assert_int_equal(store_device_list(w->s, &w->a, &q, rows), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_BOTH(hello_makes_a_device_and_keeps_the_last),
		WORLD_INLINE(history_is_bounded),
		WORLD_BOTH(each_column_is_its_own),
		WORLD_BOTH(finds_by_any_name),
		WORLD_BOTH(finds_by_first_label),
		WORLD_INLINE(lists_ten_thousand_in_order),
		WORLD_INLINE(lists_hellos_newest_first),
		WORLD_INLINE(forget_keeps_what_opens_the_device),
		WORLD_BOTH(names_are_replaced_and_paged),
		WORLD_BOTH(small_arena_ends_the_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
