/* Inside of the translator: the calls that a role is made of, as tables. Pure: pc.c sends them. */
#pragma once
#include "amt/pc.h"

struct amt_pc_step {
	/* WS-MAN: a Get, or a method */
	const char *class_name, *method, *instance_id;
	/* legacy SOAP */
	enum wsman_eoi_service service;
	const char *op;
	struct wsman_eoi_param param; /* name NULL: none */
	unsigned since;               /* release that has it, 25 is 2.5; 0: all */
	bool optional;                /* a refusal is no failure */
	bool (*take_obj)(struct amt_pc_facts *f, const struct wsman_obj *o);
	bool (*take_eoi)(struct amt_pc_facts *f, const struct wsman_eoi_msg *m);
};
/* The n-th read of that role over that interface; NULL past the end. */
const struct amt_pc_step *amt_pc_step_at(enum amt_pc_role role, const struct amt_pc_facts *f, unsigned n);
/* Whether the role asks for anything, now that power is known. *out_need false: it is so already. False
 * with e set when it cannot be done. */
bool amt_pc_judge(enum amt_pc_role role, const struct amt_pc_facts *f, bool *out_need, struct err *e);
/* Input of RequestPowerStateChange for the role; NULL: no memory. */
struct wsman_obj *amt_pc_power_input(enum amt_pc_role role, const struct amt_pc_facts *f, struct arena *a);
/* Command of RemoteControl for the role. */
const char *amt_pc_power_command(enum amt_pc_role role);
