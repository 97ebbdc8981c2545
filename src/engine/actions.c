/* Helpers that all files of actions share (engine/actions_priv.h). */
#include "engine/actions_priv.h"

#include "wsman/status.h"

bool engine_act_full(struct err *e)
{
	return err_set(e, ERR_LIMIT, "a request does not fit into its memory");
}

struct wsman_obj *engine_act_invoke(struct arena *a, struct wsman_req *req, const char *class_name,
				    const char *method)
{
	const struct wsman_class *c = wsman_classes_find(class_name);
	const struct wsman_method *m = c ? wsman_classes_method(c, method) : NULL;
	if (!m)
		return NULL;
	req->op = WSMAN_OP_INVOKE;
	req->resource_uri = c->uri;
	req->method = m->name;
	struct wsman_obj *o = wsman_obj_new(a, &m->in, c->uri);
	req->obj = o;
	return o;
}

struct wsman_obj *engine_act_put(struct arena *a, struct wsman_req *req, enum wsman_op op,
				 const char *class_name)
{
	const struct wsman_class *c = wsman_classes_find(class_name);
	if (!c)
		return NULL;
	req->op = op;
	req->resource_uri = c->uri;
	struct wsman_obj *o = wsman_obj_new(a, &c->shape, c->uri);
	req->obj = o;
	return o;
}

bool engine_act_output(const struct wsman_msg *m, struct arena *a, struct wsman_obj **out_o,
		       struct err *e)
{
	struct wsman_obj *o;
	if (!wsman_envelope_obj(m, a, &o, e))
		return false;
	if (o->return_value != 0) {
		wsman_status_check(m, o->return_value, e);
		return false;
	}
	*out_o = o;
	return true;
}

bool engine_act_return(struct engine_facts *have, const struct wsman_msg *m, struct arena *a,
		       struct err *e)
{
	(void)have;
	struct wsman_obj *o;
	return engine_act_output(m, a, &o, e);
}

const char *engine_act_on(bool v)
{
	return v ? "on" : "off";
}
