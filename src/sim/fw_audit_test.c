/* The audit log of a virtual device: what a client does is written into it by its policy, is read ten
 * at a time, and a critical event that cannot be written keeps the request from being done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/audit.h"
#include "sim/test_peer.c"

#define LOG    AMT "AMT_AuditLog"
#define POLICY AMT "AMT_AuditPolicyRule"

/* "17/3 admin 127.0.0.1" of record i, 0 the oldest. */
static const char *record(unsigned i)
{
	static char text[120];
	static uint8_t b[1024];
	struct wire_audit_record r;
	struct err e = { 0 };
	size_t n, used;

	if (!b64_decode(sim_audit_at(dev, i), b, sizeof b, &n) || !n ||
	    wire_audit_record_parse(span_make(b, n), &r, &used, &e) != WIRE_DONE || used != n)
		return "none";
	(void)snprintf(text, sizeof text, "%u/%u %.*s", r.app, r.event, (int)r.user.n,
		       r.by == WIRE_AUDIT_DIGEST ? (const char *)r.user.p : "");
	return text;
}

static const char *last(void)
{
	return record(sim_audit_count(dev) - 1);
}

static void policy(struct peer *p, const char *app, const char *event, const char *type)
{
	char params[256];

	(void)snprintf(params, sizeof params,
		       "<h:Enable>true</h:Enable><h:AuditedAppID>%s</h:AuditedAppID>"
		       "<h:EventID>%s</h:EventID><h:PolicyType>%s</h:PolicyType>",
		       app, event, type);
	assert_int_equal(invoke(p, POLICY, "SetAuditPolicy", params), 200);
	assert_int_equal(returned(p), 0);
}

/* A fault ends the connection. */
static void refused(struct peer *p)
{
	assert_true(says(p, "2075"));
	hang_up(p);
	assert_true(dial(p, again_port, NULL));
	assert_true(get(p, AMT "AMT_GeneralSettings", NULL) == 200);
}

static void freeze(struct peer *p, const char *on)
{
	char params[64];

	(void)snprintf(params, sizeof params, "<h:Freeze>%s</h:Freeze>", on);
	(void)invoke(p, AMT "AMT_MessageLog", "FreezeLog", params);
}

static void what_is_done_is_recorded(void **state)
{
	struct peer p;

	(void)state;
	log_in(&p, "11.8", "");
	assert_int_equal(sim_audit_count(dev), 0);
	freeze(&p, "true");
	assert_int_equal(sim_audit_count(dev), 0); /* not in the policy */
	policy(&p, "24", "3", "0");
	policy(&p, "24", "2", "0");
	freeze(&p, "false");
	assert_string_equal(last(), "24/3 admin");
	assert_int_equal(invoke(&p, AMT "AMT_MessageLog", "ClearLog", ""), 200);
	assert_string_equal(last(), "24/2 admin");
	/* what was refused is no event */
	freeze(&p, "true");
	unsigned n = sim_audit_count(dev);
	(void)invoke(&p, AMT "AMT_MessageLog", "ClearLog", "");
	assert_int_equal(returned(&p), 16);
	assert_int_equal(sim_audit_count(dev), n);
	hang_up(&p);
}

static void security_is_on_from_8(void **state)
{
	static const struct {
		const char *gen;
		unsigned count;
	} rows[] = { { "3.2.1", 0 }, { "7.1", 0 }, { "9.0", 1 }, { "11.8", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, rows[i].gen, "");
		set_login(&p, "admin", "wrong");
		for (unsigned k = 0; k < 4 && !sim_dev_get_stats(dev)->failed_logins; k++) {
			hang_up(&p);
			assert_true(dial(&p, again_port, NULL));
			(void)get(&p, AMT "AMT_GeneralSettings", NULL);
		}
		if (sim_audit_count(dev) != rows[i].count)
			fail_msg("%s: %u", rows[i].gen, sim_audit_count(dev));
		hang_up(&p);
	}
	assert_string_equal(last(), "16/5 ");
}

static void ten_at_a_time(void **state)
{
	struct peer p;
	struct err e = { 0 };

	(void)state;
	log_in(&p, "16.1", "");
	for (unsigned i = 0; i < 13; i++)
		assert_true(sim_audit_named(dev, span_str("16/16:00112233445566778899aabbccddeeff"),
					    &e));
	assert_int_equal(invoke(&p, LOG, "ReadRecords", "<h:StartIndex>1</h:StartIndex>"), 200);
	assert_true(says(&p, "TotalRecordCount>13<") && says(&p, "RecordsReturned>10<"));
	invoke(&p, LOG, "ReadRecords", "<h:StartIndex>11</h:StartIndex>");
	assert_true(returned(&p) == 0 && says(&p, "RecordsReturned>3<"));
	invoke(&p, LOG, "ReadRecords", "<h:StartIndex>14</h:StartIndex>");
	assert_int_equal(returned(&p), 35);
	invoke(&p, LOG, "ReadRecords", "<h:StartIndex>0</h:StartIndex>");
	assert_int_equal(returned(&p), 35);
	assert_false(sim_audit_named(dev, span_str("16/99"), &e));
	assert_false(sim_audit_named(dev, span_str("16"), &e));
	assert_false(sim_audit_named(dev, span_str("16/5:0"), &e));
	hang_up(&p);
}

static void fill(void)
{
	struct err e = { 0 };
	char text[520] = "22/1:fa";

	for (size_t i = 7; i < sizeof text - 13; i++)
		text[i] = '5';
	for (unsigned i = 0; i < 400; i++)
		assert_true(sim_audit_named(dev, span_str(text), &e));
}

/* Storage policy 0: nothing is overwritten, so what is critical cannot be done any more. */
static void a_full_log_blocks_what_is_critical(void **state)
{
	struct peer p;

	(void)state;
	log_in(&p, "11.8", "");
	policy(&p, "22", "1", "0");
	policy(&p, "24", "3", "1");
	fill();
	size_t full = sim_audit_bytes(dev);
	assert_true(full > SIM_AUDIT_BYTES - 800 && full <= SIM_AUDIT_BYTES);
	get(&p, LOG, NULL);
	assert_true(says(&p, "AuditState>28<")); /* full, near, no key */
	freeze(&p, "true");
	refused(&p);
	get(&p, AMT "AMT_MessageLog", NULL);
	assert_true(says(&p, "IsFrozen>false<"));
	invoke(&p, LOG, "ClearLog", "");
	assert_int_equal(returned(&p), 0);
	freeze(&p, "true");
	assert_int_equal(returned(&p), 0);
	assert_string_equal(last(), "24/3 admin");
	/* storage policy 1: the oldest go */
	assert_int_equal(put(&p, LOG, NULL,
			     "<h:AuditState>16</h:AuditState>"
			     "<h:MaxAllowedAuditors>1</h:MaxAllowedAuditors>"
			     "<h:PercentageFree>1</h:PercentageFree>"
			     "<h:StoragePolicy>1</h:StoragePolicy>"),
			 200);
	fill();
	assert_string_equal(record(0), "22/1 ");
	freeze(&p, "false");
	assert_int_equal(returned(&p), 0);
	assert_string_equal(last(), "24/3 admin");
	hang_up(&p);
}

static void a_lock_keeps_others_out(void **state)
{
	struct peer p;

	(void)state;
	log_in(&p, "11.8", "");
	policy(&p, "24", "3", "1");
	invoke(&p, LOG, "SetAuditLock",
	       "<h:LockTimeoutInSeconds>60</h:LockTimeoutInSeconds><h:Flag>0</h:Flag>");
	assert_true(returned(&p) == 0 && says(&p, "Handle>1<"));
	freeze(&p, "true");
	refused(&p);
	invoke(&p, LOG, "SetAuditLock", "<h:Flag>2</h:Flag><h:Handle>7</h:Handle>");
	assert_int_equal(returned(&p), 16);
	run_ms(61000); /* it ends by itself */
	hang_up(&p);
	assert_true(dial(&p, again_port, NULL));
	freeze(&p, "true");
	assert_int_equal(returned(&p), 0);
	hang_up(&p);
}

/* From 12.0 on some events are written whatever the policy says. */
static void super_critical_ones_always_are(void **state)
{
	struct peer p;

	(void)state;
	enter_pki(&p, "16.1", "");
	assert_int_equal(sim_audit_count(dev), 0);
	hang_up(&p);
	new_dev("16.1", SIM_CONFIGURED, "");
	sim_audit(dev, NULL, 18, 4, span_make(NULL, 0));
	assert_string_equal(last(), "18/4 ");
	new_dev("11.8", SIM_CONFIGURED, "");
	sim_audit(dev, NULL, 18, 4, span_make(NULL, 0));
	assert_int_equal(sim_audit_count(dev), 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(what_is_done_is_recorded),
		T(security_is_on_from_8),
		T(ten_at_a_time),
		T(a_full_log_blocks_what_is_critical),
		T(a_lock_keeps_others_out),
		T(super_critical_ones_always_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
