/* decode event, pet, audit and setupbin: records of a PC's logs, traps and the file of a USB key. Records may
 * also stand in the WS-MAN reply that brought them. Works on files only. */
#include "base/limits.h"
#include "base/str.h"
#include "cli/cmd_decode.h"
#include "wire/audit_record.h"
#include "wire/event_record.h"
#include "wire/pet.h"
#include "wire/setupbin.h"
#include "wsman/xml.h"

/* Base64 of all elements of that name, put after each other. False: not even base64. */
static bool collect(const struct wsman_xml *x, const char *name, struct buf *b, struct err *e)
{
	for (; x; x = x->next) {
		struct span text = span_str(x->text);
		size_t n = 0;
		if (strcmp(x->name, name) == 0 && text.n) {
			buf_reserve(b, b64_max_decoded(text.n));
			if (!b64_decode(text, b->p + b->n, b64_max_decoded(text.n), &n))
				return err_set(e, ERR_MALFORMED, "a %s is no base64", name);
			b->n += n;
		}
		if (x->first && !collect(x->first, name, b, e))
			return false;
	}
	return true;
}

/* A captured reply instead of the records alone. */
static bool from_reply(struct cli *c, struct cli_decode *in, const char *name, struct buf *b,
		       struct err *e)
{
	struct wsman_xml *root;

	if (!cli_decode_strip_http(c, &in->bytes, e))
		return false;
	if (!span_starts(span_trim(in->bytes), "<"))
		return true;
	if (!wsman_xml_parse(in->bytes, &c->arena, &root, e) || !collect(root, name, b, e))
		return false;
	if (!b->n) {
		err_set(e, ERR_MALFORMED, "the message has no records");
		return err_want(e, "a reply with %s", name);
	}
	in->bytes = buf_span(b);
	return true;
}

/* --- event --- */

static bool is_trap(struct span in)
{
	return in.n > WIRE_EVENT_PET_BYTES && in.n % WIRE_EVENT_RECORD_BYTES &&
		in.p[in.n - 1] == 0xC1;
}

static void print_trap(struct wire_show *s, const void *msg)
{
	wire_event_pet_print(s, msg);
}

static void print_events(struct wire_show *s, const void *msg)
{
	struct span rest = *(const struct span *)msg;
	struct wire_event_record ev;
	size_t used;

	wire_show_list_open(s, NULL);
	while (wire_event_record_parse(rest, &ev, &used, NULL) == WIRE_DONE) {
		wire_event_record_print(s, &ev);
		rest = span_make(rest.p + used, rest.n - used);
	}
	wire_show_list_close(s);
}

static bool show_events(struct cli *c, struct span in, struct err *e)
{
	struct wire_event_pet pet;
	size_t used = in.n / WIRE_EVENT_RECORD_BYTES * WIRE_EVENT_RECORD_BYTES;

	if (is_trap(in)) {
		if (wire_event_pet_parse(in, &pet, &used, e) != WIRE_DONE)
			return false;
		return cli_decode_show(c, print_trap, &pet, e);
	}
	if (used < in.n) {
		err_set(e, ERR_MALFORMED, "the last event record is cut");
		err_seen(e, "%zu bytes from offset %zu on", in.n - used, used);
		return err_want(e, "records of %d bytes", WIRE_EVENT_RECORD_BYTES);
	}
	return cli_decode_show(c, print_events, &in, e);
}

bool cli_cmd_decode_event(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	struct buf b;
	bool ok = cli_decode_open(c, &in, e);

	buf_init(&b, (size_t)LIMIT_XML_BYTES);
	if (ok && !(from_reply(c, &in, "RecordArray", &b, e) && show_events(c, in.bytes, e)))
		ok = cli_decode_explain(&in, e);
	buf_deinit(&b);
	cli_decode_close(&in);
	return ok;
}

/* --- pet --- */

static void print_pet(struct wire_show *s, const void *msg)
{
	wire_pet_print(s, msg);
}

static bool show_pet(struct cli *c, struct span in, struct err *e)
{
	struct wire_pet pet;
	size_t used;

	if (wire_pet_parse(in, &pet, &used, e) == WIRE_DONE)
		return cli_decode_show(c, print_pet, &pet, e);
	if (is_trap(in) && in.p[0] != 0x30) /* what SNMP had around it is gone */
		err_hint(e,
			 "the event of a trap without its SNMP is read by `outband decode event`");
	return false;
}

bool cli_cmd_decode_pet(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	bool ok = cli_decode_open(c, &in, e);

	if (ok && !show_pet(c, in.bytes, e))
		ok = cli_decode_explain(&in, e);
	cli_decode_close(&in);
	return ok;
}

/* --- audit --- */

static void print_audit(struct wire_show *s, const void *msg)
{
	struct span rest = *(const struct span *)msg;
	struct wire_audit_record r;
	size_t used;

	wire_show_list_open(s, NULL);
	while (rest.n && wire_audit_record_parse(rest, &r, &used, NULL) == WIRE_DONE) {
		wire_audit_record_print(s, &r);
		rest = span_make(rest.p + used, rest.n - used);
	}
	wire_show_list_close(s);
}

static bool check_audit(struct span in, struct err *e)
{
	struct wire_audit_record r;
	unsigned number = 1;

	for (size_t at = 0, used; at < in.n; at += used, number++)
		if (wire_audit_record_parse(span_make(in.p + at, in.n - at), &r, &used, e) !=
		    WIRE_DONE) {
			err_seen(e, "%zu bytes from offset %zu on", in.n - at, at);
			return err_wrap(e, "record %u", number);
		}
	return true;
}

bool cli_cmd_decode_audit(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	struct buf b;
	bool ok = cli_decode_open(c, &in, e);

	buf_init(&b, (size_t)LIMIT_XML_BYTES);
	if (ok && !(from_reply(c, &in, "EventRecords", &b, e) && check_audit(in.bytes, e)))
		ok = cli_decode_explain(&in, e);
	if (ok)
		ok = cli_decode_show(c, print_audit, &in.bytes, e);
	buf_deinit(&b);
	cli_decode_close(&in);
	return ok;
}

/* --- setup.bin --- */

#define SETUPBIN_BYTES ((size_t)64 * 1024 * 1024)

static void print_setupbin(struct wire_show *s, const void *msg)
{
	wire_setupbin_print(s, msg, false);
}

static void print_setupbin_secrets(struct wire_show *s, const void *msg)
{
	wire_setupbin_print(s, msg, true);
}

bool cli_cmd_decode_setupbin(struct cli *c, struct err *e)
{
	bool secrets = cli_args_has(&c->args, "show-secrets");
	struct cli_decode in = { 0 };
	struct wire_setupbin f;
	struct arena a;
	bool ok = cli_decode_open(c, &in, e);

	arena_init(&a, SETUPBIN_BYTES);
	if (ok && !wire_setupbin_parse(in.bytes, &a, &f, e))
		ok = cli_decode_explain(&in, e);
	if (ok)
		ok = cli_decode_show(c, secrets ? print_setupbin_secrets : print_setupbin, &f, e);
	arena_wipe(&a);
	cli_decode_close(&in);
	return ok;
}
