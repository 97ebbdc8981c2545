/* `./dev soak`: seeds of the in-process world, each with devices, faults, deaths and operators of its
 * own, until one breaks an invariant. The same seed does the same again. */
#include "soak.h"

#include "base/clk.h"
#include "base/hash.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t seed_now;
static bool twice, print_hash;

static void say_rerun(void)
{
	printf("run it again with: ./dev soak --first-seed %llu --seeds 1 --trace\n",
	       (unsigned long long)seed_now);
	fflush(stdout);
}

static void on_abort(int sig)
{
	(void)sig;
	say_rerun(); /* our own bug: a word is worth more than tidiness */
	_exit(3);
}

static void on_fail(struct watch *t, const char *what)
{
	uint64_t first = t->lines > WATCH_TAIL ? t->lines - WATCH_TAIL : 0;
	if (!t->print)
		for (uint64_t i = first; i < t->lines; i++)
			printf("%s\n", t->tail[i % WATCH_TAIL]);
	printf("FAILED seed %llu after %.3f s: %s\n", (unsigned long long)seed_now,
	       (double)clk_mono_ms() / 1000 - 1000, what);
	say_rerun();
	exit(1);
}

static void print_totals(const struct soak_totals *n, int64_t real_ms)
{
	static const char *const names[] = {
#define X(name, text, weight) text,
		SOAK_STORMS(X)
#undef X
	};
	printf("soak: %llu seeds clean in %.1f s, %.1f a second\n", (unsigned long long)n->seeds,
	       (double)real_ms / 1000, (double)n->seeds * 1000 / (double)(real_ms ? real_ms : 1));
	printf("  %llu devices, %llu configurations, %llu requests, %llu events\n",
	       (unsigned long long)n->devices, (unsigned long long)n->jobs,
	       (unsigned long long)n->requests, (unsigned long long)n->events);
	printf("  %.0f hours of the fake clock, %llu starts of a service, %llu deaths\n",
	       (double)n->fake_ms / 3600000, (unsigned long long)n->starts,
	       (unsigned long long)n->deaths);
	for (unsigned i = 0; i < STORM_COUNT; i++)
		printf("  %7llu %s\n", (unsigned long long)n->storms[i], names[i]);
	for (unsigned i = 0; i < SIM_FAULT_COUNT; i++)
		if (n->faults[i])
			printf("  %7llu fault %s\n", (unsigned long long)n->faults[i],
			       sim_fault_at(i)->name);
}

static uint64_t number(const char *text)
{
	char *end;
	unsigned long long v = strtoull(text ? text : "", &end, 10);
	if (!text || *end || end == text) {
		fprintf(stderr, "soak: a number is wanted, not '%s'\n", text ? text : "");
		exit(2);
	}
	return v;
}

static void run_one(const struct soak_opts *opts, struct soak_totals *n)
{
	struct soak_totals again = { 0 };
	uint64_t hash = soak_run(seed_now, opts, n);
	if (print_hash)
		printf("seed %llu trace %016llx\n", (unsigned long long)seed_now,
		       (unsigned long long)hash);
	if (twice && soak_run(seed_now, opts, &again) != hash) {
		printf("FAILED seed %llu: the second run has another trace\n",
		       (unsigned long long)seed_now);
		say_rerun();
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct soak_opts opts = { .on_fail = on_fail };
	struct soak_totals n = { 0 };
	uint64_t first = 1, seeds = 100;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seeds") == 0)
			seeds = number(argv[++i]);
		else if (strcmp(argv[i], "--first-seed") == 0)
			first = number(argv[++i]);
		else if (strcmp(argv[i], "--trace") == 0)
			opts.trace = true;
		else if (strcmp(argv[i], "--log") == 0)
			opts.log = true;
		else if (strcmp(argv[i], "--twice") == 0)
			twice = true;
		else if (strcmp(argv[i], "--hash") == 0)
			print_hash = true;
		else {
			fprintf(stderr,
				"usage: soak [--seeds N] [--first-seed S] [--trace] [--log] "
				"[--hash] [--twice]\n");
			return 2;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGABRT, on_abort);
	int64_t start = clk_real_mono_ms();
	soak_probe(&opts);
	for (seed_now = first; seed_now < first + seeds; seed_now++)
		run_one(&opts, &n);
	print_totals(&n, clk_real_mono_ms() - start);
	return 0;
}
