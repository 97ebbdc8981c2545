/* Tests of the routes of discoveries: begin, list, stop, go on, and what is refused. Whether they discover
 * anything is tested with the engine (tests/scenario/discovery.c). */
#include "api/world_test.h"
#include <stdio.h>

static const char *id_of(struct world *w)
{
	return arena_str(&w->a, span_str(at(w, "id")));
}

static void begins_and_lists(void **state)
{
	struct world *w = *state;

	ASK(w, 200, "POST", "/v1/discoveries", NULL,
	    "{\"ranges\":[\"10.0.0.0/24\",\"pc[1-4]\"],\"rate\":0,\"ping\":true}");
	EQ(w, "ranges", "10.0.0.0/24,pc[1-4]");
	EQ(w, "state", "queued");
	EQ(w, "rate", "0");
	EQ(w, "actor", "uid:1000");
	const char *id = id_of(w);
	assert_int_equal(w->kicks, 1);
	assert_string_equal(audit(w, 0), "discovery.begin 10.0.0.0/24,pc[1-4]");
	ASK(w, 200, "POST", "/v1/discoveries", NULL, "{\"ranges\":[\"10.0.1.0/24\"]}");
	EQ(w, "rate", "1000");
	ASK(w, 200, "GET", "/v1/discoveries", NULL, "");
	assert_int_equal(count_at(w, "items"), 2);
	ASK(w, 200, "GET", "/v1/discoveries", "limit=1", "");
	assert_int_equal(count_at(w, "items"), 1);
	const char *first = at(w, "next");
	ASK(w, 200, "GET", "/v1/discoveries", arena_fmt(&w->a, "limit=1&after=%s", first), "");
	assert_int_equal(count_at(w, "items"), 1);
	EQ(w, "next", "");
	ASK(w, 200, "GET", arena_fmt(&w->a, "/v1/discoveries/%s", id), NULL, "");
	EQ(w, "total", "9");
	ASK(w, 404, "GET", "/v1/discoveries/none", NULL, "");
}

static void stops_and_goes_on(void **state)
{
	struct world *w = *state;

	ASK(w, 200, "POST", "/v1/discoveries", NULL, "{\"ranges\":[\"10.0.0.0/24\"]}");
	const char *id = id_of(w);
	const char *stop = arena_fmt(&w->a, "/v1/discoveries/%s/stop", id);
	const char *resume = arena_fmt(&w->a, "/v1/discoveries/%s/resume", id);
	ASK(w, 409, "POST", resume, NULL, "");
	ASK(w, 200, "POST", stop, NULL, "");
	EQ(w, "state", "stopped");
	ASK(w, 409, "POST", stop, NULL, "");
	ASK(w, 200, "POST", resume, NULL, "");
	EQ(w, "state", "queued");
	/* one that runs: the engine writes its end */
	struct store_tx *tx = world_tx(w);
	store_tx_discovery_state(tx, id, "running", "", T0);
	world_commit(w, tx);
	ASK(w, 200, "POST", stop, NULL, "");
	EQ(w, "state", "running");
	assert_string_equal(w->cancelled, id);
	assert_string_equal(audit(w, 0), arena_fmt(&w->a, "discovery.stop %s", id));
}

static void refuses(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *body;
	} cases[] = {
		{ "nothing", "{}" },
		{ "no ranges", "{\"ranges\":[]}" },
		{ "no list", "{\"ranges\":\"10.0.0.1\"}" },
		{ "no text", "{\"ranges\":[3]}" },
		{ "no range", "{\"ranges\":[\"!\"]}" },
		{ "a rate in words", "{\"ranges\":[\"10.0.0.1\"],\"rate\":\"much\"}" },
		{ "a wild rate", "{\"ranges\":[\"10.0.0.1\"],\"rate\":99999999}" },
		{ "another key", "{\"ranges\":[\"10.0.0.1\"],\"more\":1}" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ASK(w, 400, "POST", "/v1/discoveries", NULL, cases[i].body);
	ASK(w, 200, "GET", "/v1/discoveries", NULL, "");
	assert_int_equal(count_at(w, "items"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(begins_and_lists),
		WORLD(stops_and_goes_on),
		WORLD(refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
