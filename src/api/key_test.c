/* Tests of making key pairs and showing them: group pairs, what goes onto sticks and sheets, what is
 * audited, and that no secret shows where it must not. */
#include "api/world_test.h"

#define PW1 "Pl4nted!Pass"

static void no_secret_in(struct world *w, const char *text)
{
	assert_null(strstr(text, "Pl4nted"));
	assert_null(strstr(w->log, "Pl4nted"));
}

static void keys_are_made(void **state)
{
	struct world *w = *state;
	char pid[16];
	ASK(w, 200, "POST", "/v1/keys/generate", "", "{\"count\":1200}");
	assert_int_equal(count_at(w, "pids"), 1200);
	(void)str_copy(pid, sizeof pid, span_str(at(w, "pids.0")));
	assert_int_equal(strlen(pid), 9);
	assert_int_equal(pid[4], '-');
	assert_int_equal(audit_count(w), 3);
	HAS(audit(w, 2), "key.generate 500 keys, ");
	ASK(w, 200, "POST", "/v1/keys/generate", "", "{\"count\":1,\"mebx_password\":\"" PW1 "\"}");
	no_secret_in(w, w->body);
	ASK(w, 200, "GET", "/v1/keys/export", "reveal=true&state=unused", "");
	HAS(w->body, "," PW1 "\r\n");
	static const struct {
		const char *body, *msg, *want;
	} bad[] = {
		{ "{}", "'count' in the body is missing", "a number from 1 to 10000" },
		{ "{\"count\":0}", "'count' in the body is out of range", "1 to 10000" },
		{ "{\"count\":10001}", "'count' in the body is out of range", "1 to 10000" },
		{ "{\"count\":\"3\"}", "'count' in the body is out of range", "1 to 10000" },
		{ "{\"count\":1,\"mebx_password\":\"short\"}", "'mebx_password' in the body", "" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ASK(w, 400, "POST", "/v1/keys/generate", "", bad[i].body);
		HAS(at(w, "error.msg"), bad[i].msg);
		HAS(at(w, "error.want"), bad[i].want);
	}
}

/* Two of a group and one that is not; the PIDs as they are printed. */
static void make_three(struct world *w, char pids[3][16])
{
	ASK(w, 200, "POST", "/v1/keys/generate", "",
	    "{\"count\":2,\"group\":true,\"mebx_password\":\"" PW1 "\"}");
	for (int i = 0; i < 2; i++)
		(void)str_copy(pids[i], 16, span_str(at(w, i ? "pids.1" : "pids.0")));
	ASK(w, 200, "POST", "/v1/keys/generate", "",
	    "{\"count\":1,\"for\":\"usb\",\"mebx_password\":\"" PW1 "\"}");
	(void)str_copy(pids[2], 16, span_str(at(w, "pids.0")));
}

static void groups_are_marked(struct world *w, char pids[3][16])
{
	char path[64];

	HAS(audit(w, 1), "key.generate 2 group keys, ");
	HAS(w->log, "ev=key.group");
	ASK(w, 200, "GET", "/v1/keys", "state=group", "");
	assert_int_equal(count_at(w, "items"), 2);
	ASK(w, 200, "GET", "/v1/keys", "state=unused", "");
	EQ(w, "items.0.pid", pids[2]);
	EQ(w, "items.0.source", "usb");
	ASK(w, 200, "GET", "/v1/status", "", "");
	EQ(w, "keys.group", "2");
	EQ(w, "keys.unused", "1");
	/* the way out of a group */
	(void)snprintf(path, sizeof path, "/v1/keys/%.9s/release", pids[0]);
	ASK(w, 200, "POST", path, "", "");
	ASK(w, 200, "GET", "/v1/keys", "state=group", "");
	assert_int_equal(count_at(w, "items"), 1);
}

static void chosen_ones_are_shown(void **state)
{
	struct world *w = *state;
	char pids[3][16], body[256], plain[16];
	make_three(w, pids);
	groups_are_marked(w, pids);
	unsigned before = audit_count(w);
	(void)snprintf(body, sizeof body, "{\"for\":\"usb\",\"pids\":[\"%s\",\"%s\"]}", pids[2],
		       pids[1]);
	ASK(w, 200, "POST", "/v1/keys/reveal", "", body);
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.0.pid", pids[2]);
	EQ(w, "items.0.mebx_password", PW1);
	EQ(w, "items.0.source", "usb");
	EQ(w, "items.1.state", "group");
	assert_int_equal(strlen(at(w, "items.1.pps")), 39);
	assert_int_equal(audit_count(w), before + 1);
	HAS(audit(w, 0), "key.reveal usb, 2 keys, ");
	HAS(w->log, "ev=credential.revealed kind=psk");
	no_secret_in(w, "");

	/* a used one may be printed again, but not go onto a stick */
	(void)snprintf(plain, sizeof plain, "%.4s%.4s", pids[2], pids[2] + 5);
	struct store_tx *tx = world_tx(w);
	store_tx_psk_use(tx, plain, U1, T0);
	world_commit(w, tx);
	before = audit_count(w);
	ASK(w, 409, "POST", "/v1/keys/reveal", "", body);
	EQ(w, "error.rule", "D044");
	HAS(at(w, "error.seen"), U1);
	no_secret_in(w, w->body);
	assert_int_equal(audit_count(w), before);
	(void)snprintf(body, sizeof body, "{\"for\":\"sheet\",\"pids\":[\"%s\"]}", plain);
	ASK(w, 200, "POST", "/v1/keys/reveal", "", body);
	EQ(w, "items.0.mebx_password", PW1);
}

static void refuses_to_show(void **state)
{
	struct world *w = *state;
	static const struct {
		int status;
		const char *body, *msg;
	} cases[] = {
		{ 400, "{}", "'for' in the body is missing" },
		{ 400, "{\"for\":\"fun\",\"pids\":[\"0000037M\"]}",
		  "'for' in the body is another" },
		{ 400, "{\"for\":\"usb\"}", "no list of PIDs" },
		{ 400, "{\"for\":\"usb\",\"pids\":[]}", "no list of PIDs" },
		{ 400, "{\"for\":\"usb\",\"pids\":\"0000037M\"}", "no list of PIDs" },
		{ 400, "{\"for\":\"usb\",\"pids\":[7]}", "no text" },
		{ 400, "{\"for\":\"usb\",\"pids\":[\"0000037N\"]}", "wrong check character" },
		{ 404, "{\"for\":\"usb\",\"pids\":[\"0000-037M\"]}", "no key with PID 0000037M" },
		{ 400, "{\"for\":\"usb\",\"pids\":[\"0000037M\"],\"x\":1}", "x" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ASK(w, cases[i].status, "POST", "/v1/keys/reveal", "", cases[i].body);
		HAS(at(w, "error.msg"), cases[i].msg);
	}
	assert_int_equal(audit_count(w), 0);
	ASK(w, 400, "POST", "/v1/keys/generate", "", "{\"count\":1,\"group\":\"yes\"}");
	ASK(w, 400, "POST", "/v1/keys/generate", "", "{\"count\":1,\"for\":\"fun\"}");
}

static void a_password_for_rows_without_one(void **state)
{
	struct world *w = *state;
	ASK(w, 200, "POST", "/v1/keys/import", "",
	    "{\"csv\":\"pid;pps\\n0000-037M;NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ\\n\","
	    "\"mebx_password\":\"" PW1 "\"}");
	EQ(w, "added", "1");
	no_secret_in(w, w->body);
	ASK(w, 200, "POST", "/v1/keys/reveal", "", "{\"for\":\"usb\",\"pids\":[\"0000037M\"]}");
	EQ(w, "items.0.mebx_password", PW1);
	/* without one it is as before, and a row's own goes first */
	ASK(w, 200, "POST", "/v1/keys/import", "",
	    "{\"csv\":\"0000-037M,NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ\"}");
	EQ(w, "rejected", "1");
	HAS(at(w, "errors.0.msg"), "the row has 2 fields");
	ASK(w, 200, "POST", "/v1/keys/import", "",
	    "{\"csv\":\"0000-037M,NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ,0ther!Passw\","
	    "\"mebx_password\":\"" PW1 "\"}");
	EQ(w, "changed", "1");
	ASK(w, 400, "POST", "/v1/keys/import", "", "{\"csv\":\"x\",\"mebx_password\":\"short\"}");
	HAS(at(w, "error.msg"), "'mebx_password' in the body");
	ASK(w, 400, "POST", "/v1/keys/import", "", "{\"csv\":\"\"}");
	ASK(w, 400, "POST", "/v1/keys/import", "", "{\"file\":\"x\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(keys_are_made),
		WORLD(chosen_ones_are_shown),
		WORLD(refuses_to_show),
		WORLD(a_password_for_rows_without_one),
	};
	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
