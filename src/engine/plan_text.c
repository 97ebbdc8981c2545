/* `device plan`: the plan of a device from what is stored of it, without talking to it. */
#include "engine/run_priv.h"

#include "amt/quirks.h"
#include "base/clk.h"
#include "base/mem.h"

bool engine_plan_text(struct engine *en, const char *uuid, struct out *o, struct err *e)
{
	struct store_job none = { .uuid = uuid, .id = "" };
	struct engine_run *r = engine_run_new(en, &none);
	bool ok = engine_run_prepare(r, e);
	if (ok) {
		struct arena a;
		struct store_device d;
		arena_init(&a, 1 << 20);
		ok = store_device_get(en->conf.store, &a, uuid, &d) &&
			engine_facts_parse(span_str(d.facts), &r->facts, e);
		arena_deinit(&a);
	}
	if (ok) {
		const struct amt_quirks *q = amt_quirks_find(r->version);
		r->in.setup = r->said_hello;
		r->in.renew = engine_run_renews(r);
		r->in.now_unix_ms = clk_unix_ms();
		r->in.firmware_keys = !q || q->keys.firmware_keys;
		r->in.key_bits = q ? q->key_bits.key_bits : 2048;
		out_fmt(o, "device %s (%s), profile %s\n", r->fqdn, r->uuid, r->profile.name);
		out_fmt(o, "way in: %s\n",
			!r->said_hello   ? "stored credential"
				: r->psk ? "PSK"
					 : "provisioning certificate");
		if (!r->facts.known)
			out_str(o,
				"nothing was read from this device yet: from-values are those of a factory device\n");
		engine_plan_print(&r->in, o);
		for (const struct engine_node *n = r->profile.parts; n; n = n->next)
			out_fmt(o, "%s: as the profile says, after the PC was read\n", n->key);
	}
	engine_run_free(r);
	return ok;
}
