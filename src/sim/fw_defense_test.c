/* What System Defense counts: packets of the system that a filter matches, while it runs and its policy acts; the
 * same minutes have the same packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "sim/dev_priv.h"
#include "sim/fw_defense_priv.h"
#include "sim/test_peer.c"

#define ETHERNET "AMT_Hdr8021Filter"
#define IP_CLASS "AMT_IPHeadersFilter"
#define POLICY   "AMT_SystemDefensePolicy"
#define LINK     "AMT_NetworkPortSystemDefensePolicy"
#define START    INT64_C(1700000400000) /* a full multiple of 5 and 30 s */

static struct sim_dev *make(void)
{
	struct err e = { 0 };
	struct sim_dev_conf c = {
		.index = 1,
		.generation = sim_generation_find("11.8"),
		.state = SIM_CONFIGURED,
		.admin_password = ADMIN_PW,
		.tls = SIM_TLS_OFF,
		.host_name = "pc1",
		.domain = "example.com",
	};
	struct sim_dev *d = sim_dev_new(&env, &c, &e);
	if (!d)
		fail_msg("%s", e.msg);
	return d;
}

/* "Name=value Name=value" */
static void fill(struct sim_record *r, const char *text)
{
	char copy[512], *save = NULL;
	assert_true(str_copy(copy, sizeof copy, span_str(text)));
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *eq = strchr(w, '=');
		*eq = '\0';
		sim_record_set(r, w, eq + 1);
	}
}

static struct sim_record *add_filter(struct sim_dev *d, const char *cls, const char *text)
{
	struct sim_record *r = sim_record_add(d, cls, 80);
	char id[64];
	(void)snprintf(id, sizeof id, "Intel(r) AMT:Filter %u",
		       sim_record_count(d, ETHERNET) + sim_record_count(d, IP_CLASS));
	sim_record_set(r, "InstanceID", id);
	fill(r, text);
	return r;
}

static void matches_what_it_says(void **state)
{
	(void)state;
	static const struct sim_packet arp = { .received = true, .ethertype = 0x0806 };
	static const struct sim_packet dns = { .ethertype = 0x0800,
					       .protocol = 17,
					       .from = 0x0a000005,
					       .to = 0x0a000001,
					       .from_port = 49152,
					       .to_port = 53 };
	static const struct sim_packet ping = { .received = true,
						.ethertype = 0x0800,
						.protocol = 1,
						.from = 0x0a000001,
						.to = 0x0a000005 };
	static const struct {
		const char *cls, *text;
		const struct sim_packet *p;
		bool want;
	} cases[] = {
		{ ETHERNET, "FilterDirection=1 HdrProtocolID8021=2054", &arp, true },
		{ ETHERNET, "FilterDirection=0 HdrProtocolID8021=2054", &arp, false },
		{ ETHERNET, "FilterDirection=1 HdrProtocolID8021=2048", &arp, false },
		{ ETHERNET, "FilterDirection=1 HdrProtocolID8021=2048", &ping, true },
		{ ETHERNET, "FilterDirection=1 HdrProtocolID8021=2054 HdrVLANID8021=12", &arp,
		  false },
		{ IP_CLASS, "FilterDirection=1 HdrIPVersion=4", &arp, false },
		{ IP_CLASS, "FilterDirection=1 HdrIPVersion=4", &ping, true },
		{ IP_CLASS, "FilterDirection=1 HdrIPVersion=6", &ping, false },
		{ IP_CLASS, "FilterDirection=1 HdrProtocolID=1", &ping, true },
		{ IP_CLASS, "FilterDirection=1 HdrProtocolID=1 HdrDestPortStart=0", &ping, false },
		{ IP_CLASS, "FilterDirection=0 HdrDestPortStart=53", &dns, true },
		{ IP_CLASS, "FilterDirection=0 HdrDestPortStart=54 HdrDestPortEnd=60", &dns,
		  false },
		{ IP_CLASS, "FilterDirection=0 HdrDestPortStart=50 HdrDestPortEnd=60", &dns, true },
		{ IP_CLASS, "FilterDirection=0 HdrSrcPortStart=53", &dns, false },
		{ IP_CLASS, "FilterDirection=0 HdrSrcAddress=10.0.0.0 HdrSrcMask=255.0.0.0", &dns,
		  true },
		{ IP_CLASS, "FilterDirection=0 HdrSrcAddress=0A000005", &dns, true },
		{ IP_CLASS, "FilterDirection=0 HdrSrcAddress=10.0.0.6", &dns, false },
		{ IP_CLASS,
		  "FilterDirection=0 HdrDestAddress=10.0.0.0 HdrDestAddressEndOfRange=10.0.0.2",
		  &dns, true },
		{ IP_CLASS, "FilterDirection=0 HdrDestPortStart=53 IsNegated=true", &dns, false },
		{ IP_CLASS, "FilterDirection=0 HdrDestPortStart=80 IsNegated=true", &dns, true },
	};
	struct sim_dev *d = make();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sim_record *f = add_filter(d, cases[i].cls, cases[i].text);
		if (sim_defense_matches(f, cases[i].p) != cases[i].want)
			fail_msg("%s", cases[i].text);
		sim_record_drop(d, f);
	}
	sim_dev_free(d);
}

static struct sim_record *enable(struct sim_dev *d, const char *precedence, const char *filters)
{
	struct sim_record *p = sim_record_add(d, POLICY, 8), *link = sim_record_add(d, LINK, 8);
	char id[64], text[128], start[32];
	(void)snprintf(id, sizeof id, "Intel(r) AMT:SystemDefensePolicy %u", p->handle);
	(void)snprintf(text, sizeof text, POLICY "{InstanceID=%s}", id);
	(void)snprintf(start, sizeof start, "%lld", (long long)START);
	sim_record_set(p, "InstanceID", id);
	sim_record_set(p, "PolicyPrecedence", precedence);
	for (; *filters; filters++)
		sim_record_append(p, "FilterCreationHandles", (char[]){ *filters, '\0' });
	sim_record_set(link, "Dependent", text);
	sim_record_set(link, "Since", start);
	return link;
}

static int counted(const struct sim_record *link, const char *name)
{
	const char *text = sim_record_get(link, name);
	return text ? (int)strtol(text, NULL, 10) : 0;
}

static void counts_what_passes(void **state)
{
	(void)state;
	struct sim_dev *d = make();
	add_filter(d, ETHERNET, "FilterProfile=0 FilterDirection=1 HdrProtocolID8021=2054");
	add_filter(d, IP_CLASS, "FilterProfile=1 FilterDirection=1 HdrIPVersion=4 HdrProtocolID=1");
	add_filter(d, IP_CLASS, "FilterProfile=0 FilterDirection=1 HdrDestPortStart=23");
	add_filter(d, ETHERNET, "FilterProfile=3 FilterDirection=1 HdrProtocolID8021=2054");
	struct sim_record *office = enable(d, "10", "1234");
	sim_defense_catch_up(d, START + 2000); /* nothing was sent yet */
	assert_int_equal(counted(office, "Count1"), 0);
	sim_defense_catch_up(d, START + 60000);
	assert_int_equal(counted(office, "Count1"), 12); /* one in five seconds */
	assert_int_equal(counted(office, "Count2"), 2);  /* one in thirty */
	assert_int_equal(counted(office, "Count3"), 0);  /* nobody speaks telnet */
	assert_int_equal(counted(office, "Count4"), 0);  /* passes, and is not counted */
	sim_defense_catch_up(d, START + 60000);
	assert_int_equal(counted(office, "Count1"), 12); /* a second look sees nothing new */
	/* without power the system sends and hears nothing */
	d->power_off = true;
	sim_defense_catch_up(d, START + 120000);
	assert_int_equal(counted(office, "Count1"), 12);
	d->power_off = false;
	sim_defense_catch_up(d, START + 130000);
	assert_int_equal(counted(office, "Count1"), 14);
	/* another policy acts from here on */
	struct sim_record *strict = enable(d, "20", "1");
	sim_record_set(strict, "Since", "1700000530000");
	sim_defense_catch_up(d, START + 190000);
	assert_int_equal(counted(office, "Count1"), 14);
	assert_int_equal(counted(strict, "Count1"), 12);
	sim_dev_free(d);
}

/* Switching off counts first what came until then. */
static void power_counts_first(void **state)
{
	(void)state;
	struct sim_dev *d = make();
	add_filter(d, ETHERNET, "FilterProfile=0 FilterDirection=1 HdrProtocolID8021=2054");
	struct sim_record *link = enable(d, "10", "1");
	char text[32];
	(void)snprintf(text, sizeof text, "%lld", (long long)clk_unix_ms());
	sim_record_set(link, "Since", text);
	clk_fake_advance_ms(60000);
	assert_true(sim_dev_power(d, SIM_POWER_DOWN));
	assert_int_equal(counted(link, "Count1"), 12);
	clk_fake_advance_ms(60000);
	assert_true(sim_dev_power(d, SIM_POWER_ON));
	assert_int_equal(counted(link, "Count1"), 12);
	sim_dev_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_what_it_says),
		cmocka_unit_test(counts_what_passes),
		cmocka_unit_test(power_counts_first),
	};
	clk_fake_start(TEST_START);
	sched = sched_new(NULL, NULL);
	env = (struct sim_env){ .sched = sched, .seed = 1, .speed = 1 };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	sched_free(sched);
	return failed;
}
