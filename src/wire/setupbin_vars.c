/* The variables of setup.bin: names, sizes, values. Read by the printer. Source: a peer's writer
 * (P) and the documented version tables (D). Which version of the file brought a variable is known
 * for few of them: that cell has a letter of its own. */
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
	{ 1, 1, "current MEBx password", TEXT, 0, 32, true, NULL, 10, SRC_D },
	{ 1, 2, "new MEBx password", TEXT, 8, 32, true, NULL, 10, SRC_D },
	{ 1, 3, "manageability feature", NUMBER, 1, 1, false, features, 20, SRC_D },
	{ 1, 4, "local firmware update", NUMBER, 1, 1, false, local_update, 20, SRC_G },
	{ 1, 5, "firmware update qualifier", NUMBER, 1, 1, false, qualifiers, 20, SRC_G },
	{ 1, 6, "power package", WIRE_SETUPBIN_GUID, 16, 16, false, NULL, 21, SRC_P },
	{ 2, 1, "PID", TEXT, 8, 8, false, NULL, 10, SRC_D },
	{ 2, 2, "PPS", TEXT, 32, 32, true, NULL, 10, SRC_D },
	{ 2, 3, "PKI DNS suffix", TEXT, 0, 255, false, NULL, 20, SRC_D },
	{ 2, 4, "setup server name", TEXT, 0, 255, false, NULL, 20, SRC_G },
	{ 2, 5, "remote configuration", NUMBER, 1, 1, false, off_on, 20, SRC_D },
	{ 2, 6, "pre-installed certificates", NUMBER, 1, 1, false, off_on, 20, SRC_G },
	{ 2, 7, "own root certificates", NUMBER, 1, 1, false, user_certs, 20, SRC_D },
	{ 2, 8, "own root certificate hash", WIRE_SETUPBIN_HASH, 22, 82, false, NULL, 20, SRC_D },
	{ 2, 10, "redirection", NUMBER, 1, 1, false, redirections, 21, SRC_G },
	{ 2, 11, "host name", TEXT, 0, 63, false, NULL, 21, SRC_D },
	{ 2, 12, "domain name", TEXT, 0, 255, false, NULL, 21, SRC_D },
	{ 2, 13, "DHCP", NUMBER, 1, 1, false, dhcp, 21, SRC_D },
	{ 2, 14, "secure firmware update", NUMBER, 1, 1, false, off_on, 20, SRC_G },
	{ 2, 15, "ITO", BYTES, 0, 480, false, NULL, 20, SRC_G },
	{ 2, 16, "setup mode", NUMBER, 1, 1, false, modes, 20, SRC_G },
	{ 2, 17, "setup server address", BYTES, 0, 480, false, NULL, 20, SRC_G },
	{ 2, 18, "setup server port", NUMBER, 2, 2, false, NULL, 20, SRC_G },
	{ 2, 19, "static IPv4 parameters", BYTES, 0, 480, false, NULL, 21, SRC_D },
	{ 2, 20, "VLAN", BYTES, 0, 480, false, NULL, 21, SRC_D },
	{ 2, 21, "password policy", BYTES, 0, 480, false, NULL, 21, SRC_G },
	{ 2, 22, "IPv6", BYTES, 0, 480, false, NULL, 30, SRC_P },
	{ 2, 23, "shared host name", NUMBER, 1, 1, false, fqdn_kinds, 30, SRC_D },
	{ 2, 24, "dynamic DNS update", NUMBER, 1, 1, false, off_on, 30, SRC_D },
	{ 2, 25, "KVM", NUMBER, 1, 1, false, off_on, 30, SRC_D },
	{ 2, 26, "user consent", NUMBER, 1, 1, false, consents, 30, SRC_G },
	{ 2, 27, "remote change of user consent", NUMBER, 1, 1, false, off_on, 30, SRC_G },
	{ 2, 28, "setup start or stop", NUMBER, 1, 1, false, activation, 30, SRC_G },
	{ 2, 29, "manual setup", NUMBER, 1, 1, false, manual, 30, SRC_D },
	{ 2, 30, "support channel", NUMBER, 4, 4, false, NULL, 30, SRC_G },
	{ 2, 31, "support channel description", TEXT, 0, 60, false, NULL, 30, SRC_G },
	{ 2, 32, "service account number", TEXT, 0, 32, false, NULL, 30, SRC_G },
	{ 2, 33, "enrolment passcode", TEXT, 0, 32, true, NULL, 30, SRC_G },
	{ 2, 34, "service kind", NUMBER, 4, 4, false, services, 30, SRC_G },
	{ 2, 35, "service provider", WIRE_SETUPBIN_BYTES, 16, 16, false, NULL, 30, SRC_G },
};
/* By the bytes: peers disagree on the text form of these GUIDs. */
static const struct {
	const char *hex, *name;
} packages[] = {
	{ "763997110b56504388709812f391b560", "Mobile: ON in S0" },
	{ "26d31c768708c74bbb5f38744315a5ff", "Mobile: ON in S0, S3/AC" },
	{ "530e08db6c0fd948b2d28958d3f1156e", "Mobile: ON in S0, S3/AC, S4-5/AC" },
	{ "055dd5b64ca4874da5a8b47c14deda5f", "Mobile: ON in S0, ME wake in S3/AC" },
	{ "30800dee09c07843af287868a2dbbe3a", "Mobile: ON in S0, ME wake in S3/AC, S4-5/AC" },
	{ "944f8312fb104fdc968e1e232b0c9065", "Desktop: ON in S0" },
	{ "a18600ab9a7f4c42a6e6bb243a295d9e", "Desktop: ON in S0, S3" },
	{ "7286abac96b448e29b9e9b7df91c7fd4", "Desktop: ON in S0, S3, S4-5" },
	{ "7b32cd4d6bbe4389a62a4d7bd8dbd026", "Desktop: ON in S0, ME wake in S3" },
	{ "7322734623dc432fa98a13d37982d855", "Desktop: ON in S0, ME wake in S3, S4-5" },
	{ "c519a4ba6e6f8d4db227517f7e4595db", "Desktop: ON in S0, S3, S4-5, off after power loss" },
	{ "d60be3ed04c52c46b772d18018ee2fc4", "Desktop: ON in S0, ME wake, off after power loss" },
};
/* clang-format on */

const char *wire_setupbin_package_priv(struct span guid)
{
	char hex[33];
	struct out o;

	out_init(&o, hex, sizeof hex);
	out_hex(&o, guid);
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (strcmp(hex, packages[i].hex) == 0)
			return packages[i].name;
	return NULL;
}

static bool same_name(struct span a, const char *b)
{
	if (a.n != strlen(b))
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char c = (char)a.p[i] == '-' ? ' ' : (char)a.p[i], d = b[i] == '-' ? ' ' : b[i];
		if (!span_eq_nocase(span_make(&c, 1), span_make(&d, 1)))
			return false;
	}
	return true;
}

const char *wire_setupbin_package_hex_priv(struct span name)
{
	for (size_t i = 0; i < sizeof packages / sizeof *packages; i++)
		if (same_name(name, packages[i].name))
			return packages[i].hex;
	return NULL;
}

const struct wire_setupbin_def *wire_setupbin_def_named_priv(struct span name)
{
	for (size_t i = 0; i < sizeof defs / sizeof *defs; i++)
		if (same_name(name, defs[i].name))
			return &defs[i];
	return NULL;
}

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
