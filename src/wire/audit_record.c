/* Codec of audit records, and the reader of their extended data by the table of events. Called by
 * `decode audit`. Never refuses a record for a number or data that it does not know. */
#include "wire/audit_record.h"
#include "base/hash.h"
#include "base/str.h"
#include "wire/audit_events.h"

static enum wire_got cut(struct err *e, size_t at, size_t have, const char *inside)
{
	err_set(e, ERR_MALFORMED, "the audit record is cut at offset %zu, inside of %s", have,
		inside);
	err_seen(e, "%zu bytes of %s", have > at ? have - at : 0, inside);
	return WIRE_MORE;
}

static void parse_initiator(struct cur *c, struct wire_audit_record *r)
{
	r->by = cur_u8(c);
	if (r->by == WIRE_AUDIT_KERBEROS)
		r->domain_user = cur_be32(c);
	if (r->by <= WIRE_AUDIT_KERBEROS)
		r->user = cur_take(c, cur_u8(c));
}

enum wire_got wire_audit_record_parse(struct span in, struct wire_audit_record *out_rec,
				      size_t *out_used, struct err *e)
{
	struct wire_audit_record *r = out_rec;
	struct cur c = cur_make(in);
	size_t at;

	memset(r, 0, sizeof *r);
	*out_used = 0;
	r->app = cur_be16(&c);
	r->event = cur_be16(&c);
	at = c.at;
	parse_initiator(&c, r);
	if (c.bad)
		return cut(e, at, in.n, "application, event and initiator");
	at = c.at;
	r->time = cur_be32(&c);
	r->location = cur_u8(&c);
	r->address = cur_take(&c, cur_u8(&c));
	if (c.bad)
		return cut(e, at, in.n, "time and address");
	at = c.at;
	r->data = cur_take(&c, cur_u8(&c));
	if (c.bad)
		return cut(e, at, in.n, "the extended data");
	*out_used = c.at;
	return WIRE_DONE;
}

bool wire_audit_record_emit(struct out *o, const struct wire_audit_record *rec)
{
	if (rec->user.n > UINT8_MAX || rec->address.n > UINT8_MAX || rec->data.n > UINT8_MAX)
		return false;
	out_be16(o, rec->app);
	out_be16(o, rec->event);
	out_u8(o, rec->by);
	if (rec->by == WIRE_AUDIT_KERBEROS)
		out_be32(o, rec->domain_user);
	if (rec->by <= WIRE_AUDIT_KERBEROS) {
		out_u8(o, (uint8_t)rec->user.n);
		out_bytes(o, rec->user);
	}
	out_be32(o, rec->time);
	out_u8(o, rec->location);
	out_u8(o, (uint8_t)rec->address.n);
	out_bytes(o, rec->address);
	out_u8(o, (uint8_t)rec->data.n);
	out_bytes(o, rec->data);
	return !o->bad;
}

const char *wire_audit_record_app_name(uint16_t app)
{
	return wire_show_name(wire_audit_events_apps, app);
}

const char *wire_audit_record_event_name(uint16_t app, uint16_t event)
{
	const struct wire_audit_event *found = wire_audit_events_find(app, event);
	return found ? found->name : NULL;
}

/* S-1-authority-sub-sub..., as Windows writes it; bytes when it is not built like one. */
static void show_sid(struct wire_show *s, const char *key, struct span sid)
{
	char text[256];
	struct out o;
	struct cur c = cur_make(sid);
	uint8_t revision = cur_u8(&c), count = cur_u8(&c);
	uint16_t high = cur_be16(&c);
	uint32_t low = cur_be32(&c);

	if (c.bad || revision != 1 || count > 15 || sid.n != 8 + (size_t)count * 4) {
		wire_show_hex(s, key, sid);
		return;
	}
	out_init(&o, text, sizeof text);
	out_fmt(&o, "S-1-%llu", (unsigned long long)high << 32 | low);
	for (unsigned i = 0; i < count; i++)
		out_fmt(&o, "-%u", cur_le32(&c));
	wire_show_text(s, key, out_span(&o));
}

static void show_ip4(struct wire_show *s, const char *key, struct span v)
{
	char text[16];
	struct out o;

	out_init(&o, text, sizeof text);
	out_fmt(&o, "%u.%u.%u.%u", v.p[0], v.p[1], v.p[2], v.p[3]);
	wire_show_text(s, key, out_span(&o));
}

static void show_ip6(struct wire_show *s, const char *key, struct span v)
{
	char text[40];
	struct out o;

	out_init(&o, text, sizeof text);
	for (size_t i = 0; i < 16; i += 2) {
		out_str(&o, i ? ":" : "");
		out_hex(&o, span_make(v.p + i, 2));
	}
	wire_show_text(s, key, out_span(&o));
}

static void show_guid(struct wire_show *s, const char *key, struct span v)
{
	struct uuid u;
	char text[UUID_TEXT_SIZE];

	uuid_from_smbios(v.p, &u);
	uuid_print(&u, text);
	wire_show_text(s, key, span_str(text));
}

static void show_version(struct wire_show *s, const char *key, struct cur *c)
{
	char text[32];
	struct out o;

	out_init(&o, text, sizeof text);
	for (int i = 0; i < 4; i++)
		out_fmt(&o, "%s%u", i ? "." : "", cur_be16(c));
	if (!c->bad)
		wire_show_text(s, key, out_span(&o));
}

static void show_hash(struct wire_show *s, const char *key, struct cur *c)
{
	uint8_t alg = cur_u8(c);
	struct span digest = cur_take(c, wire_hello_alg_size(alg));

	if (c->bad || !digest.n) {
		c->bad = true;
		return;
	}
	wire_show_code(s, "hash_algorithm", alg, wire_hello_alg_name(alg));
	wire_show_hex(s, key, digest);
}

static void show_serials(struct wire_show *s, const char *key, struct cur *c)
{
	size_t count = cur_u8(c);
	struct span all = cur_take(c, count * 16);

	if (c->bad)
		return;
	wire_show_num(s, "serial_count", count);
	for (size_t i = 0; i < count; i++) {
		char name[32];
		struct out o;
		out_init(&o, name, sizeof name);
		out_fmt(&o, "%s_%zu", key, i + 1);
		wire_show_hex(s, name, span_make(all.p + i * 16, 16));
	}
}

static void show_who(struct wire_show *s, const char *key, struct cur *c)
{
	uint8_t by = cur_u8(c);
	struct span who = cur_take(c, cur_u8(c));
	uint32_t domain_user = by == WIRE_AUDIT_KERBEROS ? cur_be32(c) : 0;

	if (c->bad)
		return;
	wire_show_code(s, "entry", by, wire_show_name(wire_audit_events_by, by));
	if (by == WIRE_AUDIT_KERBEROS) {
		show_sid(s, key, who);
		wire_show_num(s, "domain_user", domain_user);
	} else {
		wire_show_text(s, key, who);
	}
}

static void show_address(struct wire_show *s, const char *key, struct cur *c)
{
	uint8_t kind = cur_u8(c);
	struct span v = cur_take(c, kind == 0 ? 4 : kind == 1 ? 16 : 1);

	c->bad |= kind > 1;
	if (c->bad || !v.p)
		return;
	if (kind == 0)
		show_ip4(s, key, v);
	else
		show_ip6(s, key, v);
}

static void show_number(struct wire_show *s, const struct wire_audit_field *f, struct cur *c)
{
	uint32_t v = f->kind == WIRE_AUDIT_U8 ? cur_u8(c)
		: f->kind == WIRE_AUDIT_U16   ? cur_be16(c)
					      : cur_be32(c);

	if (c->bad)
		return;
	if (f->names)
		wire_show_code(s, f->key, v, wire_show_name(f->names, v));
	else
		wire_show_num(s, f->key, v);
}

/* Values of a fixed size. */
static void show_fixed(struct wire_show *s, const struct wire_audit_field *f, struct span v)
{
	switch (f->kind) {
	case WIRE_AUDIT_GUID:
		show_guid(s, f->key, v);
		break;
	case WIRE_AUDIT_IP4:
		show_ip4(s, f->key, v);
		break;
	case WIRE_AUDIT_IP6:
		show_ip6(s, f->key, v);
		break;
	case WIRE_AUDIT_SSID:
		wire_show_text(s, f->key, span_make(v.p, span_find(v, 0)));
		break;
	default:
		wire_show_hex(s, f->key, v);
	}
}

static size_t fixed_size(enum wire_audit_kind k)
{
	switch (k) {
	case WIRE_AUDIT_IP4:
		return 4;
	case WIRE_AUDIT_BYTES8:
		return 8;
	case WIRE_AUDIT_SSID:
		return 32;
	default:
		return 16;
	}
}

static void show_field(struct wire_show *s, const struct wire_audit_field *f, struct cur *c)
{
	struct span v;
	uint32_t time;

	switch (f->kind) {
	case WIRE_AUDIT_U8:
	case WIRE_AUDIT_U16:
	case WIRE_AUDIT_U32:
		show_number(s, f, c);
		break;
	case WIRE_AUDIT_TIME:
		time = cur_be32(c);
		if (!c->bad)
			wire_show_time(s, f->key, time);
		break;
	case WIRE_AUDIT_TEXT:
		v = cur_take(c, cur_u8(c));
		if (!c->bad)
			wire_show_text(s, f->key, v);
		break;
	case WIRE_AUDIT_HASH:
		show_hash(s, f->key, c);
		break;
	case WIRE_AUDIT_SERIALS:
		show_serials(s, f->key, c);
		break;
	case WIRE_AUDIT_WHO:
		show_who(s, f->key, c);
		break;
	case WIRE_AUDIT_ADDRESS:
		show_address(s, f->key, c);
		break;
	case WIRE_AUDIT_VERSION:
		show_version(s, f->key, c);
		break;
	case WIRE_AUDIT_REST:
		wire_show_hex(s, f->key, cur_take(c, cur_left(c)));
		break;
	default:
		v = cur_take(c, fixed_size(f->kind));
		if (v.n)
			show_fixed(s, f, v);
	}
}

static void show_data(struct wire_show *s, const struct wire_audit_event *ev, struct span data)
{
	struct cur c = cur_make(data);

	wire_show_open(s, "details", NULL);
	for (unsigned i = 0; data.n && ev && i < WIRE_AUDIT_FIELDS; i++) {
		size_t from = c.at;
		if (ev->fields[i].kind == WIRE_AUDIT_END)
			break;
		show_field(s, &ev->fields[i], &c);
		if (c.bad) {
			c.bad = false;
			c.at = from;
			break;
		}
	}
	if (c.at < data.n)
		wire_show_hex(s, "more", cur_take(&c, cur_left(&c)));
	wire_show_close(s);
}

void wire_audit_record_print(struct wire_show *s, const struct wire_audit_record *rec)
{
	static const struct wire_show_name locations[] = {
		{ 0, "IPv4" }, { 1, "IPv6" }, { 2, "none" }, { 0, NULL }
	};
	const struct wire_audit_event *ev = wire_audit_events_find(rec->app, rec->event);

	wire_show_open(s, NULL, "audit record");
	wire_show_time(s, "time", rec->time);
	wire_show_code(s, "application", rec->app, wire_audit_record_app_name(rec->app));
	wire_show_code(s, "event", rec->event, ev ? ev->name : NULL);
	wire_show_code(s, "initiator", rec->by, wire_show_name(wire_audit_events_by, rec->by));
	if (rec->by == WIRE_AUDIT_DIGEST) {
		wire_show_text(s, "user", rec->user);
	} else if (rec->by == WIRE_AUDIT_KERBEROS) {
		show_sid(s, "sid", rec->user);
		wire_show_num(s, "domain_user", rec->domain_user);
	}
	wire_show_code(s, "location", rec->location, wire_show_name(locations, rec->location));
	wire_show_text(s, "address", rec->address);
	wire_show_hex(s, "data", rec->data);
	if (rec->data.n)
		show_data(s, ev, rec->data);
	wire_show_close(s);
}

void wire_audit_record_details(struct out *o, const struct wire_audit_record *rec)
{
	char text[4096] = "";
	struct out lines;
	struct span left;
	bool more = false;

	if (!rec->data.n)
		return;
	out_init(&lines, text, sizeof text);
	struct wire_show s = wire_show_make(&lines, false);
	show_data(&s, wire_audit_events_find(rec->app, rec->event), rec->data);
	for (left = out_span(&lines); left.n; more = true) {
		size_t n = span_find(left, '\n');
		out_str(o, more ? ", " : "");
		out_bytes(o, span_trim(span_make(left.p, n)));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
}
