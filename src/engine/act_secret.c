/* Actions that set passwords, and the commit (setup-and-configuration 5.0, 5.2). The passwords are
 * stored, sealed and durable before build is called; see run_secret.c. Rows of plan.c. */
#include "engine/actions_priv.h"
#include "wire/digest.h"
#include "wsman/status.h"

/* ---- MEBx password ---- */

static bool mebx_wanted(const struct engine_plan_in *in)
{
	if (!in->setup || in->want->mebx_pw == ENGINE_PW_LEAVE || in->done & ACT_BIT(ACT_MEBX))
		return false;
	/* what was on its way may be what is in now: it is sent again, and the answer tells */
	return !in->want->mebx_if_default || in->mebx_sent || in->have->mebx_default;
}

static bool mebx_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
		       struct err *e)
{
	struct wsman_obj *o =
		engine_act_invoke(a, req, "AMT_SetupAndConfigurationService", "SetMEBxPassword");
	if (!o)
		return engine_act_full(e);
	char text[64] = "";
	struct span pw = secret_reveal(in->mebx_password);
	memcpy(text, pw.p, pw.n < sizeof text ? pw.n : sizeof text - 1);
	wsman_obj_set_str(o, "Password", text);
	explicit_bzero(text, sizeof text);
	return true;
}

static void mebx_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "MEBx password: -> %s (where the MEBx policy permits)\n",
		in->want->mebx_pw == ENGINE_PW_RANDOM ? "random" : "the stored secret");
}

const struct engine_action engine_act_mebx = {
	"mebx_password", "second: MEBx password", ACTION_UNREADABLE, mebx_wanted,
	mebx_build,      engine_act_return,       mebx_print,
};

/* ---- network admin password ---- */

static bool admin_wanted(const struct engine_plan_in *in)
{
	return (in->setup || in->rotate) && !(in->done & ACT_BIT(ACT_ADMIN));
}

static bool admin_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			struct err *e)
{
	struct wsman_obj *o =
		engine_act_invoke(a, req, "AMT_AuthorizationService", "SetAdminAclEntryEx");
	if (!o)
		return engine_act_full(e);
	uint8_t ha1[16];
	wire_digest_ha1("admin", in->have->realm, secret_reveal(in->admin_password), ha1);
	wsman_obj_set_str(o, "Username", "admin");
	wsman_obj_set_b64(o, "DigestPassword", span_make(ha1, sizeof ha1));
	explicit_bzero(ha1, sizeof ha1);
	return true;
}

static void admin_print(const struct engine_plan_in *in, struct out *o)
{
	out_fmt(o, "admin password: -> %s\n",
		in->want->admin_pw == ENGINE_PW_RANDOM ? "random, of its own"
						       : "the stored secret");
}

const struct engine_action engine_act_admin = {
	"admin_password", "second: admin password", ACTION_UNREADABLE, admin_wanted,
	admin_build,      engine_act_return,        admin_print,
};

/* ---- commit ---- */

static bool commit_wanted(const struct engine_plan_in *in)
{
	return in->setup || in->staged_dirty || engine_act_leaf_staged(in);
}

static bool commit_build(const struct engine_plan_in *in, struct arena *a, struct wsman_req *req,
			 struct err *e)
{
	(void)in;
	return engine_act_invoke(a, req, "AMT_SetupAndConfigurationService", "CommitChanges")
		? true
		: engine_act_full(e);
}

static void commit_print(const struct engine_plan_in *in, struct out *o)
{
	(void)in;
	out_str(o, "commit: the network of the device goes away for some seconds\n");
}

const struct engine_action engine_act_commit = {
	"commit",     "second: commit",  ACTION_DROPS_LINK, commit_wanted,
	commit_build, engine_act_return, commit_print,
};
