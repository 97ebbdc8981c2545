/* Who answers presence pings, with what: every state on releases old and new, the setting, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sim/test_peer.c"
#include "wire/rmcp.h"

/* What comes back to a ping with that tag, as text; "" for silence. */
static void ping(struct sim_dev *d, const char *hex, char out_text[256])
{
	uint8_t bytes[64], mem[2][64];
	size_t n = 0;
	struct wire_rmcp m;
	struct out out[2], t;

	out_text[0] = '\0';
	out_init(&t, out_text, 256);
	out_init(&out[0], mem[0], 64);
	out_init(&out[1], mem[1], 64);
	assert_true(hex_decode(span_str(hex), bytes, sizeof bytes, &n));
	unsigned count = sim_dev_ping(d, clk_mono_ms(), span_make(bytes, n), out);
	for (unsigned i = 0; i < count; i++) {
		out_str(&t, i ? " + " : "");
		if (!wire_rmcp_parse(out_span(&out[i]), &m, NULL))
			out_str(&t, "bad");
		else if (m.kind == WIRE_RMCP_ACK)
			out_fmt(&t, "ack %u", m.sequence);
		else
			out_fmt(&t, "tag %u maker %u port %u%s %s %u.%u", m.tag, m.maker, m.port,
				m.both_ports ? "+" : "", wire_rmcp_state_name(m.state), m.major,
				m.minor);
	}
}

static struct sim_dev *make(const char *generation, enum sim_state state, enum sim_tls_mode tls,
			    const char *switches, const char *fault)
{
	struct err e = { 0 };
	struct sim_dev_conf c = {
		.index = 1,
		.generation = sim_generation_find(generation),
		.state = state,
		.pid = state == SIM_SETUP_PSK ? "4444-AAC1" : NULL,
		.pps = state == SIM_SETUP_PSK ? "GCFV-8F3T-XKWR-G48S-8R7A-8R6U-B6FV-GUPF" : NULL,
		.admin_password = state == SIM_CONFIGURED ? ADMIN_PW : NULL,
		.tls = tls,
		.host_name = "pc1",
		.domain = "example.com",
		.switches = switches,
		.fault = fault,
	};
	struct sim_dev *d = sim_dev_new(&env, &c, &e);
	if (!d)
		fail_msg("%s: %s", generation, e.msg);
	return d;
}

#define PING "06000006000011be80090000"
#define SOON "0600ff06000011be80090000"
static void answers_as_its_state_says(void **state)
{
	(void)state;
	static const struct {
		const char *generation;
		enum sim_state state;
		enum sim_tls_mode tls;
		const char *switches, *fault, *hex, *want;
	} cases[] = {
		{ "3.2.1", SIM_CONFIGURED, SIM_TLS_OFF, NULL, NULL, PING, "" },
		{ "4.0", SIM_FACTORY, SIM_TLS_OFF, NULL, NULL, PING, "" },
		{ "4.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, NULL, PING,
		  "tag 9 maker 343 port 16992 post 0.0" },
		{ "6.2", SIM_FACTORY, SIM_TLS_OFF, NULL, NULL, PING,
		  "tag 9 maker 343 port 0 pre 6.2" },
		{ "7.1", SIM_CHANGED, SIM_TLS_OFF, NULL, NULL, PING,
		  "tag 9 maker 343 port 0 pre 7.1" },
		{ "9.0", SIM_SETUP_PKI, SIM_TLS_OFF, NULL, NULL, PING,
		  "tag 9 maker 343 port 0 in 9.0" },
		{ "9.0", SIM_SILENT, SIM_TLS_OFF, NULL, NULL, PING,
		  "tag 9 maker 343 port 0 in 9.0" },
		{ "9.0", SIM_DISABLED, SIM_TLS_OFF, NULL, NULL, PING, "" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, NULL, PING,
		  "tag 9 maker 343 port 16992 post 12.0" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_SERVER, NULL, NULL, PING,
		  "tag 9 maker 343 port 16993 post 12.0" },
		{ "16.1", SIM_CONFIGURED, SIM_TLS_SERVER, NULL, NULL, PING,
		  "tag 9 maker 343 port 16993 post 16.1" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, "rmcp=silent", NULL, PING, "" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, "rmcp=ack", NULL, PING,
		  "ack 0 + tag 9 maker 343 port 16992 post 12.0" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, "rmcp=ack", NULL, SOON,
		  "tag 9 maker 343 port 16992 post 12.0" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, "rmcp_bad=1", PING,
		  "tag 9 maker 4542 port 16992 post 12.0" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, "rmcp_bad=2", PING, "bad" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, "rmcp_bad=3", PING,
		  "tag 8 maker 343 port 16992 post 12.0" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, NULL, "06000086", "" },
		{ "12.0", SIM_CONFIGURED, SIM_TLS_OFF, NULL, NULL, "0600", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[256];
		struct sim_dev *d = make(cases[i].generation, cases[i].state, cases[i].tls,
					 cases[i].switches, cases[i].fault);
		ping(d, cases[i].hex, text);
		if (!str_eq(text, cases[i].want))
			fail_msg("%s %s (%zu): %s", cases[i].generation,
				 sim_dev_state_name(cases[i].state), i, text);
		sim_dev_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers_as_its_state_says) };
	clk_fake_start(TEST_START);
	sched = sched_new(NULL, NULL);
	env = (struct sim_env){ .sched = sched, .seed = 1, .speed = 1 };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	sched_free(sched);
	return failed;
}
