/* Prints setup.bin: header, records, variables by name, and remarks on what a PC would not take.
 * Called by `decode setupbin`. Passwords and PPS come out only when the caller asks for them; bytes
 * of which nobody knows what they are may hold such too, so they are treated alike. */
#include "base/mem.h"
#include "base/str.h"
#include "wire/hello.h"
#include "wire/psk.h"
#include "wire/setupbin_priv.h"

static void remark(struct wire_show *s, const char *text, unsigned module, unsigned id)
{
	char line[160];
	struct out o;

	out_init(&o, line, sizeof line);
	if (module)
		out_fmt(&o, "%u/%u: ", module, id);
	out_str(&o, text);
	wire_show_open(s, NULL, NULL);
	wire_show_text(s, "remark", out_span(&o));
	wire_show_close(s);
}

static uint32_t number_of(struct span v)
{
	uint32_t n = 0;

	for (size_t i = v.n < 4 ? v.n : 4; i-- > 0;)
		n = n << 8 | v.p[i];
	return n;
}

static void show_guid(struct wire_show *s, struct span v)
{
	struct uuid u;
	char text[UUID_TEXT_SIZE];

	uuid_from_smbios(v.p, &u);
	uuid_print(&u, text);
	wire_show_text(s, "value", span_str(text));
	if (wire_setupbin_package_priv(v))
		wire_show_text(s, "package", span_str(wire_setupbin_package_priv(v)));
}

/* u8 algorithm, digest, u8 n, n bytes of name. */
static bool show_hash(struct wire_show *s, struct span v)
{
	struct cur c = cur_make(v);
	uint8_t alg = cur_u8(&c);
	struct span digest = cur_take(&c, wire_hello_alg_size(alg));
	struct span name = cur_take(&c, cur_u8(&c));

	if (c.bad || !digest.n || cur_left(&c))
		return false;
	wire_show_code(s, "hash_algorithm", alg, wire_hello_alg_name(alg));
	wire_show_hex(s, "hash", digest);
	wire_show_text(s, "value", name);
	return true;
}

static bool size_fits(const struct wire_setupbin_def *d, struct span v)
{
	return v.n >= d->min && v.n <= d->max;
}

static void show_value(struct wire_show *s, const struct wire_setupbin_def *d, struct span v)
{
	enum wire_setupbin_kind kind = d && size_fits(d, v) ? d->kind : WIRE_SETUPBIN_BYTES;

	if (kind == WIRE_SETUPBIN_TEXT)
		wire_show_text(s, "value", v);
	else if (kind == WIRE_SETUPBIN_NUMBER)
		wire_show_code(s, "value", number_of(v), wire_show_name(d->names, number_of(v)));
	else if (kind == WIRE_SETUPBIN_GUID)
		show_guid(s, v);
	else if (kind == WIRE_SETUPBIN_BYTES || !show_hash(s, v))
		wire_show_hex(s, "value", v);
}

static void show_var(struct wire_show *s, const struct wire_setupbin_var *v, bool secrets)
{
	const struct wire_setupbin_def *d = wire_setupbin_def_priv(v->module, v->id);
	char head[96];
	struct out o;

	out_init(&o, head, sizeof head);
	out_fmt(&o, "variable %u/%u, %s, %zu bytes", v->module, v->id, d ? d->name : "unknown",
		v->value.n);
	wire_show_open(s, NULL, head);
	if (s->json) {
		wire_show_num(s, "module", v->module);
		wire_show_num(s, "variable", v->id);
		wire_show_text(s, "name", span_str(d ? d->name : "unknown"));
		wire_show_num(s, "bytes", v->value.n);
	}
	if (d && d->secret && !secrets)
		wire_show_text(s, "value", span_str("(hidden)"));
	else
		show_value(s, d, v->value);
	if (v->reserved)
		wire_show_num(s, "reserved", v->reserved);
	if (v->pad[0] | v->pad[1] | v->pad[2])
		wire_show_hex(s, "padding", span_make(v->pad, sizeof v->pad));
	wire_show_close(s);
}

static void show_rest(struct wire_show *s, struct span rest, bool secrets)
{
	if (!rest.n)
		return;
	wire_show_num(s, "other_bytes", rest.n);
	if (secrets)
		wire_show_hex(s, "other", rest);
}

static const struct wire_setupbin_var *find(const struct wire_setupbin_record *r, unsigned upto,
					    uint16_t module, uint16_t id)
{
	for (unsigned i = 0; i < upto; i++)
		if (r->vars[i].module == module && r->vars[i].id == id)
			return &r->vars[i];
	return NULL;
}

static void judge_keys(struct wire_show *s, const struct wire_setupbin_var *v)
{
	char pid[WIRE_PSK_PID_LEN + 1], pps[WIRE_PSK_PPS_LEN + 1];
	bool keys = v->module == 2;

	if (v->module == 1 && v->id == 2 && !wire_psk_check_password(v->value, NULL))
		remark(s, "not a strong password; AMT refuses it", v->module, v->id);
	if (keys && v->id == 1 && !wire_psk_parse_pid(v->value, pid, NULL))
		remark(s, "the check character of the PID is wrong", v->module, v->id);
	if (keys && v->id == 2 && !wire_psk_parse_pps(v->value, pps, NULL))
		remark(s, "a check character of the PPS is wrong", v->module, v->id);
	mem_wipe(pps, sizeof pps);
}

static void judge_var(struct wire_show *s, const struct wire_setupbin *f,
		      const struct wire_setupbin_record *r, unsigned i)
{
	const struct wire_setupbin_var *v = &r->vars[i], *before = i ? v - 1 : NULL, *use;
	const struct wire_setupbin_def *d = wire_setupbin_def_priv(v->module, v->id);

	if (d && !size_fits(d, v->value))
		remark(s, "a size that this variable cannot have", v->module, v->id);
	if (d && f->version * 10 + f->minor < d->since)
		remark(s, "this version of the file does not have it", v->module, v->id);
	if (before &&
	    (before->module > v->module || (before->module == v->module && before->id > v->id)))
		remark(s, "stands behind a later variable; they have to ascend", v->module, v->id);
	judge_keys(s, v);
	if (!d || d->kind != WIRE_SETUPBIN_HASH)
		return;
	use = find(r, i, 2, 7);
	if (!use || number_of(use->value) != 1)
		remark(s, "2/7 has to be 1 before it", v->module, v->id);
	if (f->version < 3 && v->value.n && v->value.p[0] != WIRE_HELLO_SHA1)
		remark(s, "only SHA-1 before version 3", v->module, v->id);
}

static void judge_record(struct wire_show *s, const struct wire_setupbin *f,
			 const struct wire_setupbin_record *r)
{
	const struct wire_setupbin_var *current = find(r, r->var_count, 1, 1);

	wire_show_list_open(s, "remarks");
	if (!(r->flags & WIRE_SETUPBIN_VALID))
		remark(s, "not valid: used up, or never meant to be used", 0, 0);
	if (r->type != 1)
		remark(s, "no data record", 0, 0);
	if (current && span_eq_str(current->value, "admin") && !find(r, r->var_count, 1, 2))
		remark(s, "a new password has to go with the factory one", 1, 2);
	if (!find(r, r->var_count, 2, 1) != !find(r, r->var_count, 2, 2))
		remark(s, "PID and PPS have to come together", 0, 0);
	for (unsigned i = 0; i < r->var_count; i++)
		judge_var(s, f, r, i);
	wire_show_list_close(s);
}

static void show_record(struct wire_show *s, const struct wire_setupbin *f,
			const struct wire_setupbin_record *r, bool secrets)
{
	static const struct wire_show_name types[] = { { 0, "invalid" },
						       { 1, "data" },
						       { 0, NULL } };
	char head[64];
	struct out o;

	out_init(&o, head, sizeof head);
	out_fmt(&o, "record %u at offset %zu", r->number, r->offset);
	wire_show_open(s, NULL, head);
	if (s->json) {
		wire_show_num(s, "number", r->number);
		wire_show_num(s, "offset", r->offset);
	}
	wire_show_code(s, "type", r->type, wire_show_name(types, r->type));
	wire_show_num(s, "flags", r->flags);
	wire_show_bool(s, "valid", r->flags & WIRE_SETUPBIN_VALID);
	wire_show_bool(s, "scrambled", r->flags & WIRE_SETUPBIN_SCRAMBLED);
	wire_show_num(s, "chunks", r->chunk_count);
	if (number_of(span_make(r->reserved, 4)) || number_of(span_make(r->reserved + 4, 4)))
		wire_show_hex(s, "reserved", span_make(r->reserved, sizeof r->reserved));
	wire_show_list_open(s, "variables");
	for (unsigned i = 0; i < r->var_count; i++)
		show_var(s, &r->vars[i], secrets);
	wire_show_list_close(s);
	show_rest(s, r->rest, secrets);
	judge_record(s, f, r);
	wire_show_close(s);
}

static void show_modules(struct wire_show *s, const struct wire_setupbin *f)
{
	char text[WIRE_SETUPBIN_MAX_MODULES * 6 + 1];
	struct out o;

	out_init(&o, text, sizeof text);
	for (unsigned i = 0; i < f->module_count; i++)
		out_fmt(&o, "%s%u", i ? " " : "", f->modules[i]);
	wire_show_text(s, "modules", out_span(&o));
}

void wire_setupbin_print(struct wire_show *s, const struct wire_setupbin *file, bool secrets)
{
	static const struct wire_show_name releases[] = { { 1, "AMT 2.x" },
							  { 2, "AMT 3.0 and 4.0" },
							  { 3, "AMT 6.0" },
							  { 4, "after AMT 6.0" },
							  { 0, NULL } };

	wire_show_open(s, NULL, "setup.bin");
	wire_show_code(s, "version", file->version, wire_show_name(releases, file->version));
	wire_show_num(s, "major", file->major);
	wire_show_num(s, "minor", file->minor);
	wire_show_num(s, "flags", file->flags);
	wire_show_bool(s, "records_are_used_up", !(file->flags & WIRE_SETUPBIN_KEEP));
	wire_show_num(s, "record_count", file->record_count);
	wire_show_num(s, "consumed_count", file->consumed_count);
	wire_show_num(s, "chunks", file->chunk_count);
	wire_show_num(s, "header_bytes", file->header_bytes);
	wire_show_num(s, "record_number", file->record_number);
	wire_show_num(s, "record_chunks", file->record_chunk_count);
	if (file->reserved)
		wire_show_num(s, "reserved", file->reserved);
	show_modules(s, file);
	show_rest(s, file->rest, secrets);
	wire_show_list_open(s, "file_remarks");
	if (file->major != file->version)
		remark(s, "the version number is not the one of the GUID", 0, 0);
	if ((file->flags & WIRE_SETUPBIN_KEEP) && file->record_count > 1)
		remark(s, "records are not used up: PCs only ever read the first", 0, 0);
	if (!(file->flags & WIRE_SETUPBIN_KEEP) && file->consumed_count >= file->record_count)
		remark(s, "every record is used: no PC takes anything from it", 0, 0);
	wire_show_list_close(s);
	wire_show_list_open(s, "records");
	for (uint32_t i = 0; i < file->record_count; i++)
		show_record(s, file, &file->records[i], secrets);
	wire_show_list_close(s);
	if (file->behind.n) {
		wire_show_num(s, "bytes_behind_the_records", file->behind.n);
		if (secrets)
			wire_show_hex(s, "behind", file->behind);
	}
	wire_show_close(s);
}
