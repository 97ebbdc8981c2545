/* Entry of the firmware: one HTTP request in, the bytes of the reply out. Decides what path it is,
 * asks fw_auth.c for the login and fw_dispatch.c for the answer. Called by conn.c. No sockets, no
 * clock: conn.c gives the time and does what fw_http_out asks for. */
#include "base/limits.h"
#include "base/str.h"
#include "sim/fw_eoi_priv.h"
#include "sim/fw_http_priv.h"
#include "sim/fw_page_priv.h"
#include "sim/fw_priv.h"
#include "sim/fw_storage_priv.h"

#define ONE_CHUNK_MAX 0x513 /* seen: up to here in one chunk */
#define CHUNK_FIRST   0x220
#define CHUNK_NEXT    0x2FA
#define STORAGE_BYTES ((size_t)128 * 1024)

static void refuse_html(struct sim_dev *d, unsigned status, const char *text, struct fw_http_out *h,
			struct out *reply)
{
	h->status = status;
	h->close = true;
	sim_fw_page_html(d, status, text, reply);
}

typedef void head_fn(const struct sim_dev *d, unsigned status, int64_t unix_ms, bool close,
		     size_t length, struct out *o);

static void soap_reply(struct sim_dev *d, const struct fw_http_in *in, head_fn *head,
		       struct span body, struct fw_http_out *h, struct out *reply)
{
	size_t first = body.n > ONE_CHUNK_MAX ? CHUNK_FIRST : 0;
	size_t next = body.n > ONE_CHUNK_MAX ? CHUNK_NEXT : 0;
	int64_t tiny = sim_fault_n(d, SIM_FAULT_CHUNK1, 0);

	if (tiny > 0)
		first = next = (size_t)tiny;
	h->close = h->status != 200;
	if (sim_fault_hit(d, SIM_FAULT_GARBAGE, NULL))
		body = span_str("<Envelope><Body>\x01 0 <& this is no XML");
	head(d, h->status, in->now_unix_ms + d->clock_offset_ms, h->close, body.n, reply);
	if (sim_gen_chunked(d))
		wire_http1_emit_chunked(reply, body, first, next);
	else
		out_bytes(reply, body);
}

/* False when the peer must log in first; the 401 is written. */
static bool logged_in(struct sim_dev *d, const struct fw_http_in *in, struct fw_http_out *h,
		      struct out *reply)
{
	struct fw_login_in login = {
		.session = in->session,
		.unlocked = in->unlocked,
		.user = in->user,
		.authorization = wire_http1_header(in->msg, "Authorization"),
		.method = in->msg->method,
		.target = in->msg->target,
		.body = in->body,
		.now_mono_ms = in->now_mono_ms,
	};
	enum fw_login got = sim_fw_login(d, &login, &h->user);
	char challenge[256];
	struct out o;

	h->unlocked = got == FW_LOGIN_OK && in->session != SIM_SESSION_CLEAR;
	if (got == FW_LOGIN_OK)
		return true;
	if (got == FW_LOGIN_CHALLENGE)
		d->stats.challenges++;
	out_init(&o, challenge, sizeof challenge);
	sim_fw_challenge(d, in->now_mono_ms, &o);
	h->status = 401;
	h->close = true;
	sim_fw_page_401(d, challenge, reply);
	return false;
}

static void wsman(struct sim_dev *d, const struct fw_http_in *in, struct fw_http_out *h,
		  struct out *reply)
{
	struct arena a;
	struct wsman_msg m;
	struct buf body;
	struct out o;
	struct err e = { 0 };
	struct fw_ctx x = { .d = d,
			    .a = &a,
			    .m = &m,
			    .session = in->session,
			    .peer = in->peer,
			    .now_mono_ms = in->now_mono_ms,
			    .now_unix_ms = in->now_unix_ms };

	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	buf_init(&body, LIMIT_XML_BYTES);
	out_init_buf(&o, &body);
	bool parsed = wsman_envelope_parse(in->body, &a, &m, &e);
	bool free_for_all = parsed && m.op == WSMAN_OP_IDENTIFY && !m.is_reply;
	if (!free_for_all && !logged_in(d, in, h, reply))
		goto out;
	if (!parsed) {
		refuse_html(d, 400, "Bad request.", h, reply);
		goto out;
	}
	x.user = h->user;
	h->status = sim_fw_dispatch(&x, &o);
	str_copy(h->cls, sizeof h->cls, span_str(m.class_name));
	str_copy(h->method, sizeof h->method,
		 span_str(*m.method ? m.method : wsman_envelope_op_name(m.op)));
	h->delay_ms = x.delay_ms;
	h->effects = x.effects;
	h->to_state = x.to_state;
	h->committed = x.committed;
	if (h->status == 503)
		refuse_html(d, 503, "The service is busy.", h, reply);
	else
		soap_reply(d, in, sim_fw_page_soap_head, buf_span(&body), h, reply);
out:
	buf_wipe(&body);
	arena_deinit(&a);
}

static void eoi(struct sim_dev *d, const struct fw_http_in *in, enum wsman_eoi_service service,
		struct fw_http_out *h, struct out *reply)
{
	struct arena a;
	struct wsman_eoi_msg m;
	struct buf body;
	struct out o;
	struct err e = { 0 };
	struct fw_eoi_ctx x = {
		.d = d, .a = &a, .m = &m, .service = service, .now_unix_ms = in->now_unix_ms
	};

	if (!logged_in(d, in, h, reply))
		return;
	x.user = h->user;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	buf_init(&body, LIMIT_XML_BYTES);
	out_init_buf(&o, &body);
	if (wsman_eoi_parse(in->body, &a, &m, &e)) {
		h->status = sim_fw_eoi(&x, wire_http1_header(in->msg, "SOAPAction"), &o);
		str_copy(h->cls, sizeof h->cls, span_str(wsman_eoi_service_at(service)->name));
		str_copy(h->method, sizeof h->method, span_str(m.op));
		soap_reply(d, in, sim_fw_page_eoi_head, buf_span(&body), h, reply);
	} else {
		refuse_html(d, 400, "Bad request.", h, reply);
	}
	buf_deinit(&body);
	arena_deinit(&a);
}

static void page(struct sim_dev *d, const struct fw_http_in *in, struct fw_http_out *h,
		 struct out *reply)
{
	struct span target = in->msg->target;
	bool webui = str_eq(sim_var_active(d, SIM_VAR_WEBUI), "2");

	if (!webui) {
		refuse_html(d, 404, "Page not found: browser access is disabled.", h, reply);
	} else if (span_eq_str(target, "/")) {
		h->status = 303;
		sim_fw_page_303(d, "/logon.htm", reply);
	} else if (span_eq_str(target, "/logon.htm")) {
		refuse_html(d, 200, "Log on to the device.", h, reply);
	} else if (span_eq_str(target, "/index.htm")) {
		if (logged_in(d, in, h, reply))
			refuse_html(d, 200, "System status.", h, reply);
	} else {
		refuse_html(d, 404, "Page not found.", h, reply);
	}
}

static void storage(struct sim_dev *d, const struct fw_http_in *in, struct fw_http_out *h,
		    struct out *reply)
{
	struct buf body;

	if (!logged_in(d, in, h, reply))
		return;
	buf_init(&body, STORAGE_BYTES);
	h->status = sim_fw_storage(d, in, &body);
	out_fmt(reply,
		"HTTP/1.1 %u %s\r\nContent-Type: application/octet-stream\r\n"
		"Content-Length: %zu\r\n\r\n",
		h->status, h->status == 200 ? "OK" : "Refused", body.n);
	out_bytes(reply, buf_span(&body));
	buf_deinit(&body);
}

void sim_fw_http(struct sim_dev *d, const struct fw_http_in *in, struct fw_http_out *out_h,
		 struct out *reply)
{
	struct span method = in->msg->method, target = in->msg->target;
	bool post = span_eq_str(method, "POST");
	enum wsman_eoi_service service;

	*out_h = (struct fw_http_out){ .unlocked = in->unlocked, .user = in->user };
	if (sim_fault_hit(d, SIM_FAULT_HTTP_500, NULL))
		refuse_html(d, 500, "Internal error.", out_h, reply);
	else if (post && d->gen->wsman.is && span_eq_str(target, "/wsman"))
		wsman(d, in, out_h, reply);
	else if (post && sim_gen_eoi(d) && wsman_eoi_service_find(target, &service))
		eoi(d, in, service, out_h, reply);
	else if (sim_fw_storage_has(d, target))
		storage(d, in, out_h, reply);
	else if (span_eq_str(method, "GET"))
		page(d, in, out_h, reply);
	else
		refuse_html(d, 404, "Page not found.", out_h, reply);
	if (in->msg->close)
		out_h->close = true;
}
