/* The variables of setup.bin: names, sizes, values. Read by the printer. Source: a peer's writer
 * (P) and the documented version tables (D). */
#include "wire/setupbin_priv.h"

/* clang-format off */
static const struct wire_show_name off_on[] = { { 0, "off" }, { 1, "on" }, { 0, NULL } };
static const struct wire_show_name features[] = { { 0, "none" }, { 1, "AMT" }, { 0, NULL } };
static const struct wire_show_name local_update[] = { { 0, "off" }, { 1, "on" }, { 2, "with password" }, { 0, NULL } };
static const struct wire_show_name qualifiers[] = { { 0, "always" }, { 1, "never" }, { 2, "restricted" }, { 0, NULL } };
static const struct wire_show_name user_certs[] = { { 0, "disabled" }, { 1, "enabled" }, { 2, "delete" }, { 0, NULL } };
static const struct wire_show_name redirections[] = {
	{ 0, "none" }, { 1, "SOL" }, { 2, "IDER" }, { 3, "SOL and IDER" }, { 4, "password login" },
	{ 5, "SOL, password login" }, { 6, "IDER, password login" }, { 7, "SOL and IDER, password login" }, { 0, NULL },
};
static const struct wire_show_name dhcp[] = { { 1, "disabled" }, { 2, "enabled" }, { 0, NULL } };
static const struct wire_show_name modes[] = { { 1, "enterprise" }, { 2, "small business" }, { 0, NULL } };
static const struct wire_show_name fqdn_kinds[] = { { 0, "dedicated" }, { 1, "shared with the host" }, { 0, NULL } };
static const struct wire_show_name consents[] = { { 0, "none" }, { 1, "KVM" }, { 255, "all" }, { 0, NULL } };
static const struct wire_show_name activation[] = { { 0, "stop" }, { 1, "start" }, { 0, NULL } };
static const struct wire_show_name manual[] = { { 0, "automated" }, { 1, "manual" }, { 0, NULL } };
static const struct wire_show_name services[] = { { 1, "reactive" }, { 2, "proactive" }, { 4, "one-time" }, { 0, NULL } };

#define TEXT   WIRE_SETUPBIN_TEXT
#define NUMBER WIRE_SETUPBIN_NUMBER
#define BYTES  WIRE_SETUPBIN_BYTES

static const struct wire_setupbin_def defs[] = {
	{ 1, 1, "current MEBx password", TEXT, 0, 32, true, NULL },
	{ 1, 2, "new MEBx password", TEXT, 8, 32, true, NULL },
	{ 1, 3, "manageability feature", NUMBER, 1, 1, false, features },
	{ 1, 4, "local firmware update", NUMBER, 1, 1, false, local_update },
	{ 1, 5, "firmware update qualifier", NUMBER, 1, 1, false, qualifiers },
	{ 1, 6, "power package", WIRE_SETUPBIN_GUID, 16, 16, false, NULL },
	{ 2, 1, "PID", TEXT, 8, 8, false, NULL },
	{ 2, 2, "PPS", TEXT, 32, 32, true, NULL },
	{ 2, 3, "PKI DNS suffix", TEXT, 0, 255, false, NULL },
	{ 2, 4, "setup server name", TEXT, 0, 255, false, NULL },
	{ 2, 5, "remote configuration", NUMBER, 1, 1, false, off_on },
	{ 2, 6, "pre-installed certificates", NUMBER, 1, 1, false, off_on },
	{ 2, 7, "own root certificates", NUMBER, 1, 1, false, user_certs },
	{ 2, 8, "own root certificate hash", WIRE_SETUPBIN_HASH, 22, 82, false, NULL },
	{ 2, 10, "redirection", NUMBER, 1, 1, false, redirections },
	{ 2, 11, "host name", TEXT, 0, 63, false, NULL },
	{ 2, 12, "domain name", TEXT, 0, 255, false, NULL },
	{ 2, 13, "DHCP", NUMBER, 1, 1, false, dhcp },
	{ 2, 14, "secure firmware update", NUMBER, 1, 1, false, off_on },
	{ 2, 15, "ITO", BYTES, 0, 480, false, NULL },
	{ 2, 16, "setup mode", NUMBER, 1, 1, false, modes },
	{ 2, 17, "setup server address", BYTES, 0, 480, false, NULL },
	{ 2, 18, "setup server port", NUMBER, 2, 2, false, NULL },
	{ 2, 19, "static IPv4 parameters", BYTES, 0, 480, false, NULL },
	{ 2, 20, "VLAN", BYTES, 0, 480, false, NULL },
	{ 2, 21, "password policy", BYTES, 0, 480, false, NULL },
	{ 2, 22, "IPv6", BYTES, 0, 480, false, NULL },
	{ 2, 23, "shared host name", NUMBER, 1, 1, false, fqdn_kinds },
	{ 2, 24, "dynamic DNS update", NUMBER, 1, 1, false, off_on },
	{ 2, 25, "KVM", NUMBER, 1, 1, false, off_on },
	{ 2, 26, "user consent", NUMBER, 1, 1, false, consents },
	{ 2, 27, "remote change of user consent", NUMBER, 1, 1, false, off_on },
	{ 2, 28, "setup start or stop", NUMBER, 1, 1, false, activation },
	{ 2, 29, "manual setup", NUMBER, 1, 1, false, manual },
	{ 2, 30, "support channel", NUMBER, 4, 4, false, NULL },
	{ 2, 31, "support channel description", TEXT, 0, 60, false, NULL },
	{ 2, 32, "service account number", TEXT, 0, 32, false, NULL },
	{ 2, 33, "enrolment passcode", TEXT, 0, 32, true, NULL },
	{ 2, 34, "service kind", NUMBER, 4, 4, false, services },
	{ 2, 35, "service provider", WIRE_SETUPBIN_BYTES, 16, 16, false, NULL },
};
/* clang-format on */

const struct wire_setupbin_def *wire_setupbin_def_priv(uint16_t module, uint16_t id)
{
	for (size_t i = 0; i < sizeof defs / sizeof *defs; i++)
		if (defs[i].module == module && defs[i].id == id)
			return &defs[i];
	return NULL;
}

const char *wire_setupbin_var_name(uint16_t module, uint16_t id)
{
	const struct wire_setupbin_def *d = wire_setupbin_def_priv(module, id);
	return d ? d->name : NULL;
}

bool wire_setupbin_var_is_secret(uint16_t module, uint16_t id)
{
	const struct wire_setupbin_def *d = wire_setupbin_def_priv(module, id);
	return d && d->secret;
}
