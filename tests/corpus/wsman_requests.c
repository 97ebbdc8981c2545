/* Every captured request: our builder, called with the file's own
 * arguments through the typed interface, gives a request of the same meaning. Puts go the way
 * they go in the product: an instance is read from a device's reply, one member is modified, and
 * the result is put. Exceptions are listed here with the reason, and must stay exceptions. */
#include "base/limits.h"
#include "base/str.h"
#include "support/corpus_files.h"
#include "support/wsman_compare.h"
#include "wsman/envelope.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PLACEHOLDER_EPR  "the placeholder 1 stands where an endpoint reference belongs"
#define PLACEHOLDER_TIME "the placeholder 1 stands where a time belongs"

/* Of those with a placeholder all the rest is the same, if not said otherwise. */
static const struct exception {
	const char *file, *why;
	bool rest_differs;
} exceptions[] = {
	{ "requests/AMT_RemoteAccessPolicyAppliesToMPS.Put.xml",
	  "invented members stand where endpoint references belong", false },
	{ "requests/IPS_IEEE8021xSettings.SetCertificates.xml",
	  "the word 'certificateblob' stands where an endpoint reference belongs", false },
	{ "requests/AMT_PublicKeyManagementService.GeneratePKCS10RequestEx.xml",
	  "KeyPair is the word 'test', and the other members stand in another order than that of the "
	  "class definition",
	  true },
	{ "requests-meshcentral/AMT_PublicKeyManagementService.GeneratePKCS10RequestEx.xml",
	  "KeyPair is the placeholder 1 where an endpoint reference belongs", false },
	{ "requests-meshcentral/CIM_PowerManagementService.RequestPowerStateChange.xml",
	  "ManagedElement and Time are the placeholder 1", false },
	{ "requests-meshcentral/AMT_RemoteAccessService.AddRemoteAccessPolicyRule.xml",
	  PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_AccountManagementService.CreateAccount.xml", PLACEHOLDER_EPR,
	  false },
	{ "requests-meshcentral/CIM_BootConfigSetting.ChangeBootOrder.xml", PLACEHOLDER_EPR,
	  false },
	{ "requests-meshcentral/CIM_BootService.SetBootConfigRole.xml", PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_Card.ConnectorPower.xml", PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_Card.IsCompatible.xml", PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_Chassis.IsCompatible.xml", PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_MediaAccessDevice.SetPowerState.xml", PLACEHOLDER_TIME, false },
	{ "requests-meshcentral/CIM_PhysicalFrame.IsCompatible.xml", PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_PhysicalPackage.IsCompatible.xml", PLACEHOLDER_EPR, false },
	{ "requests-meshcentral/CIM_Processor.SetPowerState.xml", PLACEHOLDER_TIME, false },
	{ "requests-meshcentral/CIM_Sensor.SetPowerState.xml", PLACEHOLDER_TIME, false },
	{ "requests-meshcentral/CIM_Watchdog.SetPowerState.xml", PLACEHOLDER_TIME, false },
	{ "requests-meshcentral/CIM_WiFiPort.SetPowerState.xml", PLACEHOLDER_TIME, false },
	{ "requests-meshcentral/IPS_PowerManagementService.RequestOSPowerSavingStateChange.xml",
	  PLACEHOLDER_EPR, false },
	{ "requests-amtc/wsman_info_step2.xml",
	  "asks for pages of 250 and does not limit their characters", true },
};

struct counts {
	unsigned files, compared, placeholders, puts, parsed_only, empty, excepted;
	unsigned of_class[256]; /* by index of wsman_classes_at */
};

static const char *short_name(const char *path)
{
	return path + strlen("wsman/");
}

static const struct exception *exception_of(const char *path)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (strcmp(exceptions[i].file, short_name(path)) == 0)
			return &exceptions[i];
	return NULL;
}

/* A reference that names no resource, a time that is bare text: no device and no client of ours
 * can say that. */
static bool is_placeholder(const struct wsman_prop *p, const struct wsman_xml *x)
{
	const struct wsman_xml *params = wsman_xml_child(x, NULL, "ReferenceParameters");
	if (p->type == WSMAN_EPR)
		return !wsman_xml_child(params, NULL, "ResourceURI");
	return (p->type == WSMAN_DATETIME || p->type == WSMAN_OBJ) && !x->first;
}

static void drop_placeholders(struct wsman_xml *payload, const struct wsman_shape *s)
{
	struct wsman_xml **at = &payload->first;
	while (*at) {
		int i = wsman_classes_prop(s, (*at)->name);
		if (i >= 0 && is_placeholder(&s->props[i], *at))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
}

static void emit_tree(struct out *o, const struct wsman_xml *x)
{
	out_fmt(o, "<%s xmlns=\"%s\"", x->name, x->ns);
	for (const struct wsman_xml_attr *at = x->attrs; at; at = at->next) {
		out_fmt(o, " %s=\"", at->name);
		wsman_xml_escape(o, span_str(at->value));
		out_str(o, "\"");
	}
	out_str(o, ">");
	wsman_xml_escape(o, span_str(x->text));
	for (const struct wsman_xml *c = x->first; c; c = c->next)
		emit_tree(o, c);
	out_fmt(o, "</%s>", x->name);
}

static void set_epr(struct wsman_obj *o, const struct wsman_prop *p, const struct wsman_xml *x)
{
	const struct wsman_xml *params = wsman_xml_child(x, NULL, "ReferenceParameters");
	const struct wsman_xml *uri = wsman_xml_child(params, NULL, "ResourceURI");
	const struct wsman_xml *set = wsman_xml_child(params, NULL, "SelectorSet");
	struct wsman_selector *first = NULL;
	for (const struct wsman_xml *s = set ? set->first : NULL; s; s = s->next)
		first = wsman_obj_selector(o->arena, wsman_xml_attr(s, "Name"), s->text, first);
	struct wsman_epr epr = { uri ? uri->text : "", first };
	if (p->flags & WSMAN_ARRAY)
		wsman_obj_add_epr(o, p->name, &epr);
	else
		wsman_obj_set_epr(o, p->name, &epr);
}

static void set_typed(struct wsman_obj *o, const struct wsman_xml *x);

static void set_within(struct wsman_obj *o, const struct wsman_prop *p, const struct wsman_xml *x)
{
	const struct wsman_class *c = wsman_classes_find(p->of);
	struct wsman_obj *within = wsman_obj_new(o->arena, &c->shape, c->uri);
	for (const struct wsman_xml *m = x->first; m; m = m->next)
		set_typed(within, m);
	wsman_obj_set_obj(o, p->name, within);
}

/* One argument of the file through the setter for its type. */
static void set_typed(struct wsman_obj *o, const struct wsman_xml *x)
{
	int i = wsman_classes_prop(o->shape, x->name);
	if (i < 0)
		fail_msg("%s has no member %s", o->shape->name, x->name);
	const struct wsman_prop *p = &o->shape->props[i];
	struct span text = span_str(x->text);
	uint8_t bytes[8192];
	uint32_t number;
	size_t n;
	if (p->type == WSMAN_EPR)
		set_epr(o, p, x);
	else if (p->type == WSMAN_OBJ)
		set_within(o, p, x);
	else if (p->type == WSMAN_DATETIME && x->first)
		wsman_obj_set_str(o, p->name, x->first->text);
	else if (p->flags & WSMAN_ARRAY)
		wsman_obj_add_str(o, p->name, x->text);
	else if (p->type == WSMAN_BOOL)
		wsman_obj_set_bool(o, p->name,
				   strcmp(x->text, "true") == 0 || strcmp(x->text, "1") == 0);
	else if (p->type >= WSMAN_U8 && p->type <= WSMAN_U32 &&
		 str_to_u32(text, 0, UINT32_MAX, &number, NULL))
		wsman_obj_set_u32(o, p->name, number);
	else if (p->type == WSMAN_B64 && text.n % 4 == 0 &&
		 b64_decode(text, bytes, sizeof bytes, &n))
		wsman_obj_set_b64(o, p->name, span_make(bytes, n));
	else
		wsman_obj_set_str(o, p->name, x->text);
}

static bool has_members(enum wsman_op op)
{
	return op == WSMAN_OP_INVOKE || op == WSMAN_OP_PUT || op == WSMAN_OP_CREATE;
}

static struct wsman_obj *arguments(struct arena *a, const struct wsman_msg *m)
{
	const struct wsman_method *method = wsman_classes_method(m->cls, m->method);
	if (m->op == WSMAN_OP_INVOKE && !method)
		fail_msg("%s has no method %s", m->class_name, m->method);
	struct wsman_obj *o = wsman_obj_new(a, method ? &method->in : &m->cls->shape, m->cls->uri);
	for (const struct wsman_xml *x = m->payload->first; x; x = x->next)
		set_typed(o, x);
	return o;
}

/* The instance comes from a device's reply with one member different, which is then modified. */
static struct wsman_obj *get_and_modify(struct arena *a, const struct wsman_msg *m,
					struct wsman_obj *want)
{
	static uint8_t mem[65536];
	struct wsman_msg get = { .op = WSMAN_OP_GET,
				 .action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get",
				 .resource_uri = m->resource_uri,
				 .message_id = "1" };
	struct wsman_obj *device = wsman_obj_clone(a, want), *read = NULL;
	struct wsman_msg reply;
	struct err e = { 0 };
	struct out o;
	unsigned i = 0;
	while (i < want->shape->prop_count && (!want->vals[i] || want->vals[i]->epr))
		i++;
	bool any = i < want->shape->prop_count;
	if (any && want->shape->props[i].type == WSMAN_BOOL)
		device->vals[i]->text = strcmp(want->vals[i]->text, "true") == 0 ? "false" : "true";
	else if (any)
		device->vals[i]->text = "7";
	struct wsman_rep rep = { .to = &get, .obj = device, .message_counter = 9 };
	out_init(&o, mem, sizeof mem);
	wsman_envelope_emit_reply(&o, &rep);
	assert_false(o.bad);
	if (!wsman_envelope_parse(out_span(&o), a, &reply, &e) ||
	    !wsman_envelope_obj(&reply, a, &read, &e))
		fail_msg("get before put of %s: %s", m->class_name, e.msg);
	if (!read || read->unknown_count)
		return NULL;
	if (any)
		read->vals[i] = want->vals[i];
	return read;
}

/* Builds what m says with our own builder; is it the same as the file? */
static bool ours_is_same(const char *path, const struct wsman_msg *m, struct arena *a,
			 struct span file, struct out *why)
{
	static uint8_t mem[65536];
	struct out o;
	struct wsman_req r = { .op = m->op,
			       .resource_uri = m->cls->uri,
			       .method = m->op == WSMAN_OP_INVOKE ? m->method : NULL,
			       .selectors = m->selectors,
			       .enum_context = m->enum_context,
			       .subscription = m->subscription,
			       .message_id = m->message_id };
	if (has_members(m->op))
		r.obj = arguments(a, m);
	if (m->op == WSMAN_OP_PUT)
		r.obj = get_and_modify(a, m, arguments(a, m));
	out_init(&o, mem, sizeof mem);
	wsman_envelope_emit_request(&o, &r);
	if (o.bad)
		fail_msg("%s: our request was not built", path);
	return wsman_compare(file, out_span(&o), why);
}

/* The same for what is left of a file without its placeholders. */
static bool rest_is_same(const char *path, struct arena *a, struct span file, struct out *why)
{
	static uint8_t mem[65536];
	struct wsman_xml *root;
	struct wsman_msg m;
	struct out o;
	assert_true(wsman_xml_parse(file, a, &root, NULL));
	assert_true(wsman_envelope_parse(file, a, &m, NULL));
	const struct wsman_method *method = wsman_classes_method(m.cls, m.method);
	struct wsman_xml *body = root->first;
	while (strcmp(body->name, "Body") != 0)
		body = body->next;
	drop_placeholders(body->first, method ? &method->in : &m.cls->shape);
	out_init(&o, mem, sizeof mem);
	emit_tree(&o, root);
	assert_false(o.bad);
	assert_true(wsman_envelope_parse(out_span(&o), a, &m, NULL));
	return ours_is_same(path, &m, a, out_span(&o), why);
}

static void compare(const char *path, const struct wsman_msg *m, struct arena *a, struct span file,
		    struct counts *n)
{
	char why[1024];
	struct out w;
	out_init(&w, why, sizeof why);
	bool same = ours_is_same(path, m, a, file, &w), rest = false;
	const struct exception *ex = exception_of(path);
	if (same == (ex != NULL))
		fail_msg("%s: %s", path, same ? "listed as an exception and is none" : why);
	if (ex && has_members(m->op)) {
		out_init(&w, why, sizeof why);
		rest = rest_is_same(path, a, file, &w);
		if (rest == ex->rest_differs)
			fail_msg("%s, without its placeholders: %s", path, rest ? "same" : why);
	}
	if (has_members(m->op) && m->op != WSMAN_OP_INVOKE && !m->payload->first) {
		n->empty++;
		print_message("# says nothing: %s\n", short_name(path));
	}
	for (unsigned i = 0; wsman_classes_at(i); i++)
		n->of_class[i] += wsman_classes_at(i) == m->cls;
	n->puts += m->op == WSMAN_OP_PUT;
	n->compared += same;
	n->placeholders += rest;
	n->excepted += !same;
}

static void check_file(const char *path, void *arg)
{
	struct counts *n = arg;
	struct arena a;
	struct buf b;
	struct wsman_msg m = { .op = WSMAN_OP_UNKNOWN };
	struct err e = { 0 };
	static uint8_t text[262144];
	struct out o;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	if (!corpus_read(path, &b) || !wsman_envelope_parse(buf_span(&b), &a, &m, &e))
		fail_msg("%s: %s", path, e.msg);
	if (m.is_reply || m.op == WSMAN_OP_FAULT)
		fail_msg("%s: a request was taken for a reply", path);
	if (m.op == WSMAN_OP_UNKNOWN)
		fail_msg("%s: operation not recognized: %s", path, m.action);
	out_init(&o, text, sizeof text);
	wsman_envelope_print(&o, &m);
	wsman_envelope_print_json(&o, &m);
	assert_false(o.bad);
	n->files++;
	if (m.cls)
		compare(path, &m, &a, buf_span(&b), n);
	else {
		n->parsed_only++;
		print_message("# a tree: %s, of the class '%s'\n", path, m.resource_uri);
	}
	buf_deinit(&b);
	arena_deinit(&a);
}

static void builds_what_clients_send(void **state)
{
	struct counts n = { 0 };
	(void)state;
	corpus_each("wsman/requests", ".xml", check_file, &n);
	corpus_each("wsman/requests-meshcentral", ".xml", check_file, &n);
	corpus_each("wsman/requests-amtc", ".xml", check_file, &n);
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		print_message("# exception: %s: %s\n", exceptions[i].file, exceptions[i].why);
	for (unsigned i = 0; wsman_classes_at(i); i++)
		if (!n.of_class[i])
			print_message("# no captured request: %s\n", wsman_classes_at(i)->name);
	print_message(
		"# %u requests: %u equal in meaning (%u Puts, %u of them empty), %u exceptions (%u of "
		"them equal but for placeholders), "
		"%u templates read as trees\n",
		n.files, n.compared, n.puts, n.empty, n.excepted, n.placeholders, n.parsed_only);
	assert_true(n.compared >= 306 && n.parsed_only <= 2);
	assert_int_equal(n.excepted, sizeof exceptions / sizeof *exceptions);
	assert_int_equal(n.placeholders, n.excepted - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(builds_what_clients_send) };
	if (!corpus_root())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
