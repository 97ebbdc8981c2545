/* Messages of the legacy SOAP interface (EOI) of AMT up to 8.x, the only one below 3.2.1: SOAP 1.1,
 * document style, one service per path, one operation per message (wsman 4). Pure. Read by the
 * client (amt/eoi.c) and by the simulator (sim/fw_eoi.c); tables of operations are theirs. */
#pragma once
#include "wsman/xml.h"
#include <stdint.h>

#define WSMAN_EOI_CONTENT_TYPE "text/xml; charset=utf-8"

/* X(constant, path, namespace below WSMAN_EOI_NS, prefix in replies). Paths of the first three are
 * those of clients in use, the others follow their pattern. */
#define WSMAN_EOI_NS "http://schemas.intel.com/platform/client/"
#define WSMAN_EOI_SERVICES(X)                                                                       \
	X(WSMAN_EOI_REMOTE_CONTROL, "RemoteControl", "RemoteControl/2004/01", "rci")                \
	X(WSMAN_EOI_SECURITY, "SecurityAdministration", "SecurityAdministration/2004/01", "sai")    \
	X(WSMAN_EOI_NETWORK, "NetworkAdministration", "NetworkAdministration/2004/01", "net")       \
	X(WSMAN_EOI_TIME, "NetworkTime", "NetworkTime/2004/01", "tim")                              \
	X(WSMAN_EOI_REDIRECTION, "Redirection", "Redirection/2004/01", "idr")                       \
	X(WSMAN_EOI_GENERAL_INFO, "GeneralInfo", "GeneralInfo/2004/01", "inf")                      \
	X(WSMAN_EOI_EVENTS, "EventManager", "EventManager/2004/01", "emi")                          \
	X(WSMAN_EOI_ASSETS, "HardwareAsset", "HardwareAsset/2004/01", "hwa")
enum wsman_eoi_service {
#define X(name, path, ns, prefix) name,
	WSMAN_EOI_SERVICES(X)
#undef X
	WSMAN_EOI_SERVICE_COUNT
};
struct wsman_eoi_service_row { const char *path /* "/RemoteControlService" */, *name, *ns, *prefix; };
const struct wsman_eoi_service_row *wsman_eoi_service_at(unsigned i); /* NULL past the end */
bool wsman_eoi_service_find(struct span path, enum wsman_eoi_service *out_s);

struct wsman_eoi_msg { /* borrows from the arena of the reading */
	const char *ns, *op;           /* of the one element of the body; op without "Response" */
	bool is_reply, is_fault;
	bool must_understand;          /* a header that must be understood: there is none that we know */
	bool has_status;               /* a reply's Status, or StatusCode, as PT_STATUS */
	uint32_t status;
	const char *fault_code, *fault_text; /* "" when it says none */
	const struct wsman_xml *body;
};
bool wsman_eoi_parse(struct span in, struct arena *a, struct wsman_eoi_msg *out_m, struct err *e);
/* Text of the element of that name in the body's element; NULL: there is none. */
const char *wsman_eoi_text(const struct wsman_eoi_msg *m, const char *name);
bool wsman_eoi_u32(const struct wsman_eoi_msg *m, const char *name, uint32_t *out_v);
void wsman_eoi_print(struct out *o, const struct wsman_eoi_msg *m);
void wsman_eoi_print_json(struct out *o, const struct wsman_eoi_msg *m); /* one object */

struct wsman_eoi_param { const char *name, *text; };
void wsman_eoi_emit_request(struct out *o, enum wsman_eoi_service s, const char *op,
			    const struct wsman_eoi_param *params, unsigned count);
/* inner: elements of the reply behind its status, as wsman_eoi_element writes them. */
void wsman_eoi_emit_reply(struct out *o, enum wsman_eoi_service s, const char *op, const char *status_name,
			  uint32_t status, struct span inner);
void wsman_eoi_emit_fault(struct out *o, const char *code, const char *text);
void wsman_eoi_element(struct out *o, enum wsman_eoi_service s, const char *name, const char *text);
/* Value of the header SOAPAction, quoted. */
void wsman_eoi_action(struct out *o, enum wsman_eoi_service s, const char *op);
/* A reply to that operation with status 0; else an error: ERR_FAULT, ERR_PT_STATUS, ERR_MALFORMED. */
bool wsman_eoi_check(const struct wsman_eoi_msg *m, enum wsman_eoi_service s, const char *op, struct err *e);
