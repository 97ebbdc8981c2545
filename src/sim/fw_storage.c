/* Third-party data storage over HTTP (wsman 3.4): what software keeps in the flash of the PC, by vendor,
 * application and name. From 11.0 on. How much there is room for, and how firmware answers what it
 * refuses, are guesses. Called by fw_http.c after the login. Kept as records of the class of pages. */
#include "base/str.h"
#include "sim/audit.h"
#include "sim/fw_http_priv.h"
#include "sim/fw_storage_priv.h"

#define CLS         "AMT_WebUIService"
#define FROM        110
#define PARTS       3 /* vendor, application, name */
#define PUT_MAX     7000
#define FILE_MAX    65536
#define FILES_MAX   16
#define PART_MAX    60
#define AUDIT_APP   23
#define AUDIT_WRITE 3

struct place {
	char part[PARTS][PART_MAX + 1]; /* vendor, application, name */
	unsigned count;
	bool append;
};

bool sim_fw_storage_has(const struct sim_dev *d, struct span target)
{
	return sim_gen_number(d->gen) >= FROM && span_starts(target, SIM_STORAGE_PATH);
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"\\<>&?", s.p[i]))
			return false;
	return s.n > 0 && s.n <= PART_MAX;
}

static bool read_place(struct span target, struct place *out_p)
{
	size_t skip = strlen(SIM_STORAGE_PATH), q = span_find(target, '?');
	struct span left = span_make(target.p + skip, q > skip ? q - skip : 0);

	*out_p = (struct place){ .append = q < target.n &&
					 span_eq_str(span_make(target.p + q, target.n - q),
						     "?append=") };
	while (left.n) {
		size_t n = span_find(left, '/');
		if (out_p->count == PARTS || !is_name(span_make(left.p, n)))
			return false;
		(void)str_copy(out_p->part[out_p->count++], PART_MAX + 1, span_make(left.p, n));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return true;
}

static bool is_at(const struct sim_record *r, const struct place *p)
{
	static const char *const names[] = { "vendor", "app", "name" };

	for (unsigned i = 0; i < p->count && i < PARTS; i++)
		if (!str_eq(sim_record_get(r, names[i]), p->part[i]))
			return false;
	return true;
}

static struct sim_record *find(const struct sim_dev *d, const struct place *p)
{
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++)
		if (is_at(r, p))
			return r;
	return NULL;
}

static void list(const struct sim_dev *d, struct out *o)
{
	const struct sim_record *r;

	out_fmt(o, "{\"information\":{\"version\":1.1,\"realms\":0,\"user\":\"%s\"},\"content\":[",
		d->admin_user);
	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++) {
		const char *vendor = sim_record_get(r, "vendor"), *app = sim_record_get(r, "app"),
			   *name = sim_record_get(r, "name");
		out_fmt(o,
			"%s{\"vendor\":\"%s\",\"app\":\"%s\",\"name\":\"%s\",\"size\":%zu,"
			"\"link\":\"%s/%s/%s\"}",
			i ? "," : "", vendor, app, name, strlen(sim_record_get(r, "hex")) / 2,
			vendor, app, name);
	}
	out_str(o, "]}");
}

static unsigned put(struct sim_dev *d, const struct place *p, struct span body)
{
	static const char *const names[] = { "vendor", "app", "name" };
	struct sim_record *r = find(d, p);
	const char *old = r && p->append ? sim_record_get(r, "hex") : "";
	size_t before = strlen(old), n = before + 2 * body.n;
	struct out o;
	char *hex;

	if (p->count != PARTS || body.n > PUT_MAX || n / 2 > FILE_MAX)
		return 400;
	if (!r && !(r = sim_record_add(d, CLS, FILES_MAX)))
		return 507;
	hex = mem_new(n + 1);
	memcpy(hex, old, before);
	out_init(&o, hex + before, n - before + 1);
	out_hex(&o, body);
	hex[n] = '\0';
	for (unsigned i = 0; i < 3; i++)
		sim_record_set(r, names[i], p->part[i]);
	sim_record_set(r, "hex", hex);
	mem_free(hex);
	return 200;
}

static unsigned get(const struct sim_dev *d, const struct place *p, struct buf *body)
{
	const struct sim_record *r = p->count == PARTS ? find(d, p) : NULL;
	uint8_t *bytes;
	size_t n;

	if (!r)
		return 404;
	const char *hex = sim_record_get(r, "hex");
	bytes = mem_new(strlen(hex) / 2 + 1);
	if (hex_decode(span_str(hex), bytes, strlen(hex) / 2, &n))
		(void)buf_add(body, span_make(bytes, n));
	mem_free(bytes);
	return 200;
}

static unsigned del(struct sim_dev *d, const struct place *p)
{
	struct sim_record *r;
	unsigned n = 0;

	for (; p->count && (r = find(d, p)); n++)
		sim_record_drop(d, r);
	return n ? 200 : 404;
}

static void note(struct sim_dev *d, const struct fw_http_in *in)
{
	const struct sim_audit_who who = { .user = d->admin_user, .address = in->peer };

	sim_audit(d, &who, AUDIT_APP, AUDIT_WRITE, span_make(NULL, 0));
}

unsigned sim_fw_storage(struct sim_dev *d, const struct fw_http_in *in, struct buf *body)
{
	struct span method = in->msg->method;
	struct place p = { .count = 0 };
	struct out o;
	unsigned status;

	if (!read_place(in->msg->target, &p))
		return 400;
	if (span_eq_str(method, "GET")) {
		if (p.count)
			return get(d, &p, body);
		out_init_buf(&o, body);
		list(d, &o);
		return 200;
	}
	status = span_eq_str(method, "PUT")     ? put(d, &p, in->body)
		: span_eq_str(method, "DELETE") ? del(d, &p)
						: 405;
	if (status == 200)
		note(d, in);
	return status;
}
