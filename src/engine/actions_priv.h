/* What the files of actions share: the table's rows and small helpers. */
#pragma once
#include "engine/plan.h"

#define AMT_URI "http://intel.com/wbem/wscim/1/amt-schema/1/"
extern const struct engine_action engine_act_clock, engine_act_general, engine_act_make_key, engine_act_add_key,
	engine_act_generate_key, engine_act_issue, engine_act_add_cert, engine_act_context, engine_act_tls,
	engine_act_redir, engine_act_listener, engine_act_kvm, engine_act_webui, engine_act_mebx,
	engine_act_admin, engine_act_commit;

/* A request for method of class with an empty input object (NULL when the arena is full). */
struct wsman_obj *engine_act_invoke(struct arena *a, struct wsman_req *req, const char *class_name,
				    const char *method);
/* A Put or Create of class with an instance object: empty, or read again from what the device sent. */
struct wsman_obj *engine_act_put(struct arena *a, struct wsman_req *req, enum wsman_op op, const char *class_name);
bool engine_act_full(struct err *e); /* error for an arena that is full */
/* Output object of a reply with return value 0, else the error. */
bool engine_act_output(const struct wsman_msg *m, struct arena *a, struct wsman_obj **out_o, struct err *e);
/* apply for actions whose return value is all there is. */
bool engine_act_return(struct engine_facts *have, const struct wsman_msg *m, struct arena *a, struct err *e);
/* In a setup KVM is switched without a look before: what it is afterwards is read. A refusal is
 * followed by the read as well, which tells a PC without KVM from one that refuses. */
bool engine_act_kvm_unasked(const struct engine_plan_in *in);
/* Renewal: the context names the new certificate, and the PC shows the former one still. */
bool engine_act_leaf_staged(const struct engine_plan_in *in);
const char *engine_act_on(bool v); /* "on" / "off" */
