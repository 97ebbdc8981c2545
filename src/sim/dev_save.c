/* State of a device as a YAML document: everything that a loss of power leaves. It holds passwords
 * and keys, so whoever stores it keeps it private. dev_load.c reads it back. */
#include "base/str.h"
#include "sim/dev_state_priv.h"
#include <stddef.h>

#define F(name, kind)                                                    \
	{                                                                \
#name, SIM_FIELD_##kind, offsetof(struct sim_dev, name), \
			sizeof(((struct sim_dev *)0)->name)              \
	}
/* clang-format off */
const struct sim_field sim_fields[] = {
	F(state, STATE),
	F(pid, TEXT),
	F(pps, TEXT),
	F(suffix, HEAP),
	F(links, U8),
	F(otp, HEAP),
	F(usb_roots, HEAP),
	F(hw_changes, HEAP),
	F(mebx, HEAP),
	F(mebx_default, BOOL),
	F(admin_user, TEXT),
	F(ha1, HEX),
	F(admin_set, BOOL),
	F(realm, TEXT),
	F(context, U32),
	F(pool_next, U8),
	F(clock_offset_ms, I64),
	F(clock_set, BOOL),
	F(window_used, BOOL),
	F(power_off, BOOL),
	F(asleep, U32),
	F(event_log, HEAP),
	F(audit_log, HEAP),
	F(client_control, BOOL),
	F(lazy_default, BOOL),
	F(lazy_installed, BOOL),
};
/* clang-format on */
const unsigned sim_field_count = sizeof sim_fields / sizeof *sim_fields;

static void put_text(struct out *o, const char *name, const char *text)
{
	out_fmt(o, "%s: ", name);
	out_json_str(o, span_str(text)); /* a double-quoted YAML scalar too */
	out_str(o, "\n");
}

static void put_field(struct out *o, const struct sim_dev *d, const struct sim_field *f)
{
	const uint8_t *at = (const uint8_t *)d + f->offset;
	const char *heap;

	switch (f->kind) {
	case SIM_FIELD_BOOL:
		out_fmt(o, "%s: %s\n", f->name, *(const bool *)at ? "true" : "false");
		break;
	case SIM_FIELD_U8:
		out_fmt(o, "%s: %u\n", f->name, *at);
		break;
	case SIM_FIELD_U32:
		out_fmt(o, "%s: %u\n", f->name, *(const uint32_t *)(const void *)at);
		break;
	case SIM_FIELD_I64:
		out_fmt(o, "%s: %lld\n", f->name, (long long)*(const int64_t *)(const void *)at);
		break;
	case SIM_FIELD_TEXT:
		put_text(o, f->name, (const char *)at);
		break;
	case SIM_FIELD_HEAP:
		memcpy(&heap, at, sizeof heap);
		if (heap)
			put_text(o, f->name, heap);
		break;
	case SIM_FIELD_HEX:
		out_fmt(o, "%s: \"", f->name);
		out_hex(o, span_make(at, f->size));
		out_str(o, "\"\n");
		break;
	case SIM_FIELD_STATE:
		put_text(o, f->name, sim_dev_state_name(*(const enum sim_state *)(const void *)at));
		break;
	}
}

static void put_settings(struct out *o, const struct sim_dev *d)
{
	out_str(o, "settings:\n");
	for (unsigned v = 0; v < SIM_VAR_COUNT; v++) {
		if (!d->active[v])
			continue;
		out_str(o, "  ");
		put_text(o, sim_var_rows[v].name, d->active[v]);
	}
}

static void put_store(struct out *o, const struct sim_dev *d)
{
	out_str(o, "certs:\n");
	for (unsigned i = 0; i < d->cert_count; i++) {
		const struct sim_cert *c = &d->certs[i];
		out_fmt(o, "- { handle: %u, root: %s, read_only: %s, pool: %d, der: \"", c->handle,
			c->trusted_root ? "true" : "false", c->read_only ? "true" : "false",
			c->pool);
		out_b64(o, span_make(c->der, c->der_n));
		out_str(o, "\" }\n");
	}
	out_str(o, "keys:\n");
	for (unsigned i = 0; i < d->key_count; i++) {
		const struct sim_key *k = &d->keys[i];
		out_fmt(o, "- { handle: %u, pool: %d", k->handle, k->pool);
		if (k->pool < 0) {
			out_str(o, ", pkcs1: \"");
			out_b64(o, secret_reveal(&k->pkcs1));
			out_str(o, "\"");
		}
		out_str(o, " }\n");
	}
	out_str(o, "records:\n");
	for (const struct sim_record *r = d->records; r; r = r->next) {
		out_fmt(o, "- class: %s\n  handle: %u\n  members:\n", r->cls, r->handle);
		/* the same name again: one more element of an array */
		for (const struct sim_record_text *t = r->texts; t; t = t->next) {
			out_str(o, "    ");
			put_text(o, t->name, t->value);
		}
		if (!r->texts)
			out_str(o, "    {}\n");
	}
}

void sim_dev_save(const struct sim_dev *d, struct out *o)
{
	char uuid[UUID_TEXT_SIZE], text[512];
	struct out t;

	uuid_print(&d->uuid, uuid);
	put_text(o, "uuid", uuid);
	put_text(o, "generation", d->gen->name);
	for (unsigned i = 0; i < sim_field_count; i++)
		put_field(o, d, &sim_fields[i]);
	out_init(&t, text, sizeof text);
	text[0] = '\0';
	sim_switches_print(&d->sw, &t);
	put_text(o, "switches", text);
	put_settings(o, d);
	put_store(o, d);
}
