/* See kvm_priv.h. One session at a time; the screen itself is rfb.c. Without keys or pointer for
 * SessionTimeout minutes it ends, with its reason. Held by consent where that is wanted. */
#include "sim/kvm_priv.h"
#include "base/str.h"
#include "pki/vnc.h"
#include "sim/alerts.h"
#include "sim/audit.h"

#define QUEUE_MAX  ((size_t)256 * 1024)
#define CHUNK      ((size_t)64 * 1024)
#define MS_PER_MIN 60000
/* of the audit log (wsman 3.2) */
#define AUDIT_REDIRECTION 18
#define AUDIT_KVM_STARTED 8
#define AUDIT_KVM_ENDED   9
#define AUDIT_KVM_WRONG   12 /* the password, three times */
#define WRONG_MAX         3

struct sim_kvm {
	struct sim_rfb *rfb; /* NULL: no session */
	struct sim_kvm_line line;
	struct sched_timer *idle;
	unsigned moves; /* keys and pointers when the timer was set */
	bool ending, guarded, noted;
	bool by_port; /* a viewer with a password, on port 5900; else the redirection port tells the log */
	unsigned sessions, wrong;
	struct sim_rfb_seen last; /* of the session before */
	struct sim_kvm_port *port;
};

static struct sim_kvm *kvm_of(struct sim_dev *d)
{
	if (!d->kvm)
		d->kvm = MEM_NEW(struct sim_kvm);
	return d->kvm;
}

struct sim_kvm_port **sim_kvm_port_of(struct sim_dev *d)
{
	return &kvm_of(d)->port;
}

bool sim_kvm_on(const struct sim_dev *d)
{
	return d->gen->kvm.is && str_eq(sim_var_active(d, SIM_VAR_KVM_STATE), "2");
}

bool sim_kvm_is_open(const struct sim_dev *d)
{
	return d->kvm && d->kvm->rfb;
}

static void finish(struct sim_kvm *k)
{
	if (k->ending)
		return;
	k->ending = true;
	k->line.end(k->line.arg);
}

/* As much of the picture as the line takes now. */
static void pump(struct sim_kvm *k, struct buf *b)
{
	struct out o;
	bool more = true;

	out_init_buf(&o, b);
	while (!k->ending && more && k->line.queued(k->line.arg) < QUEUE_MAX) {
		more = sim_rfb_more(k->rfb, &o, CHUNK);
		if (b->n > 0 && !k->line.send(k->line.arg, buf_span(b)))
			finish(k);
		buf_clear(b);
	}
	if (sim_rfb_ended(k->rfb))
		finish(k);
}

static void idle_later(struct sim_dev *d);

static void on_idle(void *arg)
{
	struct sim_dev *d = arg;
	struct sim_kvm *k = d->kvm;
	const struct sim_rfb_seen *s = sim_rfb_seen(k->rfb);

	k->idle = NULL;
	if (k->ending)
		return;
	if (s->keys + s->pointers != k->moves)
		idle_later(d);
	else
		(void)sim_kvm_stop(d, SIM_KVM_IDLE);
}

static void idle_later(struct sim_dev *d)
{
	struct sim_kvm *k = d->kvm;
	const struct sim_rfb_seen *s = sim_rfb_seen(k->rfb);
	uint32_t minutes = 0;

	(void)str_to_u32(span_str(sim_var_active(d, SIM_VAR_KVM_TIMEOUT)), 0, UINT16_MAX, &minutes,
			 NULL);
	k->moves = s->keys + s->pointers;
	if (minutes)
		k->idle =
			sched_after(d->env->sched,
				    sim_dev_scale_ms(d, (int64_t)minutes * MS_PER_MIN), on_idle, d);
}

static void say(struct sim_kvm *k, void (*fn)(struct sim_rfb *f, struct out *o))
{
	uint8_t mem[64];
	struct out o;

	out_init(&o, mem, sizeof mem);
	fn(k->rfb, &o);
	(void)k->line.send(k->line.arg, out_span(&o));
}

void sim_kvm_open(struct sim_dev *d, const struct sim_kvm_line *line, const char *password,
		  const char *refuse)
{
	struct sim_kvm *k = kvm_of(d);
	uint8_t challenge[16], wanted[16];

	rng_fill(&d->rng, challenge, sizeof challenge);
	if (password && !pki_vnc_response(password, challenge, wanted))
		refuse = "internal error";
	k->line = *line;
	k->ending = k->noted = false;
	k->rfb = sim_rfb_new("Intel(r) AMT KVM", password != NULL, challenge, wanted);
	mem_wipe(wanted, sizeof wanted);
	if (refuse)
		sim_rfb_refuse(k->rfb, refuse);
	k->guarded = !refuse;
	k->by_port = password != NULL;
	if (k->by_port)
		sim_alerts_message(d, SIM_KVM_ALERT, 0, 2); /* asked for */
	if (k->guarded)
		sim_consent_session(d, true);
	k->sessions++;
	say(k, sim_rfb_begin);
	idle_later(d);
}

static void note(struct sim_dev *d, uint16_t event)
{
	const struct sim_audit_who who = { .kvm_port = true };

	sim_audit(d, &who, AUDIT_REDIRECTION, event, span_make(NULL, 0));
}

/* A viewer on port 5900 is in, or has had the wrong password once more. */
static void note_login(struct sim_dev *d, struct sim_kvm *k)
{
	const struct sim_rfb_seen *seen = sim_rfb_seen(k->rfb);

	if (k->by_port && seen->shows && !k->noted) {
		k->noted = true;
		k->wrong = 0;
		note(d, AUDIT_KVM_STARTED);
	}
	if (seen->wrong && ++k->wrong % WRONG_MAX == 0)
		note(d, AUDIT_KVM_WRONG);
}

size_t sim_kvm_take(struct sim_dev *d, struct span in)
{
	struct sim_kvm *k = d->kvm;
	struct buf b;
	struct out o;

	if (k->ending)
		return in.n;
	buf_init(&b, (size_t)CHUNK * 2 + (size_t)SIM_RFB_TILE * SIM_RFB_TILE * 2 + 4096);
	out_init_buf(&o, &b);
	size_t n = sim_rfb_take(k->rfb, in, &o);
	note_login(d, k);
	if (b.n > 0 && !k->line.send(k->line.arg, buf_span(&b)))
		finish(k);
	buf_clear(&b);
	pump(k, &b);
	buf_deinit(&b);
	return n;
}

void sim_kvm_room(struct sim_dev *d)
{
	(void)sim_kvm_take(d, span_make("", 0));
}

void sim_kvm_closed(struct sim_dev *d)
{
	struct sim_kvm *k = d->kvm;

	sched_cancel(k->idle);
	k->idle = NULL;
	k->last = *sim_rfb_seen(k->rfb);
	sim_rfb_free(k->rfb);
	k->rfb = NULL;
	if (k->guarded)
		sim_consent_session(d, false);
	if (k->noted)
		note(d, AUDIT_KVM_ENDED);
}

bool sim_kvm_stop(struct sim_dev *d, const char *reason)
{
	struct sim_kvm *k = d->kvm;
	uint8_t mem[128];
	struct out o;

	if (!sim_kvm_is_open(d))
		return false;
	out_init(&o, mem, sizeof mem);
	sim_rfb_say_reason(k->rfb, reason, &o);
	if (!k->ending && out_len(&o) > 0)
		(void)k->line.send(k->line.arg, out_span(&o));
	finish(k);
	return true;
}

void sim_kvm_free(struct sim_dev *d)
{
	mem_free(d->kvm);
	d->kvm = NULL;
}

void sim_dev_print_kvm(struct sim_dev *d, struct out *o)
{
	const struct sim_kvm *k = kvm_of(d);
	const struct sim_rfb_seen *s = k->rfb ? sim_rfb_seen(k->rfb) : &k->last;

	out_fmt(o,
		"session=%s sessions=%u shows=%s keys=%u last_key=0x%x pointers=%u pointer=%u,%u,%u",
		k->rfb ? "open" : "none", k->sessions, s->shows ? "yes" : "no", s->keys,
		s->last_key, s->pointers, s->x, s->y, s->mask);
	out_fmt(o, " updates=%u encoding=%u bits=%u cuts=%u extensions=%u", s->updates, s->encoding,
		s->bits, s->cuts, s->extensions);
}
