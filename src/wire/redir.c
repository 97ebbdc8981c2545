/* Lengths and fields of redirection messages, both ways by one list of fields. See redir.h; logins
 * are in redir_auth.c, printing in redir_text.c. Keeps no state: who reads a stream collects bytes. */
#include "wire/redir.h"
#include "base/limits.h"

static const struct wire_redir_row rows[] = {
#define X(constant, type, name, sessions, from, fixed, tail) \
	{ type, sessions, WIRE_REDIR_##from, fixed, WIRE_REDIR_##tail, name },
	WIRE_REDIR_TYPES(X)
#undef X
};

const struct wire_redir_row *wire_redir_find(uint8_t type, enum wire_redir_session s)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].type == type && rows[i].sessions & WIRE_REDIR_IN(s))
			return &rows[i];
	return NULL;
}

static const struct {
	const char *name, *letters;
} sessions[] = {
	[WIRE_REDIR_NONE] = { "none", "" },
	[WIRE_REDIR_SOL] = { "SOL", "SOL " },
	[WIRE_REDIR_IDER] = { "IDE-R", "IDER" },
	[WIRE_REDIR_KVM] = { "KVM", "KVMR" },
};

const char *wire_redir_session_name(enum wire_redir_session s)
{
	return (unsigned)s < WIRE_REDIR_SESSIONS ? sessions[s].name : "none";
}

const char *wire_redir_session_letters(enum wire_redir_session s)
{
	return (unsigned)s < WIRE_REDIR_SESSIONS ? sessions[s].letters : "";
}

enum wire_redir_session wire_redir_session_of(const char kind[4])
{
	for (unsigned i = WIRE_REDIR_SOL; i < WIRE_REDIR_SESSIONS; i++)
		if (memcmp(sessions[i].letters, kind, 4) == 0)
			return (enum wire_redir_session)i;
	return WIRE_REDIR_NONE;
}

/* ---- fields: one list, read and written by it ---- */

struct io {
	struct cur *in; /* or, when NULL, out */
	struct out *out;
};

static void u8(struct io *x, uint8_t *v)
{
	if (x->in)
		*v = cur_u8(x->in);
	else
		out_u8(x->out, *v);
}

static void u16(struct io *x, uint16_t *v)
{
	if (x->in)
		*v = cur_le16(x->in);
	else
		out_le16(x->out, *v);
}

static void u32(struct io *x, uint32_t *v)
{
	if (x->in)
		*v = cur_le32(x->in);
	else
		out_le32(x->out, *v);
}

static void bytes(struct io *x, void *p, size_t n)
{
	if (!x->in) {
		out_bytes(x->out, span_make(p, n));
		return;
	}
	struct span s = cur_take(x->in, n);
	if (s.n)
		memcpy(p, s.p, s.n);
}

static void session_fields(struct io *x, struct wire_redir_msg *m)
{
	uint32_t n = (uint32_t)m->data.n;
	uint8_t oem = (uint8_t)n;

	switch (m->type) {
	case WIRE_REDIR_START:
		bytes(x, m->kind, sizeof m->kind);
		break;
	case WIRE_REDIR_STARTED:
		u8(x, &m->started.major);
		u8(x, &m->started.minor);
		u8(x, &m->started.fw_major);
		u8(x, &m->started.fw_minor);
		u32(x, &m->started.iana);
		u8(x, &oem);
		break;
	case WIRE_REDIR_AUTH:
	case WIRE_REDIR_AUTH_REPLY:
		u8(x, &m->method);
		u32(x, &n);
		break;
	default:
		break;
	}
}

static void sol_fields(struct io *x, struct wire_redir_msg *m)
{
	struct wire_redir_sol_open *s = &m->sol_open;
	uint16_t n = (uint16_t)m->data.n;

	switch (m->type) {
	case WIRE_REDIR_SOL_OPEN:
		u16(x, &s->max_tx);
		u16(x, &s->tx_ms);
		u16(x, &s->tx_overflow_ms);
		u16(x, &s->rx_ms);
		u16(x, &s->rx_flush_ms);
		u16(x, &s->heartbeat_ms);
		u32(x, &s->reserved);
		break;
	case WIRE_REDIR_SOL_OPENED:
		bytes(x, m->sol_opened, sizeof m->sol_opened);
		break;
	case WIRE_REDIR_SOL_LINES:
		bytes(x, m->lines, sizeof m->lines);
		break;
	case WIRE_REDIR_SOL_CONTROL:
		u8(x, &m->control.control);
		u8(x, &m->control.status);
		break;
	case WIRE_REDIR_SOL_TO_HOST:
	case WIRE_REDIR_SOL_FROM_HOST:
		u16(x, &n);
		break;
	default:
		break;
	}
}

static void ider_opened_fields(struct io *x, struct wire_redir_msg *m)
{
	struct wire_redir_ider_opened *r = &m->ider_opened;
	uint8_t oem = (uint8_t)m->data.n;

	u8(x, &r->major);
	u8(x, &r->minor);
	u8(x, &r->fw_major);
	u8(x, &r->fw_minor);
	bytes(x, r->unknown_a, sizeof r->unknown_a);
	u16(x, &r->read_max);
	u16(x, &r->write_max);
	u8(x, &r->unknown_b);
	u8(x, &r->protocol);
	bytes(x, r->unknown_c, sizeof r->unknown_c);
	u32(x, &r->iana);
	u8(x, &oem);
}

static void ata_fields(struct io *x, struct wire_redir_msg *m)
{
	struct wire_redir_ata *a = &m->ata;
	bool has_data = m->type == WIRE_REDIR_IDER_FROM_HOST || m->type == WIRE_REDIR_IDER_TO_HOST;
	uint16_t n = (uint16_t)m->data.n;

	u8(x, &a->cable);
	u16(x, has_data ? &n : &a->size);
	u8(x, &a->spare);
	if (m->type != WIRE_REDIR_IDER_FROM_HOST) {
		bytes(x, a->in, sizeof a->in);
		bytes(x, a->out, sizeof a->out);
		bytes(x, a->sense, sizeof a->sense);
	}
	if (m->type == WIRE_REDIR_IDER_TO_HOST)
		bytes(x, a->pad, 3);
	else if (m->type == WIRE_REDIR_IDER_FROM_HOST)
		bytes(x, a->pad, 2);
}

static void command_fields(struct io *x, struct wire_redir_command *c)
{
	u8(x, &c->cable);
	u8(x, &c->features);
	u8(x, &c->count);
	u8(x, &c->sector);
	u16(x, &c->bytes);
	u8(x, &c->drive);
	u8(x, &c->command);
	bytes(x, c->cdb, sizeof c->cdb);
}

static void ider_fields(struct io *x, struct wire_redir_msg *m)
{
	switch (m->type) {
	case WIRE_REDIR_IDER_OPEN:
		u16(x, &m->ider_open.rx_ms);
		u16(x, &m->ider_open.tx_ms);
		u16(x, &m->ider_open.heartbeat_ms);
		u32(x, &m->ider_open.version);
		break;
	case WIRE_REDIR_IDER_OPENED:
		ider_opened_fields(x, m);
		break;
	case WIRE_REDIR_IDER_RESET:
		u8(x, &m->reset_mask);
		break;
	case WIRE_REDIR_IDER_FEATURES:
	case WIRE_REDIR_IDER_FEATURES_REPLY:
		u8(x, &m->features.sub);
		if (m->features.has_value)
			u32(x, &m->features.value);
		break;
	case WIRE_REDIR_IDER_ERROR:
		u8(x, &m->error.reason);
		bytes(x, m->error.more, sizeof m->error.more);
		break;
	case WIRE_REDIR_IDER_COMMAND:
		command_fields(x, &m->command);
		break;
	case WIRE_REDIR_IDER_RESPONSE:
	case WIRE_REDIR_IDER_GET:
	case WIRE_REDIR_IDER_FROM_HOST:
	case WIRE_REDIR_IDER_TO_HOST:
		ata_fields(x, m);
		break;
	default:
		break;
	}
}

static void fields(struct io *x, struct wire_redir_msg *m)
{
	bytes(x, m->head, sizeof m->head);
	if (m->type < WIRE_REDIR_SOL_OPEN) {
		session_fields(x, m);
		return;
	}
	u32(x, &m->seq);
	if (m->type < WIRE_REDIR_IDER_OPEN)
		sol_fields(x, m);
	else if (m->session != WIRE_REDIR_KVM)
		ider_fields(x, m);
}

/* ---- parse ---- */

/* Bytes behind the fixed part, which is there. */
static uint32_t tail_size(const struct wire_redir_row *r, struct span in)
{
	struct cur c = cur_make(in);

	switch (r->tail) {
	case WIRE_REDIR_AT5:
		c.at = 5;
		return cur_le32(&c);
	case WIRE_REDIR_AT8:
		c.at = 8;
		return cur_le16(&c);
	case WIRE_REDIR_AT9:
		c.at = 9;
		return cur_le16(&c);
	case WIRE_REDIR_LAST:
		return in.p[r->fixed - 1];
	case WIRE_REDIR_SUB:
		/* 2 comes in both sizes: with 9 bytes another message begins behind it, or nothing does. */
		if (in.p[8] == 2 && in.n > 9)
			return wire_redir_find(in.p[9], WIRE_REDIR_IDER) ? 0 : 4;
		return in.p[8] == 3 ? 4 : 0;
	case WIRE_REDIR_FIXED:
		break;
	}
	return 0;
}

static bool is_failed_start(struct span in)
{
	return in.n >= 4 && in.p[0] == WIRE_REDIR_STARTED && in.p[1] != WIRE_REDIR_OK;
}

static enum wire_got failed_start(struct span in, struct wire_redir_msg *m, size_t *out_used)
{
	size_t n = in.n;

	if (n >= 13 && n > 13u + in.p[12])
		n = 13u + in.p[12];
	memcpy(m->head, in.p + 1, sizeof m->head);
	m->data = span_make(in.p + 4, n - 4);
	*out_used = n;
	return WIRE_DONE;
}

static enum wire_got unknown(uint8_t type, enum wire_redir_session s, struct err *e)
{
	err_set(e, ERR_MALFORMED, "a redirection message of unknown type 0x%02X", type);
	err_seen(e, "0x%02X, session %s", type, wire_redir_session_name(s));
	return WIRE_BAD;
}

enum wire_got wire_redir_parse(struct span in, enum wire_redir_session s,
			       struct wire_redir_msg *out_msg, size_t *out_used, struct err *e)
{
	struct cur c = cur_make(in);
	struct io x = { .in = &c };
	const struct wire_redir_row *r;
	uint32_t tail;

	memset(out_msg, 0, sizeof *out_msg);
	*out_used = 0;
	if (in.n == 0)
		return WIRE_MORE;
	r = wire_redir_find(in.p[0], s);
	if (!r)
		return unknown(in.p[0], s, e);
	out_msg->type = cur_u8(&c);
	out_msg->session = s;
	if (is_failed_start(in))
		return failed_start(in, out_msg, out_used);
	if (in.n < r->fixed)
		return WIRE_MORE;
	tail = tail_size(r, in);
	if (r->tail == WIRE_REDIR_AT5 && tail > LIMIT_REDIR_AUTH_BYTES) {
		err_set(e, ERR_LIMIT, "a redirection login of %u bytes", tail);
		err_want(e, "at most %d", LIMIT_REDIR_AUTH_BYTES);
		return WIRE_BAD;
	}
	if (in.n - r->fixed < tail)
		return WIRE_MORE;
	*out_used = r->fixed + (size_t)tail;
	out_msg->features.has_value = r->type == WIRE_REDIR_IDER_FEATURES_REPLY ||
		(r->tail == WIRE_REDIR_SUB && tail == 4);
	if (r->tail != WIRE_REDIR_SUB && tail > 0)
		out_msg->data = span_make(in.p + r->fixed, tail);
	fields(&x, out_msg);
	return WIRE_DONE;
}

/* ---- emit ---- */

static size_t tail_max(enum wire_redir_tail t)
{
	switch (t) {
	case WIRE_REDIR_AT5:
		return LIMIT_REDIR_AUTH_BYTES;
	case WIRE_REDIR_AT8:
	case WIRE_REDIR_AT9:
		return UINT16_MAX;
	case WIRE_REDIR_LAST:
		return UINT8_MAX;
	default:
		return 0;
	}
}

bool wire_redir_emit(struct out *o, const struct wire_redir_msg *msg)
{
	const struct wire_redir_row *r = wire_redir_find(msg->type, msg->session);
	struct wire_redir_msg m = *msg;
	struct io x = { .out = o };
	bool failed = msg->type == WIRE_REDIR_STARTED && msg->head[0] != WIRE_REDIR_OK;

	if (!r || (!failed && msg->data.n > tail_max(r->tail)))
		return false;
	out_u8(o, msg->type);
	if (failed)
		out_bytes(o, span_make(m.head, sizeof m.head));
	else {
		if (m.type == WIRE_REDIR_IDER_FEATURES_REPLY)
			m.features.has_value = true;
		fields(&x, &m);
	}
	out_bytes(o, msg->data);
	return !o->bad;
}
