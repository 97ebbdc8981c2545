/* Inside of the legacy SOAP services (EOI): one request in, one reply out. Pure, as fw_priv.h.
 * fw_http.c asks; fw_eoi.c checks form and finds the operation; the operations stand by service. */
#pragma once
#include "base/source.h"
#include "sim/dev_priv.h"
#include "wsman/eoi.h"
#include "wsman/status.h"

struct fw_eoi_ctx {
	struct sim_dev *d;
	struct arena *a;
	const struct wsman_eoi_msg *m;
	enum wsman_eoi_service service;
	uint32_t user;                 /* who asks: handle of fw_users.c, 0 the admin */
	int64_t now_unix_ms;
	struct out *inner;             /* elements of the reply behind its status */
};
struct fw_eoi_param { /* all are numbers */
	const char *name;
	uint32_t max;
	bool required;
};
struct fw_eoi_method {
	const char *name;
	unsigned since;                    /* release that has it, 25 is 2.5; 0: all */
	const struct fw_eoi_param *params; /* in the order of the schema, ends with NULL; NULL: none */
	uint32_t (*call)(struct fw_eoi_ctx *x);
	enum source src;                   /* of its name and elements */
};
/* By service, each ending with name NULL. */
extern const struct fw_eoi_method sim_fw_eoi_security[], sim_fw_eoi_network[], sim_fw_eoi_general[],
	sim_fw_eoi_time[], sim_fw_eoi_redirection[], sim_fw_eoi_power[];

/* A parameter that was given; false when it was not. The form was checked before. */
bool sim_fw_eoi_param(const struct fw_eoi_ctx *x, const char *name, uint32_t *out_v);
void sim_fw_eoi_put(struct fw_eoi_ctx *x, const char *name, const char *text);
void sim_fw_eoi_put_u32(struct fw_eoi_ctx *x, const char *name, uint32_t v);
void sim_fw_eoi_open(struct fw_eoi_ctx *x, const char *name);
void sim_fw_eoi_close(struct fw_eoi_ctx *x, const char *name);
/* Answers x->m: gives the HTTP status and writes the SOAP body. action: header SOAPAction, empty when
 * there was none. */
unsigned sim_fw_eoi(struct fw_eoi_ctx *x, struct span action, struct out *body);
