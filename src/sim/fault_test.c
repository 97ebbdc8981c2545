/* Faults and switches: their text, when one bites, and what the line then does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/boot.h"
#include "sim/dev_boot_priv.h"
#include "sim/fault.h"
#include "sim/switches.h"
#include "sim/test_peer.c"

#define GEN AMT "AMT_GeneralSettings"

static void specs(void **state)
{
	(void)state;
	static const struct {
		const char *spec;
		bool ok;
		const char *printed;
	} rows[] = {
		{ "", true, "" },
		{ "none", true, "" },
		{ "drop", true, "drop=1" },
		{ "drop=3", true, "drop=3" },
		{ " refuse=2 , busy ", true, "refuse=2,busy=3" },
		{ "reboot=2:5000", true, "reboot=2:5000" },
		{ "gremlins", false, "" },
		{ "drop=x", false, "" },
		{ "drop=", false, "" },
		{ "drop=1:", false, "" },
		{ "drop=-1", false, "" },
		{ "busy,busy,busy,busy,busy,busy,busy,busy,busy", false, "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sim_fault f[8];
		unsigned n = 0;
		struct err e = { 0 };
		char text[256] = "";
		struct out o;
		bool ok = sim_fault_parse(span_str(rows[i].spec), f, 8, &n, &e);
		if (ok != rows[i].ok)
			fail_msg("'%s': %s", rows[i].spec, ok ? "taken" : e.msg);
		if (!ok)
			continue;
		out_init(&o, text, sizeof text);
		sim_fault_print(f, n, &o);
		assert_string_equal(text, rows[i].printed);
	}
}

static void an_unknown_name_lists_the_others(void **state)
{
	(void)state;
	struct sim_fault f[8];
	unsigned n;
	struct err e = { 0 };
	assert_false(sim_fault_parse(span_str("gremlins"), f, 8, &n, &e));
	assert_non_null(strstr(e.msg, "gremlins"));
	assert_non_null(strstr(e.msg, "refuse hang drop"));
	for (unsigned i = 0; sim_fault_at(i); i++) {
		assert_true(sim_fault_at(i)->sentence[0]);
		assert_true(sim_fault_parse(span_str(sim_fault_at(i)->name), f, 8, &n, &e));
	}
}

static void switches_are_named(void **state)
{
	(void)state;
	struct sim_switches s = { { 0 } };
	struct err e = { 0 };
	char text[256] = "";
	struct out o;
	assert_true(sim_switches_is(&s, SIM_SW_BUSY, "fault"));
	assert_true(sim_switches_parse(span_str("busy=503, lockout=off"), &s, &e));
	assert_true(sim_switches_is(&s, SIM_SW_BUSY, "503"));
	out_init(&o, text, sizeof text);
	sim_switches_print(&s, &o);
	assert_string_equal(text, "busy=503,lockout=off");
	assert_false(sim_switches_parse(span_str("lockout=on,busy=maybe"), &s, &e));
	assert_true(sim_switches_is(&s, SIM_SW_LOCKOUT, "off")); /* nothing was changed */
	assert_string_equal(e.want, "fault|return|late|503");
	assert_false(sim_switches_parse(span_str("busy"), &s, &e));
}

static void connections_are_refused_or_hang(void **state)
{
	(void)state;
	struct pki_tls_server conf;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	set_fault("refuse=2");
	assert_int_equal(sim_dev_accept(dev, 16992, &conf), SIM_ACCEPT_REFUSE);
	assert_int_equal(sim_dev_accept(dev, 16992, &conf), SIM_ACCEPT_REFUSE);
	assert_int_equal(sim_dev_accept(dev, 16992, &conf), SIM_ACCEPT_CLEAR);
	set_fault("hang");
	for (int i = 0; i < 5; i++)
		assert_int_equal(sim_dev_accept(dev, 16992, &conf), SIM_ACCEPT_SILENT);
}

static const char turn_on[] = "<h:ListenerEnabled>true</h:ListenerEnabled>";

/* Whether the request was answered whole, and whether it was done. */
static void lines_die(void **state)
{
	(void)state;
	static const struct {
		const char *fault;
		unsigned status;
		bool done, whole;
	} rows[] = {
		{ "none", 200, true, true },
		{ "drop", 200, true, false },
		{ "drop_before", 0, false, false },
		{ "drop_after", 0, true, false },
		{ "http_500", 500, false, true },
		{ "reboot=1:1000", 0, false, false },
		{ "power_loss=1:1000", 0, false, false },
		{ "chunk1", 200, true, true },
		{ "split", 200, true, true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p;
		log_in(&p, "11.8", NULL);
		again_port = 0;
		set_fault(rows[i].fault);
		unsigned status = put(&p, AMT "AMT_RedirectionService", NULL, turn_on);
		bool whole = says(&p, "</a:Envelope>") || status == 500;
		bool done = str_eq(value("AMT_RedirectionService.ListenerEnabled"), "true");
		if (status != rows[i].status || done != rows[i].done || whole != rows[i].whole)
			fail_msg("%s: %u, %s, %s", rows[i].fault, status,
				 done ? "done" : "not done", whole ? "whole" : "cut");
		if (str_eq(rows[i].fault, "split"))
			assert_true(p.pieces > 500);
		if (!rows[i].whole)
			assert_true(p.down);
		hang_up(&p);
	}
}

static void a_reboot_ends(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	again_port = 0;
	set_fault("reboot=2:3000");
	assert_int_equal(get(&p, GEN, NULL), 200);
	assert_int_equal(get(&p, GEN, NULL), 0);
	hang_up(&p);
	run_ms(2900);
	assert_false(dial(&p, 16992, NULL));
	run_ms(200);
	assert_true(dial(&p, 16992, NULL));
	hang_up(&p);
	assert_int_equal(sim_dev_get_stats(dev)->imposed_wait_ms, 3000);
}

static void a_commit_is_done_and_unanswered(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	again_port = 0;
	set_fault("drop_commit");
	assert_int_equal(get(&p, GEN, NULL), 200);
	assert_int_equal(invoke(&p, AMT "AMT_SetupAndConfigurationService", "CommitChanges", ""),
			 0);
	assert_true(p.down);
	assert_int_equal(sim_dev_get_stats(dev)->commits, 1);
	hang_up(&p);
}

static void a_reply_is_garbage(void **state)
{
	(void)state;
	struct peer p;
	log_in(&p, "11.8", NULL);
	set_fault("garbage=2");
	assert_int_equal(get(&p, GEN, NULL), 200);
	assert_true(says(&p, "</a:Envelope>"));
	assert_int_equal(get(&p, GEN, NULL), 200);
	assert_false(says(&p, "</a:Envelope>"));
	hang_up(&p);
}

static void replies_take_longer(void **state)
{
	(void)state;
	struct peer p;
	static char text[4096];
	env.latency_ms = 20;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	again_port = 0;
	assert_true((p = (struct peer){ 0 }, dial(&p, 16992, NULL)));
	set_fault("slow=1000");
	envelope(text, sizeof text, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", GEN, NULL,
		 "");
	assert_int_equal(send_once(&p, "POST", "/wsman", text, 1000), 0);
	run_ms(50);
	assert_true(says(&p, "401"));
	hang_up(&p);
}

static void replies_wait_while_a_start_is_set_half(void **state)
{
	(void)state;
	struct peer p = { 0 };
	static char text[4096];
	new_dev("11.8", SIM_CONFIGURED, NULL);
	again_port = 0;
	set_fault("hold_boot");
	envelope(text, sizeof text, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", GEN, NULL,
		 "");
	assert_true(dial(&p, 16992, NULL));
	assert_int_equal(send_once(&p, "POST", "/wsman", text, 200), 401);
	hang_up(&p);
	assert_false(sim_dev_boot_half(dev));
	p = (struct peer){ 0 };
	assert_true(dial(&p, 16992, NULL));
	sim_boot_of(dev)->role = true;
	assert_true(sim_dev_boot_half(dev));
	assert_int_equal(send_once(&p, "POST", "/wsman", text, 10000), 0);
	set_fault("none");
	run_ms(200);
	assert_true(says(&p, "401"));
	hang_up(&p);
}

/* A second connection is answered as well, but it is counted. */
static void parallel_requests_are_counted(void **state)
{
	(void)state;
	struct peer a = { 0 }, b = { 0 };
	static char text[4096];
	env.latency_ms = 100;
	new_dev("11.8", SIM_CONFIGURED, NULL);
	again_port = 0;
	assert_true(dial(&a, 16992, NULL));
	assert_true(dial(&b, 16992, NULL));
	envelope(text, sizeof text, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", GEN, NULL,
		 "");
	assert_int_equal(send_once(&a, "POST", "/wsman", text, 10), 0);
	assert_int_equal(send_once(&b, "POST", "/wsman", text, 200), 401);
	assert_true(says(&a, "401"));
	assert_int_equal(sim_dev_get_stats(dev)->parallel_requests, 1);
	assert_int_equal(sim_dev_get_stats(dev)->requests, 2);
	hang_up(&a);
	hang_up(&b);
}

/* ---- what clients may do wrong with the line ---- */

static void odd_bytes_never_hang(void **state)
{
	(void)state;
	static const struct {
		const char *name, *bytes;
		unsigned status;
	} rows[] = {
		{ "no HTTP", "\x16\x03\x01\x02\r\n\r\n", 400 },
		{ "negative length",
		  "POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400 },
		{ "too long a body",
		  "POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 400 },
		{ "unknown verb", "BREW /wsman HTTP/1.1\r\nHost: x\r\n\r\n", 404 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct peer p = { 0 };
		new_dev("11.8", SIM_CONFIGURED, NULL);
		assert_true(dial(&p, 16992, NULL));
		net_stream_send(p.s, span_str(rows[i].bytes));
		run_ms(10);
		unsigned status =
			p.got.n > 12 ? (unsigned)strtoul((char *)p.got.p + 9, NULL, 10) : 0;
		if (status != rows[i].status || !p.down)
			fail_msg("%s: %u, %s", rows[i].name, status, p.down ? "down" : "up");
		hang_up(&p);
	}
}

static void silence_ends_a_connection(void **state)
{
	(void)state;
	struct peer p = { 0 };
	new_dev("11.8", SIM_CONFIGURED, NULL);
	assert_true(dial(&p, 16992, NULL));
	net_stream_send(p.s, span_str("POST /wsman HTT"));
	run_ms(59000);
	assert_false(p.down);
	run_ms(2000);
	assert_true(p.down);
	hang_up(&p);
}

static void requests_behind_each_other_are_answered_in_turn(void **state)
{
	(void)state;
	struct peer p = { 0 };
	new_dev("11.8", SIM_CONFIGURED, NULL);
	assert_true(dial(&p, 16992, NULL));
	net_stream_send(
		p.s,
		span_str("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"));
	run_ms(10);
	const char *first = strstr((char *)p.got.p, "HTTP/1.1 303");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "HTTP/1.1 303"));
	hang_up(&p);
}

static void too_many_connections_are_refused(void **state)
{
	(void)state;
	struct peer p[9] = { 0 };
	new_dev("11.8", SIM_CONFIGURED, NULL);
	for (int i = 0; i < 8; i++)
		assert_true(dial(&p[i], 16992, NULL));
	assert_false(dial(&p[8], 16992, NULL));
	hang_up(&p[0]);
	assert_true(dial(&p[8], 16992, NULL));
	for (int i = 1; i < 9; i++)
		hang_up(&p[i]);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, world_up, world_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specs),
		cmocka_unit_test(an_unknown_name_lists_the_others),
		cmocka_unit_test(switches_are_named),
		T(connections_are_refused_or_hang),
		T(lines_die),
		T(a_reboot_ends),
		T(a_commit_is_done_and_unanswered),
		T(a_reply_is_garbage),
		T(replies_take_longer),
		T(replies_wait_while_a_start_is_set_half),
		T(parallel_requests_are_counted),
		T(odd_bytes_never_hang),
		T(silence_ends_a_connection),
		T(requests_behind_each_other_are_answered_in_turn),
		T(too_many_connections_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
