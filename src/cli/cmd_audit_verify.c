/* outband auditlog verify: whether the signature in a file of `auditlog --export` is over the records that
 * stand there, and whose it is. Works on files only. What firmware signs is in wire/audit_signed.h. */
#include "base/iso.h"
#include "base/limits.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "pki/chain.h"
#include "pki/sign.h"
#include "wire/audit_record.h"
#include "wire/audit_signed.h"

#define FILE_MAX  ((size_t)64 * 1024 * 1024)
#define CERTS_MAX 4

struct exported {
	struct buf records; /* their bytes */
	unsigned count;
	json_t *signature; /* NULL: none */
	struct wire_audit_signed s;
	enum wire_audit_mechanism mechanism;
	struct span sig;
	unsigned cert_count;
	struct pki_cert certs[CERTS_MAX];
};

static bool wrong(struct err *e, const char *what)
{
	return err_set(e, ERR_MALFORMED, "%s", what);
}

/* ---- the file ---- */

static bool add_record(struct exported *x, const json_t *row, struct err *e)
{
	const char *raw = json_string_value(json_object_get(row, "raw"));
	uint8_t b[1024];
	struct wire_audit_record r;
	size_t n, used;

	if (!raw || !hex_decode(span_str(raw), b, sizeof b, &n) ||
	    wire_audit_record_parse(span_make(b, n), &r, &used, NULL) != WIRE_DONE || used != n)
		return wrong(e, "that is no record of an audit log");
	x->count++;
	return buf_add(&x->records, span_make(b, n)) ||
		err_set(e, ERR_LIMIT, "there are more records than any PC keeps");
}

static bool add_line(struct exported *x, struct span line, struct err *e)
{
	json_t *row = json_loadb((const char *)line.p, line.n, 0, NULL);
	json_t *sig = json_object_get(row, "signature");
	bool ok;

	if (!json_is_object(row))
		ok = wrong(e, "that is no JSON object");
	else if (sig && x->signature)
		ok = wrong(e, "there is a second signature");
	else if (sig)
		ok = (x->signature = json_incref(sig)) != NULL;
	else
		ok = add_record(x, row, e);
	json_decref(row);
	return ok;
}

static bool read_file(struct exported *x, struct span left, struct err *e)
{
	for (unsigned number = 1; left.n; number++) {
		size_t n = span_find(left, '\n');
		struct span line = span_trim(span_make(left.p, n));
		if (line.n && !add_line(x, line, e))
			return err_wrap(e, "line %u", number);
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	if (x->signature)
		return true;
	err_set(e, ERR_MALFORMED, "nobody signed it");
	return err_hint(e, "the PC needs a key for that: 'outband auditlog PC --signing-key FILE'");
}

/* ---- the signature ---- */

static const char *text(const struct exported *x, const char *key)
{
	const char *v = json_string_value(json_object_get(x->signature, key));

	return v ? v : "";
}

static bool bytes(const struct exported *x, const char *key, struct arena *a, struct span *out_s)
{
	struct span b64 = span_str(text(x, key));
	size_t cap = b64_max_decoded(b64.n), n = 0;
	uint8_t *p = arena_alloc(a, cap + 1);

	if (!p || !b64.n || !b64_decode(b64, p, cap, &n))
		return false;
	*out_s = span_make(p, n);
	return n > 0;
}

static bool mechanism_of(struct exported *x)
{
	const json_t *v = json_object_get(x->signature, "mechanism");
	uint32_t n = 0;

	if (json_is_integer(v))
		n = (uint32_t)json_integer_value(v);
	else if (!str_to_u32(span_str(text(x, "mechanism")), 0, UINT32_MAX, &n, NULL))
		return false;
	x->mechanism = (enum wire_audit_mechanism)n;
	return n < WIRE_AUDIT_MECHANISM_COUNT;
}

static bool read_certs(struct exported *x, struct arena *a, struct err *e)
{
	struct span all, left = span_str(text(x, "certificate_lengths"));
	uint32_t size;

	if (!bytes(x, "certificates", a, &all))
		return wrong(e, "the signature has no certificates");
	while (left.n) {
		size_t n = span_find(left, ' ');
		if (x->cert_count == CERTS_MAX ||
		    !str_to_u32(span_make(left.p, n), 1, (uint32_t)all.n, &size, NULL) ||
		    !pki_cert_parse(span_make(all.p, size), a, &x->certs[x->cert_count], e))
			return wrong(e, "the certificates of the signature cannot be read");
		x->cert_count++;
		all = span_make(all.p + size, all.n - size);
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return (x->cert_count && !all.n) ||
		wrong(e, "the lengths of the certificates do not fill them");
}

static bool read_signature(struct exported *x, struct arena *a, struct err *e)
{
	const json_t *count = json_object_get(x->signature, "records");
	size_t n;

	if (!json_is_integer(count) || !iso_time_parse(span_str(text(x, "first")), &x->s.first_s) ||
	    !iso_time_parse(span_str(text(x, "last")), &x->s.last_s) ||
	    !iso_time_parse(span_str(text(x, "made")), &x->s.made_s) ||
	    !hex_decode(span_str(text(x, "uuid")), x->s.uuid, sizeof x->s.uuid, &n) ||
	    n != sizeof x->s.uuid || !mechanism_of(x) || !bytes(x, "signature", a, &x->sig))
		return wrong(e, "the signature is not whole");
	x->s.count = (uint32_t)json_integer_value(count);
	x->s.fqdn = span_str(text(x, "fqdn"));
	return read_certs(x, a, e);
}

/* ---- is it good? ---- */

static bool check_bytes(const struct exported *x, struct arena *a, struct err *e)
{
	static const enum hash_kind hashes[] = { HASH_SHA1, HASH_SHA256, HASH_SHA384 };
	size_t cap = x->records.n + WIRE_AUDIT_SIGNED_MORE;
	struct out o;

	if (x->s.count != x->count) {
		err_set(e, ERR_CERT, "records are missing from the file, or were put into it");
		err_seen(e, "%u records", x->count);
		return err_want(e, "%u, as the signature says", x->s.count);
	}
	out_init(&o, arena_alloc(a, cap), cap);
	wire_audit_signed_emit(&o, span_make(x->records.p, x->records.n), &x->s);
	if (!o.bad && pki_sign_check(&x->certs[0], hashes[x->mechanism], out_span(&o), x->sig))
		return true;
	err_set(e, ERR_CERT,
		"the signature is not over these records: they were changed, or it was");
	return err_seen(e, "key of %s", x->certs[0].subject);
}

static bool check_chain(const struct exported *x, const struct pki_chain *root, struct err *e)
{
	const struct pki_cert *top = &x->certs[x->cert_count - 1];

	for (unsigned i = 0; i < x->cert_count; i++) {
		const struct pki_cert *c = &x->certs[i];
		int64_t made = x->s.made_s * 1000;
		if (made < c->not_before_unix_ms || made > c->not_after_unix_ms)
			return err_set(e, ERR_CERT, "%s was not valid when the log was signed",
				       c->subject);
		if (i + 1 < x->cert_count && !pki_cert_signed_by(c, &x->certs[i + 1]))
			return err_set(e, ERR_CERT, "%s is not signed by the next certificate",
				       c->subject);
	}
	if (!root)
		return true;
	const struct pki_cert *r = &root->certs[root->count - 1];
	if (span_eq(r->der, top->der) || pki_cert_signed_by(top, r))
		return true;
	err_set(e, ERR_CERT, "the signing certificate does not lead to that root");
	err_seen(e, "%s", top->subject);
	return err_want(e, "%s", r->subject);
}

static bool load_root(const struct cli *c, struct pki_chain **out_root, struct err *e)
{
	const char *path = cli_args_value(&c->args, "root");
	struct buf file;

	*out_root = NULL;
	if (!path)
		return true;
	if (!cli_input_read(path, LIMIT_PFX_BYTES, &file, e))
		return false;
	*out_root = pki_chain_load(buf_span(&file), NULL, e);
	buf_deinit(&file);
	return *out_root || err_wrap(e, "%s", path);
}

static void show(struct cli *c, const struct exported *x, bool rooted)
{
	static const struct cli_col cols[] = {
		{ "records", "records", CLI_FORM_TEXT },
		{ "signed_by", "signed by", CLI_FORM_TEXT },
		{ "made", "signed at", CLI_FORM_TEXT },
		{ "uuid", "UUID", CLI_FORM_TEXT },
		{ "fqdn", "PC", CLI_FORM_TEXT },
		{ "root", "root", CLI_FORM_TEXT },
	};
	struct uuid id;
	char uuid[UUID_TEXT_SIZE];

	uuid_from_smbios(x->s.uuid, &id);
	uuid_print(&id, uuid);
	json_t *row = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s}", "records", (int)x->count, "signed_by",
				x->certs[0].subject, "made", text(x, "made"), "uuid", uuid, "fqdn",
				text(x, "fqdn"), "root", rooted ? "checked" : "any");
	if (row)
		cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, row);
	json_decref(row);
}

bool cli_cmd_auditlog_verify(struct cli *c, struct err *e)
{
	const char *path = c->args.operands[0];
	struct exported x = { .count = 0 };
	struct pki_chain *root = NULL;
	struct buf file;

	if (!cli_input_read(path, FILE_MAX, &file, e))
		return false;
	buf_init(&x.records, FILE_MAX);
	bool ok = load_root(c, &root, e) &&
		((read_file(&x, buf_span(&file), e) && read_signature(&x, &c->arena, e) &&
		  check_chain(&x, root, e) && check_bytes(&x, &c->arena, e)) ||
		 err_wrap(e, "%s", path));
	if (ok)
		show(c, &x, root != NULL);
	pki_chain_free(root);
	json_decref(x.signature);
	buf_deinit(&x.records);
	buf_deinit(&file);
	return ok;
}
