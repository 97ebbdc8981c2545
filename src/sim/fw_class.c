/* Classes of the firmware as tables: finding one, building an instance, matching selectors, storing
 * a Put. fw_dispatch.c and fw_enum.c call it; the services only give tables and what is special.
 * Never answers by itself. */
#include "base/str.h"
#include "sim/fw_priv.h"

/* One a line, so that lines can come and go. */
/* clang-format off */
static const struct fw_class *const tables[] = {
	sim_fw_general_classes,
	sim_fw_setup_classes,
	sim_fw_admin_classes,
	sim_fw_time_classes,
	sim_fw_tls_classes,
	sim_fw_pki_classes,
	sim_fw_redir_classes,
	sim_fw_optin_classes,
	sim_fw_boot_classes,
	sim_fw_net_classes,
	sim_fw_info_classes,
	sim_fw_power_classes,
	sim_fw_crl_classes,
	sim_fw_kerberos_classes,
	sim_fw_audit_classes,
	sim_fw_log_classes,
	sim_fw_defense_classes,
	sim_fw_wifi_classes,
	sim_fw_8021x_classes,
	sim_fw_presence_classes,
	sim_fw_alerts_classes,
	sim_fw_alarms_classes,
	sim_fw_remote_classes,
	sim_fw_proxy_classes,
	sim_fw_hw_classes,
	NULL,
};
/* clang-format on */

const struct fw_class *sim_fw_class_at(unsigned i)
{
	for (size_t t = 0; tables[t]; t++) {
		for (const struct fw_class *c = tables[t]; c->name; c++) {
			if (i-- == 0)
				return c;
		}
	}
	return NULL;
}

const struct fw_class *sim_fw_class_find(const char *name)
{
	const struct fw_class *c;

	for (unsigned i = 0; (c = sim_fw_class_at(i)); i++) {
		if (str_eq(c->name, name))
			return c;
	}
	return NULL;
}

unsigned sim_fw_class_index(const struct fw_class *c)
{
	unsigned i = 0;

	while (sim_fw_class_at(i) != c)
		i++;
	return i;
}

bool sim_fw_refuse(struct fw_ctx *x, enum fw_fault f)
{
	x->fault = f;
	return false;
}

bool sim_fw_refuse_status(struct fw_ctx *x, enum fw_fault f, uint32_t pt_status)
{
	x->fault = f;
	x->pt_status = pt_status;
	return false;
}

bool sim_fw_flash_ok(struct fw_ctx *x)
{
	return !sim_fault_hit(x->d, SIM_FAULT_FLASH_LIMIT, NULL);
}

bool sim_fw_has(const struct sim_dev *d, const struct fw_class *c)
{
	unsigned release = sim_gen_number(d->gen);

	return release >= c->since && (!c->until || release <= c->until);
}

unsigned sim_fw_count(const struct sim_dev *d, const struct fw_class *c)
{
	if (!sim_fw_has(d, c))
		return 0;
	if (c->count)
		return c->count(d);
	return c->members[1] ? 2 : 1;
}

static const struct fw_member *members_of(const struct fw_class *c, unsigned i)
{
	return c->members[i && c->members[1] ? 1 : 0];
}

static const struct wsman_prop *prop_of(const struct wsman_obj *o, const char *name)
{
	int at = wsman_classes_prop(o->shape, name);

	return at < 0 ? NULL : &o->shape->props[at];
}

void sim_fw_set(struct wsman_obj *o, const char *prop, const char *text)
{
	if (prop_of(o, prop))
		wsman_obj_set_str(o, prop, text);
}

static void set_array(struct wsman_obj *o, const char *prop, const char *text)
{
	struct span left = span_str(text);

	while (left.n > 0) {
		size_t n = span_find(left, '\n');
		wsman_obj_add_str(o, prop, arena_str(o->arena, span_make(left.p, n)));
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
}

static void set_var(struct fw_ctx *x, struct wsman_obj *o, const struct fw_member *m)
{
	enum sim_var v = (enum sim_var)m->var;
	unsigned flags = sim_var_rows[v].flags;
	bool active = x->active || !sim_gen_staged(x->d);
	const char *text = active ? sim_var_active(x->d, v) : sim_var_staged(x->d, v);

	if (!prop_of(o, m->prop))
		return;
	if (flags & SIM_VAR_HIDDEN)
		text = "";
	if (flags & SIM_VAR_ARRAY)
		set_array(o, m->prop, text);
	else if (*text || !(flags & SIM_VAR_OPTIONAL))
		wsman_obj_set_str(o, m->prop, text);
}

struct wsman_obj *sim_fw_instance(struct fw_ctx *x, const struct fw_class *c, unsigned i)
{
	if (c->derived)
		c = c->derived(x->d, &i);
	const struct wsman_class *cls = wsman_classes_find(c->name);
	struct wsman_obj *o;

	if (!cls || !(o = wsman_obj_new(x->a, &cls->shape, cls->uri)))
		return NULL;
	for (const struct fw_member *m = members_of(c, i); m && m->prop; m++) {
		const struct wsman_prop *p = prop_of(o, m->prop);
		if (!p || (x->keys_only && !(p->flags & WSMAN_KEY)))
			continue;
		if (m->fixed)
			wsman_obj_set_str(o, m->prop, m->fixed);
		else if (m->var >= 0)
			set_var(x, o, m);
	}
	if (c->fill)
		c->fill(x, i, o);
	return o;
}

struct wsman_epr *sim_fw_epr(struct fw_ctx *x, const char *class_name, const char *key,
			     const char *value)
{
	return wsman_obj_epr_of(x->a, class_name, key, value);
}

/* Two references name the same instance: the given selectors are a subset that agrees. */
static bool same_epr(const struct wsman_epr *given, const struct wsman_epr *have)
{
	if (!given || !have || !given->selectors ||
	    !str_eq(given->resource_uri, have->resource_uri))
		return false;
	for (const struct wsman_selector *s = given->selectors; s; s = s->next) {
		const char *v = wsman_obj_epr_selector(have, s->name);
		if (!v || !s->value)
			return false;
		/* Both spellings of this one name occur (setup-and-configuration 5.5). */
		bool collection = str_eq(s->name, "ElementName") &&
			str_eq(s->value, "TLSProtocolEndpointInstances Collection");
		if (!str_eq(v, s->value) && !collection)
			return false;
	}
	return true;
}

static bool agrees(const struct wsman_obj *o, const struct wsman_selector *s)
{
	const struct wsman_prop *p = prop_of(o, s->name);

	if (!p || !(p->flags & WSMAN_KEY))
		return false;
	if (p->type == WSMAN_EPR)
		return same_epr(s->epr, wsman_obj_epr(o, s->name));
	return s->value && str_eq(s->value, wsman_obj_str(o, s->name));
}

static bool agrees_all(const struct wsman_obj *o, const struct wsman_selector *s)
{
	for (; s; s = s->next) {
		if (!agrees(o, s))
			return false;
	}
	return true;
}

int sim_fw_select(struct fw_ctx *x, const struct fw_class *c)
{
	unsigned count = sim_fw_count(x->d, c);
	int found = -1;

	if (count == 0 && !x->m->selectors) {
		sim_fw_refuse(x, FW_FAULT_UNREACHABLE);
		return -1;
	}
	if (!x->m->selectors && count == 1)
		return 0;
	x->keys_only = true;
	for (unsigned i = 0; x->m->selectors && i < count; i++) {
		const struct wsman_obj *o = sim_fw_instance(x, c, i);
		if (!o || !agrees_all(o, x->m->selectors))
			continue;
		if (found >= 0) { /* more than one: ambiguous */
			found = -1;
			break;
		}
		found = (int)i;
	}
	x->keys_only = false;
	if (found < 0) {
		bool plain = sim_switches_is(&x->d->sw, SIM_SW_SELECTOR, "invalid");
		sim_fw_refuse(x, plain ? FW_FAULT_SELECTORS : FW_FAULT_UNREACHABLE);
	}
	return found;
}

/* The text that a Put gives a variable: booleans in one spelling, arrays joined. */
static const char *put_text(struct fw_ctx *x, const struct wsman_obj *in,
			    const struct wsman_prop *p, enum sim_var v)
{
	bool yes;

	if (p->type == WSMAN_BOOL && wsman_obj_bool(in, p->name, &yes))
		return yes ? "true" : "false";
	if (!(sim_var_rows[v].flags & SIM_VAR_ARRAY))
		return wsman_obj_str(in, p->name);
	const char *joined = "";
	for (const struct wsman_val *w = wsman_obj_vals(in, p->name); w; w = w->next)
		joined = *joined ? arena_fmt(x->a, "%s\n%s", joined, w->text) : w->text;
	return joined;
}

const char *sim_fw_will_be(const struct fw_ctx *x, const struct wsman_obj *in, const char *prop,
			   enum sim_var v)
{
	bool yes;
	const struct wsman_prop *p = prop_of(in, prop);

	if (!p || !wsman_obj_has(in, prop))
		return sim_var_staged(x->d, v);
	if (p->type == WSMAN_BOOL && wsman_obj_bool(in, prop, &yes))
		return yes ? "true" : "false";
	return wsman_obj_str(in, prop);
}

static const struct fw_member *member_find(const struct fw_member *m, const char *prop)
{
	for (; m && m->prop; m++) {
		if (str_eq(m->prop, prop))
			return m;
	}
	return NULL;
}

/* A Put may carry what a Get shows, no more; keys must be those of the instance. */
static bool check_members(struct fw_ctx *x, const struct fw_class *c, unsigned i,
			  const struct wsman_obj *in)
{
	x->keys_only = true;
	const struct wsman_obj *have = sim_fw_instance(x, c, i);
	x->keys_only = false;

	for (unsigned n = 0; n < in->shape->prop_count; n++) {
		const struct wsman_prop *p = &in->shape->props[n];
		if (!in->vals[n])
			continue;
		if (!member_find(members_of(c, i), p->name))
			return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
		if (!(p->flags & WSMAN_KEY) || p->type == WSMAN_EPR)
			continue;
		if (!have || !str_eq(wsman_obj_str(in, p->name), wsman_obj_str(have, p->name)))
			return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	}
	return true;
}

static void put_member(struct fw_ctx *x, const struct wsman_obj *in, const struct wsman_prop *p,
		       enum sim_var v)
{
	const char *text = put_text(x, in, p, v);

	/* A hidden one reads empty: who puts the whole instance back means no change. */
	if (text && (*text || !(sim_var_rows[v].flags & SIM_VAR_HIDDEN)))
		sim_var_put(x->d, v, text);
}

bool sim_fw_put(struct fw_ctx *x, const struct fw_class *c, unsigned i, const struct wsman_obj *in)
{
	if (in->unknown_count || wsman_obj_missing(in))
		return sim_fw_refuse(x, FW_FAULT_REPRESENTATION);
	if (!check_members(x, c, i, in))
		return false;
	if (!sim_fw_flash_ok(x))
		return sim_fw_refuse_status(x, FW_FAULT_INTERNAL,
					    WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED);
	if (c->put && !c->put(x, i, in))
		return false;
	for (const struct fw_member *m = members_of(c, i); m && m->prop; m++) {
		const struct wsman_prop *p = prop_of(in, m->prop);
		if (p && m->var >= 0 && wsman_obj_has(in, m->prop))
			put_member(x, in, p, (enum sim_var)m->var);
	}
	return true;
}
