/* See alert.h. Called by the listeners of alerts. All texts of peers are cut to fit and cleaned of
 * control characters. */
#include "amt/alert.h"
#include "base/arena.h"
#include "base/clk.h"
#include "base/iso.h"
#include "base/limits.h"
#include "base/str.h"
#include "wire/event_names.h"
#include "wire/pet.h"
#include "wsman/notice.h"

static const char *const kinds[] = { "trap", "event" };

const char *amt_alert_kind_name(enum amt_alert_kind k)
{
	return kinds[k];
}

/* What fits of a peer's text; what is not printable becomes a question mark. */
static void put(char *dst, size_t cap, struct span text)
{
	size_t n = text.n < cap - 1 ? text.n : cap - 1;

	for (size_t i = 0; i < n; i++)
		dst[i] = text.p[i] >= 32 && text.p[i] < 127 ? (char)text.p[i] : '?';
	dst[n] = '\0';
}

#define PUT(field, text) put(out_a->field, sizeof out_a->field, text)
#define FMT(field, ...)                                               \
	do {                                                          \
		struct out o_;                                        \
		memset(out_a->field, 0, sizeof out_a->field);         \
		out_init(&o_, out_a->field, sizeof out_a->field - 1); \
		out_fmt(&o_, __VA_ARGS__);                            \
	} while (0)

bool amt_alert_trap(struct span datagram, const char *from, struct amt_alert *out_a, struct err *e)
{
	struct wire_pet pet;
	struct out o;
	size_t used;

	*out_a = (struct amt_alert){ .kind = AMT_ALERT_TRAP };
	if (wire_pet_parse(datagram, &pet, &used, e) != WIRE_DONE)
		return false;
	const struct wire_event_record *ev = &pet.event.ev;
	const char *severity = wire_show_name(wire_event_severities, ev->severity);
	PUT(from, span_str(from));
	FMT(agent, "%u.%u.%u.%u", pet.agent[0], pet.agent[1], pet.agent[2], pet.agent[3]);
	PUT(community, pet.community);
	FMT(id, "%u/%u/%u", ev->sensor_type, ev->event_type, ev->offset);
	if (severity)
		FMT(severity, "%s", severity);
	else
		FMT(severity, "%u", ev->severity);
	out_init(&o, out_a->text, sizeof out_a->text - 1);
	wire_event_record_message(&o, ev);
	if (pet.deasserted)
		out_str(&o, ": over");
	out_a->at_unix_s = wire_pet_unix_s(&pet);
	/* the sender's port and time stamps of a repetition may differ */
	FMT(mark, "trap %s %u %s", out_a->agent, pet.event.sequence, out_a->id);
	return true;
}

/* ---- events ---- */

static const char *severity_name(unsigned v)
{
	static const char *const names[] = { "unknown", "other", "information", "warning",
					     "minor",   "major", "critical",    "fatal" };

	return v < sizeof names / sizeof *names ? names[v] : "unknown";
}

static void fill(const struct wsman_notice *n, const char *from, struct amt_alert *out_a)
{
	const char *meaning = wsman_notice_meaning(n->id, n->first_argument);
	int64_t at = 0;

	PUT(from, span_str(from));
	PUT(id, span_str(n->id));
	PUT(token, span_str(n->arg));
	PUT(message_id, span_str(n->message_id));
	FMT(severity, "%s", severity_name(n->severity));
	if (iso_time_parse(span_str(n->time), &at))
		out_a->at_unix_s = at;
	if (*n->text)
		PUT(text, span_str(n->text));
	else if (meaning)
		FMT(text, "%s", meaning);
	else
		FMT(text, "%s with %s", out_a->id, n->first_argument);
	/* the system name is the same on all: who it is, the address and the token say */
	FMT(mark, "event %s %.40s %.40s %s %.24s", from, out_a->token, n->identifier, out_a->id,
	    n->time);
}

bool amt_alert_event(struct span body, const char *from, struct amt_alert *out_a, struct err *e)
{
	struct arena a;
	struct wsman_msg m;
	struct wsman_notice n;

	*out_a = (struct amt_alert){ .kind = AMT_ALERT_EVENT };
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	bool ok = wsman_envelope_parse(body, &a, &m, e) && wsman_notice_read(&m, &a, &n, e);
	if (ok)
		fill(&n, from, out_a);
	arena_deinit(&a);
	return ok;
}

void amt_alert_ack(const struct amt_alert *a, uint64_t counter, struct out *o)
{
	char id[64];
	struct out t;

	out_init(&t, id, sizeof id);
	out_fmt(&t, "uuid:00000000-0000-4000-8000-%012llx", (unsigned long long)counter);
	wsman_notice_emit_ack(o, a->message_id, id);
}

/* ---- for others ---- */

unsigned amt_alert_rank(const struct amt_alert *a)
{
	static const char *const worst[] = { "critical", "non-recoverable", "major", "fatal" };
	static const char *const warning[] = { "non-critical", "warning", "minor" };

	for (size_t i = 0; i < sizeof worst / sizeof *worst; i++)
		if (str_eq(a->severity, worst[i]))
			return 0;
	for (size_t i = 0; i < sizeof warning / sizeof *warning; i++)
		if (str_eq(a->severity, warning[i]))
			return 1;
	return 2;
}

static void member(struct out *o, const char *key, const char *text)
{
	if (!*text)
		return;
	out_fmt(o, ",\"%s\":", key);
	out_json_str(o, span_str(text));
}

void amt_alert_json(const struct amt_alert *a, int64_t received_unix_ms, struct out *o)
{
	char at[ISO_TIME_SIZE], received[CLK_TEXT_SIZE];

	out_fmt(o, "{\"kind\":\"%s\"", kinds[a->kind]);
	if (received_unix_ms) {
		clk_print_unix_ms(received_unix_ms, received);
		member(o, "received", received);
	}
	if (a->at_unix_s > 0) {
		iso_time_print(a->at_unix_s, at);
		member(o, "at", at);
	}
	member(o, "from", a->from);
	member(o, "agent", a->agent);
	member(o, "severity", a->severity);
	member(o, "id", a->id);
	member(o, "text", a->text);
	member(o, "token", a->token);
	out_str(o, "}");
}
