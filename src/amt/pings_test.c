/* Tests of the pace of discovery under a clock of the test: rates, tries, loss, one /24 and many, that
 * each address gets its turn once, that memory stays what it was. */
#include "amt/pings.h"
#include "base/mem.h"
#include "base/rng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NET UINT32_C(0x0a000000)

struct run {
	uint32_t rate, first_ip, step; /* step: between addresses */
	uint64_t count;
	unsigned answers_percent, loss_percent; /* of all; of what is sent at each try */
	uint32_t capacity;                      /* pings a ms that get through; 0: all */
	/* results */
	int64_t ms;
	uint64_t found, silent, sent, most_in_second, most_of_net;
	uint32_t lowest_rate;
};

struct flight {
	uint32_t ip;
	uint8_t tag;
};

/* Who is there is decided by the address alone. */
static bool is_there(const struct run *r, uint32_t ip)
{
	return (ip * 2654435761u >> 16) % 100 < r->answers_percent;
}

static void note_sent(struct run *r, uint64_t *second, uint64_t *net_second, uint32_t ip)
{
	r->sent++;
	(*second)++;
	*net_second += ip >> 8 == r->first_ip >> 8;
}

/* All of it, a millisecond after the other; an answer comes one later. */
static void play(struct run *r)
{
	struct amt_pings_conf conf;
	struct rng rng;
	uint64_t next = 0, second = 0, net_second = 0, position;
	struct flight *flights = mem_new(100000 * sizeof *flights);
	uint32_t ip;
	uint8_t tag;

	rng_seed(&rng, 7);
	amt_pings_conf_init(&conf, r->rate);
	struct amt_pings *p = amt_pings_new(&conf, 1000);
	r->lowest_rate = r->rate;
	for (int64_t now = 1000; next < r->count || amt_pings_count(p) > 0; now++) {
		uint32_t n = 0, through;
		bool held = false;
		assert_true(now < 10000000);
		while (amt_pings_silent(p, now, &ip, &position))
			r->silent++;
		while (amt_pings_again(p, now, &ip, &tag)) {
			flights[n++] = (struct flight){ ip, tag };
			note_sent(r, &second, &net_second, ip);
		}
		while (next < r->count && !held && n < 90000) {
			ip = r->first_ip + (uint32_t)amt_pings_walk(next, r->count) * r->step;
			held = amt_pings_add(p, ip, next, now, &tag) == AMT_PINGS_LATER;
			if (held)
				break;
			flights[n++] = (struct flight){ ip, tag };
			note_sent(r, &second, &net_second, ip);
			next++;
		}
		through = r->capacity && n > r->capacity ? r->capacity : n;
		for (uint32_t i = 0; i < through; i++) {
			if (is_there(r, flights[i].ip) && rng_below(&rng, 100) >= r->loss_percent &&
			    amt_pings_answer(p, flights[i].ip, flights[i].tag, now, &position))
				r->found++;
		}
		if (amt_pings_rate(p) < r->lowest_rate)
			r->lowest_rate = amt_pings_rate(p);
		if (now % 1000 == 999) {
			r->most_in_second = second > r->most_in_second ? second : r->most_in_second;
			r->most_of_net = net_second > r->most_of_net ? net_second : r->most_of_net;
			second = net_second = 0;
		}
		r->ms = now - 1000;
	}
	assert_true(amt_pings_count(p) == 0);
	amt_pings_free(p);
	mem_free(flights);
}

static uint64_t there(const struct run *r)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < r->count; i++)
		n += is_there(r, r->first_ip + (uint32_t)i * r->step);
	return n;
}

static void keeps_the_pace(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint32_t rate, step;
		uint64_t count;
		unsigned answers;
		uint64_t most, most_of_net;
		int64_t least_ms, most_ms;
	} cases[] = {
		/* 254 addresses of one /24: 100 a second, and 10 at once in the beginning */
		{ "one /24", 1000, 1, 254, 100, 112, 112, 2300, 2600 },
		{ "silent /24", 1000, 1, 254, 0, 112, 112, 4000, 8500 },
		{ "a /16", 1000, 1, 65534, 100, 1022, 110, 65000, 66600 },
		{ "a /16, silent", 1000, 1, 65534, 0, 1022, 110, 130000, 136000 },
		{ "slow", 10, 256, 100, 100, 12, 12, 9700, 10100 },
		{ "fast", 20000, 256, 32768, 100, 20500, 20500, 1500, 1800 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run r = { .rate = cases[i].rate,
				 .first_ip = NET,
				 .step = cases[i].step,
				 .count = cases[i].count,
				 .answers_percent = cases[i].answers };
		play(&r);
		if (r.found != there(&r) || r.found + r.silent != r.count)
			fail_msg("%s: found %u of %u", cases[i].name, (unsigned)r.found,
				 (unsigned)r.count);
		if (r.most_in_second > cases[i].most || r.most_of_net > cases[i].most_of_net)
			fail_msg("%s: %u a second, %u of one net", cases[i].name,
				 (unsigned)r.most_in_second, (unsigned)r.most_of_net);
		if (r.ms < cases[i].least_ms || r.ms > cases[i].most_ms)
			fail_msg("%s: %d ms", cases[i].name, (int)r.ms);
	}
}

/* Without a rate, the window follows what gets through. */
static void finds_all_behind_a_narrow_line(void **state)
{
	(void)state;
	struct run r = { .rate = 0,
			 .first_ip = NET,
			 .step = 1,
			 .count = 32768,
			 .answers_percent = 100,
			 .capacity = 30 };

	play(&r);
	assert_int_equal(r.found, 32768);
	assert_true(r.ms < 10000);
	struct run wide = {
		.rate = 0, .first_ip = NET, .step = 1, .count = 32768, .answers_percent = 100
	};
	play(&wide);
	assert_int_equal(wide.found, 32768);
	assert_int_equal(wide.sent, 32768);
	assert_true(wide.ms < 1000);
}

static void slows_down_when_pings_get_lost(void **state)
{
	(void)state;
	struct run r = { .rate = 1000,
			 .first_ip = NET,
			 .step = 1,
			 .count = 20000,
			 .answers_percent = 100,
			 .loss_percent = 10 };

	play(&r);
	assert_true(r.lowest_rate <= 250);
	assert_true(r.found > 19000); /* two tries: one in a hundred is missed */
	assert_int_equal(r.found + r.silent, 20000);
}

static void takes_only_what_was_asked(void **state)
{
	(void)state;
	struct amt_pings_conf conf;
	uint64_t position = 0;
	uint8_t tag, tag2;
	uint32_t ip;

	amt_pings_conf_init(&conf, 1000);
	struct amt_pings *p = amt_pings_new(&conf, 0);
	assert_int_equal(amt_pings_add(p, NET + 1, 70, 100, &tag), AMT_PINGS_SEND);
	assert_int_equal(amt_pings_add(p, NET + 2, 71, 100, &tag2), AMT_PINGS_SEND);
	assert_int_equal(amt_pings_add(p, NET + 1, 72, 100, &tag2), AMT_PINGS_TWICE);
	assert_int_equal(amt_pings_lowest(p, 99), 70);
	assert_false(amt_pings_answer(p, NET + 3, tag, 110, &position));
	assert_false(amt_pings_answer(p, NET + 1, tag ^ 1, 110, &position));
	assert_true(amt_pings_answer(p, NET + 1, tag, 110, &position));
	assert_int_equal(position, 70);
	assert_false(amt_pings_answer(p, NET + 1, tag, 111, &position));
	assert_int_equal(amt_pings_lowest(p, 99), 71);
	assert_false(amt_pings_again(p, 1099, &ip, &tag));
	assert_true(amt_pings_again(p, 1100, &ip, &tag));
	assert_int_equal(ip, NET + 2);
	assert_false(amt_pings_silent(p, 3099, &ip, &position));
	assert_true(amt_pings_silent(p, 3100, &ip, &position));
	assert_int_equal(position, 71);
	assert_int_equal(amt_pings_lowest(p, 99), 99);
	amt_pings_free(p);
}

static void walks_everywhere_once(void **state)
{
	(void)state;
	static const uint64_t counts[] = { 1, 2, 3, 4, 5, 8, 13, 254, 1000, 65534 };

	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		uint8_t *seen = mem_new(counts[c]);
		for (uint64_t i = 0; i < counts[c]; i++) {
			uint64_t at = amt_pings_walk(i, counts[c]);
			assert_true(at < counts[c] && !seen[at]);
			seen[at] = 1;
		}
		mem_free(seen);
	}
	assert_true(amt_pings_walk(UINT64_C(4294967294), UINT64_C(4294967296)) <
		    UINT64_C(4294967296));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_pace),
		cmocka_unit_test(finds_all_behind_a_narrow_line),
		cmocka_unit_test(slows_down_when_pings_get_lost),
		cmocka_unit_test(takes_only_what_was_asked),
		cmocka_unit_test(walks_everywhere_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
