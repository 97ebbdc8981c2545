/* Tests of names and keys: imports that take good rows beside bad ones, previews, what is tried
 * again afterwards, and that no secret shows where it must not. */
#include "api/world_test.h"

#define PID1  "0000037M"
#define PID1D "0000-037M"
#define PPS1  "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"
#define PW1   "Pl4nted!Pass"
#define PPS2  "FMH3-1DME-MPMI-9OR2-Y1V8-9BCA-OSWX-2M94"

static void names_good_and_bad(void **state)
{
	struct world *w = *state;
	static const char csv[] = "uuid,fqdn,group\r\n" U1 ",pc1.example.com,berlin\r\n"
				  "no-uuid,pc2.example.com\r\n" U2 ",pc_2.example.com\r\n"
				  "\"" U3 "\",\"pc3.example.com\"\r\n" U1 ",again.example.com\r\n";
	ASK(w, 200, "POST", "/v1/names", "preview=true", csv);
	EQ(w, "added", "2");
	assert_int_equal(audit_count(w), 0);
	ASK(w, 200, "GET", "/v1/names", "", "");
	assert_int_equal(count_at(w, "items"), 0);
	ASK(w, 200, "POST", "/v1/names", "", csv);
	EQ(w, "added", "2");
	EQ(w, "changed", "0");
	EQ(w, "unchanged", "0");
	EQ(w, "rejected", "3");
	EQ(w, "errors.0.line", "3");
	EQ(w, "errors.0.msg",
	   "column uuid: this is no UUID; seen: no-uuid; expected: a UUID such as "
	   "4c4c4544-0031-3610-8052-b4c04f564231");
	EQ(w, "errors.1.line", "4");
	EQ(w, "errors.1.rule", "D050");
	HAS(at(w, "errors.1.msg"), "column fqdn, UUID " U2);
	EQ(w, "errors.2.line", "6");
	EQ(w, "errors.2.msg", "UUID " U1 " stands in line 2 already");
	assert_string_equal(audit(w, 0), "name.import lines 1 to 6, 2 taken");
	HAS(w->log, "ev=import.done kind=name added=2 changed=0 rejected=3");
	ASK(w, 200, "GET", "/v1/names", "", "");
	EQ(w, "items.0.fqdn", "pc1.example.com");
	EQ(w, "items.0.group", "berlin");
	EQ(w, "items.0.source", "import");
	/* again: nothing to do, nothing to audit */
	ASK(w, 200, "POST", "/v1/names", "",
	    U1 ",pc1.example.com,berlin\n" U3 ",new.example.com\n");
	EQ(w, "unchanged", "1");
	EQ(w, "changed", "1");
	ASK(w, 400, "POST", "/v1/names", "", " \n");
	EQ(w, "error.msg", "the body is empty");
	EQ(w, "error.want", "text/csv: uuid,fqdn[,group]");
	ASK(w, 400, "POST", "/v1/names", "preview=yes", csv);
	EQ(w, "error.want", "one of: true false");
}

static void names_free_their_jobs(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	world_hello(w, U2, "10.0.0.2", "");
	world_hello(w, U3, "10.0.0.3", "");
	world_delayed(w, "j-1", U1, "D076");
	world_delayed(w, "j-2", U2, "D057");
	world_delayed(w, "j-3", U3, "D076");
	ASK(w, 200, "POST", "/v1/names", "preview=true", U1 ",pc1.example.com\n");
	assert_string_equal(job_state(w, "j-1"), "delayed");
	assert_int_equal(w->kicks, 0);
	ASK(w, 200, "POST", "/v1/names", "", U1 ",pc1.example.com\n" U2 ",pc2.example.com\n");
	EQ(w, "requeued", "1");
	assert_string_equal(job_state(w, "j-1"), "queued");
	assert_string_equal(job_state(w, "j-2"), "delayed"); /* another cause */
	assert_string_equal(job_state(w, "j-3"), "delayed"); /* not in the file */
	assert_int_equal(w->kicks, 1);
}

static void many_rows_in_chunks(void **state)
{
	struct world *w = *state;
	enum { ROWS = 20000 };
	struct buf csv;
	struct out o;
	buf_init(&csv, LIMIT_API_BODY_BYTES);
	out_init_buf(&o, &csv);
	for (unsigned i = 0; i < ROWS; i++)
		out_fmt(&o, "%08x-0000-4000-8000-000000000001,pc%u.example.com\n", i, i);
	for (unsigned i = 0; i < 150; i++)
		out_str(&o, "bad row\n");
	unsigned before = w->calls;
	int64_t longest = 0;
	world_start(w, "POST", "/v1/names", "", buf_span(&csv));
	buf_deinit(&csv);
	while (w->calls == before) {
		int64_t start = clk_cpu_us();
		assert_true(sched_fake_step(w->sched, clk_mono_ms()));
		longest = clk_cpu_us() - start > longest ? clk_cpu_us() - start : longest;
	}
	assert_int_equal(w->status, 200);
	EQ(w, "added", "20000");
	EQ(w, "rejected", "150");
	assert_int_equal(count_at(w, "errors"), 100);
	EQ(w, "errors.0.line", "20001");
	assert_string_equal(audit(w, 0), "name.import lines 19501 to 20000, 500 taken");
	if (longest > 500000)
		fail_msg("one chunk took %lld us", (long long)longest);
	print_message("longest chunk: %lld us of CPU\n", (long long)longest);
}

static void no_secret_in(struct world *w, const char *text)
{
	assert_null(strstr(text, "Pl4nted"));
	assert_null(strstr(text, "NKLD"));
	assert_null(strstr(w->log, "Pl4nted"));
	assert_null(strstr(w->log, "NKLD"));
}

static void keys_in_and_out(void **state)
{
	struct world *w = *state;
	ASK(w, 200, "POST", "/v1/keys/import", "",
	    "pid,pps,mebx_password\n0000-037M," PPS1 "," PW1 "\n"
	    "0000-0371," PPS1 "," PW1 "\n" PID1 "," PPS1 "," PW1 "\n"
	    "4444-000A," PPS1 ",Pl4nted\n");
	EQ(w, "added", "1");
	EQ(w, "rejected", "3");
	HAS(at(w, "errors.0.msg"), "column pid");
	EQ(w, "errors.1.msg", "PID " PID1 " stands in line 2 already");
	no_secret_in(w, w->body);
	assert_string_equal(audit(w, 0), "key.import lines 1 to 5, 1 taken");
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 "," PW1 "\n");
	EQ(w, "unchanged", "1");
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 ",0ther!Passw\n");
	EQ(w, "changed", "1");
	no_secret_in(w, w->body);
	ASK(w, 200, "GET", "/v1/keys/export", "reveal=true", "");
	assert_string_equal(w->body, "pid,pps,mebx_password\r\n0000-037M," PPS1 ",0ther!Passw\r\n");
	ASK(w, 200, "POST", "/v1/keys/import", "preview=true", PID1 "," PPS1 "," PW1 "\n");
	EQ(w, "changed", "1");
	ASK(w, 200, "GET", "/v1/keys/export", "reveal=true", "");
	HAS(w->body, "0ther!Passw");
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 "," PW1 "\n");
	ASK(w, 200, "GET", "/v1/keys", "state=unused", "");
	EQ(w, "items.0.pid", PID1D);
	EQ(w, "items.0.source", "import");
	no_secret_in(w, w->body);
	unsigned before = audit_count(w);
	ASK(w, 200, "GET", "/v1/keys/export", "", "");
	assert_string_equal(w->body, "pid,pps,mebx_password\r\n0000-037M,,\r\n");
	assert_string_equal(w->type, "text/csv");
	assert_int_equal(audit_count(w), before);
	ASK(w, 200, "GET", "/v1/keys/export", "reveal=true", "");
	assert_string_equal(w->body, "pid,pps,mebx_password\r\n0000-037M," PPS1 "," PW1 "\r\n");
	assert_string_equal(audit(w, 0), "key.reveal all keys");
	no_secret_in(w, "");
}

/* The MEBx password of a key in use is what opened the PC; it changes only when the PC refused it. */
static void password_of_a_used_key(void **state)
{
	static const char uuid[] = "11111111-2222-4333-8444-555555555555";
	struct world *w = *state;
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 "," PW1 "\n");
	struct store_tx *tx = world_tx(w);
	store_tx_hello(tx,
		       &(struct store_hello){ .uuid = uuid, .address = "10.0.0.1", .kind = "psk" });
	store_tx_psk_use(tx, PID1, uuid, 1);
	world_commit(w, tx);
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 ",0ther!Passw\n");
	EQ(w, "errors.0.msg",
	   "PID " PID1 " is in use with another MEBx password; seen: used by PC "
	   "11111111-2222-4333-8444-555555555555, which is not refused");
	tx = world_tx(w);
	store_tx_device_text(tx, uuid, STORE_DEVICE_HEALTH_RULE, "D051");
	world_commit(w, tx);
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 ",0ther!Passw\n");
	EQ(w, "changed", "1");
	ASK(w, 200, "GET", "/v1/keys/export", "reveal=true", "");
	HAS(w->body, "0ther!Passw");
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS2 ",0ther!Passw\n");
	EQ(w, "errors.0.msg", "PID " PID1 " is stored already with another PPS");
}

static void a_moved_secret_does_not_open(void **state)
{
	struct world *w = *state;
	struct store_tx *tx = world_tx(w);
	struct arena *a = &w->a;
	struct span sealed = engine_seal(NULL, "psk:OTHER", span_str(PPS1), a);
	store_tx_psk_add(
		tx, &(struct store_psk){ .pid = PID1, .sealed_pps = sealed, .state = "unused" });
	world_commit(w, tx);
	assert_true(ask(w, "GET", "/v1/keys/export", "reveal=true", "") >= 400);
	HAS(at(w, "error.msg"), "key " PID1);
	no_secret_in(w, w->body);
}

static void keys_free_their_jobs(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", PID1);
	world_hello(w, U2, "10.0.0.2", "4444000A");
	world_delayed(w, "j-1", U1, "D043");
	world_delayed(w, "j-2", U2, "D043");
	ASK(w, 200, "POST", "/v1/keys/import", "", PID1 "," PPS1 "," PW1 "\n");
	assert_string_equal(job_state(w, "j-1"), "queued");
	assert_string_equal(job_state(w, "j-2"), "delayed");
	/* used by another: released, then tried again */
	struct store_tx *tx = world_tx(w);
	store_tx_psk_use(tx, PID1, U3, T0);
	world_commit(w, tx);
	world_hello(w, U3, "10.0.0.3", PID1);
	world_delayed(w, "j-3", U3, "D044");
	ASK(w, 200, "POST", "/v1/keys/0000-037M/release", "", "");
	EQ(w, "pid", PID1D);
	assert_string_equal(audit(w, 0), "key.release " PID1 " used by " U3);
	assert_string_equal(job_state(w, "j-3"), "queued");
	ASK(w, 200, "GET", "/v1/keys", "state=released", "");
	assert_int_equal(count_at(w, "items"), 1);
	ASK(w, 404, "POST", "/v1/keys/0000-000C/release", "", "");
	EQ(w, "error.msg", "no key with PID 0000000C is stored");
	ASK(w, 400, "POST", "/v1/keys/nonsense/release", "", "");
	HAS(at(w, "error.msg"), "'nonsense'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(names_good_and_bad),     WORLD(names_free_their_jobs),
		WORLD(many_rows_in_chunks),    WORLD(keys_in_and_out),
		WORLD(password_of_a_used_key), WORLD(a_moved_secret_does_not_open),
		WORLD(keys_free_their_jobs),
	};
	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
