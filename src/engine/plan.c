/* Table of actions and the choice of the next one (engine/plan.h). Called by the runner and by
 * `device plan`. Sends nothing, reads no clock. */
#include "engine/plan.h"

#include "base/str.h"
#include "engine/actions_priv.h"

static const struct engine_action *const rows[ACT_COUNT] = {
	[ACT_CLOCK] = &engine_act_clock,
	[ACT_GENERAL] = &engine_act_general,
	[ACT_MAKE_KEY] = &engine_act_make_key,
	[ACT_ADD_KEY] = &engine_act_add_key,
	[ACT_GENERATE_KEY] = &engine_act_generate_key,
	[ACT_ISSUE] = &engine_act_issue,
	[ACT_ADD_CERT] = &engine_act_add_cert,
	[ACT_CONTEXT] = &engine_act_context,
	[ACT_TLS] = &engine_act_tls,
	[ACT_REDIR] = &engine_act_redir,
	[ACT_LISTENER] = &engine_act_listener,
	[ACT_KVM] = &engine_act_kvm,
	[ACT_WEBUI] = &engine_act_webui,
	[ACT_MEBX] = &engine_act_mebx,
	[ACT_ADMIN] = &engine_act_admin,
	[ACT_COMMIT] = &engine_act_commit,
};

const struct engine_action *engine_plan_action(enum engine_act a)
{
	return rows[a];
}

enum engine_act engine_plan_find(const char *name)
{
	for (int i = 0; i < ACT_COUNT; i++)
		if (str_eq(rows[i]->name, name))
			return (enum engine_act)i;
	return ACT_COUNT;
}

static unsigned needs_for_certificate(const struct engine_plan_in *in)
{
	const struct engine_facts *f = in->have;
	unsigned need = 0;
	if (in->search & (ACT_BIT(ACT_ADD_KEY) | ACT_BIT(ACT_GENERATE_KEY) | ACT_BIT(ACT_ADD_CERT)))
		need |= FACTS_CERTS | FACTS_KEYS;
	/* the public key of the pair that the firmware has just made */
	if (f->key_handle[0] && !f->key_public[0])
		need |= FACTS_KEYS;
	if (f->cert_handle[0])
		need |= FACTS_CONTEXT;
	return need;
}

static unsigned needs_of_profile(const struct engine_plan_in *in)
{
	const struct engine_profile *w = in->want;
	unsigned need = 0;
	if (in->setup && in->otp && secret_is_set(in->otp))
		need |= FACTS_OTP;
	if (in->want_port)
		need |= FACTS_PORT;
	if (w->clock)
		need |= FACTS_CLOCK;
	if (w->sol != ENGINE_LEAVE || w->ider != ENGINE_LEAVE)
		need |= FACTS_REDIR;
	if (w->kvm != ENGINE_LEAVE && !in->no_kvm && !engine_act_kvm_unasked(in))
		need |= FACTS_KVM;
	/* in setup the WebUI cannot be looked at: the web server asks for the provisioning session */
	if (w->webui != ENGINE_LEAVE && !in->setup)
		need |= FACTS_WEBUI;
	if (w->mebx_if_default && in->setup && !in->mebx_sent && !(in->done & ACT_BIT(ACT_MEBX)))
		need |= FACTS_MEBX;
	return need;
}

unsigned engine_plan_needs(const struct engine_plan_in *in)
{
	bool tls = in->want->tls && in->scope != PLAN_PASSWORD;
	unsigned need = FACTS_GENERAL; /* the realm is a part of each password */
	if (!in->verified_identity)
		need |= FACTS_IDENTITY;
	if (in->scope == PLAN_ALL)
		need |= needs_of_profile(in);
	if (tls)
		need |= FACTS_TLS;
	if (tls && (in->setup || in->renew))
		need |= needs_for_certificate(in);
	return need;
}

static bool is_in_scope(const struct engine_plan_in *in, int a)
{
	static const unsigned certificate = ACT_BIT(ACT_MAKE_KEY) | ACT_BIT(ACT_ADD_KEY) |
		ACT_BIT(ACT_GENERATE_KEY) | ACT_BIT(ACT_ISSUE) | ACT_BIT(ACT_ADD_CERT) |
		ACT_BIT(ACT_CONTEXT) | ACT_BIT(ACT_TLS) | ACT_BIT(ACT_COMMIT);
	return in->scope == PLAN_ALL || (in->scope == PLAN_PASSWORD && a == ACT_ADMIN) ||
		(in->scope == PLAN_CERTIFICATE && certificate & ACT_BIT(a));
}

enum engine_act engine_plan_next(const struct engine_plan_in *in)
{
	for (int i = 0; i < ACT_COUNT; i++)
		if (is_in_scope(in, i) && rows[i]->wanted(in))
			return (enum engine_act)i;
	return ACT_COUNT;
}

unsigned engine_plan_lines(const struct engine_plan_in *in, struct out *o)
{
	unsigned calls = 0;
	for (int i = 0; i < ACT_COUNT; i++) {
		/* certificates and the commit become wanted one after the other: in a setup all of
		 * them will be, so they are shown although their turn has not come */
		bool coming = in->setup && in->want->tls && i >= ACT_ISSUE && i <= ACT_CONTEXT;
		coming |= i == ACT_COMMIT && calls > 0 && in->setup;
		if (!coming && !rows[i]->wanted(in))
			continue;
		if (!(rows[i]->flags & ACTION_LOCAL))
			calls++;
		rows[i]->print(in, o);
	}
	return calls;
}

void engine_plan_print(const struct engine_plan_in *in, struct out *o)
{
	unsigned calls = engine_plan_lines(in, o);
	if (calls == 0)
		out_str(o, "nothing to do\n");
	else
		out_fmt(o, "requests that change the device: %u\n", calls);
}
