/* What redirection messages say, for people and as JSON: `decode redir` prints with it. Unknown bytes
 * are shown as such; passwords only when asked for. */
#include "wire/redir_auth.h"

const char *wire_redir_status_name(uint8_t status)
{
	static const struct wire_show_name names[] = {
		{ WIRE_REDIR_OK, "success" },  { WIRE_REDIR_UNKNOWN, "unknown session type" },
		{ WIRE_REDIR_BUSY, "busy" },   { WIRE_REDIR_DISABLED, "disabled" },
		{ WIRE_REDIR_ERROR, "error" }, { 0, NULL }
	};

	return wire_show_name(names, status);
}

static const struct wire_show_name methods[] = { { WIRE_REDIR_QUERY, "query" },
						 { WIRE_REDIR_BASIC, "password in clear" },
						 { WIRE_REDIR_KERBEROS, "Kerberos" },
						 { WIRE_REDIR_DIGEST_OLD, "digest without qop" },
						 { WIRE_REDIR_DIGEST, "digest with qop" },
						 { 0, NULL } };

static void text_if(struct wire_show *s, const char *key, struct span v)
{
	if (v.n)
		wire_show_text(s, key, v);
}

static void hex_if(struct wire_show *s, const char *key, struct span v)
{
	if (v.n)
		wire_show_hex(s, key, v);
}

static void print_auth(struct wire_show *s, const struct wire_redir_msg *m, bool secrets)
{
	static const struct wire_show_name status[] = {
		{ WIRE_REDIR_AUTH_OK, "success" },
		{ WIRE_REDIR_AUTH_FAIL, "failed, or a challenge" },
		{ WIRE_REDIR_AUTH_UNSUPPORTED, "not supported" },
		{ 0, NULL }
	};
	struct wire_redir_auth a;

	if (m->type == WIRE_REDIR_AUTH_REPLY)
		wire_show_code(s, "status", m->head[0], wire_show_name(status, m->head[0]));
	wire_show_code(s, "method", m->method, wire_show_name(methods, m->method));
	if (!wire_redir_auth_parse(m, &a, NULL)) {
		wire_show_num(s, "unreadable_bytes", m->data.n);
		return;
	}
	hex_if(s, "methods", a.methods);
	if (a.token.n)
		wire_show_num(s, "token_bytes", a.token.n);
	text_if(s, "user", a.user);
	if (a.method == WIRE_REDIR_BASIC && secrets)
		text_if(s, "password", a.password);
	text_if(s, "realm", a.realm);
	text_if(s, "nonce", a.nonce);
	text_if(s, "uri", a.uri);
	text_if(s, "cnonce", a.cnonce);
	text_if(s, "nc", a.nc);
	if (a.response.n) /* who has it can try passwords on it */
		wire_show_text(s, "response", secrets ? a.response : span_str("(hidden)"));
	text_if(s, "qop", a.qop);
}

static void print_session(struct wire_show *s, const struct wire_redir_msg *m, bool secrets)
{
	switch (m->type) {
	case WIRE_REDIR_START:
		wire_show_text(s, "session", span_make(m->kind, sizeof m->kind));
		wire_show_num(s, "version", m->head[0]);
		break;
	case WIRE_REDIR_STARTED:
		wire_show_code(s, "status", m->head[0], wire_redir_status_name(m->head[0]));
		if (m->head[0] == WIRE_REDIR_OK) {
			wire_show_num(s, "major", m->started.major);
			wire_show_num(s, "minor", m->started.minor);
			wire_show_num(s, "firmware_major", m->started.fw_major);
			wire_show_num(s, "firmware_minor", m->started.fw_minor);
			wire_show_num(s, "iana", m->started.iana);
		}
		hex_if(s, "rest", m->data);
		break;
	case WIRE_REDIR_AUTH:
	case WIRE_REDIR_AUTH_REPLY:
		print_auth(s, m, secrets);
		break;
	default:
		break;
	}
}

static void print_bits(struct wire_show *s, const char *key, const struct wire_show_name *bits,
		       uint8_t v)
{
	char text[160];
	struct out o;

	out_init(&o, text, sizeof text);
	for (; bits->name; bits++)
		if (v & bits->code)
			out_fmt(&o, "%s%s", o.n ? ", " : "", bits->name);
	wire_show_code(s, key, v, o.n ? text : NULL);
}

static void print_control(struct wire_show *s, const struct wire_redir_sol_control_msg *c)
{
	static const struct wire_show_name controls[] = { { WIRE_REDIR_RTS, "RTS" },
							  { WIRE_REDIR_DTR, "DTR" },
							  { WIRE_REDIR_BREAK, "break" },
							  { 0, NULL } };
	static const struct wire_show_name status[] = {
		{ WIRE_REDIR_TX_OVERFLOW, "bytes dropped" },
		{ WIRE_REDIR_LOOPBACK, "loopback" },
		{ WIRE_REDIR_POWER_ON, "powered on" },
		{ WIRE_REDIR_RX_FLUSH, "host reads nothing" },
		{ WIRE_REDIR_TEST_MODE, "test mode" },
		{ 0, NULL }
	};

	print_bits(s, "controls", controls, c->control);
	print_bits(s, "status", status, c->status);
}

static void print_sol(struct wire_show *s, const struct wire_redir_msg *m)
{
	const struct wire_redir_sol_open *p = &m->sol_open;

	switch (m->type) {
	case WIRE_REDIR_SOL_OPEN:
		wire_show_num(s, "max_tx_bytes", p->max_tx);
		wire_show_num(s, "tx_ms", p->tx_ms);
		wire_show_num(s, "tx_overflow_ms", p->tx_overflow_ms);
		wire_show_num(s, "rx_ms", p->rx_ms);
		wire_show_num(s, "rx_flush_ms", p->rx_flush_ms);
		wire_show_num(s, "heartbeat_ms", p->heartbeat_ms);
		break;
	case WIRE_REDIR_SOL_OPENED:
		wire_show_code(s, "status", m->head[0], m->head[0] ? "failed" : "success");
		wire_show_hex(s, "settings", span_make(m->sol_opened, sizeof m->sol_opened));
		break;
	case WIRE_REDIR_SOL_LINES:
		wire_show_hex(s, "lines", span_make(m->lines, sizeof m->lines));
		break;
	case WIRE_REDIR_SOL_CONTROL:
		print_control(s, &m->control);
		break;
	case WIRE_REDIR_SOL_TO_HOST:
	case WIRE_REDIR_SOL_FROM_HOST:
		wire_show_num(s, "bytes", m->data.n);
		text_if(s, "data", m->data);
		break;
	default:
		break;
	}
}

static void print_ata(struct wire_show *s, const struct wire_redir_msg *m)
{
	const struct wire_redir_ata *a = &m->ata;
	bool has_data = m->type == WIRE_REDIR_IDER_FROM_HOST || m->type == WIRE_REDIR_IDER_TO_HOST;

	wire_show_num(s, "bytes", has_data ? m->data.n : a->size);
	if (m->type == WIRE_REDIR_IDER_FROM_HOST)
		return;
	wire_show_bool(s, "last", m->head[2] & WIRE_REDIR_ATTR_LAST);
	wire_show_bool(s, "dma", m->head[2] & WIRE_REDIR_ATTR_DMA);
	wire_show_hex(s, "registers_in", span_make(a->in, sizeof a->in));
	wire_show_hex(s, "registers_out", span_make(a->out, sizeof a->out));
	wire_show_hex(s, "sense", span_make(a->sense, sizeof a->sense));
}

static void print_opened(struct wire_show *s, const struct wire_redir_msg *m)
{
	const struct wire_redir_ider_opened *r = &m->ider_opened;

	wire_show_code(s, "status", m->head[0], m->head[0] ? "failed" : "success");
	wire_show_num(s, "major", r->major);
	wire_show_num(s, "minor", r->minor);
	wire_show_num(s, "firmware_major", r->fw_major);
	wire_show_num(s, "firmware_minor", r->fw_minor);
	wire_show_num(s, "read_buffer", r->read_max);
	wire_show_num(s, "write_buffer", r->write_max);
	wire_show_num(s, "protocol", r->protocol);
	wire_show_num(s, "iana", r->iana);
	hex_if(s, "oem", m->data);
}

static void print_ider(struct wire_show *s, const struct wire_redir_msg *m)
{
	static const struct wire_show_name subs[] = {
		{ 1, "supported" }, { 2, "state" }, { 3, "set" }, { 0, NULL }
	};

	switch (m->type) {
	case WIRE_REDIR_IDER_OPEN:
		wire_show_num(s, "rx_ms", m->ider_open.rx_ms);
		wire_show_num(s, "tx_ms", m->ider_open.tx_ms);
		wire_show_num(s, "heartbeat_ms", m->ider_open.heartbeat_ms);
		wire_show_num(s, "version", m->ider_open.version);
		break;
	case WIRE_REDIR_IDER_OPENED:
		print_opened(s, m);
		break;
	case WIRE_REDIR_IDER_RESET:
		wire_show_num(s, "mask", m->reset_mask);
		break;
	case WIRE_REDIR_IDER_FEATURES:
	case WIRE_REDIR_IDER_FEATURES_REPLY:
		wire_show_code(s, "sub", m->features.sub, wire_show_name(subs, m->features.sub));
		if (m->features.has_value)
			wire_show_num(s, "value", m->features.value);
		break;
	case WIRE_REDIR_IDER_ERROR:
		wire_show_num(s, "reason", m->error.reason);
		break;
	case WIRE_REDIR_IDER_COMMAND:
		wire_show_code(s, "drive", m->command.drive,
			       m->command.drive & 0x10 ? "CD" : "floppy");
		wire_show_bool(s, "dma", m->command.features & 1);
		wire_show_num(s, "bytes", m->command.bytes);
		wire_show_num(s, "command", m->command.command);
		wire_show_hex(s, "cdb", span_make(m->command.cdb, sizeof m->command.cdb));
		break;
	case WIRE_REDIR_IDER_RESPONSE:
	case WIRE_REDIR_IDER_GET:
	case WIRE_REDIR_IDER_FROM_HOST:
	case WIRE_REDIR_IDER_TO_HOST:
		print_ata(s, m);
		break;
	default:
		break;
	}
}

void wire_redir_print(struct wire_show *s, const struct wire_redir_msg *msg, bool secrets)
{
	const struct wire_redir_row *r = wire_redir_find(msg->type, msg->session);

	wire_show_open(s, NULL, r ? r->name : "unknown");
	wire_show_code(s, "type", msg->type, r ? r->name : NULL);
	if (msg->type >= WIRE_REDIR_SOL_OPEN && msg->session != WIRE_REDIR_KVM)
		wire_show_num(s, "sequence", msg->seq);
	if (msg->type < WIRE_REDIR_SOL_OPEN)
		print_session(s, msg, secrets);
	else if (msg->type < WIRE_REDIR_IDER_OPEN)
		print_sol(s, msg);
	else if (msg->session == WIRE_REDIR_IDER)
		print_ider(s, msg);
	wire_show_close(s);
}
