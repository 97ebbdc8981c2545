/* Operations on the audit log of a PC (AMT_AuditLog; wsman 3.2): "auditlog.read", "auditlog.clear",
 * "auditlog.export", "auditlog.sign", "auditlog.policy". Records come oldest first; "from" begins at a later one, so that
 * who has read the log before reads only what is new. */
#include "amt/op_priv.h"
#include "base/str.h"
#include "wire/audit_events.h"
#include "wire/audit_record.h"

#define CLS         "AMT_AuditLog"
#define RULE        "AMT_AuditPolicyRule"
#define RECORDS_MAX 20000u
#define TEXT_MAX    4096

struct reading {
	uint32_t at, shown, limit; /* number of the next record, from 1 */
};

/* ---- rows ---- */

static void put_user(struct amt_op *o, const struct wire_audit_record *r)
{
	char text[2 * 255 + 1] = "";
	struct out t;

	out_init(&t, text, sizeof text);
	if (r->by == WIRE_AUDIT_KERBEROS)
		out_hex(&t, r->user);
	else
		out_safe(&t, r->user);
	amt_op_text(o, "user", text);
}

static void put_span(struct amt_op *o, const char *key, struct span s, bool hex)
{
	char text[2 * 1024 + 1] = "";
	struct out t;

	out_init(&t, text, sizeof text);
	if (hex)
		out_hex(&t, s);
	else
		out_safe(&t, s);
	amt_op_text(o, key, text);
}

static void show(struct amt_op *o, uint32_t number, const struct wire_audit_record *r,
		 struct span raw)
{
	const char *app = wire_audit_record_app_name(r->app),
		   *event = wire_audit_record_event_name(r->app, r->event),
		   *by = wire_show_name(wire_audit_events_by, r->by);
	char at[WIRE_SHOW_TIME_SIZE], text[TEXT_MAX] = "";
	struct out t;

	wire_show_time_text(r->time, at);
	amt_op_begin(o, "");
	amt_op_number(o, "number", number);
	amt_op_text(o, "time", at);
	amt_op_text(o, "application", app ? app : "unknown");
	amt_op_text(o, "event", event ? event : "unknown");
	if (by)
		amt_op_text(o, "by", by);
	put_user(o, r);
	put_span(o, "address", r->address, false);
	out_init(&t, text, sizeof text - 1);
	wire_audit_record_details(&t, r);
	amt_op_text(o, "details", text);
	amt_op_number(o, "app_id", r->app);
	amt_op_number(o, "event_id", r->event);
	put_span(o, "data", r->data, true);
	put_span(o, "raw", raw, true);
	amt_op_emit(o);
}

/* ---- reading ---- */

static bool take(struct amt_op *o, const char *text)
{
	struct reading *s = amt_op_state(o);
	struct wire_audit_record r;
	struct err e = { 0 };
	uint8_t b[1024];
	size_t n, used;

	if (!text || !b64_decode(span_str(text), b, sizeof b, &n)) {
		err_set(&e, ERR_MALFORMED, "record %u of the audit log is no base64", s->at);
		err_seen(&e, "%.60s", text ? text : "nothing");
	} else if (wire_audit_record_parse(span_make(b, n), &r, &used, &e) == WIRE_DONE) {
		show(o, s->at++, &r, span_make(b, used));
		s->shown++;
		return true;
	}
	amt_op_fail(o, &e);
	return false;
}

static void on_records(struct amt_op *o, const struct amt_reply *r);

static void read_on(struct amt_op *o)
{
	struct reading *s = amt_op_state(o);
	struct wsman_obj *in = amt_op_input(o, CLS, "ReadRecords");

	wsman_obj_set_u32(in, "StartIndex", s->at);
	amt_op_ask(o, CLS, "ReadRecords", in, on_records);
}

static void on_records(struct amt_op *o, const struct amt_reply *r)
{
	struct reading *s = amt_op_state(o);
	struct wsman_obj *out;
	uint32_t total = 0, before = s->at;

	if (!amt_op_obj(o, r, &out))
		return;
	wsman_obj_u32(out, "TotalRecordCount", &total);
	for (const struct wsman_val *v = wsman_obj_vals(out, "EventRecords");
	     v && s->shown < s->limit; v = v->next)
		if (!take(o, v->text))
			return;
	if (s->at == before || s->at > total || s->shown >= s->limit)
		amt_op_end(o);
	else
		read_on(o);
}

static void on_log(struct amt_op *o, const struct amt_reply *r)
{
	struct reading *s = amt_op_state(o);
	struct wsman_obj *log;
	uint32_t count = 0;

	if (!amt_op_obj(o, r, &log))
		return;
	wsman_obj_u32(log, "CurrentNumberOfRecords", &count);
	if (!count || s->at > count) {
		amt_op_end(o);
		return;
	}
	if (*amt_op_arg(o, "limit") && !*amt_op_arg(o, "from") && count > s->limit)
		s->at = count - s->limit + 1; /* the newest so many */
	read_on(o);
}

/* Releases before 4.0 have no such class. */
static bool has_none(struct amt_op *o, const struct amt_reply *r, const struct err *e)
{
	struct err own = { 0 };

	(void)r;
	if (e->code != ERR_FAULT || !str_eq(e->seen, "DestinationUnreachable"))
		return false;
	err_set(&own, ERR_UNSUPPORTED, "this firmware has no audit log (%s)", CLS);
	err_want(&own, "AMT 4.0 or later");
	amt_op_fail(o, &own);
	return true;
}

static void get_log(struct amt_op *o, amt_op_step_fn *next)
{
	amt_op_on_error(o, has_none);
	amt_op_get(o, CLS, next);
}

static void start_read(struct amt_op *o)
{
	struct reading *s = amt_op_state(o);
	struct err e = { 0 };

	s->at = 1;
	s->limit = RECORDS_MAX;
	if (!amt_op_arg_u32(o, "from", 1, UINT32_MAX, &s->at, &e) ||
	    !amt_op_arg_u32(o, "limit", 1, RECORDS_MAX, &s->limit, &e))
		amt_op_fail(o, &e);
	else
		get_log(o, on_log);
}

const struct amt_op_fns amt_op_auditlog_read = { sizeof(struct reading), start_read, NULL };

/* ---- changes ---- */

static void on_changed(struct amt_op *o, const struct amt_reply *r)
{
	(void)r;
	amt_op_end(o);
}

static void start_clear(struct amt_op *o)
{
	amt_op_invoke(o, CLS, "ClearLog", NULL, on_changed);
}

const struct amt_op_fns amt_op_auditlog_clear = { 0, start_clear, NULL };

/* ---- the signature over it ---- */

static void put(struct amt_op *o, const struct wsman_obj *out, const char *key, const char *prop)
{
	const char *v = wsman_obj_str(out, prop);

	if (v)
		amt_op_text(o, key, v);
}

/* Of the certificates, which come as one row of bytes: "812 790". */
static void put_lengths(struct amt_op *o, const struct wsman_obj *out)
{
	char text[128];
	struct out t;

	out_init(&t, text, sizeof text - 1);
	memset(text, 0, sizeof text);
	for (const struct wsman_val *v = wsman_obj_vals(out, "LengthOfCertificates"); v;
	     v = v->next)
		out_fmt(&t, "%s%s", out_len(&t) ? " " : "", v->text ? v->text : "");
	amt_op_text(o, "certificate_lengths", text);
}

static void on_signature(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *out;
	uint32_t total = 0;

	if (!amt_op_obj(o, r, &out))
		return;
	amt_op_begin(o, "");
	if (wsman_obj_u32(out, "TotalRecordCount", &total))
		amt_op_number(o, "records", total);
	put(o, out, "first", "StartLogTime");
	put(o, out, "last", "EndLogTime");
	put(o, out, "made", "GenerationTime");
	put(o, out, "uuid", "UUID");
	put(o, out, "fqdn", "FQDN");
	put(o, out, "mechanism", "SignatureMechanism");
	put(o, out, "signature", "Signature");
	put(o, out, "certificates", "Certificates");
	put_lengths(o, out);
	amt_op_emit(o);
	amt_op_end(o);
}

/* The signature alone: the records are those of auditlog.read. */
static void start_export(struct amt_op *o)
{
	struct wsman_obj *in = amt_op_input(o, CLS, "ExportAuditLogSignature");
	uint32_t mechanism = 1; /* RSA with SHA-256 */
	struct err e = { 0 };

	if (!amt_op_arg_u32(o, "mechanism", 0, 2, &mechanism, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	wsman_obj_set_u32(in, "SigningMechanism", mechanism);
	amt_op_invoke(o, CLS, "ExportAuditLogSignature", in, on_signature);
}

const struct amt_op_fns amt_op_auditlog_export = { 0, start_export, NULL };

/* Lengths are those of the certificates, leaf first: "812 790". */
static void start_sign(struct amt_op *o)
{
	struct wsman_obj *in = amt_op_input(o, CLS, "SetSigningKeyMaterial");
	struct span left = span_str(amt_op_arg(o, "lengths"));
	struct err e = { 0 };

	if (!left.n || !*amt_op_arg(o, "key") || !*amt_op_arg(o, "certificates")) {
		err_set(&e, ERR_INVALID, "a key needs its certificate");
		err_want(&e, "key, certificates and lengths");
		amt_op_fail(o, &e);
		return;
	}
	wsman_obj_set_u32(in, "SigningMechanismType", 1); /* RSA with SHA-256 */
	wsman_obj_set_str(in, "SigningKey", amt_op_arg(o, "key"));
	while (left.n) {
		size_t n = span_find(left, ' ');
		wsman_obj_add_str(in, "LengthOfCertificates",
				  arena_str(amt_op_arena(o), span_make(left.p, n)));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	wsman_obj_set_str(in, "Certificates", amt_op_arg(o, "certificates"));
	amt_op_on_error(o, has_none);
	amt_op_invoke(o, CLS, "SetSigningKeyMaterial", in, on_changed);
}

const struct amt_op_fns amt_op_auditlog_sign = { 0, start_sign, NULL };

/* ---- what is audited: the access monitor ---- */

static void show_state(struct amt_op *o, const struct wsman_obj *log)
{
	static const char *const storage[] = { "never overwrites", "overwrites the oldest",
					       "overwrites the oldest after min_days" };
	uint32_t v, state = 0;

	amt_op_begin(o, "log");
	if (wsman_obj_u32(log, "AuditState", &state)) {
		amt_op_flag(o, "enabled", !(state & 1));
		amt_op_flag(o, "locked", state & 2);
		amt_op_flag(o, "almost_full", state & 4);
		amt_op_flag(o, "full", state & 8);
		amt_op_flag(o, "can_sign", !(state & 16));
	}
	if (wsman_obj_u32(log, "CurrentNumberOfRecords", &v))
		amt_op_number(o, "records", v);
	if (wsman_obj_u32(log, "PercentageFree", &v))
		amt_op_number(o, "percent_free", v);
	if (wsman_obj_u32(log, "StoragePolicy", &v) && v < sizeof storage / sizeof *storage)
		amt_op_text(o, "storage", storage[v]);
	if (wsman_obj_u32(log, "MinDaysToKeep", &v))
		amt_op_number(o, "min_days", v);
	amt_op_emit(o);
}

/* The application in the upper half, as engine/part_audit.c has it. What is no known event that way,
 * but the other way round, is read so. */
static void show_rule(struct amt_op *o, uint32_t id, bool critical)
{
	uint16_t app = (uint16_t)(id >> 16), event = (uint16_t)id;

	if (!wire_audit_events_find(app, event) && wire_audit_events_find(event, app)) {
		app = (uint16_t)id;
		event = (uint16_t)(id >> 16);
	}
	const char *app_name = wire_audit_record_app_name(app),
		   *name = wire_audit_record_event_name(app, event);
	amt_op_begin(o, "event");
	amt_op_number(o, "app_id", app);
	amt_op_number(o, "event_id", event);
	amt_op_text(o, "application", app_name ? app_name : "unknown");
	amt_op_text(o, "event", name ? name : "unknown");
	amt_op_flag(o, "critical", critical);
	amt_op_emit(o);
}

static void on_rule(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *rule;
	uint32_t id;

	if (!amt_op_obj(o, r, &rule))
		return;
	const struct wsman_val *type = wsman_obj_vals(rule, "PolicyType");
	for (const struct wsman_val *v = wsman_obj_vals(rule, "AuditApplicationEventID"); v;
	     v = v->next) {
		if (str_to_u32(span_str(v->text), 0, UINT32_MAX, &id, NULL))
			show_rule(o, id, type && str_eq(type->text, "1"));
		type = type ? type->next : NULL;
	}
	amt_op_end(o);
}

static void on_state(struct amt_op *o, const struct amt_reply *r)
{
	struct wsman_obj *log;

	if (!amt_op_obj(o, r, &log))
		return;
	show_state(o, log);
	amt_op_get(o, RULE, on_rule);
}

static void start_policy(struct amt_op *o)
{
	get_log(o, on_state);
}

const struct amt_op_fns amt_op_auditlog_policy = { 0, start_policy, NULL };
