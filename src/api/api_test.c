/* Tests of the dispatcher, of what all routes share, and that docs/api.md says what the table of
 * routes says. */
#include "api/world_test.h"

static void refuses_what_it_does_not_know(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *method, *path, *query, *body;
		int status;
		const char *msg;
	} cases[] = {
		{ "no route", "GET", "/v1/nothing", "", "", 404, "there is no /v1/nothing" },
		{ "root", "GET", "/", "", "", 404, "there is no /" },
		{ "prefix", "GET", "/v1/statusx", "", "", 404, "there is no /v1/statusx" },
		{ "slash behind", "GET", "/v1/status/", "", "", 404, "there is no /v1/status/" },
		{ "empty name", "GET", "/v1/devices/", "", "", 404, "there is no /v1/devices/" },
		{ "other version", "GET", "/v2/status", "", "", 404, "there is no /v2/status" },
		{ "method", "POST", "/v1/status", "", "", 405,
		  "POST is not possible on /v1/status" },
		{ "odd method", "PATCH", "/v1/devices/x", "", "", 405, "PATCH is not possible" },
		{ "query key", "GET", "/v1/devices", "stat=new", "", 400,
		  "GET /v1/devices does not know the query key 'stat'" },
		{ "query without any", "GET", "/v1/status", "x=1", "", 400,
		  "does not know the query key 'x'" },
		{ "query word", "GET", "/v1/devices", "state=old", "", 400,
		  "the query has state=old" },
		{ "query limit 0", "GET", "/v1/devices", "limit=0", "", 400,
		  "the query has limit=0" },
		{ "query limit", "GET", "/v1/devices", "limit=1001", "", 400,
		  "the query has limit=1001" },
		{ "bad percent", "GET", "/v1/devices", "search=%4", "", 400,
		  "the query value of 'search' is badly encoded" },
		{ "percent NUL", "GET", "/v1/devices", "search=%00", "", 400, "badly encoded" },
		{ "body where none belongs", "GET", "/v1/status", "", "{\"a\":1}", 400,
		  "GET /v1/status takes no body" },
		{ "no JSON", "PUT", "/v1/settings/workers", "", "{\"value\":", 400,
		  "the body is not JSON (line 1, column" },
		{ "JSON list", "PUT", "/v1/settings/workers", "", "[1]", 400,
		  "the body is not a JSON object" },
		{ "JSON key", "PUT", "/v1/settings/workers", "", "{\"val\":\"3\"}", 400,
		  "the body has the unknown key 'val'" },
		{ "JSON doubled", "PUT", "/v1/settings/workers", "",
		  "{\"value\":\"3\",\"value\":\"4\"}", 400, "the body is not JSON" },
		{ "JSON kind", "PUT", "/v1/settings/workers", "", "{\"value\":[]}", 400,
		  "'value' in the body is not a text" },
		{ "JSON NUL", "PUT", "/v1/settings/workers", "", "{\"value\":\"3\\u0000\"}", 400,
		  "the body is not JSON" },
		{ "JSON missing", "PUT", "/v1/settings/workers", "", "", 400,
		  "'value' in the body is missing" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int got = ask(w, cases[i].method, cases[i].path, cases[i].query, cases[i].body);
		if (got != cases[i].status || !strstr(at(w, "error.msg"), cases[i].msg))
			fail_msg("%s: %d %s", cases[i].name, got, w->body);
		assert_true(at(w, "error.code")[0]);
	}
	assert_int_equal(audit_count(w), 0);
}

static void says_what_is_possible(void **state)
{
	struct world *w = *state;
	ASK(w, 405, "POST", "/v1/devices/x", "", "");
	EQ(w, "error.want", "GET, DELETE");
	ASK(w, 400, "GET", "/v1/devices", "limit=x", "");
	EQ(w, "error.want", "a number from 1 to 1000");
	ASK(w, 400, "GET", "/v1/devices", "state=old", "");
	HAS(at(w, "error.want"), "one of: new approval configuring refused configured");
}

static void body_is_bounded(void **state)
{
	struct world *w = *state;
	size_t n = LIMIT_API_BODY_BYTES + 1;
	char *big = mem_new(n);
	memset(big, ' ', n);
	assert_int_equal(ask_bytes(w, "POST", "/v1/names", "", span_make(big, n)), 413);
	EQ(w, "error.code", "input.too_large");
	mem_free(big);
}

static void wrong_json_does_not_echo(void **state)
{
	struct world *w = *state;
	ASK(w, 400, "POST", "/v1/keys/generate", "",
	    "{\"count\":1,\"mebx_password\":\"Pl4nted!Secret\"");
	assert_null(strstr(w->body, "Pl4nted"));
	ASK(w, 400, "POST", "/v1/keys/generate", "",
	    "{\"count\":1,\"mebx_password\":\"Pl4ntedSecret\"}");
	assert_null(strstr(w->body, "Pl4nted"));
	assert_null(strstr(w->log, "Pl4nted"));
}

static void status_tells_figures(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	world_delayed(w, "j-1", U1, "D076");
	clk_fake_advance_ms(1234);
	ASK(w, 200, "GET", "/v1/status", NULL, "");
	EQ(w, "version", "1.2.3");
	EQ(w, "uptime_ms", "1234");
	EQ(w, "hello_ports.0", "9971");
	EQ(w, "hello_ports.1", "9972");
	EQ(w, "db", "/db");
	EQ(w, "workers.limit", "10");
	EQ(w, "devices.total", "1");
	EQ(w, "devices.new", "1");
	EQ(w, "devices.approval", "0");
	EQ(w, "jobs.delayed", "1");
	EQ(w, "jobs.paused", "0");
	EQ(w, "hellos.malformed", "4");
	EQ(w, "keys.unused", "0");
	EQ(w, "figures.imposed_wait_ms", "12");
	EQ(w, "figures.polls", "5");
	assert_true(at(w, "pid")[0]);
	assert_true(at(w, "figures.cpu_ms")[0]);
}

static void every_request_is_logged(void **state)
{
	struct world *w = *state;
	ASK(w, 200, "GET", "/v1/status", "", "{}");
	ASK(w, 404, "GET", "/v1/devices/x", "", "");
	HAS(w->log, "ev=api.request method=GET path=/v1/status status=200");
	HAS(w->log, "ev=api.request method=GET path=/v1/devices/x status=404");
}

static void end_answers_what_is_open(void **state)
{
	struct world *w = *state;
	struct err e = { 0 };
	world_start(w, "POST", "/v1/keys/generate", "", span_str("{\"count\":3}"));
	world_start(w, "GET", "/v1/status", "", span_str(""));
	assert_int_equal(w->calls, 0);
	store_crash(w->store); /* what is under way never comes back */
	struct api_conf c = w->api->conf;
	c.socket_path = NULL;
	c.version = "x";
	c.hello_ports = "";
	c.db_path = "";
	api_free(w->api);
	assert_int_equal(w->calls, 2);
	assert_int_equal(w->status, 503);
	EQ(w, "error.msg", "the service stops");
	w->api = api_new(&c, &e);
}

/* ---- the document ---- */

static void print_route(struct out *o, const struct api_route *t)
{
	const char *name = strstr(t->path, "{}");
	int head = name ? (int)(name - t->path) : (int)strlen(t->path);
	bool is_job = strncmp(t->path, "/v1/jobs", 8) == 0;
	out_fmt(o, "| %s | `%.*s%s%s` | %s | %s | %s | %s |\n", t->method, head, t->path,
		name ? is_job ? "{id}" : "{name}" : "", name ? name + 2 : "",
		api_role_name(t->role), t->query[0] ? t->query : "-", t->body[0] ? t->body : "-",
		t->text);
}

static void document_says_the_table(void **state)
{
	(void)state;
	const char *top = getenv("OUTBAND_SRC");
	char path[512], *text;
	struct buf want;
	struct out o;

	if (!top)
		skip();
	text = mem_new(256 * 1024);
	(void)snprintf(path, sizeof path, "%s/docs/api.md", top);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, 256 * 1024 - 1, f) > 0);
	(void)fclose(f);
	buf_init(&want, 256 * 1024);
	out_init_buf(&o, &want);
	for (unsigned i = 0; i < api_route_count; i++)
		print_route(&o, &api_routes[i]);
	if (!strstr(text, (const char *)want.p))
		fail_msg("docs/api.md must have these lines:\n%s", (const char *)want.p);
	buf_deinit(&want);
	mem_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(refuses_what_it_does_not_know),
		WORLD(says_what_is_possible),
		WORLD(body_is_bounded),
		WORLD(wrong_json_does_not_echo),
		WORLD(status_tells_figures),
		WORLD(every_request_is_logged),
		WORLD(end_answers_what_is_open),
		cmocka_unit_test(document_says_the_table),
	};
	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
