/* The hello of a device: its bytes, its published schedule (1.7) and the window after which it is
 * silent. Who sends it is told by env.on_hello; the bytes are taken with sim_dev_hello. */
#include "base/clk.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "sim/audit.h"
#include "sim/dev_priv.h"
#include "wire/hello.h"

#define MINUTE_MS       60000LL
#define HOUR_MS         (60 * MINUTE_MS)
#define FIRST_HOURS     24
#define LATER_HOURS     6
#define JITTER_MS       2000
#define RETRY_COUNT_MAX 14

/* Every minute for 5 minutes, every 5 minutes for an hour, then hourly. */
static int64_t gap_ms(int64_t elapsed_ms)
{
	if (elapsed_ms < 5 * MINUTE_MS)
		return MINUTE_MS;
	if (elapsed_ms < 65 * MINUTE_MS)
		return 5 * MINUTE_MS;
	return HOUR_MS;
}

/* Time since the window began, in the device's own pace. */
static int64_t elapsed(const struct sim_dev *d)
{
	double speed = d->env->speed > 0 ? d->env->speed : 1;

	return (int64_t)((double)(clk_mono_ms() - d->hello_start_mono_ms) * speed);
}

static void tick(void *arg);

static void plan_next(struct sim_dev *d)
{
	int64_t now = elapsed(d), next = gap_ms(now);

	if (now + next > d->hello_window_ms)
		next = d->hello_window_ms - now;
	d->hello_timer =
		sched_after(d->env->sched, sim_dev_scale_ms(d, next > 0 ? next : 0), tick, d);
}

static void tick(void *arg)
{
	struct sim_dev *d = arg;

	d->hello_timer = NULL;
	if (!sim_dev_in_setup(d))
		return;
	if (elapsed(d) >= d->hello_window_ms) {
		sim_dev_set_state(d, SIM_SILENT);
		return;
	}
	plan_next(d); /* first: the callback may end the device's window */
	if (d->env->on_hello && clk_mono_ms() >= d->outage_until_mono_ms)
		d->env->on_hello(d->env->arg, d);
}

void sim_hello_stop(struct sim_dev *d)
{
	sched_cancel(d->hello_timer);
	d->hello_timer = NULL;
}

void sim_hello_start(struct sim_dev *d, bool first_window)
{
	sim_audit(d, NULL, 16, 0, span_make(NULL, 0)); /* provisioning started */
	int64_t hours = first_window ? FIRST_HOURS : LATER_HOURS;
	int64_t now = clk_mono_ms(), wait = 0;

	sim_hello_stop(d);
	d->hello_count = 0;
	d->hello_window_ms = hours * HOUR_MS;
	d->window_used = true;
	if (!d->started || !sim_dev_in_setup(d))
		return;
	if (d->outage_until_mono_ms > now)
		wait = d->outage_until_mono_ms - now;
	d->hello_start_mono_ms = now + wait;
	wait += sim_dev_scale_ms(d, rng_range(&d->rng, 0, JITTER_MS));
	d->hello_timer = sched_after(d->env->sched, wait, tick, d);
}

void sim_hello_extend(struct sim_dev *d, uint32_t hours)
{
	d->hello_window_ms = elapsed(d) + hours * HOUR_MS;
}

/* ---- bytes ---- */

static unsigned active_hashes(struct sim_dev *d, struct wire_hello *h)
{
	unsigned n = 0, count = 0;
	const struct sim_root *roots = sim_dev_roots(d, &count);

	for (unsigned i = 0; i < count && n < d->gen->hello_max.n; i++) {
		const struct sim_root *r = &roots[i];
		if (!r->active || r->alg > 31 || !(sim_gen_hash_algs(d) & 1u << r->alg))
			continue;
		h->hashes[n++] = (struct wire_hello_hash){
			r->alg, span_make(r->digest, wire_hello_alg_size(r->alg))
		};
	}
	return n;
}

static void emit_pki(struct sim_dev *d, struct wire_hello *h, struct out *o)
{
	uint8_t foreign[HASH_MAX_SIZE];
	unsigned algs = sim_gen_hash_algs(d);
	uint8_t alg = algs & 1u << WIRE_HELLO_SHA256 ? WIRE_HELLO_SHA256
		: algs & 1u << WIRE_HELLO_SHA1       ? WIRE_HELLO_SHA1
						     : WIRE_HELLO_SHA384;

	h->kind = WIRE_HELLO_PKI;
	h->hash_count = active_hashes(d, h);
	if (sim_fault_has(d, SIM_FAULT_ROOT_NOT_IN_LIST)) {
		hash_of(HASH_SHA384, span_str("a root that nobody has"), foreign);
		h->hashes[0] =
			(struct wire_hello_hash){ alg,
						  span_make(foreign, wire_hello_alg_size(alg)) };
		h->hash_count = 1;
	}
	(void)wire_hello_emit(o, h);
}

/* Faults change bytes that were right: no codec has to be able to write nonsense. */
static void spoil(const struct sim_dev *d, struct buf *b)
{
	int64_t n;

	if (b->n > 26) {
		if (sim_fault_has(d, SIM_FAULT_HASH_ALG))
			b->p[25] = (uint8_t)sim_fault_n(d, SIM_FAULT_HASH_ALG, 9);
		if (sim_fault_has(d, SIM_FAULT_HASH_LENGTH))
			b->p[26] = (uint8_t)sim_fault_n(d, SIM_FAULT_HASH_LENGTH, 31);
		if (sim_fault_has(d, SIM_FAULT_HASH_COUNT))
			b->p[24] = (uint8_t)sim_fault_n(d, SIM_FAULT_HASH_COUNT, 200);
	}
	n = sim_fault_n(d, SIM_FAULT_HELLO_TRUNCATED, -1);
	if (n >= 0 && (size_t)n < b->n)
		b->n = (size_t)n;
	for (n = sim_fault_n(d, SIM_FAULT_HELLO_OVERSIZED, 0); n > 0; n--)
		(void)buf_add(b, span_make("\0", 1));
}

bool sim_dev_hello(struct sim_dev *d, struct out *o)
{
	struct wire_hello h = { .admin_set = 1, .uuid = d->uuid };
	struct buf b;
	struct out bo;
	bool wrap = sim_switches_is(&d->sw, SIM_SW_RETRY_COUNT, "wrap");

	if (!sim_dev_in_setup(d) || clk_mono_ms() < d->outage_until_mono_ms)
		return false;
	h.retry_count = wrap ? d->hello_count % (RETRY_COUNT_MAX + 1) : d->hello_count;
	if (h.retry_count > RETRY_COUNT_MAX)
		h.retry_count = RETRY_COUNT_MAX;
	d->hello_count++;
	buf_init(&b, 65536);
	out_init_buf(&bo, &b);
	if (d->state == SIM_SETUP_PSK) {
		h.kind = WIRE_HELLO_PSK;
		memcpy(h.pid, d->pid, sizeof h.pid);
		(void)wire_hello_emit(&bo, &h);
	} else {
		emit_pki(d, &h, &bo);
	}
	spoil(d, &b);
	out_bytes(o, buf_span(&b));
	buf_deinit(&b);
	return true;
}

void sim_dev_hello_plan(const struct sim_dev *d, struct sim_hello_plan *out_plan)
{
	struct sim_hello_plan p = { .other_address = sim_fault_has(d, SIM_FAULT_IP_CHANGED) };

	if (sim_fault_has(d, SIM_FAULT_HELLO_SPLIT)) {
		p.first_bytes = (size_t)sim_fault_n(d, SIM_FAULT_HELLO_SPLIT, 0);
		if (!p.first_bytes)
			p.first_bytes = 16;
		p.gap_ms = 50;
	}
	if (sim_fault_has(d, SIM_FAULT_HELLO_BYTEWISE)) {
		p.first_bytes = p.next_bytes = (size_t)sim_fault_n(d, SIM_FAULT_HELLO_BYTEWISE, 1);
		p.gap_ms = 1;
	}
	*out_plan = p;
}

void sim_dev_start(struct sim_dev *d)
{
	d->started = true;
	if (sim_dev_in_setup(d))
		sim_hello_start(d, !d->window_used);
}
