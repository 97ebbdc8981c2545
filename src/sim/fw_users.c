/* Users beside the admin: kept as records, judged at login, and held to their realms. Coarse where the
 * reference is: a realm opens whole classes. Methods of AMT_AuthorizationService; see fw_users_priv.h. */
#include "sim/fw_users_priv.h"

#include "base/str.h"
#include "wire/sid.h"

#define CLS             "AMT_AuthorizationService"
#define DIGEST_MAX      7
#define DIRECTORY_MAX   32
#define DOMAINS_MAX     4
#define REALM_ADMIN     3
#define REALM_AUDIT     20
#define ACCESS_LOCAL    0
#define ACCESS_ANY      2
#define INVALID_REALM   2055
#define MAX_KERB_DOMAIN 2065
#define PAGE_SMALL      3

/* ---- what is allowed ---- */

bool sim_fw_users_name_ok(const struct sim_dev *d, const char *name)
{
	size_t n = strlen(name);

	if (n < 1 || n >= SIM_ADMIN_USER || strncmp(name, "$$", 2) == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name[i] < 33 || name[i] > 126 || strchr(":,<>&\"", name[i]))
			return false;
	}
	return !str_eq(name, "Administrator") && !(d->gen->admin_taken.is && str_eq(name, "Admin"));
}

bool sim_fw_users_digest(const struct sim_dev *d, const char *text, uint8_t out_ha1[16])
{
	uint8_t bytes[64];
	size_t n;

	if (strlen(text) == 32 && sim_switches_is(&d->sw, SIM_SW_ADMIN_HEX, "taken") &&
	    hex_decode(span_str(text), out_ha1, 16, &n))
		return true;
	if (!b64_decode(span_str(text), bytes, sizeof bytes, &n) || n != 16)
		return false;
	memcpy(out_ha1, bytes, 16);
	return true;
}

static bool realm_ok(const struct sim_dev *d, uint32_t realm)
{
	if (realm < 2 || realm > 24 || realm == 22 || realm == 23)
		return false;
	return realm < REALM_AUDIT || realm == 24 || sim_gen_number(d->gen) >= 40;
}

static bool sid_of(const struct sim_record *r, struct wire_sid *out_sid)
{
	uint8_t bytes[64];
	size_t n;
	const char *text = sim_record_get(r, "KerberosUserSid");

	return text && b64_decode(span_str(text), bytes, sizeof bytes, &n) &&
		wire_sid_parse(span_make(bytes, n), out_sid);
}

/* SUCCESS, or why one more directory entry does not fit. */
static uint32_t directory_room(const struct sim_dev *d, const struct wire_sid *sid)
{
	struct wire_sid seen[DOMAINS_MAX], have;
	unsigned domains = 0, entries = 0;
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++) {
		bool known = false;
		if (!sid_of(r, &have))
			continue;
		if (wire_sid_eq(&have, sid))
			return WSMAN_PT_DUPLICATE;
		entries++;
		for (unsigned k = 0; k < domains; k++)
			known |= wire_sid_same_domain(&seen[k], &have);
		if (!known && domains < DOMAINS_MAX)
			seen[domains++] = have;
	}
	if (entries >= DIRECTORY_MAX)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	for (unsigned k = 0; k < domains; k++) {
		if (wire_sid_same_domain(&seen[k], sid))
			return WSMAN_PT_SUCCESS;
	}
	return domains < DOMAINS_MAX ? WSMAN_PT_SUCCESS : MAX_KERB_DOMAIN;
}

static uint32_t digest_room(const struct sim_dev *d, const char *name)
{
	unsigned n = 0;
	struct sim_record *r;

	if (sim_record_find(d, CLS, "DigestUsername", name) || str_eq(d->admin_user, name))
		return WSMAN_PT_DUPLICATE;
	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++)
		n += sim_record_get(r, "DigestUsername") != NULL;
	return n < DIGEST_MAX ? WSMAN_PT_SUCCESS : WSMAN_PT_MAX_LIMIT_REACHED;
}

static uint32_t check_rights(struct fw_ctx *x, const struct wsman_obj *in)
{
	uint32_t v;

	if (!wsman_obj_u32(in, "AccessPermission", &v) || v > ACCESS_ANY)
		return WSMAN_PT_INVALID_PARAMETER;
	for (const struct wsman_val *r = wsman_obj_vals(in, "Realms"); r; r = r->next) {
		if (!str_to_u32(span_str(r->text), 0, UINT32_MAX, &v, NULL) || !realm_ok(x->d, v))
			return INVALID_REALM;
	}
	return WSMAN_PT_SUCCESS;
}

/* A new entry, or NULL for none: either name and digest or SID, never both (5.7). */
static uint32_t check_who(struct fw_ctx *x, const struct wsman_obj *in)
{
	const char *name = wsman_obj_str(in, "DigestUsername"),
		   *digest = wsman_obj_str(in, "DigestPassword");
	struct span bytes;
	struct wire_sid sid;
	uint8_t ha1[16];

	if (wsman_obj_b64(in, "KerberosUserSid", &bytes)) {
		if (name || digest || !wire_sid_parse(bytes, &sid))
			return WSMAN_PT_INVALID_PARAMETER;
		return directory_room(x->d, &sid);
	}
	if (!name || !digest || !sim_fw_users_name_ok(x->d, name) ||
	    !sim_fw_users_digest(x->d, digest, ha1))
		return WSMAN_PT_INVALID_PARAMETER;
	return digest_room(x->d, name);
}

static void store(struct sim_record *r, const struct wsman_obj *in)
{
	static const char *const members[] = { "DigestUsername", "DigestPassword",
					       "KerberosUserSid", "AccessPermission", "Realms" };

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (!wsman_obj_has(in, members[i]))
			continue;
		sim_record_set(r, members[i], NULL);
		for (const struct wsman_val *v = wsman_obj_vals(in, members[i]); v; v = v->next)
			sim_record_append(r, members[i], v->text);
	}
}

/* ---- methods ---- */

static struct sim_record *named(struct fw_ctx *x, const struct wsman_obj *in)
{
	uint32_t handle;

	return wsman_obj_u32(in, "Handle", &handle) ? sim_record_handle(x->d, CLS, handle) : NULL;
}

static uint32_t add(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t status = check_who(x, in);

	if (status == WSMAN_PT_SUCCESS)
		status = check_rights(x, in);
	if (status != WSMAN_PT_SUCCESS)
		return status;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	struct sim_record *r = sim_record_add(x->d, CLS, DIGEST_MAX + DIRECTORY_MAX);
	if (!r)
		return WSMAN_PT_MAX_LIMIT_REACHED;
	store(r, in);
	x->d->acl_epoch++;
	sim_fw_set(out, "Handle", arena_fmt(x->a, "%u", r->handle));
	return WSMAN_PT_SUCCESS;
}

/* An entry stays what it is: a digest user becomes no directory user. */
static uint32_t update(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_record *r = named(x, in), *other;
	const char *name = wsman_obj_str(in, "DigestUsername"),
		   *digest = wsman_obj_str(in, "DigestPassword");
	uint8_t ha1[16];

	(void)out;
	if (!r)
		return WSMAN_PT_INVALID_HANDLE;
	bool is_digest = sim_record_get(r, "DigestUsername") != NULL;
	if (is_digest ? wsman_obj_has(in, "KerberosUserSid") : name || digest)
		return WSMAN_PT_INVALID_PARAMETER;
	if (is_digest && (!name || !digest) &&
	    sim_switches_is(&x->d->sw, SIM_SW_ACL_UPDATE, "whole"))
		return WSMAN_PT_INVALID_PARAMETER;
	if ((name && !sim_fw_users_name_ok(x->d, name)) ||
	    (digest && !sim_fw_users_digest(x->d, digest, ha1)))
		return WSMAN_PT_INVALID_PARAMETER;
	other = name ? sim_record_find(x->d, CLS, "DigestUsername", name) : NULL;
	if ((other && other != r) || (name && str_eq(name, x->d->admin_user)))
		return WSMAN_PT_DUPLICATE;
	uint32_t status = check_rights(x, in);
	if (status != WSMAN_PT_SUCCESS)
		return status;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	store(r, in);
	x->d->acl_epoch++;
	return WSMAN_PT_SUCCESS;
}

static uint32_t list(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	uint32_t start, total = sim_record_count(x->d, CLS), n = 0;
	uint32_t page = sim_switches_is(&x->d->sw, SIM_SW_ACL_PAGE, "3") ? PAGE_SMALL : 50;
	struct sim_record *r;

	if (!wsman_obj_u32(in, "StartIndex", &start) || start < 1)
		return WSMAN_PT_INVALID_PARAMETER;
	for (uint32_t i = start - 1; n < page && (r = sim_record_at(x->d, CLS, i)); i++, n++)
		wsman_obj_add_str(out, "Handles", arena_fmt(x->a, "%u", r->handle));
	sim_fw_set(out, "HandlesCount", arena_fmt(x->a, "%u", n));
	sim_fw_set(out, "TotalCount", arena_fmt(x->a, "%u", total));
	return WSMAN_PT_SUCCESS;
}

static uint32_t show(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_record *r = named(x, in);

	if (!r)
		return WSMAN_PT_INVALID_HANDLE;
	for (const struct sim_record_text *t = r->texts; t; t = t->next) {
		if (str_eq(t->name, "Realms"))
			wsman_obj_add_str(out, t->name, t->value);
		else if (!str_eq(t->name, "DigestPassword") ||
			 sim_switches_is(&x->d->sw, SIM_SW_ACL_DIGEST, "shown"))
			sim_fw_set(out, t->name, t->value);
	}
	return WSMAN_PT_SUCCESS;
}

static uint32_t drop(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_record *r = named(x, in);

	(void)out;
	if (!r)
		return WSMAN_PT_INVALID_HANDLE;
	if (!sim_fw_flash_ok(x))
		return WSMAN_PT_FLASH_WRITE_LIMIT_EXCEEDED;
	sim_record_drop(x->d, r);
	x->d->acl_epoch++;
	return WSMAN_PT_SUCCESS;
}

static uint32_t set_enabled(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_record *r = named(x, in);
	bool on;

	(void)out;
	if (!r)
		return WSMAN_PT_INVALID_HANDLE;
	if (!wsman_obj_bool(in, "Enabled", &on))
		return WSMAN_PT_INVALID_PARAMETER;
	sim_record_set(r, "Disabled", on ? NULL : "true");
	x->d->acl_epoch++;
	return WSMAN_PT_SUCCESS;
}

static uint32_t get_enabled(struct fw_ctx *x, const struct wsman_obj *in, struct wsman_obj *out)
{
	struct sim_record *r = named(x, in);

	if (!r)
		return WSMAN_PT_INVALID_HANDLE;
	sim_fw_set(out, "Enabled", sim_record_get(r, "Disabled") ? "false" : "true");
	return WSMAN_PT_SUCCESS;
}

const struct fw_method sim_fw_users_methods[] = {
	{ "AddUserAclEntryEx", add },          { "EnumerateUserAclEntries", list },
	{ "GetAclEnabledState", get_enabled }, { "GetUserAclEntryEx", show },
	{ "RemoveUserAclEntry", drop },        { "SetAclEnabledState", set_enabled },
	{ "UpdateUserAclEntryEx", update },    { NULL, NULL },
};

/* ---- login and realms ---- */

static bool has_realm(const struct sim_record *r, unsigned realm)
{
	uint32_t v;

	for (const struct sim_record_text *t = r->texts; t; t = t->next) {
		if (str_eq(t->name, "Realms") &&
		    str_to_u32(span_str(t->value), 0, UINT32_MAX, &v, NULL) && v == realm)
			return true;
	}
	return false;
}

uint32_t sim_fw_users_login(const struct sim_dev *d, const char *name, uint8_t out_ha1[16])
{
	const struct sim_record *r = sim_record_find(d, CLS, "DigestUsername", name);
	const char *digest = r ? sim_record_get(r, "DigestPassword") : NULL, *access;

	if (!digest || sim_record_get(r, "Disabled"))
		return 0;
	access = sim_record_get(r, "AccessPermission");
	if (!access || str_eq(access, "0"))
		return 0; /* every connection comes over the network */
	return sim_fw_users_digest(d, digest, out_ha1) ? r->handle : 0;
}

/* The first row whose beginning fits; any other class is for administrators. */
static const struct {
	const char *begin;
	unsigned realm, also; /* 0: none */
} rights[] = {
	{ "AMT_RedirectionService", 2, 0 },
	{ "CIM_RedirectionService", 2, 0 },
	{ "CIM_KVMRedirectionSAP", 2, 0 },
	{ "IPS_KVMRedirectionSettingData", 2, 0 },
	{ "IPS_ScreenSettingData", 2, 0 },
	{ "CIM_Chassis", 4, 0 },
	{ "CIM_Card", 4, 0 },
	{ "CIM_BIOSElement", 4, 0 },
	{ "CIM_Processor", 4, 0 },
	{ "CIM_Chip", 4, 0 },
	{ "CIM_Physical", 4, 0 },
	{ "CIM_MediaAccessDevice", 4, 0 },
	{ "AMT_PCIDevice", 4, 0 },
	{ "CIM_Battery", 4, 0 },
	{ "CIM_Fan", 4, 0 },
	{ "CIM_Sensor", 4, 0 },
	{ "CIM_PowerSupply", 4, 0 },
	{ "CIM_ComputerSystem", 5, 4 },
	{ "CIM_PowerManagementService", 5, 0 },
	{ "CIM_AssociatedPowerManagementService", 5, 0 },
	{ "CIM_Boot", 5, 0 },
	{ "AMT_Boot", 5, 0 },
	{ "AMT_MessageLog", 7, 19 },
	{ "AMT_EventLogEntry", 7, 19 },
	{ "AMT_EventManagerService", 7, 0 },
	{ "AMT_AgentPresence", 10, 0 },
	{ "AMT_SystemDefense", 11, 0 },
	{ "AMT_TimeSynchronizationService", 12, 0 },
	{ "AMT_GeneralSettings", 13, 0 },
	{ "CIM_SoftwareIdentity", 13, 0 },
	{ "AMT_SetupAndConfigurationService", 13, 0 },
	{ "AMT_Audit", REALM_AUDIT, 0 },
	{ CLS, 21, 0 },
};

bool sim_fw_users_has(const struct sim_dev *d, uint32_t user, unsigned realm)
{
	const struct sim_record *r = user ? sim_record_handle(d, CLS, user) : NULL;

	return user ? r && (has_realm(r, REALM_ADMIN) || has_realm(r, realm)) : true;
}

static bool somebody_audits(const struct sim_dev *d)
{
	struct sim_record *r;

	for (unsigned i = 0; (r = sim_record_at(d, CLS, i)); i++) {
		if (has_realm(r, REALM_AUDIT))
			return true;
	}
	return false;
}

/* Only who has general info reads general settings; who may write them is an administrator. */
static bool is_reading(const struct fw_ctx *x)
{
	return x->m->op != WSMAN_OP_PUT && x->m->op != WSMAN_OP_CREATE &&
		x->m->op != WSMAN_OP_DELETE &&
		(x->m->op != WSMAN_OP_INVOKE || strncmp(x->m->method, "Get", 3) == 0);
}

bool sim_fw_users_may(const struct fw_ctx *x)
{
	bool audit = strncmp(x->cls->name, "AMT_Audit", strlen("AMT_Audit")) == 0;
	const struct sim_record *r = x->user ? sim_record_handle(x->d, CLS, x->user) : NULL;

	if (x->user && !r)
		return false;
	/* administrators lose the audit log to whoever has its realm (5.7) */
	if ((!r || has_realm(r, REALM_ADMIN)) && !(audit && somebody_audits(x->d)))
		return true;
	for (size_t i = 0; r && i < sizeof rights / sizeof *rights; i++) {
		if (strncmp(x->cls->name, rights[i].begin, strlen(rights[i].begin)) != 0)
			continue;
		if (rights[i].realm == 13 && !is_reading(x))
			return false;
		return has_realm(r, rights[i].realm) ||
			(rights[i].also && has_realm(r, rights[i].also));
	}
	return false;
}
