/* See events.h. The log is kept as text, 28 characters of base64 for each record, the newest last, so
 * that it stands in the state file as it is. */
#include "sim/events.h"
#include "base/clk.h"
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/dev_priv.h"

#define RECORD_TEXT ((size_t)28)
/* the user's call for help, of discovery 7.3 */
#define HELP          53
#define HELP_CONNECTS 50
#define HELP_ALONE    52

static const struct row {
	const char *word;
	uint8_t sensor, type, offset, source, severity, entity;
	const char *data;
	int code_at;
	const char *message;
} rows[] = {
#define X(id, word, sensor, type, offset, source, severity, entity, data, at, message, text) \
	{ word, sensor, type, offset, source, severity, entity, data, at, message },
	SIM_EVENTS(X)
#undef X
};

/* ---- the log ---- */

unsigned sim_event_count(const struct sim_dev *d)
{
	return d->event_log ? (unsigned)(strlen(d->event_log) / RECORD_TEXT) : 0;
}

bool sim_event_at(const struct sim_dev *d, unsigned i, uint8_t out_bytes[WIRE_EVENT_RECORD_BYTES])
{
	unsigned count = sim_event_count(d);
	uint8_t b[RECORD_TEXT];
	size_t n;

	if (i >= count)
		return false;
	struct span text = { (const uint8_t *)d->event_log + (count - 1 - i) * RECORD_TEXT,
			     RECORD_TEXT };
	if (!b64_decode(text, b, sizeof b, &n) || n != WIRE_EVENT_RECORD_BYTES)
		return false;
	memcpy(out_bytes, b, WIRE_EVENT_RECORD_BYTES);
	return true;
}

void sim_event_clear(struct sim_dev *d)
{
	mem_free(d->event_log);
	d->event_log = NULL;
}

/* The oldest one goes when it is full (OverwritePolicy 2). */
static void keep(struct sim_dev *d, const struct wire_event_record *ev)
{
	uint8_t bytes[WIRE_EVENT_RECORD_BYTES];
	struct out o;
	size_t n = sim_event_count(d) * RECORD_TEXT;

	if (n >= SIM_EVENT_LOG_MAX * RECORD_TEXT) {
		memmove(d->event_log, d->event_log + RECORD_TEXT, n - RECORD_TEXT);
		n -= RECORD_TEXT;
	}
	d->event_log = mem_grow(d->event_log, n + RECORD_TEXT + 1);
	out_init(&o, bytes, sizeof bytes);
	wire_event_record_emit(&o, ev);
	struct span record = out_span(&o);
	out_init(&o, d->event_log + n, RECORD_TEXT + 1);
	out_b64(&o, record);
}

static bool asks_for_user(const struct sim_dev *d)
{
	const struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, "AMT_RemoteAccessPolicyRule", i)); i++) {
		const char *trigger = sim_record_get(r, "Trigger");
		if (trigger && str_eq(trigger, "0"))
			return true;
	}
	return false;
}

/* "iAMT0050+48": that message, with the code more than 48 as its argument. */
static void tell(struct sim_dev *d, const struct row *r, uint32_t code)
{
	struct span text = span_str(r->message);
	size_t plus = span_find(text, '+');
	uint32_t id, base = 0;

	if (r == &rows[SIM_EV_AGENT]) {
		unsigned state = 0;
		while (state < 4 && !(code >> state & 1))
			state++;
		sim_alerts_message(d, 2 + state, -1, r->severity >= 16 ? 5 : 2);
		return;
	}
	if (r == &rows[SIM_EV_CONNECT]) /* whether something connects by itself, its rules say */
		sim_alerts_message(d, HELP, asks_for_user(d) ? HELP_CONNECTS : HELP_ALONE, 2);
	if (text.n < 8 || !str_to_u32(span_make(text.p + 4, 4), 1, 9999, &id, NULL))
		return;
	if (plus < text.n)
		(void)str_to_u32(span_make(text.p + plus + 1, text.n - plus - 1), 0, 999, &base,
				 NULL);
	sim_alerts_message(d, id, plus < text.n ? (int)(base + code) : -1,
			   r->severity >= 8 ? 3 : 2);
}

static void happens(struct sim_dev *d, struct wire_event_record *ev, const struct row *r,
		    uint32_t code)
{
	ev->time = (uint32_t)((clk_unix_ms() + d->clock_offset_ms) / 1000);
	ev->device_address = 0xFF;
	ev->sensor_number = 0xFF;
	if (!sim_var_is_true(d, SIM_VAR_LOG_FROZEN))
		keep(d, ev);
	sim_alerts_event(d, ev);
	tell(d, r, code);
}

/* ---- what happens ---- */

/* Entities of BIOS steps, as captures have them. */
static uint8_t entity_of(const struct row *r, uint32_t code)
{
	static const struct {
		uint8_t step, entity;
	} known[] = { { 2, 4 }, { 6, 34 }, { 7, 34 }, { 9, 7 }, { 12, 7 }, { 18, 0 }, { 23, 7 } };

	for (size_t i = 0; r == &rows[SIM_EV_FW_PROGRESS] && i < sizeof known / sizeof *known; i++)
		if (known[i].step == code)
			return known[i].entity;
	return r->entity;
}

static void make(const struct row *r, uint32_t code, struct wire_event_record *out_ev)
{
	size_t n;

	*out_ev = (struct wire_event_record){
		.sensor_type = r->sensor,
		.event_type = r->type,
		.offset = r->offset,
		.source_type = r->source,
		.severity = r->severity,
		.entity = entity_of(r, code),
	};
	(void)hex_decode(span_str(r->data), out_ev->data, sizeof out_ev->data, &n);
	if (r->code_at >= 0)
		out_ev->data[r->code_at] = (uint8_t)code;
	if (r == &rows[SIM_EV_LOGIN_FAILURES])
		out_ev->data[2] = (uint8_t)(code >> 8);
}

const char *sim_event_word(enum sim_event ev)
{
	return rows[ev].word;
}

const char *sim_event_like(const struct wire_event_record *ev)
{
	struct wire_event_record r;

	for (unsigned i = 0; i < SIM_EVENT_COUNT; i++) {
		make(&rows[i], 0, &r);
		size_t told = rows[i].code_at < 0 ? 4 : rows[i].code_at == 2 ? 2 : 1;
		if (r.sensor_type == ev->sensor_type && r.event_type == ev->event_type &&
		    r.offset == ev->offset && memcmp(r.data, ev->data, told) == 0)
			return rows[i].word;
	}
	return "other";
}

void sim_event_more(struct sim_dev *d, enum sim_event ev, uint32_t code, unsigned more)
{
	struct wire_event_record record;

	make(&rows[ev], code, &record);
	if (more)
		record.data[rows[ev].code_at + 1] = (uint8_t)more;
	happens(d, &record, &rows[ev], code);
}

void sim_event(struct sim_dev *d, enum sim_event ev, uint32_t code)
{
	sim_event_more(d, ev, code, 0);
}

void sim_event_agent(struct sim_dev *d, const uint8_t guid[16], uint8_t state)
{
	struct wire_event_record ev;

	make(&rows[SIM_EV_AGENT], state, &ev);
	memcpy(ev.data + 1, guid, 6);
	happens(d, &ev, &rows[SIM_EV_AGENT], state);
}

static bool agent_named(struct sim_dev *d, struct span text, struct err *e)
{
	size_t colon = span_find(text, ':'), n;
	uint8_t guid[16];
	uint32_t state;

	if (colon < text.n && hex_decode(span_make(text.p, colon), guid, sizeof guid, &n) &&
	    n == sizeof guid &&
	    str_to_u32(span_make(text.p + colon + 1, text.n - colon - 1), 1, 31, &state, NULL)) {
		sim_event_agent(d, guid, (uint8_t)state);
		return true;
	}
	err_set(e, ERR_INVALID, "an agent's event needs its GUID and its state");
	return err_want(e, "agent=32 hex digits:1, 2, 4, 8 or 16");
}

static bool no_such(struct err *e)
{
	struct out o;

	err_set(e, ERR_INVALID, "there is no such event");
	memset(e->hint, 0, sizeof e->hint);
	out_init(&o, e->hint, sizeof e->hint - 1);
	for (unsigned i = 0; i < SIM_EVENT_COUNT; i++)
		out_fmt(&o, "%s%s", i ? " " : "", rows[i].word);
	return false;
}

bool sim_event_named(struct sim_dev *d, struct span text, struct err *e)
{
	size_t eq = span_find(text, '=');
	struct span word = span_make(text.p, eq);
	uint32_t code = 0;

	if (span_eq_str(word, "agent"))
		return agent_named(
			d, span_make(text.p + eq + (eq < text.n), text.n - eq - (eq < text.n)), e);
	for (unsigned i = 0; i < SIM_EVENT_COUNT; i++) {
		if (!span_eq_str(word, rows[i].word))
			continue;
		if (eq < text.n &&
		    (rows[i].code_at < 0 ||
		     !str_to_u32(span_make(text.p + eq + 1, text.n - eq - 1), 0, UINT16_MAX, &code,
				 NULL)))
			return err_set(e, ERR_INVALID, "%s takes %s", rows[i].word,
				       rows[i].code_at < 0 ? "no code" : "a code from 0 to 65535");
		sim_event(d, (enum sim_event)i, code);
		return true;
	}
	return no_such(e);
}
