/* How the rows of the class table are written; included by classes*.c only. One file per subject,
 * as the chapters of the reference (wsman 3.5-3.15). Members stand in byte order of their names, as
 * firmware sends them; method members in the order of the class definition, which is the order that
 * firmware expects. A member that says "inherited" was not seen, and one that says "another reader"
 * is known only from another client: it is there so that a reply that has it is understood. */
#pragma once
#include "wsman/classes.h"
#include "wsman/classes_index.h"

#define URI_AMT "http://intel.com/wbem/wscim/1/amt-schema/1/"
#define URI_CIM "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define URI_IPS "http://intel.com/wbem/wscim/1/ips-schema/1/"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* P(name, type, flags): a member; E adds the names of an enumeration. */
/* O: an instance of another class. */
#define P(name, type, flags)        { name, WSMAN_##type, flags, { NULL } }
#define E(name, type, flags, texts) { name, WSMAN_##type, flags, { .names = texts } }
#define O(name, flags, cls)         { name, WSMAN_OBJ, flags, { .of = cls } }
#define KEY                         WSMAN_KEY
#define ARR                         WSMAN_ARRAY
#define REQ                         WSMAN_REQUIRED
#define RO                          WSMAN_READONLY
#define SEC                         WSMAN_SECRET
#define UNIT(unit)                  (WSMAN_##unit << WSMAN_UNIT_SHIFT)

/* Members of a method; NONE when there are none. */
#define MEMBERS(...)                               \
	(const struct wsman_prop[]){ __VA_ARGS__ }, \
		COUNT(((const struct wsman_prop[]){ __VA_ARGS__ }))
#define NONE                  NULL, 0
/* M: ReturnValue is PT_STATUS. D: it is of the DMTF set. R: of a set of its own. */
#define M(name, in, out) { #name, { #name "_INPUT", in }, { #name "_OUTPUT", out }, NULL }
#define D(name, in, out) \
	{ #name, { #name "_INPUT", in }, { #name "_OUTPUT", out }, wsman_names_dmtf_return }
#define R(name, in, out, texts) { #name, { #name "_INPUT", in }, { #name "_OUTPUT", out }, texts }
/* Standard method; the wait is limited by TimeoutPeriod, the work may be a job. */
#define REQUEST_STATE_CHANGE(names)                                                       \
	D(RequestStateChange,                                                             \
	  MEMBERS(E("RequestedState", U16, REQ, names), P("TimeoutPeriod", DATETIME, 0)), \
	  MEMBERS(P("Job", EPR, 0)))
/* What every device inherits (CIM_LogicalDevice). */
#define DEVICE_METHODS                                                                             \
	D(SetPowerState,                                                                           \
	  MEMBERS(E("PowerState", U16, 0, wsman_names_device_power), P("Time", DATETIME, 0)),      \
	  NONE),                                                                                   \
		D(Reset, NONE, NONE), D(EnableDevice, MEMBERS(P("Enabled", BOOL, 0)), NONE),       \
		D(OnlineDevice, MEMBERS(P("Online", BOOL, 0)), NONE),                              \
		D(QuiesceDevice, MEMBERS(P("Quiesce", BOOL, 0)), NONE),                            \
		D(SaveProperties, NONE, NONE), D(RestoreProperties, NONE, NONE)

/* Class without and with methods, which stand in PROPS_methods. common: see struct wsman_class. */
#define CLASS(base, name, props, common)                     \
	const struct wsman_class wsman_classes_##name = {    \
		#name, WSMAN_##base, URI_##base #name, { #name, props, COUNT(props) }, NULL, 0, common \
	}
#define CLASS_M(base, name, props, common)                                                   \
	const struct wsman_class wsman_classes_##name = {                                    \
		#name,  WSMAN_##base,    URI_##base #name,       { #name, props, COUNT(props) }, \
		props##_methods, COUNT(props##_methods), common                              \
	}

/* Enumerations of the CIM standard (wsman 3.0). */
extern const struct wsman_name wsman_names_enabled_state[];
extern const struct wsman_name wsman_names_requested_state[];
extern const struct wsman_name wsman_names_state_change[]; /* input of RequestStateChange */
extern const struct wsman_name wsman_names_enabled_default[];
extern const struct wsman_name wsman_names_operational_status[];
extern const struct wsman_name wsman_names_health_state[];
extern const struct wsman_name wsman_names_device_power[]; /* input of SetPowerState */
extern const struct wsman_name wsman_names_dmtf_return[];
extern const struct wsman_name wsman_names_config_return[]; /* of configuration settings */

#define X(name) extern const struct wsman_class wsman_classes_##name;
WSMAN_CLASSES(X)
#undef X
