/* Fuzzes the envelope reader: reading, printing, typed reading, writing what was read. */
#include "base/limits.h"
#include "wsman/envelope.h"

static void read_members(const struct wsman_obj *o)
{
	for (unsigned i = 0; i < o->shape->prop_count; i++) {
		const char *name = o->shape->props[i].name;
		struct span bytes;
		uint32_t number;
		bool yes;
		(void)(wsman_obj_has(o, name) && wsman_obj_u32(o, name, &number));
		(void)wsman_obj_bool(o, name, &yes);
		(void)wsman_obj_b64(o, name, &bytes);
		(void)wsman_obj_epr_selector(wsman_obj_epr(o, name), "InstanceID");
		if (wsman_obj_obj(o, name))
			read_members(wsman_obj_obj(o, name));
	}
	(void)wsman_obj_missing(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t text[LIMIT_XML_BYTES];
	struct out o;
	struct arena a;
	struct wsman_msg m;
	struct wsman_obj *obj = NULL;
	struct err e = { 0 };
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	out_init(&o, text, sizeof text);
	if (wsman_envelope_parse(span_make(data, size), &a, &m, &e)) {
		wsman_envelope_print(&o, &m);
		wsman_envelope_print_json(&o, &m);
		if (wsman_envelope_obj(&m, &a, &obj, &e) && obj)
			read_members(obj);
		wsman_envelope_emit_reply(&o, &(struct wsman_rep){ .to = &m, .obj = obj });
		wsman_envelope_emit_request(&o,
					    &(struct wsman_req){ .op = m.op,
								 .resource_uri = m.resource_uri,
								 .method = m.method,
								 .selectors = m.selectors,
								 .obj = obj,
								 .subscription = m.subscription });
	}
	arena_deinit(&a);
	return 0;
}
