/* Codec of SNMPv1 traps as PCs send them; see pet.h. Reads BER with definite lengths only, in any form
 * that they may have; writes the shortest. Judges nothing about the event. */
#include "wire/pet.h"

#define TAG_INT      0x02
#define TAG_OCTETS   0x04
#define TAG_OID      0x06
#define TAG_SEQUENCE 0x30
#define TAG_ADDRESS  0x40
#define TAG_TICKS    0x43
#define TAG_TRAP     0xA4
#define SPECIFIC     6 /* generic-trap: the number says which */
#define UNIX_OF_1998 883612800
#define EMIT_MAX     (WIRE_PET_MAX + 64) /* numbers may take more bytes than they came in */
/* 1.3.6.1.4.1.3183.1.1 and below */
static const uint8_t enterprise[] = { 0x2B, 6, 1, 4, 1, 0x98, 0x6F, 1, 1 };
static const uint8_t variable[] = { 0x2B, 6, 1, 4, 1, 0x98, 0x6F, 1, 1, 1 };

/* ---- reading ---- */

struct ber {
	struct cur c;
	const char *at; /* what is being read */
};

static enum wire_got bad(const struct ber *b, struct err *e, const char *want)
{
	err_set(e, ERR_MALFORMED, "no platform event trap: its %s is wrong", b->at);
	err_seen(e, "offset %zu of %zu", b->c.at, b->c.in.n);
	err_want(e, "%s", want);
	return WIRE_BAD;
}

static size_t length(struct cur *c)
{
	uint8_t first = cur_u8(c);
	size_t n = first & 0x7F;

	if (first < 0x80)
		return first;
	if (n == 0 || n > 3) { /* indefinite, or more than any datagram has */
		c->bad = true;
		return 0;
	}
	size_t v = 0;
	while (n--)
		v = v << 8 | cur_u8(c);
	return v;
}

/* The contents of the next value, when it has that tag. */
static struct span value(struct ber *b, uint8_t tag, const char *what)
{
	b->at = what;
	if (cur_u8(&b->c) != tag)
		b->c.bad = true;
	size_t n = length(&b->c);
	return cur_take(&b->c, n);
}

/* Goes into a structure, which has to end where all ends. */
static void enter(struct ber *b, uint8_t tag, const char *what)
{
	b->at = what;
	if (cur_u8(&b->c) != tag)
		b->c.bad = true;
	if (length(&b->c) != cur_left(&b->c))
		b->c.bad = true;
}

static uint32_t number(struct ber *b, uint8_t tag, const char *what)
{
	struct span s = value(b, tag, what);
	uint32_t v = 0;

	if (s.n == 0 || s.n > 5 || (s.n == 5 && s.p[0] != 0)) {
		b->c.bad = true;
		return 0;
	}
	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

static bool same(struct span s, const uint8_t *oid, size_t n)
{
	return s.n == n && memcmp(s.p, oid, n) == 0;
}

static bool head(struct ber *b, struct wire_pet *p)
{
	enter(b, TAG_SEQUENCE, "outer sequence");
	if (b->c.bad || number(b, TAG_INT, "version") != 0 || b->c.bad)
		return false;
	p->community = value(b, TAG_OCTETS, "community");
	if (!b->c.bad)
		enter(b, TAG_TRAP, "trap");
	return !b->c.bad;
}

static bool trap(struct ber *b, struct wire_pet *p, uint32_t *out_number)
{
	if (!same(value(b, TAG_OID, "enterprise"), enterprise, sizeof enterprise))
		return false;
	struct span agent = value(b, TAG_ADDRESS, "agent address");
	if (b->c.bad || agent.n != sizeof p->agent)
		return false;
	memcpy(p->agent, agent.p, sizeof p->agent);
	if (number(b, TAG_INT, "generic number") != SPECIFIC || b->c.bad)
		return false;
	*out_number = number(b, TAG_INT, "number");
	if (!b->c.bad)
		p->ticks = number(b, TAG_TICKS, "time stamp");
	return !b->c.bad;
}

static bool bindings(struct ber *b, struct span *out_octets)
{
	enter(b, TAG_SEQUENCE, "list of variables");
	if (!b->c.bad)
		enter(b, TAG_SEQUENCE, "variable");
	if (b->c.bad || !same(value(b, TAG_OID, "name of the variable"), variable, sizeof variable))
		return false;
	*out_octets = value(b, TAG_OCTETS, "event");
	return !b->c.bad && !cur_left(&b->c);
}

enum wire_got wire_pet_parse(struct span in, struct wire_pet *out_pet, size_t *out_used,
			     struct err *e)
{
	struct ber b = { .c = cur_make(in), .at = "beginning" };
	struct span octets = { NULL, 0 };
	struct wire_pet *p = out_pet;
	uint32_t n = 0;
	size_t used;

	memset(p, 0, sizeof *p);
	*out_used = 0;
	if (in.n > WIRE_PET_MAX)
		return bad(&b, e, "at most 1500 bytes");
	if (!head(&b, p))
		return bad(&b, e, "SNMP version 1 with a trap");
	if (!trap(&b, p, &n))
		return bad(&b, e, "a specific trap of 1.3.6.1.4.1.3183.1.1");
	if (!bindings(&b, &octets))
		return bad(&b, e, "one variable 1.3.6.1.4.1.3183.1.1.1");
	if (wire_event_pet_parse(octets, &p->event, &used, e) != WIRE_DONE) {
		err_seen(e, "%zu bytes, from offset %zu of the trap on", octets.n,
			 b.c.at - octets.n);
		return WIRE_BAD;
	}
	p->event.ev.sensor_type = (uint8_t)(n >> 16);
	p->event.ev.event_type = (uint8_t)(n >> 8);
	p->event.ev.offset = (uint8_t)n & 0x7F;
	p->deasserted = n & 0x80;
	*out_used = in.n;
	return WIRE_DONE;
}

/* ---- writing: from the inside out ---- */

static void put(struct out *o, uint8_t tag, struct span content)
{
	out_u8(o, tag);
	if (content.n < 0x80) {
		out_u8(o, (uint8_t)content.n);
	} else if (content.n <= UINT8_MAX) {
		out_u8(o, 0x81);
		out_u8(o, (uint8_t)content.n);
	} else {
		out_u8(o, 0x82);
		out_be16(o, (uint16_t)content.n);
	}
	out_bytes(o, content);
}

/* As few bytes as hold it with a zero bit in front. */
static void put_number(struct out *o, uint8_t tag, uint32_t v)
{
	uint8_t b[5] = { 0, (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
	size_t from = 0;

	while (from < 4 && b[from] == 0 && b[from + 1] < 0x80)
		from++;
	put(o, tag, span_make(b + from, sizeof b - from));
}

static void put_variable(struct out *o, struct span octets)
{
	uint8_t bytes[EMIT_MAX], inner[EMIT_MAX];
	struct out v, list;

	out_init(&v, bytes, sizeof bytes);
	put(&v, TAG_OID, span_make(variable, sizeof variable));
	put(&v, TAG_OCTETS, octets);
	out_init(&list, inner, sizeof inner);
	put(&list, TAG_SEQUENCE, out_span(&v));
	put(o, TAG_SEQUENCE, out_span(&list));
	o->bad |= v.bad || list.bad;
}

bool wire_pet_emit(struct out *o, const struct wire_pet *pet)
{
	const struct wire_event_record *ev = &pet->event.ev;
	uint32_t n = (uint32_t)ev->sensor_type << 16 | (uint32_t)ev->event_type << 8 |
		(ev->offset & 0x7Fu) | (pet->deasserted ? 0x80u : 0);
	uint8_t octets[EMIT_MAX], inner[EMIT_MAX], whole[EMIT_MAX];
	struct out event, t, all;

	out_init(&event, octets, sizeof octets);
	wire_event_pet_emit(&event, &pet->event);
	out_init(&t, inner, sizeof inner);
	put(&t, TAG_OID, span_make(enterprise, sizeof enterprise));
	put(&t, TAG_ADDRESS, span_make(pet->agent, sizeof pet->agent));
	put_number(&t, TAG_INT, SPECIFIC);
	put_number(&t, TAG_INT, n);
	put_number(&t, TAG_TICKS, pet->ticks);
	put_variable(&t, out_span(&event));
	out_init(&all, whole, sizeof whole);
	put_number(&all, TAG_INT, 0);
	put(&all, TAG_OCTETS, pet->community);
	put(&all, TAG_TRAP, out_span(&t));
	put(o, TAG_SEQUENCE, out_span(&all));
	o->bad |= event.bad || t.bad || all.bad;
	return !o->bad;
}

/* ---- for people ---- */

int64_t wire_pet_unix_s(const struct wire_pet *pet)
{
	const struct wire_event_pet *ev = &pet->event;
	int64_t s = (int64_t)ev->since_1998 + UNIX_OF_1998;

	if (!ev->since_1998)
		return 0;
	if (ev->utc_offset_min != UINT16_MAX)
		s -= (int64_t)(int16_t)ev->utc_offset_min * 60;
	return s;
}

void wire_pet_print(struct wire_show *s, const struct wire_pet *pet)
{
	char agent[16], text[160] = "";
	struct out o;

	out_init(&o, agent, sizeof agent);
	out_fmt(&o, "%u.%u.%u.%u", pet->agent[0], pet->agent[1], pet->agent[2], pet->agent[3]);
	wire_show_open(s, NULL, "platform event trap");
	wire_show_text(s, "agent", out_span(&o));
	wire_show_text(s, "community", pet->community);
	out_init(&o, text, sizeof text);
	wire_event_record_message(&o, &pet->event.ev);
	wire_show_text(s, "message", out_span(&o));
	wire_show_num(s, "sensor", pet->event.ev.sensor_type);
	wire_show_num(s, "event_type", pet->event.ev.event_type);
	wire_show_num(s, "offset", pet->event.ev.offset);
	wire_show_bool(s, "deasserted", pet->deasserted);
	wire_show_num(s, "ticks", pet->ticks);
	wire_event_pet_print_in(s, "event", &pet->event);
	wire_show_close(s);
}
