/* Tests of the words that tell an operator how a device moves on: read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "api/next_step.h"
#include "base/str.h"

#define NOW  1936016447000 /* 2031-05-08T14:20:47Z */
#define HOUR (3600 * 1000LL)

struct row {
	const char *name, *state, *kind, *health, *rule;
	int64_t hello_ago, configured_ago; /* < 0: never */
	const char *job, *stage, *job_rule, *job_msg;
	const char *client, *want;
};

static const struct row rows[] = {
	{ "new, no job", "new", "pki", "", "", 5000, -1, NULL, "", "", "", "setup_pki",
	  "Nothing is queued; 'outband device apply pc1.example.com' configures it. The last hello "
	  "came 5 s ago, at 2031-05-08T14:20:42Z; the PC says hello until it is configured or its "
	  "window ends (24 h after the first start, 6 h after later ones)." },
	{ "running", "configuring", "psk", "", "", 60000, -1, "running", "second: TLS", "", "",
	  "setup_psk",
	  "It is being configured now, stage second: TLS; nothing is to be done. The last hello "
	  "came 60 s ago, at 2031-05-08T14:19:47Z; the PC says hello until it is configured or its "
	  "window ends (24 h after the first start, 6 h after later ones)." },
	{ "delayed", "new", "psk", "", "", 600000, -1, "delayed", "", "D043",
	  "PID 4444000A is not in the key store", "setup_psk",
	  "The next try is made at 2031-05-08T15:20:47Z; 'outband job retry j-1' tries now. The "
	  "last try failed: PID 4444000A is not in the key store (D043). To do: import the OEM key "
	  "file or enter the PID and PPS with 'outband key import'. The last hello came 10 minutes "
	  "ago" },
	{ "hello stopped", "refused", "pki", "no FQDN is known for this UUID", "D076", 30 * HOUR,
	  -1, NULL, "", "", "", "hello_stopped",
	  "It was refused: no FQDN is known for this UUID (D076). To do: import a mapping with "
	  "'outband device import FILE' (uuid,fqdn[,group]). Then 'outband device apply "
	  "pc1.example.com'. The last hello came 30 hours ago, at 2031-05-07T08:20:47Z: the PC is "
	  "off, moved away, or stopped saying hello. By the published schedule it says hello every "
	  "minute for 5 minutes, every 5 minutes for an hour, then hourly, and ends 24 h after the "
	  "first start (2031-05-07T14:20:47Z counted from the first hello seen here) or 6 h after a "
	  "later one. To make it start again: take all power from it, mains and battery (G3), for "
	  "half a minute; or start configuration with the local agent; or in MEBx (Ctrl+P)." },
	{ "approval", "approval", "pki", "", "", 1000, -1, NULL, "", "", "", "setup_pki",
	  "It waits for an operator: 'outband device approve pc1.example.com'. The last" },
	{ "paused", "new", "pki", "", "", 1000, -1, "paused", "", "", "", "setup_pki",
	  "Its job is paused; 'outband job retry j-1' goes on. The last hello" },
	{ "cancelled", "new", "pki", "", "", 1000, -1, "cancelled", "", "", "", "setup_pki",
	  "Nothing is queued; 'outband device apply pc1.example.com' configures it. The last" },
	{ "configured", "configured", "pki", "", "", 100 * HOUR, 99 * HOUR, NULL, "", "", "",
	  "configured",
	  "It is configured; 'outband device plan pc1.example.com' shows what its profile would "
	  "change." },
	{ "lost its setup", "configured", "pki", "", "", 1000, 99 * HOUR, NULL, "", "", "",
	  "setup_pki",
	  "It is configured; 'outband device plan pc1.example.com' shows what its profile would "
	  "change. It said hello again after that, as a PC does that lost its setup: 'outband "
	  "device apply pc1.example.com' configures it anew. The last hello came 1 s ago" },
};

static void says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		char text[2048] = "";
		struct out o;
		struct store_device d = {
			.uuid = "u",
			.fqdn = "pc1.example.com",
			.state = r->state,
			.kind = r->kind,
			.health = r->health,
			.health_rule = r->rule,
			.first_seen_unix_ms = NOW - 24 * HOUR - 24 * HOUR,
			.last_hello_unix_ms = NOW - r->hello_ago,
			.configured_unix_ms = r->configured_ago < 0 ? 0 : NOW - r->configured_ago,
		};
		struct store_job j = {
			.id = "j-1",
			.state = r->job,
			.stage = r->stage,
			.err_rule = r->job_rule,
			.err_msg = r->job_msg,
			.err_hint = "",
			.not_before_unix_ms = NOW + HOUR,
		};
		out_init(&o, text, sizeof text);
		api_next_step_print(&d, r->job ? &j : NULL, NOW, &o);
		assert_false(o.bad);
		const char *client = api_client_state_name(api_client_state_of(&d, NOW));
		if (!str_eq(client, r->client) || strncmp(text, r->want, strlen(r->want)) != 0)
			fail_msg("%s: %s: %s\nwant: %s", r->name, client, text, r->want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(says) };
	return cmocka_run_group_tests_name("next_step", tests, NULL, NULL);
}
