/* What goes wrong in the soak: devices, networks, services, disks, clocks, people. */
#include "soak.h"

#include "base/clk.h"
#include "base/fault.h"

#include <stdio.h>

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)

static const unsigned weights[] = {
#define X(name, text, weight) weight,
	SOAK_STORMS(X)
#undef X
};

static unsigned some_dev(struct soak *s)
{
	return soak_pick(s, s->w.dev_count);
}

/* ---- devices ---- */

static void set_fault(struct soak *s, unsigned i)
{
	struct err e = { 0 };
	unsigned f = soak_pick(s, SIM_FAULT_COUNT);
	const struct sim_fault_row *row = sim_fault_at(f);
	char spec[64];
	if (f == SIM_FAULT_BAD_ADMIN_PW) /* for good: no service could mend that */
		return;
	if (row->when == SIM_FAULT_NTH)
		snprintf(spec, sizeof spec, "%s=%lld", row->name,
			 (long long)soak_between(s, 1, 40));
	else if (row->when == SIM_FAULT_FIRST || row->when == SIM_FAULT_EVERY)
		snprintf(spec, sizeof spec, "%s=%lld", row->name, (long long)soak_between(s, 1, 6));
	else
		snprintf(spec, sizeof spec, "%s", row->name);
	if (!sim_dev_fault(s->w.devs[i].dev, span_str(spec), &e))
		watch_fail(&s->w.watch, "the device takes no fault %s: %s", spec, e.msg);
	s->totals->faults[f]++;
	watch_note(&s->w.watch, "device %u: fault %s", i, spec);
}

static void clear_fault(struct soak *s, unsigned i)
{
	struct err e = { 0 };
	sim_dev_fault(s->w.devs[i].dev, span_str("none"), &e);
	watch_note(&s->w.watch, "device %u: no fault", i);
}

static void power(struct soak *s, unsigned i)
{
	if (soak_chance(s, 50))
		sim_dev_power_loss(s->w.devs[i].dev);
	else
		sim_dev_g3(s->w.devs[i].dev);
	watch_note(&s->w.watch, "device %u: power lost", i);
}

/* Somebody clears the CMOS, and opens the setup again: all that was set is gone. */
static void to_factory(struct soak *s, unsigned i)
{
	struct err e = { 0 };
	struct sim_dev *d = s->w.devs[i].dev;
	if (s->devs[i].state != SIM_SETUP_PKI)
		return; /* the key would have to be typed in again */
	if (!sim_dev_to_state(d, SIM_FACTORY, &e) || !sim_dev_to_state(d, SIM_SETUP_PKI, &e))
		watch_fail(&s->w.watch, "device %u cannot be cleared: %s", i, e.msg);
	s->devs[i].clears++;
	watch_forget(&s->w.watch, i);
	watch_note(&s->w.watch, "device %u: cleared", i);
}

static void move(struct soak *s, unsigned i)
{
	struct world_dev *d = &s->w.devs[i];
	snprintf(d->address, sizeof d->address, "127.%u.%u.%u", 2 + soak_pick(s, 3), i + 1,
		 1 + soak_pick(s, 250));
	watch_note(&s->w.watch, "device %u: address %s", i, d->address);
}

static void cut(struct soak *s, unsigned service)
{
	int64_t until = clk_mono_ms() + soak_between(s, 100, 10 * MINUTE_MS);
	bool all = soak_chance(s, 30);
	unsigned one = some_dev(s);
	for (unsigned i = 0; i < s->w.dev_count; i++)
		if (all || i == one)
			s->devs[i].cut_until_mono_ms[service] = until;
	watch_note(&s->w.watch, "service %u: cut from %s %u", service, all ? "all, also" : "device",
		   one);
}

/* ---- services ---- */

static const char *const deaths[] = { "death.",           "death.lost",  "death.torn",
				      "death.unreported", "death.send",  "death.half_sent",
				      "death.sent",       "death.reply", "death.half_reply" };
static const char *const disk[] = { "store.write", "store.begin", "store.commit" };

static void arm(struct soak *s, const char *point, unsigned most)
{
	int nth = 1 + (int)soak_pick(s, most);
	fault_arm(point, nth);
	watch_note(&s->w.watch, "armed: %s %d", point, nth);
}

static void kill_one(struct soak *s, unsigned service)
{
	if (!s->w.services[service].engine)
		return;
	world_kill_one(&s->w, service);
	s->totals->deaths++;
	if (service == 0 || soak_chance(s, 50))
		soak_start_later(s, service, soak_between(s, 0, 5 * MINUTE_MS));
}

static void on_stopped(void *arg)
{
	*(bool *)arg = true;
}

static void stop_softly(struct soak *s, unsigned service)
{
	struct world_service *v = &s->w.services[service];
	if (!v->engine || v->is_stopping)
		return;
	v->is_stopping = true;
	watch_note(&s->w.watch, "service %u: stop", service);
	engine_stop(v->engine, on_stopped, &s->stopped[service]);
}

static void set_clock(struct soak *s)
{
	int64_t ms = soak_between(s, -120 * MINUTE_MS, 120 * MINUTE_MS);
	clk_fake_step_unix_ms(ms);
	s->stepped = true;
	watch_note(&s->w.watch, "clock set by %lld ms", (long long)ms);
}

static void change_setting(struct soak *s)
{
	static const struct {
		const char *key;
		int lo, hi;
	} rows[] = { { "workers", 1, 20 },
		     { "job.lease_s", 5, 120 },
		     { "job.retry_s", 1, 60 },
		     { "job.retry_max_s", 60, 21600 } };
	unsigned i = soak_pick(s, sizeof rows / sizeof *rows);
	char v[16];
	snprintf(v, sizeof v, "%lld", (long long)soak_between(s, rows[i].lo, rows[i].hi));
	world_set(&s->w, rows[i].key, v);
	for (unsigned k = 1; k < WORLD_SERVICES; k++)
		if (s->w.services[k].engine)
			engine_reload(s->w.services[k].engine);
	watch_note(&s->w.watch, "%s = %s", rows[i].key, v);
}

/* ---- operators ---- */

static void set_job(struct soak *s, unsigned i, enum store_job_state to)
{
	struct world *w = &s->w;
	struct arena a;
	struct store_job j;
	arena_init(&a, 1 << 16);
	if (world_job(w, i, &a, &j)) {
		bool running = false;
		for (unsigned k = 0; k < WORLD_SERVICES && to == STORE_JOB_CANCELLED; k++)
			running |= w->services[k].engine &&
				engine_job_cancel(w->services[k].engine, j.id);
		if (!running) {
			struct store_tx *tx = store_tx_new(w->store);
			store_tx_job_set(tx, j.id, to, clk_unix_ms());
			store_tx_commit(tx, NULL, NULL);
		}
		s->devs[i].operated |= to != STORE_JOB_QUEUED;
		watch_note(&w->watch, "device %u: job is made %s", i, store_job_state_name(to));
	}
	arena_deinit(&a);
	for (unsigned k = 0; k < WORLD_SERVICES; k++)
		if (w->services[k].engine)
			engine_kick(w->services[k].engine);
}

static void configure_again(struct soak *s, unsigned i)
{
	char state[32];
	if (world_device_state(&s->w, i, state))
		world_add_job(&s->w, i);
	watch_note(&s->w.watch, "device %u: configure", i);
}

/* Kinds that are for configured PCs only, as the API has it. */
static void add_job(struct soak *s, unsigned i, const char *kind)
{
	char state[32];
	if (!world_device_state(&s->w, i, state) || strcmp(state, "configured") != 0)
		return;
	world_add_job_of(&s->w, i, kind);
	watch_note(&s->w.watch, "device %u: %s", i, kind);
}

/* The pair of a PC that is set up by PSK is gone after a full one, and somebody would have to type. */
static void unconfigure(struct soak *s, unsigned i)
{
	char state[32];
	if (!world_device_state(&s->w, i, state) || strcmp(state, "configured") != 0)
		return;
	if (s->devs[i].state == SIM_CONFIGURED)
		return; /* it was when it came: nobody knows how it would be set up */
	bool full = s->devs[i].state == SIM_SETUP_PKI && soak_chance(s, 50);
	s->devs[i].taken_back = true;
	s->devs[i].clears++;
	add_job(s, i, full ? "unconfigure" : "unconfigure_partial");
}

/* It was given back; now somebody wants it again, and opens its setup where firmware says nothing. */
static void approve(struct soak *s, unsigned i)
{
	char state[32];
	struct err e = { 0 };
	struct sim_dev *d = s->w.devs[i].dev;
	if (world_device_state(&s->w, i, state) && strcmp(state, "adopted") == 0) {
		configure_again(s, i); /* from now on it is ours */
		return;
	}
	if (!world_device_state(&s->w, i, state) ||
	    (strcmp(state, "unconfigured") != 0 && strcmp(state, "approval") != 0))
		return;
	struct store_tx *tx = store_tx_new(s->w.store);
	store_tx_device_int(tx, s->w.devs[i].uuid, STORE_DEVICE_APPROVED, 1);
	store_tx_commit(tx, NULL, NULL);
	if ((sim_dev_state(d) == SIM_CHANGED || sim_dev_state(d) == SIM_FACTORY) &&
	    !sim_dev_to_state(d, s->devs[i].state, &e))
		watch_fail(&s->w.watch, "the setup of device %u does not open: %s", i, e.msg);
	watch_note(&s->w.watch, "device %u: approved", i);
}

void soak_storm(struct soak *s)
{
	unsigned sum = 0, kind = 0;
	if (s->w.dev_count == 0)
		return;
	for (unsigned i = 0; i < STORM_COUNT; i++)
		sum += weights[i];
	for (unsigned at = soak_pick(s, sum); at >= weights[kind]; kind++)
		at -= weights[kind];
	unsigned i = some_dev(s), service = s->pair ? soak_pick(s, WORLD_SERVICES) : 0;
	s->totals->storms[kind]++;
	switch ((enum soak_storm)kind) {
	case STORM_FAULT:
		set_fault(s, i);
		break;
	case STORM_CLEAR:
		clear_fault(s, i);
		break;
	case STORM_DEATH:
		arm(s, deaths[soak_pick(s, sizeof deaths / sizeof *deaths)], 200);
		break;
	case STORM_KILL:
		kill_one(s, service);
		break;
	case STORM_DISK:
		arm(s, disk[soak_pick(s, sizeof disk / sizeof *disk)], 40);
		break;
	case STORM_POWER:
		power(s, i);
		break;
	case STORM_FACTORY:
		to_factory(s, i);
		break;
	case STORM_ADDRESS:
		move(s, i);
		break;
	case STORM_CUT:
		cut(s, service);
		break;
	case STORM_STALL:
		s->w.services[service].stalled_until_mono_ms =
			clk_mono_ms() + soak_between(s, 100, 4 * MINUTE_MS);
		watch_note(&s->w.watch, "service %u: stands still", service);
		break;
	case STORM_SECOND:
		if (s->pair && !s->w.services[1].engine)
			soak_start(s, 1);
		break;
	case STORM_STOP:
		stop_softly(s, service);
		break;
	case STORM_CLOCK:
		set_clock(s);
		break;
	case STORM_SETTING:
		change_setting(s);
		break;
	case STORM_CONFIGURE:
		configure_again(s, i);
		break;
	case STORM_CANCEL:
		set_job(s, i, STORE_JOB_CANCELLED);
		break;
	case STORM_PAUSE:
		set_job(s, i, STORE_JOB_PAUSED);
		break;
	case STORM_RETRY:
		set_job(s, i, STORE_JOB_QUEUED);
		break;
	case STORM_HOOK:
		s->hook_bad = soak_pick(s, 3) * 50;
		watch_note(&s->w.watch, "hook: %u of 100 runs go wrong", s->hook_bad);
		break;
	case STORM_PROFILE:
		soak_profile(s);
		break;
	case STORM_CHECK:
		add_job(s, i, "check");
		break;
	case STORM_RENEW:
		add_job(s, i, "renew_certificate");
		break;
	case STORM_ROTATE:
		add_job(s, i, "rotate_password");
		break;
	case STORM_UNCONFIGURE:
		unconfigure(s, i);
		break;
	case STORM_APPROVE:
		approve(s, i);
		break;
	case STORM_COUNT:
		break;
	}
}

/* ---- the hook ---- */

/* It says the name that is imported too, or nothing; or it is wrong in one of the ways it can be. */
void soak_hook(struct world *w, const struct engine_hook_ask *q, struct engine_hook_end *end,
	       int64_t *ms)
{
	static const char *const garbage[] = { "",
					       "{",
					       "[]",
					       "{\"fqdn\":\"a_b\"}",
					       "{\"allow\":false}",
					       "{\"profile\":\"nowhere\"}" };
	static char text[80]; /* copied when this returns */
	struct soak *s = w->arg;
	unsigned i = 0;
	*ms = soak_between(s, 0, 3 * SECOND_MS);
	if (!s->calm && soak_chance(s, s->hook_bad)) {
		unsigned way = soak_pick(s, 4);
		if (way == 0)
			*ms = q->timeout_ms + 1;
		else if (way == 1)
			end->signal = 9;
		else if (way == 2)
			err_set(&end->why, soak_chance(s, 50) ? ERR_LIMIT : ERR_NOT_FOUND, "hook");
		else
			end->out =
				span_str(garbage[soak_pick(s, sizeof garbage / sizeof *garbage)]);
		return;
	}
	end->out = span_str("{}");
	while (i < w->dev_count && strcmp(w->devs[i].uuid, q->args[0]) != 0)
		i++;
	if (i == w->dev_count || !soak_chance(s, 50))
		return;
	snprintf(text, sizeof text, "{\"fqdn\":\"host%u.example.com\"}", i);
	end->out = span_str(text);
}

/* ---- and in the end ---- */

static void find_again(struct soak *s, unsigned i)
{
	struct arena a;
	struct store_device d;
	struct world_dev *w = &s->w.devs[i];
	arena_init(&a, 1 << 20);
	/* the network gives it the address that the service knows */
	if (store_device_get(s->w.store, &a, w->uuid, &d) && d.address[0])
		str_copy(w->address, sizeof w->address, span_str(d.address));
	arena_deinit(&a);
}

void soak_calm(struct soak *s)
{
	fault_disarm();
	s->calm = true;
	s->hook_bad = 0;
	watch_note(&s->w.watch, "calm");
	for (unsigned k = 0; k < WORLD_SERVICES; k++) {
		s->w.services[k].stalled_until_mono_ms = 0;
		s->stopped[k] = false;
		if (s->w.services[k].is_stopping) /* no need to wait for its end */
			world_kill_one(&s->w, k);
	}
	for (unsigned i = 0; i < s->w.dev_count; i++) {
		clear_fault(s, i);
		memset(s->devs[i].cut_until_mono_ms, 0, sizeof s->devs[i].cut_until_mono_ms);
		find_again(s, i);
		if (s->devs[i].operated) { /* whoever stopped it lets it go on */
			set_job(s, i, STORE_JOB_QUEUED);
			configure_again(s, i);
			s->devs[i].operated = false;
		}
	}
}

void soak_rescue(struct soak *s)
{
	for (unsigned i = 0; i < s->w.dev_count; i++) {
		find_again(s, i);
		approve(s, i);
		if (sim_dev_state(s->w.devs[i].dev) == SIM_SILENT) {
			sim_dev_g3(s->w.devs[i].dev);
			watch_note(&s->w.watch, "device %u: off and on", i);
		}
	}
}
