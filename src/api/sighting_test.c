/* Tests of sightings: kept, listed by time and change, joined with the device at that address; what is
 * no row. */
#include "api/world_test.h"
#include <stdio.h>

#define ROW(address, version)                                                          \
	"{\"address\":\"" address "\",\"state\":\"configured\",\"version\":\"" version \
	"\",\"certificate\":{\"sha256\":\"00ff\"},\"realm\":\"R\\u00e4\"}"

static void keeps_and_lists(void **state)
{
	struct world *w = *state;
	char since[32];

	world_hello(w, U1, "10.0.0.1", "");
	ASK(w, 200, "POST", "/v1/sightings", NULL,
	    "{\"items\":[" ROW("10.0.0.1", "12.0") "," ROW("10.0.0.2", "9.0") "]}");
	ASK(w, 200, "GET", "/v1/sightings", NULL, "");
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.0.address", "10.0.0.1");
	EQ(w, "items.0.uuid", U1);
	EQ(w, "items.0.seen.certificate.sha256", "00ff");
	EQ(w, "items.1.uuid", "");
	clk_fake_advance_ms(5000);
	(void)snprintf(since, sizeof since, "since=%lld", (long long)clk_unix_ms());
	ASK(w, 200, "POST", "/v1/sightings", NULL,
	    "{\"items\":[" ROW("10.0.0.1", "12.0") "," ROW("10.0.0.3", "9.0") "]}");
	ASK(w, 200, "GET", "/v1/sightings", since, "");
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.1.address", "10.0.0.3");
	char changed[64];
	(void)snprintf(changed, sizeof changed, "%s&changed=true", since);
	ASK(w, 200, "GET", "/v1/sightings", changed, "");
	assert_int_equal(count_at(w, "items"), 1);
	EQ(w, "items.0.address", "10.0.0.3");
	ASK(w, 200, "GET", "/v1/sightings", "limit=1", "");
	EQ(w, "next", "10.0.0.1");
	ASK(w, 200, "GET", "/v1/sightings", "limit=1&after=10.0.0.1", "");
	EQ(w, "items.0.address", "10.0.0.2");
	/* by time, page by page, with one that is seen again in between: it comes at its new place */
	ASK(w, 200, "GET", "/v1/sightings", "since=0&limit=1", "");
	EQ(w, "items.0.address", "10.0.0.2");
	(void)snprintf(changed, sizeof changed, "since=0&limit=1&after=%s", at(w, "next"));
	ASK(w, 200, "GET", "/v1/sightings", changed, "");
	EQ(w, "items.0.address", "10.0.0.1");
	(void)snprintf(changed, sizeof changed, "changed=true&limit=2");
	ASK(w, 200, "GET", "/v1/sightings", changed, "");
	EQ(w, "items.0.address", "10.0.0.1");
	EQ(w, "items.1.address", "10.0.0.2");
	(void)snprintf(changed, sizeof changed, "changed=true&limit=2&after=%s", at(w, "next"));
	ASK(w, 200, "GET", "/v1/sightings", changed, "");
	assert_int_equal(count_at(w, "items"), 1);
	EQ(w, "items.0.address", "10.0.0.3");
	HAS(w->log, "path=/v1/sightings status=200");
}

/* Only a PC that was put out of reach on purpose is looked at when it was seen. */
static void wakes_what_was_dark(void **state)
{
	struct world *w = *state;

	world_hello(w, U1, "10.0.0.1", "");
	world_hello(w, U2, "10.0.0.2", "");
	struct store_tx *tx = store_tx_new(w->store);
	store_tx_mark_set(tx, U1, ENGINE_MARK_DARK, "j-1 uid:0", clk_unix_ms());
	store_tx_commit(tx, NULL, NULL);
	for (int n = 0; n < 2; n++) /* seen twice: one look */
		ASK(w, 200, "POST", "/v1/sightings", NULL,
		    "{\"items\":[" ROW("10.0.0.1", "12.0") "," ROW("10.0.0.2", "9.0") "]}");
	ASK(w, 200, "GET", "/v1/jobs", "uuid=" U1 "&state=queued", "");
	EQ(w, "items.0.kind", "check");
	ASK(w, 200, "GET", "/v1/jobs", "uuid=" U2 "&state=queued", "");
	for (unsigned i = 0; i < count_at(w, "items"); i++) {
		char path[32];
		snprintf(path, sizeof path, "items.%u.kind", i);
		EQ(w, path, "configure");
	}
}

static void refuses(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *body;
	} cases[] = {
		{ "nothing", "{}" },
		{ "no rows", "{\"items\":[]}" },
		{ "no list", "{\"items\":{}}" },
		{ "no row", "{\"items\":[3]}" },
		{ "no address", "{\"items\":[{\"state\":\"configured\"}]}" },
		{ "no state", "{\"items\":[{\"address\":\"10.0.0.1\",\"state\":\"well\"}]}" },
		{ "good and bad", "{\"items\":[" ROW("10.0.0.1", "12.0") ",{}]}" },
		{ "another key", "{\"items\":[" ROW("10.0.0.1", "12.0") "],\"more\":1}" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ASK(w, 400, "POST", "/v1/sightings", NULL, cases[i].body);
	ASK(w, 400, "GET", "/v1/sightings", "since=yesterday", "");
	ASK(w, 400, "GET", "/v1/sightings", "since=5&after=10.0.0.1", "");
	ASK(w, 400, "GET", "/v1/sightings", "since=5&after=x-10.0.0.1", "");
	ASK(w, 200, "GET", "/v1/sightings", NULL, "");
	assert_int_equal(count_at(w, "items"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(keeps_and_lists),
		WORLD(wakes_what_was_dark),
		WORLD(refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
