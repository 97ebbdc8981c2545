/* Roles of the translator as tables of calls, one list for each interface, and how their answers
 * become facts (amt/pc_priv.h). Pure; called by amt/pc.c. Sends nothing. */
#include "amt/pc_priv.h"
#include "base/str.h"
#include "wsman/classes.h"

static const char *const roles[] = {
#define X(name, text) text,
	AMT_PC_ROLES(X)
#undef X
};

bool amt_pc_role_parse(const char *word, enum amt_pc_role *out_role)
{
	for (unsigned i = 0; i < AMT_PC_ROLE_COUNT; i++) {
		if (!str_eq(word, roles[i]))
			continue;
		*out_role = (enum amt_pc_role)i;
		return true;
	}
	return false;
}

bool amt_pc_role_is_action(enum amt_pc_role role)
{
	return role != AMT_PC_INFO && role != AMT_PC_STATUS;
}

const char *amt_pc_speaks_name(enum amt_pc_speaks s)
{
	return s == AMT_PC_WSMAN ? "WS-MAN" : s == AMT_PC_SOAP ? "legacy SOAP" : "unknown";
}

const char *amt_pc_power_name(enum amt_pc_power p)
{
	static const char *const names[] = { "unknown", "on", "sleep", "hibernate", "off" };

	return (unsigned)p < sizeof names / sizeof *names ? names[p] : "unknown";
}

/* Up to three numbers; those that are missing are 0. */
static bool read_version(const char *text, uint32_t out_n[3])
{
	struct span left = span_str(text);

	for (unsigned i = 0; i < 3; i++)
		out_n[i] = 0;
	for (unsigned i = 0; i < 3 && left.n; i++) {
		size_t n = span_find(left, '.');
		if (!str_to_u32(span_make(left.p, n), 0, 99999, &out_n[i], NULL))
			return false;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return out_n[0] > 0;
}

bool amt_pc_is_soap_era(const char *version)
{
	uint32_t n[3];

	if (!read_version(version, n))
		return false;
	return n[0] < 3 || (n[0] == 3 && (n[1] < 2 || (n[1] == 2 && n[2] < 1)));
}

/* ---- WS-MAN ---- */

static void copy(char *to, size_t cap, const char *text)
{
	if (!text || !str_copy(to, cap, span_str(text)))
		*to = '\0';
}

static bool take_uuid(struct amt_pc_facts *f, const struct wsman_obj *o)
{
	struct span raw;
	struct uuid u;

	if (!wsman_obj_b64(o, "UUID", &raw) || raw.n != 16)
		return false;
	uuid_from_smbios(raw.p, &u);
	uuid_print(&u, f->uuid);
	return true;
}

static bool take_general(struct amt_pc_facts *f, const struct wsman_obj *o)
{
	copy(f->host, sizeof f->host, wsman_obj_str(o, "HostName"));
	copy(f->domain, sizeof f->domain, wsman_obj_str(o, "DomainName"));
	copy(f->realm, sizeof f->realm, wsman_obj_str(o, "DigestRealm"));
	return true;
}

static bool take_port(struct amt_pc_facts *f, const struct wsman_obj *o)
{
	copy(f->mac, sizeof f->mac, wsman_obj_str(o, "MACAddress"));
	copy(f->address, sizeof f->address, wsman_obj_str(o, "IPAddress"));
	return true;
}

/* Requests by role, the one to prefer first. */
static const struct {
	enum amt_pc_role role;
	const char *state;
	uint32_t n;
} requests[] = {
	{ AMT_PC_ON, "2", 2 },         { AMT_PC_OFF, "8", 8 },          { AMT_PC_OFF, "6", 6 },
	{ AMT_PC_CYCLE, "5", 5 },      { AMT_PC_CYCLE, "9", 9 },        { AMT_PC_RESET, "10", 10 },
	{ AMT_PC_SOFT_OFF, "12", 12 }, { AMT_PC_SOFT_RESET, "14", 14 }, { AMT_PC_SLEEP, "4", 4 },
	{ AMT_PC_SLEEP, "3", 3 },      { AMT_PC_HIBERNATE, "7", 7 },    { AMT_PC_NMI, "11", 11 },
};
#define REQUESTS (sizeof requests / sizeof *requests)

static enum amt_pc_power power_of(uint32_t state)
{
	switch (state) {
	case 2:
		return AMT_PC_POWER_ON;
	case 3:
	case 4:
		return AMT_PC_POWER_SLEEP;
	case 7:
		return AMT_PC_POWER_HIBERNATE;
	case 6:
	case 8:
	case 12:
	case 13:
		return AMT_PC_POWER_OFF;
	default:
		return AMT_PC_POWER_UNKNOWN;
	}
}

static bool take_power(struct amt_pc_facts *f, const struct wsman_obj *o)
{
	uint32_t state;

	f->can = 0;
	f->can_states = 0;
	if (!wsman_obj_u32(o, "PowerState", &state))
		return false;
	f->power = power_of(state);
	for (const struct wsman_val *v = wsman_obj_vals(o, "AvailableRequestedPowerStates"); v;
	     v = v->next) {
		if (!str_to_u32(span_str(v->text), 0, 31, &state, NULL))
			continue;
		f->can_states |= 1u << state;
		for (size_t i = 0; i < REQUESTS; i++)
			f->can |= requests[i].n == state ? 1u << requests[i].role : 0;
	}
	return true;
}

struct wsman_obj *amt_pc_power_input(enum amt_pc_role role, const struct amt_pc_facts *f,
				     struct arena *a)
{
	const struct wsman_class *c = wsman_classes_find("CIM_PowerManagementService");
	const struct wsman_method *m = wsman_classes_method(c, "RequestPowerStateChange");
	struct wsman_obj *o = wsman_obj_new(a, &m->in, c->uri);
	struct wsman_epr *host = wsman_obj_epr_of(a, "CIM_ComputerSystem", "CreationClassName",
						  "CIM_ComputerSystem");

	if (!o || !host || !host->selectors)
		return NULL;
	host->selectors->next = wsman_obj_selector(a, "Name", "ManagedSystem", NULL);
	wsman_obj_set_epr(o, "ManagedElement", host);
	for (size_t i = 0; i < REQUESTS; i++) {
		if (requests[i].role != role)
			continue;
		if (f->can_states && !(f->can_states & 1u << requests[i].n))
			continue;
		wsman_obj_set_str(o, "PowerState", requests[i].state);
		break;
	}
	return a->full ? NULL : o;
}

/* ---- legacy SOAP ---- */

static bool take_host(struct amt_pc_facts *f, const struct wsman_eoi_msg *m)
{
	copy(f->host, sizeof f->host, wsman_eoi_text(m, "HostName"));
	return true;
}

static bool take_domain(struct amt_pc_facts *f, const struct wsman_eoi_msg *m)
{
	copy(f->domain, sizeof f->domain, wsman_eoi_text(m, "DomainName"));
	return true;
}

/* "Intel(R) AMT (ID:<UUID>)": the only place where this firmware tells its UUID. */
static bool take_realm(struct amt_pc_facts *f, const struct wsman_eoi_msg *m)
{
	const char *at;
	struct uuid u;

	copy(f->realm, sizeof f->realm, wsman_eoi_text(m, "DigestRealm"));
	at = strstr(f->realm, "(ID:");
	if (at && strlen(at) > 40 && uuid_parse(span_make(at + 4, 36), &u))
		uuid_print(&u, f->uuid);
	return true;
}

static bool take_interface(struct amt_pc_facts *f, const struct wsman_eoi_msg *m)
{
	const struct wsman_xml *d = wsman_xml_child(m->body, NULL, "InterfaceDescriptor"), *ip,
			       *mac;
	uint32_t v;
	struct out o;

	if (!d)
		return false;
	mac = wsman_xml_child(d, NULL, "MACAddress");
	copy(f->mac, sizeof f->mac, mac ? mac->text : "");
	ip = wsman_xml_child(d, NULL, "IPv4Parameters");
	ip = ip ? wsman_xml_child(ip, NULL, "LocalAddress") : NULL;
	if (!ip || !str_to_u32(span_str(ip->text), 1, UINT32_MAX, &v, NULL))
		return true;
	out_init(&o, f->address, sizeof f->address);
	out_fmt(&o, "%u.%u.%u.%u", v >> 24, v >> 16 & 255, v >> 8 & 255, v & 255);
	return true;
}

static bool take_state(struct amt_pc_facts *f, const struct wsman_eoi_msg *m)
{
	static const enum amt_pc_power by_nibble[] = {
		AMT_PC_POWER_ON,        AMT_PC_POWER_SLEEP, AMT_PC_POWER_SLEEP, AMT_PC_POWER_SLEEP,
		AMT_PC_POWER_HIBERNATE, AMT_PC_POWER_OFF,   AMT_PC_POWER_OFF,   AMT_PC_POWER_OFF,
	};
	uint32_t v;

	if (!wsman_eoi_u32(m, "SystemPowerState", &v))
		return false;
	v &= 15;
	f->power = v < 8 ? by_nibble[v] : AMT_PC_POWER_UNKNOWN;
	return true;
}

/* What the platform can, in whatever state it is. */
static bool take_capabilities(struct amt_pc_facts *f, const struct wsman_eoi_msg *m)
{
	uint32_t v;

	f->can = 0;
	if (!wsman_eoi_u32(m, "SystemCapabilitiesSupported", &v))
		return false;
	f->can |= v & 1 ? 1u << AMT_PC_CYCLE : 0;
	f->can |= v & 2 ? 1u << AMT_PC_OFF : 0;
	f->can |= v & 4 ? 1u << AMT_PC_ON : 0;
	f->can |= v & 8 ? 1u << AMT_PC_RESET : 0;
	return true;
}

const char *amt_pc_power_command(enum amt_pc_role role)
{
	switch (role) {
	case AMT_PC_ON:
		return "17";
	case AMT_PC_OFF:
		return "18";
	case AMT_PC_CYCLE:
		return "19";
	default: /* reset: the others are refused before */
		return "16";
	}
}

/* ---- roles ---- */

#define POWER_OF_WSMAN                                                                       \
	{                                                                                    \
		.class_name = "CIM_AssociatedPowerManagementService", .take_obj = take_power \
	}
static const struct amt_pc_step wsman_info[] = {
	{ .class_name = "AMT_SetupAndConfigurationService",
	  .method = "GetUuid",
	  .optional = true,
	  .take_obj = take_uuid },
	{ .class_name = "AMT_GeneralSettings", .take_obj = take_general },
	{ .class_name = "AMT_EthernetPortSettings",
	  .instance_id = "Intel(r) AMT Ethernet Port Settings 0",
	  .optional = true,
	  .take_obj = take_port },
	POWER_OF_WSMAN,
	{ .class_name = NULL },
};
static const struct amt_pc_step wsman_power[] = { POWER_OF_WSMAN, { .class_name = NULL } };

#define POWER_OF_SOAP                                                                      \
	{ .service = WSMAN_EOI_REMOTE_CONTROL,                                             \
	  .op = "GetSystemPowerState",                                                     \
	  .take_eoi = take_state },                                                        \
	{                                                                                  \
		.service = WSMAN_EOI_REMOTE_CONTROL, .op = "GetRemoteControlCapabilities", \
		.optional = true, .take_eoi = take_capabilities                            \
	}
static const struct amt_pc_step soap_info[] = {
	{ .service = WSMAN_EOI_SECURITY,
	  .op = "GetDigestRealm",
	  .optional = true,
	  .take_eoi = take_realm },
	{ .service = WSMAN_EOI_NETWORK, .op = "GetHostName", .take_eoi = take_host },
	{ .service = WSMAN_EOI_NETWORK, .op = "GetDomainName", .take_eoi = take_domain },
	{ .service = WSMAN_EOI_NETWORK,
	  .op = "GetInterfaceSettings",
	  .param = { "InterfaceHandle", "0" },
	  .since = 25,
	  .optional = true,
	  .take_eoi = take_interface },
	POWER_OF_SOAP,
	{ .op = NULL },
};
static const struct amt_pc_step soap_power[] = {
	POWER_OF_SOAP,
	{ .op = NULL },
};

static bool has(const struct amt_pc_step *s, const struct amt_pc_facts *f)
{
	uint32_t n[3];

	return !s->since || (read_version(f->version, n) && n[0] * 10 + n[1] >= s->since);
}

const struct amt_pc_step *amt_pc_step_at(enum amt_pc_role role, const struct amt_pc_facts *f,
					 unsigned n)
{
	const struct amt_pc_step *s = f->speaks == AMT_PC_SOAP
		? (role == AMT_PC_INFO ? soap_info : soap_power)
		: (role == AMT_PC_INFO ? wsman_info : wsman_power);

	for (; s->class_name || s->op; s++) {
		if (has(s, f) && n-- == 0)
			return s;
	}
	return NULL;
}

/* The PC is already as the role would make it. */
static bool is_so(enum amt_pc_role role, enum amt_pc_power p)
{
	switch (role) {
	case AMT_PC_ON:
		return p == AMT_PC_POWER_ON;
	case AMT_PC_OFF:
	case AMT_PC_SOFT_OFF:
		return p == AMT_PC_POWER_OFF;
	case AMT_PC_SLEEP:
		return p == AMT_PC_POWER_SLEEP;
	case AMT_PC_HIBERNATE:
		return p == AMT_PC_POWER_HIBERNATE;
	default:
		return false;
	}
}

/* What the PC's own system has to do, by the agent of the firmware in it. */
static bool needs_agent(enum amt_pc_role role)
{
	return role == AMT_PC_SOFT_OFF || role == AMT_PC_SOFT_RESET || role == AMT_PC_SLEEP ||
		role == AMT_PC_HIBERNATE;
}

bool amt_pc_judge(enum amt_pc_role role, const struct amt_pc_facts *f, bool *out_need,
		  struct err *e)
{
	bool off = f->power == AMT_PC_POWER_OFF || f->power == AMT_PC_POWER_HIBERNATE;

	*out_need = false;
	if (!amt_pc_role_is_action(role) || is_so(role, f->power))
		return true;
	if (f->speaks == AMT_PC_SOAP && role > AMT_PC_RESET) {
		err_set(e, ERR_UNSUPPORTED, "firmware before 3.2.1 knows no power %s", roles[role]);
		return err_want(e, "on, off, cycle or reset");
	}
	if (off && role != AMT_PC_ON && role != AMT_PC_OFF) {
		err_set(e, ERR_CONFLICT, "the PC is %s: there is nothing to %s",
			amt_pc_power_name(f->power), roles[role]);
		return err_hint(e, "switch it on with 'outband power on'");
	}
	if (f->can && !(f->can & 1u << role)) {
		err_set(e, ERR_UNSUPPORTED, "the PC does not offer power %s now", roles[role]);
		err_seen(e, "it is %s", amt_pc_power_name(f->power));
		if (needs_agent(role))
			return err_hint(e,
					"its system does that, by the local management service "
					"(LMS): is it up? else take off or reset");
		return err_hint(e,
				"an open redirection session forbids off and cycle: close it, or "
				"take reset");
	}
	*out_need = true;
	return true;
}
