/* See rmcp.h. Used by discovery, probes and the simulator; decides nothing. */
#include "wire/rmcp.h"

#define VERSION    0x06
#define CLASS_ASF  0x06
#define ACK        0x80
#define ASF        4542u
#define PING       0x80
#define PONG       0x40
#define PONG_DATA  16
#define PONG_LEAST 12 /* of its data */
#define NIBBLE     15u

static bool bad(struct err *e, const char *what, unsigned seen, unsigned want)
{
	err_set(e, ERR_MALFORMED, "no RMCP message: %s", what);
	err_seen(e, "%u", seen);
	return err_want(e, "%u", want);
}

/* The version stands in two nibbles, and in two bytes where it does not fit there. */
static void parse_pong(struct cur *c, struct wire_rmcp *m)
{
	m->maker = cur_be32(c);
	m->port = cur_be16(c);
	uint8_t version = cur_u8(c), state = cur_u8(c);
	m->entities = cur_u8(c);
	m->interactions = cur_u8(c);
	m->major = cur_u8(c);
	m->minor = cur_u8(c);
	if (version) {
		m->major = version >> 4;
		m->minor = version & NIBBLE;
	}
	m->state = (enum wire_rmcp_state)(state & 3);
	m->both_ports = state & 4;
}

bool wire_rmcp_parse(struct span in, struct wire_rmcp *out_msg, struct err *e)
{
	struct cur c = cur_make(in);
	struct wire_rmcp m = { 0 };
	uint8_t version = cur_u8(&c);

	(void)cur_u8(&c);
	m.sequence = cur_u8(&c);
	uint8_t class = cur_u8(&c);
	if (c.bad)
		return bad(e, "bytes", (unsigned)in.n, 4);
	if (version != VERSION)
		return bad(e, "its version", version, VERSION);
	if ((class & 0x1f) != CLASS_ASF)
		return bad(e, "its class", class, CLASS_ASF);
	if (class & ACK) {
		m.kind = WIRE_RMCP_ACK;
		*out_msg = m;
		return true;
	}
	uint32_t maker = cur_be32(&c);
	uint8_t type = cur_u8(&c);
	m.tag = cur_u8(&c);
	(void)cur_u8(&c);
	uint8_t length = cur_u8(&c);
	if (c.bad)
		return bad(e, "bytes", (unsigned)in.n, WIRE_RMCP_PING_SIZE);
	if (maker != ASF)
		return bad(e, "the enterprise", maker, ASF);
	if (type != PING && type != PONG)
		return bad(e, "its type", type, PONG);
	m.kind = type == PING ? WIRE_RMCP_PING : WIRE_RMCP_PONG;
	if (m.kind == WIRE_RMCP_PONG && (length < PONG_LEAST || cur_left(&c) < PONG_LEAST))
		return bad(e, "bytes of a pong", (unsigned)in.n, WIRE_RMCP_PONG_SIZE);
	if (m.kind == WIRE_RMCP_PONG)
		parse_pong(&c, &m);
	*out_msg = m;
	return true;
}

static void emit_pong(struct out *o, const struct wire_rmcp *m)
{
	bool fits = m->major <= NIBBLE && m->minor <= NIBBLE && (m->major || m->minor);

	out_be32(o, m->maker);
	out_be16(o, m->port);
	out_u8(o, (uint8_t)(fits ? m->major << 4 | m->minor : 0));
	out_u8(o, (uint8_t)((unsigned)m->state | (m->both_ports ? 4u : 0)));
	out_u8(o, m->entities);
	out_u8(o, m->interactions);
	out_u8(o, (uint8_t)(fits ? 0 : m->major));
	out_u8(o, (uint8_t)(fits ? 0 : m->minor));
	out_be32(o, 0);
}

bool wire_rmcp_emit(struct out *o, const struct wire_rmcp *m)
{
	if (m->major > 255 || m->minor > 255)
		return false;
	out_u8(o, VERSION);
	out_u8(o, 0);
	out_u8(o, m->sequence);
	out_u8(o, m->kind == WIRE_RMCP_ACK ? CLASS_ASF | ACK : CLASS_ASF);
	if (m->kind == WIRE_RMCP_ACK)
		return !o->bad;
	out_be32(o, ASF);
	out_u8(o, m->kind == WIRE_RMCP_PING ? PING : PONG);
	out_u8(o, m->tag);
	out_u8(o, 0);
	out_u8(o, m->kind == WIRE_RMCP_PING ? 0 : PONG_DATA);
	if (m->kind == WIRE_RMCP_PONG)
		emit_pong(o, m);
	return !o->bad;
}

const char *wire_rmcp_state_name(enum wire_rmcp_state s)
{
	static const char *const names[] = { "pre", "in", "post", "3" };

	return names[(unsigned)s & 3];
}

void wire_rmcp_print(struct out *text, const struct wire_rmcp *m)
{
	if (m->kind == WIRE_RMCP_ACK) {
		out_fmt(text, "acknowledgement of sequence %u", m->sequence);
		return;
	}
	out_fmt(text, "presence %s, tag %u, sequence %u",
		m->kind == WIRE_RMCP_PING ? "ping" : "pong", m->tag, m->sequence);
	if (m->kind == WIRE_RMCP_PING)
		return;
	out_fmt(text, ", maker %u%s, port %u%s, state %s, version ", (unsigned)m->maker,
		m->maker == WIRE_RMCP_INTEL ? " (Intel)" : "", m->port,
		m->both_ports ? " (16992 and 16993)" : "", wire_rmcp_state_name(m->state));
	if (m->major || m->minor)
		out_fmt(text, "%u.%u", m->major, m->minor);
	else
		out_str(text, "not said");
	out_fmt(text, ", entities 0x%02x, interactions 0x%02x", m->entities, m->interactions);
}
