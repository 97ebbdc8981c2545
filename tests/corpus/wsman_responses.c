/* Every captured reply is read and printed; replies of classes in the table are read typed with
 * nothing unknown, written again by the simulator's emitter, and read again as the same. What
 * real firmware sent must come out of our emitter byte for byte (white space between elements,
 * which the collectors of the files added, aside). */
#include "base/limits.h"
#include "base/str.h"
#include "support/corpus_files.h"
#include "wsman/envelope.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ITEM_MAX 64
#define DIR      "wsman/responses/"
/* All that the captures gave when this was written; new captures can only add. */
#define EXACT_MIN  184
#define TYPED_MIN  213
#define LEAVES_MIN 1236
#define MISSED_MIN 1037

#define NO_RESPONSE "its action lacks the word Response; Unprovision as captured over HTTP has it"
#define HAND_EDITED "edited: its time reads 'testdatetime' and its namespace of times is gone"
#define FEWER       "declares fewer unused namespaces than every other reply"

/* Real replies that our emitter does not give byte for byte. */
static const struct {
	const char *file, *why;
} not_exact[] = {
	{ "amt/setupandconfiguration/commitchanges.xml", NO_RESPONSE },
	{ "amt/setupandconfiguration/unprovision.xml", NO_RESPONSE },
	{ "ips/hostbasedsetup/adminsetup.xml", NO_RESPONSE },
	{ "ips/hostbasedsetup/setup.xml", NO_RESPONSE },
	{ "ips/hostbasedsetup/upgradeclienttoadmin.xml", NO_RESPONSE },
	{ "ips/ieee8021x/settings/setcertificates.xml", NO_RESPONSE },
	{ "amt/wifiportconfiguration/addwifisettings.xml",
	  "declares the namespace of times, as no other reply to a method does" },
	{ "ips/alarmclock/get.xml", HAND_EDITED },
	{ "ips/alarmclock/pull.xml", HAND_EDITED },
	{ "cim/wifi/endpoint/pull.xml", FEWER },
	{ "cim/wifi/portcapabilities/pull.xml", FEWER },
	{ "cim/wifi/endpoint/enumerate.xml", FEWER },
	{ "cim/wifi/endpointcapabilities/enumerate.xml", FEWER },
};

struct counts {
	unsigned files, typed, instances, exact, not_exact, synthetic, leaves, unknown, missed;
};
struct objs {
	const struct wsman_obj *obj[ITEM_MAX];
	const struct wsman_class *cls[ITEM_MAX];
	unsigned n;
	unsigned leaves;  /* elements without children in them */
	unsigned unknown; /* of these, how many have no named place */
};

static bool is_instance(enum wsman_op op)
{
	return op == WSMAN_OP_GET || op == WSMAN_OP_PUT || op == WSMAN_OP_INVOKE;
}

static unsigned leaves_of(const struct wsman_xml *x)
{
	unsigned n = x->first ? 0 : 1;
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		n += leaves_of(c);
	return n;
}

/* Elements inside endpoint references that a reference has no place for. */
static unsigned strangers_of(const struct wsman_xml *x)
{
	static const char *const parts[] = { "Address", "ReferenceParameters", "ResourceURI",
					     "SelectorSet", "Selector" };
	unsigned n = 0;
	for (const struct wsman_xml *c = x->first; c; c = c->next) {
		const char *up = x->name;
		bool within = strcmp(up, "ReferenceParameters") == 0 ||
			strcmp(up, "SelectorSet") == 0,
		     known = !within;
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
			known |= strcmp(c->name, parts[i]) == 0;
		n += !known + strangers_of(c);
	}
	return n;
}

/* All typed content of a message; false when some of it is of no class in the table. */
static bool read_objs(const char *path, const struct wsman_msg *m, struct arena *a,
		      struct objs *out_objs)
{
	struct err e = { 0 };
	struct wsman_obj *o;
	const struct wsman_xml *x = is_instance(m->op) ? m->payload
		: m->items                             ? m->items->first
						       : NULL;
	*out_objs = (struct objs){ .n = 0 };
	if (is_instance(m->op) && !m->payload)
		return true;
	for (; x; x = m->items ? x->next : NULL) {
		const struct wsman_class *c = wsman_classes_find_uri(x->ns);
		if (!c)
			return false;
		if (!wsman_envelope_item(x, a, &o, &e))
			fail_msg("%s: %s: %s", path, x->name, e.msg);
		out_objs->leaves += leaves_of(x);
		out_objs->unknown += o->unknown_count + strangers_of(x);
		assert_true(out_objs->n < ITEM_MAX);
		out_objs->obj[out_objs->n] = o;
		out_objs->cls[out_objs->n++] = c;
	}
	return true;
}

static bool same_epr(const struct wsman_epr *a, const struct wsman_epr *b)
{
	if (!a || !b)
		return a == b;
	if (strcmp(a->resource_uri, b->resource_uri) != 0)
		return false;
	const struct wsman_selector *s = a->selectors, *t = b->selectors;
	for (; s && t; s = s->next, t = t->next)
		if (strcmp(s->name, t->name) != 0 || !str_eq(s->value, t->value) ||
		    !same_epr(s->epr, t->epr))
			return false;
	return s == t;
}

static bool same_obj(const struct wsman_obj *a, const struct wsman_obj *b);

static bool same_within(const struct wsman_obj *a, const struct wsman_obj *b)
{
	return a && b ? same_obj(a, b) : a == b;
}

static bool same_obj(const struct wsman_obj *a, const struct wsman_obj *b)
{
	if (a->shape != b->shape || a->return_value != b->return_value ||
	    a->has_return_value != b->has_return_value || a->unknown_count != b->unknown_count)
		return false;
	for (unsigned i = 0; i < a->shape->prop_count; i++) {
		const struct wsman_val *v = a->vals[i], *w = b->vals[i];
		for (; v && w; v = v->next, w = w->next)
			if (strcmp(v->text, w->text) != 0 || !same_epr(v->epr, w->epr) ||
			    !same_within(v->obj, w->obj))
				return false;
		if (v != w)
			return false;
	}
	return true;
}

/* The request that this was the answer to. */
static struct wsman_msg request_of(const struct wsman_msg *m, struct arena *a)
{
	struct wsman_msg to = *m;
	struct span action = span_str(m->action);
	if (str_ends_nocase(m->action, "Response"))
		action.n -= strlen("Response");
	to.action = arena_str(a, action);
	to.message_id = m->relates_to;
	to.is_reply = false;
	return to;
}

static void emit_again(struct out *o, const struct wsman_msg *m, const struct objs *objs,
		       struct arena *a)
{
	struct wsman_msg to = request_of(m, a);
	size_t n = strlen(m->message_id);
	struct wsman_rep rep = { .to = &to,
				 .created = m->created,
				 .enum_context = *m->enum_context ? m->enum_context : NULL,
				 .end_of_sequence = m->end_of_sequence,
				 .items = objs->obj,
				 .item_classes = objs->cls,
				 .item_count = objs->n };
	rep.message_counter = n > 12 ? strtoull(m->message_id + n - 12, NULL, 16) : 0;
	if (is_instance(m->op)) {
		rep.obj = objs->n ? objs->obj[0] : NULL;
		rep.return_value = objs->n ? objs->obj[0]->return_value : 0;
	}
	wsman_envelope_emit_reply(o, &rep);
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Undoes what the collectors of the files did: indentation, blanks inside tags, empty tags. */
static void normalize(struct span in, struct buf *b)
{
	uint8_t name[128];
	size_t name_n = 0;
	bool tag = false, quoted = false;
	buf_init(b, LIMIT_XML_BYTES);
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];
		size_t next = i;
		while (next < in.n && blank(in.p[next]))
			next++;
		uint8_t after = next < in.n ? in.p[next] : '<', last = b->n ? b->p[b->n - 1] : '>';
		if (blank(c) && !quoted) {
			bool between = last == '>' || after == '<';
			bool inside = tag && (last == '=' || last == '<' || after == '>');
			if (!between && !inside)
				buf_add(b, span_make(" ", 1));
			i = next - 1;
			continue;
		}
		if (c == '<') {
			tag = true;
			name_n = 0;
		}
		if (tag && c == '"')
			quoted = !quoted;
		if (tag && c == '/' && i + 1 < in.n && in.p[i + 1] == '>' && !quoted) {
			buf_add(b, span_make("></", 3));
			buf_add(b, span_make(name, name_n));
			continue;
		}
		if (tag && c != '<' && c != '>' && name_n < sizeof name)
			name[name_n++] = c;
		if (c == '>')
			tag = false;
		buf_add(b, span_make(&c, 1));
	}
}

static const char *relative(const char *path)
{
	return strncmp(path, DIR, strlen(DIR)) == 0 ? path + strlen(DIR) : path;
}

static bool expect_exact(const char *path)
{
	for (size_t i = 0; i < sizeof not_exact / sizeof *not_exact; i++)
		if (strcmp(not_exact[i].file, relative(path)) == 0)
			return false;
	return true;
}

static void check_exact(const char *path, struct span file, struct span ours, struct counts *n)
{
	struct buf want;
	normalize(file, &want);
	bool exact = span_eq(buf_span(&want), ours);
	if (exact && !expect_exact(path))
		fail_msg("%s is listed as not exact, but is", path);
	if (!exact && expect_exact(path)) {
		/* Shown at once; it fails when fewer than EXACT_MIN are left. */
		size_t i = 0;
		while (i < want.n && i < ours.n && want.p[i] == ours.p[i])
			i++;
		size_t from = i > 40 ? i - 40 : 0;
		print_message("# %s differs at byte %zu\n# file: %.120s\n# ours: %.120s\n", path, i,
			      want.p + from, i < ours.n ? (const char *)ours.p + from : "(end)");
	}
	n->exact += exact;
	n->not_exact += !exact;
	buf_deinit(&want);
}

/* A class table without one of its rows is found out: by each row that a capture has a value for. */
static void miss_each_member(const char *path, const struct wsman_obj *o, struct arena *a,
			     struct counts *n)
{
	const struct wsman_shape *s = o->shape;
	for (unsigned i = 0; i < s->prop_count; i++) {
		struct wsman_prop *props = ARENA_ARRAY(a, struct wsman_prop, s->prop_count);
		struct wsman_shape without = { s->name, props, s->prop_count - 1 };
		struct wsman_obj *again;
		if (!o->vals[i])
			continue;
		memcpy(props, s->props, i * sizeof *props);
		memcpy(props + i, s->props + i + 1, (s->prop_count - i - 1) * sizeof *props);
		assert_true(wsman_obj_read(a, &without, o->ns, o->xml, &again, NULL));
		if (again->unknown_count <= o->unknown_count)
			fail_msg("%s: %s without %s is not found out", path, s->name,
				 s->props[i].name);
		n->missed++;
	}
}

static void check_again(const char *path, const struct wsman_msg *m, struct span file,
			struct arena *a, bool synthetic, struct counts *n)
{
	static uint8_t mem[262144];
	struct objs objs, again;
	struct wsman_msg m2;
	struct err e = { 0 };
	struct out o;
	if (!read_objs(path, m, a, &objs)) {
		print_message("# not typed: %s\n", path);
		return;
	}
	n->typed++;
	n->instances += objs.n;
	n->leaves += objs.leaves;
	n->unknown += objs.unknown;
	for (unsigned i = 0; i < objs.n; i++)
		miss_each_member(path, objs.obj[i], a, n);
	if (objs.unknown)
		print_message("# %s: %u of %u leaves have no named place\n", path, objs.unknown,
			      objs.leaves);
	out_init(&o, mem, sizeof mem);
	emit_again(&o, m, &objs, a);
	assert_false(o.bad);
	if (!wsman_envelope_parse(out_span(&o), a, &m2, &e))
		fail_msg("%s: our reply is not read: %s", path, e.msg);
	assert_true(read_objs(path, &m2, a, &again));
	assert_int_equal(m2.op, m->op);
	assert_string_equal(m2.class_name, m->class_name);
	assert_string_equal(m2.method, m->method);
	assert_string_equal(m2.relates_to, m->relates_to);
	assert_string_equal(m2.enum_context, m->enum_context);
	assert_int_equal(m2.end_of_sequence, m->end_of_sequence);
	assert_true(same_epr(m2.created, m->created));
	assert_int_equal(again.n, objs.n);
	for (unsigned i = 0; i < objs.n; i++)
		if (!same_within(objs.obj[i], again.obj[i]))
			fail_msg("%s: instance %u is not the same after writing", path, i);
	if (!synthetic)
		check_exact(path, file, out_span(&o), n);
}

static void check_bytes(const char *path, struct span file, struct counts *n)
{
	static uint8_t text[1024 * 1024];
	struct arena a;
	struct wsman_msg m;
	struct err e = { 0 };
	struct out o;
	bool synthetic = corpus_listed(DIR "SYNTHETIC", relative(path));
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	if (!wsman_envelope_parse(file, &a, &m, &e))
		fail_msg("%s: %s", path, e.msg);
	if (!m.is_reply || m.op == WSMAN_OP_UNKNOWN)
		fail_msg("%s: read as %s %s", path, wsman_envelope_op_name(m.op),
			 m.is_reply ? "reply" : "request");
	out_init(&o, text, sizeof text);
	wsman_envelope_print(&o, &m);
	assert_true(out_len(&o) > 20);
	wsman_envelope_print_json(&o, &m);
	assert_false(o.bad);
	n->files++;
	n->synthetic += synthetic;
	if (m.op != WSMAN_OP_FAULT)
		check_again(path, &m, file, &a, synthetic, n);
	arena_deinit(&a);
}

static void check_file(const char *path, void *arg)
{
	struct buf b;
	assert_true(corpus_read(path, &b));
	/* Stored among the replies, but a request (see the corpus README). */
	if (!str_ends_nocase(path, "boot/settingdata/put.xml"))
		check_bytes(path, buf_span(&b), arg);
	buf_deinit(&b);
}

static void reads_and_writes_replies(void **state)
{
	struct counts n = { 0 };
	(void)state;
	corpus_each("wsman/responses", ".xml", check_file, &n);
	for (size_t i = 0; i < sizeof not_exact / sizeof *not_exact; i++)
		print_message("# not byte for byte: %s: %s\n", not_exact[i].file, not_exact[i].why);
	print_message(
		"# %u replies: %u of classes in the table with %u instances, %u byte for byte as "
		"captured, %u not, %u synthetic\n",
		n.files, n.typed, n.instances, n.exact, n.not_exact, n.synthetic);
	print_message("# %u leaves, %u of them unknown; a row less found out %u times\n", n.leaves,
		      n.unknown, n.missed);
	assert_int_equal(n.unknown, 0);
	assert_true(n.files >= 213 && n.typed >= TYPED_MIN && n.exact >= EXACT_MIN &&
		    n.leaves >= LEAVES_MIN && n.missed >= MISSED_MIN);
}

static void check_http(const char *path, void *arg)
{
	struct buf b, body;
	assert_true(corpus_read(path, &b));
	bool whole = corpus_http_body(buf_span(&b), &body);
	if (whole && body.n)
		check_bytes(path, buf_span(&body), arg);
	buf_deinit(&body);
	buf_deinit(&b);
}

static void reads_what_came_over_http(void **state)
{
	struct counts n = { 0 };
	(void)state;
	corpus_each("http", ".http", check_http, &n);
	print_message("# %u bodies, %u byte for byte\n", n.files, n.exact);
	assert_true(n.files >= 3 && n.exact >= 3);
}

static void check_fault(const char *path, void *arg)
{
	static uint8_t mem[16384];
	unsigned *count = arg;
	struct arena a;
	struct buf b, body;
	struct wsman_msg m;
	struct err e = { 0 };
	struct out o;
	if (str_ends_nocase(path, ".md"))
		return;
	assert_true(corpus_read(path, &b));
	bool http = str_ends_nocase(path, ".http");
	if (http)
		assert_true(corpus_http_body(buf_span(&b), &body));
	struct span doc = http ? buf_span(&body) : buf_span(&b);
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	if (!wsman_envelope_parse(doc, &a, &m, &e))
		fail_msg("%s: %s", path, e.msg);
	assert_int_equal(m.op, WSMAN_OP_FAULT);
	struct wsman_fault_rep f = { .relates_to = m.relates_to,
				     .message_counter = strtoull(
					     m.message_id + strlen(m.message_id) - 12, NULL, 16),
				     .receiver = strcmp(m.fault.code, "Receiver") == 0,
				     .addressing = strstr(m.action, "addressing") != NULL,
				     .subcode = m.fault.subcode,
				     .reason = m.fault.reason,
				     .has_pt_status = m.fault.has_pt_status,
				     .pt_status = m.fault.pt_status };
	out_init(&o, mem, sizeof mem);
	wsman_envelope_emit_fault(&o, &f);
	doc = span_trim(doc);
	if (!span_eq(out_span(&o), doc))
		fail_msg("%s: our fault differs\nfile: %.*s\nours: %s", path, (int)doc.n, doc.p,
			 mem);
	++*count;
	if (http)
		buf_deinit(&body);
	buf_deinit(&b);
	arena_deinit(&a);
}

static void writes_faults_as_captured(void **state)
{
	unsigned n = 0;
	(void)state;
	corpus_each("faults", "", check_fault, &n);
	assert_true(n >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_replies),
		cmocka_unit_test(reads_what_came_over_http),
		cmocka_unit_test(writes_faults_as_captured),
	};
	if (!corpus_root())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
