/* How the rows of the class table are written; included by classes_*.c only. */
#pragma once
#include "wsman/classes.h"

#define URI_AMT "http://intel.com/wbem/wscim/1/amt-schema/1/"
#define URI_CIM "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define URI_IPS "http://intel.com/wbem/wscim/1/ips-schema/1/"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* P(name, type, flags): a member; E adds the names of an enumeration. */
#define P(name, type, flags)        { name, WSMAN_##type, flags, NULL }
#define E(name, type, flags, names) { name, WSMAN_##type, flags, names }
#define KEY                         WSMAN_KEY
#define ARR                         WSMAN_ARRAY
#define REQ                         WSMAN_REQUIRED
#define RO                          WSMAN_READONLY
#define SEC                         WSMAN_SECRET

/* Members of a method; NONE when there are none. */
#define MEMBERS(...)                               \
	(const struct wsman_prop[]){ __VA_ARGS__ }, \
		COUNT(((const struct wsman_prop[]){ __VA_ARGS__ }))
#define NONE                  NULL, 0
/* M: ReturnValue is PT_STATUS. D: it is of the DMTF set. */
#define M(name, in, out) { #name, { #name "_INPUT", in }, { #name "_OUTPUT", out }, false }
#define D(name, in, out) { #name, { #name "_INPUT", in }, { #name "_OUTPUT", out }, true }
/* Standard method; the wait is limited by TimeoutPeriod, the work may be a job. */
#define REQUEST_STATE_CHANGE(names)                                                       \
	D(RequestStateChange,                                                             \
	  MEMBERS(E("RequestedState", U16, REQ, names), P("TimeoutPeriod", DATETIME, 0)), \
	  MEMBERS(P("Job", EPR, 0)))

/* Class without and with methods. common: see struct wsman_class. */
#define CLASS(base, name, props, common) \
	{ #name, WSMAN_##base, URI_##base #name, { #name, props, COUNT(props) }, NULL, 0, common }
#define CLASS_M(base, name, props, methods, common)                                        \
	{ #name,   WSMAN_##base,   URI_##base #name, { #name, props, COUNT(props) }, methods, \
	  COUNT(methods), common }

/* Enumerations of the CIM standard (wsman 3.0). */
extern const struct wsman_name wsman_names_enabled_state[];
extern const struct wsman_name wsman_names_requested_state[];
extern const struct wsman_name wsman_names_state_change[]; /* input of RequestStateChange */
extern const struct wsman_name wsman_names_enabled_default[];
extern const struct wsman_name wsman_names_operational_status[];
extern const struct wsman_name wsman_names_health_state[];

extern const struct wsman_class wsman_classes_amt[];
extern const unsigned wsman_classes_amt_count;
extern const struct wsman_class wsman_classes_cim[];
extern const unsigned wsman_classes_cim_count;
extern const struct wsman_class wsman_classes_ips[];
extern const unsigned wsman_classes_ips_count;
