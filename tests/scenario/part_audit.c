/* Part "audit" of the profile, on the oldest and the newest release that have the log, and on one before. */
#include "parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define LOG  "AMT_AuditLog"
#define RULE "AMT_AuditPolicyRule"
#define AUDIT                                                                                \
	"audit: {enabled: on, storage: restricted-rollover, min_days: 30, critical: [16/2, " \
	"16/4], logged: [17/3]}\n"

static uint32_t set(struct world *w, unsigned i, const char *on, const char *app, const char *event)
{
	return parts_invoke(w, i, RULE, NULL, "SetAuditPolicy", on, app, event, "PolicyType=0",
			    NULL);
}

static void sets_drifts_repairs(void **state)
{
	static const struct {
		const char *release, *notes;
	} rows[] = { { "4.0", "" }, { "22.0", "audit: also recorded: 16/0 16/1 " } };
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		char text[2048], why[512];
		unsigned i = parts_start(&w, rows[g].release, AUDIT);
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_memory_equal(text, rows[g].notes, strlen(rows[g].notes) + !*rows[g].notes);
		const struct wsman_obj *o = parts_get(&w, i, LOG, NULL);
		assert_string_equal(wsman_obj_str(o, "StoragePolicy"), "2");
		assert_string_equal(wsman_obj_str(o, "EnabledState"), "2");

		assert_true(
			parts_put(&w, i, LOG, NULL, "StoragePolicy=1", "MinDaysToKeep=1", NULL));
		parts_expect_drift(&w, i,
				   "audit.storage: rollover -> restricted-rollover\n"
				   "audit.min_days: 1 -> 30\n");
		assert_int_equal(set(&w, i, "Enable=false", "AuditedAppID=16", "EventID=4"), 0);
		assert_int_equal(set(&w, i, "Enable=true", "AuditedAppID=16", "EventID=2"), 0);
		parts_expect_drift(&w, i,
				   "audit.16/2 (ACL entry added): logged -> critical\n"
				   "audit.16/4 (ACL entry removed): off -> critical\n");
		assert_int_equal(parts_invoke(&w, i, LOG, NULL, "RequestStateChange",
					      "RequestedState=3", NULL),
				 0);
		parts_expect_drift(&w, i, "audit.enabled: off -> on\n");
		/* events of others: told, and switched off only by a profile that owns the list */
		assert_int_equal(set(&w, i, "Enable=true", "AuditedAppID=18", "EventID=0"), 0);
		parts_profile(&w, "audit: {own: on, critical: [16/2, 16/4], logged: [17/3]}\n");
		parts_drift(&w, i, text, sizeof text);
		assert_non_null(
			strstr(text, "audit.18/0 (storage redirection opened): logged -> off\n"));
		assert_true(parts_apply(&w, i, why, sizeof why));
		parts_drift(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, "");
		parts_stop(&w);
	}
}

static void refusals(void **state)
{
	struct world w;
	char text[512];
	(void)state;
	unsigned i = parts_start(&w, "16.1", AUDIT);
	assert_int_equal(set(&w, i, "Enable=true", "AuditedAppID=16", "EventID=999"), 36);
	assert_false(parts_put(&w, i, LOG, NULL, "StoragePolicy=3", NULL));
	assert_int_equal(
		parts_invoke(&w, i, LOG, NULL, "RequestStateChange", "RequestedState=9", NULL), 5);
	/* an auditor takes the log from the administrators */
	parts_secret(&w, "aud", "Aud1tor-word");
	parts_profile(&w,
		      AUDIT "users: {digest: [{name: auditor, password: {secret: aud}, realms: "
			    "[audit-log]}]}\n");
	assert_true(parts_apply(&w, i, text, sizeof text));
	assert_string_equal(parts_get_as(&w, i, "auditor", "Aud1tor-word", LOG), "");
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "audit log: not available in AMT 16.1.25.1917: AMT_AuditLog: "
			    "AccessDenied\n");
	parts_stop(&w);
	i = parts_start(&w, "3.2.1", AUDIT);
	parts_drift(&w, i, text, sizeof text);
	assert_string_equal(text, "");
	parts_notes(&w, i, text, sizeof text);
	assert_string_equal(text,
			    "audit log: not available in AMT 3.2.1: AMT_AuditLog: "
			    "DestinationUnreachable\n");
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_drifts_repairs),
		cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
