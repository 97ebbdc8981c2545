/* See audit.h. The log is kept as text, one record of base64 a line, the oldest first, so that it
 * stands in the state file as it is. */
#include "sim/audit.h"
#include "base/clk.h"
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/dev_priv.h"
#include "wire/audit_events.h"

#define BASELINE_S     1072915200u /* 2004-01-01: the clock of a PC that nobody has set */
#define RECORD_MAX     800
#define DAY_S          86400u
#define APP_SECURITY   16
#define APP_LOG        20
#define LOG_RECOVERED  5
#define RECOVERED_INIT 2

/* ---- the log ---- */

static struct span text_of(const struct sim_dev *d)
{
	return span_str(d->audit_log ? d->audit_log : "");
}

static struct span next_line(struct span *left)
{
	size_t n = span_find(*left, '\n');
	struct span line = span_make(left->p, n);

	n += n < left->n;
	*left = span_make(left->p + n, left->n - n);
	return line;
}

unsigned sim_audit_count(const struct sim_dev *d)
{
	struct span left = text_of(d);
	unsigned n = 0;

	for (; left.n; n++)
		next_line(&left);
	return n;
}

/* Four characters are three bytes. */
size_t sim_audit_bytes(const struct sim_dev *d)
{
	return text_of(d).n / 4 * 3;
}

struct span sim_audit_at(const struct sim_dev *d, unsigned i)
{
	struct span left = text_of(d), line = { NULL, 0 };

	for (unsigned n = 0; left.n && n <= i; n++) {
		line = next_line(&left);
		if (n == i)
			return line;
	}
	return span_make(NULL, 0);
}

void sim_audit_clear(struct sim_dev *d)
{
	mem_free(d->audit_log);
	d->audit_log = NULL;
}

bool sim_audit_locked(const struct sim_dev *d)
{
	return d->audit_lock && clk_mono_ms() < d->audit_lock_until_mono_ms;
}

static uint32_t now_s(const struct sim_dev *d)
{
	if (sim_dev_in_setup(d) && !d->clock_set)
		return BASELINE_S + (uint32_t)(clk_mono_ms() / 1000 % DAY_S);
	return (uint32_t)((clk_unix_ms() + d->clock_offset_ms) / 1000);
}

static uint32_t time_of(struct span line)
{
	uint8_t b[RECORD_MAX];
	struct wire_audit_record r;
	struct err e = { 0 };
	size_t n, used;

	if (!b64_decode(line, b, sizeof b, &n) ||
	    wire_audit_record_parse(span_make(b, n), &r, &used, &e) != WIRE_DONE)
		return 0;
	return r.time;
}

/* False: it must stay. Storage policy 0 never rolls over, 2 keeps what is younger than MinDaysToKeep. */
static bool drop_oldest(struct sim_dev *d, bool always)
{
	struct span left = text_of(d), line = next_line(&left);
	const char *policy = sim_var_active(d, SIM_VAR_AUDIT_STORAGE);
	uint32_t days = 0;

	if (!line.n || (!always && str_eq(policy, "0")))
		return false;
	(void)str_to_u32(span_str(sim_var_active(d, SIM_VAR_AUDIT_DAYS)), 0, 255, &days, NULL);
	if (!always && str_eq(policy, "2") && time_of(line) + days * DAY_S > now_s(d))
		return false;
	memmove(d->audit_log, left.p, left.n + 1);
	return true;
}

/* iAMT0029 to 0033: the log is 50, 75, 85, 95, 100 % full. */
static void tell_fill(struct sim_dev *d, size_t before)
{
	static const unsigned marks[] = { 50, 75, 85, 95, 99 }; /* a last record may not fit */
	size_t now = sim_audit_bytes(d);

	for (unsigned i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = (size_t)SIM_AUDIT_BYTES * marks[i] / 100;
		if (before < at && now >= at)
			sim_alerts_message(d, 29 + i, -1, i < 2 ? 2 : 3);
	}
}

static void append(struct sim_dev *d, struct span bytes, bool always)
{
	size_t text = (bytes.n + 2) / 3 * 4 + 1, before = sim_audit_bytes(d), have;
	struct out o;

	while (sim_audit_bytes(d) + bytes.n > SIM_AUDIT_BYTES)
		if (!drop_oldest(d, always))
			return;
	have = text_of(d).n;
	d->audit_log = mem_grow(d->audit_log, have + text + 1);
	d->audit_log[have] = '\0';
	out_init(&o, d->audit_log + have, text + 1);
	out_b64(&o, bytes);
	out_str(&o, "\n");
	tell_fill(d, before);
}

/* ---- the policy ---- */

bool sim_audit_next_event(struct span *left, uint32_t v[3])
{
	for (int i = 0; i < 3; i++) {
		size_t n = span_find(*left, i < 2 ? ' ' : '\n');
		if (!left->n || !str_to_u32(span_make(left->p, n), 0, UINT32_MAX, &v[i], NULL))
			return false;
		n += n < left->n;
		*left = span_make(left->p + n, left->n - n);
	}
	return true;
}

bool sim_audit_is_on(const struct sim_dev *d, uint16_t app, uint16_t event, bool *out_critical)
{
	const char *text = sim_var_active(d, SIM_VAR_AUDIT_EVENTS);
	struct span left = span_str(text);
	uint32_t v[3];

	*out_critical = false;
	if (str_eq(text, "default")) /* from 8.0 on security administration, from the start */
		return app == APP_SECURITY && sim_gen_number(d->gen) >= 80;
	while (sim_audit_next_event(&left, v)) {
		if (v[0] != app || v[1] != event)
			continue;
		*out_critical = v[2] == 1;
		return true;
	}
	return false;
}

/* Written whatever the policy and however full the log is: from 12.0 on. */
static bool super_critical(const struct sim_dev *d, uint16_t app, uint16_t event)
{
	static const uint16_t rows[][2] = { { 16, 1 }, { 16, 19 }, { 17, 4 },
					    { 18, 0 }, { 18, 4 },  { 18, 8 } };

	for (size_t i = 0; sim_gen_number(d->gen) >= 120 && i < sizeof rows / sizeof *rows; i++)
		if (rows[i][0] == app && rows[i][1] == event)
			return true;
	return false;
}

/* As long as nobody has said so: on from 8.0. */
bool sim_audit_enabled(const struct sim_dev *d)
{
	const char *v = sim_var_active(d, SIM_VAR_AUDIT_ON);

	return *v ? str_eq(v, "2") : sim_gen_number(d->gen) >= 80;
}

static bool has_log(const struct sim_dev *d)
{
	return sim_gen_number(d->gen) >= 40;
}

bool sim_audit_blocks(const struct sim_dev *d, uint16_t app, uint16_t event)
{
	bool critical;

	if (!has_log(d) || !sim_audit_enabled(d) || !sim_audit_is_on(d, app, event, &critical) ||
	    !critical)
		return false;
	if (sim_audit_locked(d))
		return true;
	return str_eq(sim_var_active(d, SIM_VAR_AUDIT_STORAGE), "0") &&
		sim_audit_bytes(d) + RECORD_MAX > SIM_AUDIT_BYTES;
}

/* ---- what happens ---- */

void sim_audit(struct sim_dev *d, const struct sim_audit_who *who, uint16_t app, uint16_t event,
	       struct span data)
{
	uint8_t bytes[RECORD_MAX], sid[96];
	struct wire_audit_record r = { .app = app, .event = event, .data = data };
	struct out o;
	size_t n;
	bool critical, always = super_critical(d, app, event);

	sim_alerts_audited(d, app, event);
	if (!has_log(d) ||
	    (!always &&
	     (!sim_audit_enabled(d) || sim_audit_locked(d) ||
	      !sim_audit_is_on(d, app, event, &critical))))
		return;
	r.by = who && who->user        ? WIRE_AUDIT_DIGEST
		: who && who->kvm_port ? WIRE_AUDIT_KVM
				       : WIRE_AUDIT_LOCAL;
	if (who && who->user)
		r.user = span_str(who->user);
	if (who && who->sid_b64 && b64_decode(span_str(who->sid_b64), sid, sizeof sid, &n)) {
		r.by = WIRE_AUDIT_KERBEROS;
		r.user = span_make(sid, n);
	}
	r.location = 2;
	if (who && who->address && *who->address) {
		r.location = strchr(who->address, ':') ? 1 : 0;
		r.address = span_str(who->address);
	}
	r.time = now_s(d);
	out_init(&o, bytes, sizeof bytes);
	if (wire_audit_record_emit(&o, &r))
		append(d, out_span(&o), always);
}

/* The policy goes with the settings: what it said of this event is asked first. */
void sim_audit_recover(struct sim_dev *d)
{
	static const uint8_t reason[] = { RECOVERED_INIT };
	bool critical,
		wanted = has_log(d) && sim_audit_enabled(d) && d->audit_log &&
		sim_audit_is_on(d, APP_LOG, LOG_RECOVERED, &critical);
	struct wire_audit_record r = { .app = APP_LOG,
				       .event = LOG_RECOVERED,
				       .by = WIRE_AUDIT_LOCAL,
				       .location = 2,
				       .time = now_s(d),
				       .data = { reason, sizeof reason } };
	uint8_t bytes[64];
	struct out o;

	sim_audit_clear(d);
	out_init(&o, bytes, sizeof bytes);
	if (wanted && wire_audit_record_emit(&o, &r))
		append(d, out_span(&o), true);
}

bool sim_audit_named(struct sim_dev *d, struct span text, struct err *e)
{
	size_t colon = span_find(text, ':'), slash = span_find(text, '/'), n = 0;
	struct span hex =
		span_make(text.p + colon + (colon < text.n), text.n - colon - (colon < text.n));
	uint8_t data[255];
	uint32_t app, event;

	if (slash < colon && str_to_u32(span_make(text.p, slash), 0, UINT16_MAX, &app, NULL) &&
	    str_to_u32(span_make(text.p + slash + 1, colon - slash - 1), 0, UINT16_MAX, &event,
		       NULL) &&
	    wire_audit_events_find((uint16_t)app, (uint16_t)event) &&
	    (!hex.n || hex_decode(hex, data, sizeof data, &n))) {
		sim_audit(d, NULL, (uint16_t)app, (uint16_t)event, span_make(data, n));
		return true;
	}
	err_set(e, ERR_INVALID, "there is no such audit event");
	return err_want(e, "APPLICATION/EVENT or APPLICATION/EVENT:HEX, such as 16/5:00");
}
