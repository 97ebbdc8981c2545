/* Making a virtual device from its configuration, and freeing it. Everything that chance decides
 * comes from the seed and the device's number. */
#include "base/hash.h"
#include "base/str.h"
#include "sim/dev_boot_priv.h"
#include "sim/dev_priv.h"
#include "sim/ider_priv.h"
#include "sim/machine_priv.h"
#include "sim/hw.h"
#include "wire/psk.h"

#define DEFAULT_MEBX  "admin"
#define CLOCK_NEAR_MS 5000
#define CLOCK_FAR_MS  (400LL * 86400000)

static void make_uuid(struct sim_dev *d, const struct uuid *given)
{
	static const struct uuid zero;

	d->uuid = *given;
	if (!uuid_eq(given, &zero))
		return;
	do {
		rng_fill(&d->rng, d->uuid.b, sizeof d->uuid.b);
		d->uuid.b[6] = (uint8_t)((d->uuid.b[6] & 0x0f) | 0x40);
		d->uuid.b[8] = (uint8_t)((d->uuid.b[8] & 0x3f) | 0x80);
	} while (uuid_is_placeholder(&d->uuid));
}

/* Three of four clocks are right, the others lost their battery at some time. */
static void make_clock(struct sim_dev *d)
{
	if (rng_below(&d->rng, 4) > 0)
		d->clock_offset_ms = rng_range(&d->rng, -CLOCK_NEAR_MS, CLOCK_NEAR_MS);
	else
		d->clock_offset_ms = -rng_range(&d->rng, 3600000, CLOCK_FAR_MS);
}

static bool check(const struct sim_dev_conf *c, struct err *e)
{
	const struct sim_generation *g = c->generation;

	if (!g)
		return err_set(e, ERR_INVALID, "a virtual device needs a generation");
	if ((unsigned)c->state >= SIM_STATE_COUNT)
		return err_set(e, ERR_INVALID, "a virtual device needs a state");
	if (c->model && !sim_hw_model_find(span_str(c->model)))
		return err_set(e, ERR_INVALID, "there is no model '%.40s' of hardware", c->model);
	if (c->state == SIM_SETUP_PSK && !g->psk.is)
		return err_set(e, ERR_INVALID, "AMT %s knows no PSK: state setup-psk is impossible",
			       g->name);
	if (c->state == SIM_SETUP_PSK && (!c->pid || !c->pps))
		return err_set(e, ERR_INVALID, "state setup-psk needs PID and PPS");
	if (c->state == SIM_SETUP_PKI && !g->pki.is)
		return err_set(
			e, ERR_INVALID,
			"AMT %s knows no remote configuration: state setup-pki is impossible",
			g->name);
	if (c->state == SIM_CONFIGURED && !c->admin_password)
		return err_set(e, ERR_INVALID, "state configured needs an admin password");
	if (c->client_control && !g->host_based.is)
		return err_set(e, ERR_INVALID, "AMT %s knows no client control mode", g->name);
	return true;
}

static bool read_pair(struct sim_dev *d, const struct sim_dev_conf *c, struct err *e)
{
	if (c->pid && !wire_psk_parse_pid(span_str(c->pid), d->pid, e))
		return err_wrap(e, "virtual device %u", c->index);
	if (c->pps && !wire_psk_parse_pps(span_str(c->pps), d->pps, e))
		return err_wrap(e, "virtual device %u", c->index);
	return true;
}

/* "off", "sol", "ider" or "on": both, and KVM where there is one. */
static void switch_redirection(struct sim_dev *d, const char *what)
{
	if (!what || str_eq(what, "off"))
		return;
	bool sol = str_eq(what, "sol"), all = str_eq(what, "on");
	sim_var_set(d, SIM_VAR_REDIR_LISTEN, "true");
	sim_var_set(d, SIM_VAR_REDIR_STATE, all ? "32771" : sol ? "32770" : "32769");
	if (all && d->gen->kvm.is)
		sim_var_set(d, SIM_VAR_KVM_STATE, "2");
}

static void configure(struct sim_dev *d, const struct sim_dev_conf *c)
{
	char *mebx = d->mebx;

	/* The admin's digest is made of its own password; what follows is as after a commit. */
	d->mebx = (char *)c->admin_password;
	sim_dev_couple_admin(d);
	d->mebx = mebx;
	d->admin_set = true;
	d->client_control = c->client_control;
	d->window_used = true;
	d->clock_set = true;
	d->clock_offset_ms = 0;
	if (c->host_name)
		sim_var_set(d, SIM_VAR_HOST_NAME, c->host_name);
	if (c->domain)
		sim_var_set(d, SIM_VAR_DOMAIN, c->domain);
	switch_redirection(d, c->redirection);
	if (c->tls == SIM_TLS_OFF)
		return;
	d->lazy_installed = true;
	sim_var_set(d, SIM_VAR_TLS_ON, "true");
	if (c->tls == SIM_TLS_MUTUAL)
		sim_var_set(d, SIM_VAR_TLS_MUTUAL, "true");
}

struct sim_dev *sim_dev_new(const struct sim_env *env, const struct sim_dev_conf *c, struct err *e)
{
	uint64_t parts[2] = { env->seed, c->index };

	if (!check(c, e))
		return NULL;
	struct sim_dev *d = MEM_NEW(struct sim_dev);
	d->env = env;
	d->gen = c->generation;
	d->index = c->index;
	d->board = c->board;
	d->state = c->state;
	rng_seed(&d->rng, hash_mix64(span_make(parts, sizeof parts), 0x73696d));
	make_uuid(d, &c->uuid);
	d->hw = c->model ? sim_hw_model_find(span_str(c->model))
			 : sim_hw_model_for(d->gen, hash_mix64(span_make(d->uuid.b, 16), 3));
	d->mebx = mem_str(c->mebx_password ? c->mebx_password : DEFAULT_MEBX);
	d->mebx_default = str_eq(d->mebx, DEFAULT_MEBX);
	d->suffix = mem_str(c->suffix);
	d->links = SIM_LINK_CABLE;
	d->otp = mem_str(c->otp);
	d->host_ip = mem_str(c->host_ip);
	d->pool_next = (uint8_t)(hash_mix64(span_make(d->uuid.b, sizeof d->uuid.b), 2) & 63);
	if (c->switches && !sim_dev_switch(d, span_str(c->switches), e)) {
		sim_dev_free(d);
		return NULL;
	}
	d->lazy_default = sim_gen_default_cert(d);
	make_clock(d);
	sim_dev_restart_web(d);
	sim_dev_new_realm(d);
	sim_dev_erase_settings(d);
	sim_dev_couple_admin(d);
	if (c->state == SIM_CONFIGURED)
		configure(d, c);
	if (!read_pair(d, c, e) || (c->fault && !sim_dev_fault(d, span_str(c->fault), e))) {
		sim_dev_free(d);
		return NULL;
	}
	return d;
}

void sim_dev_free(struct sim_dev *d)
{
	if (!d)
		return;
	sim_hello_stop(d);
	sim_conn_free_all(d);
	sim_machine_free(d);
	sim_media_free(d);
	sim_tls_forget_setup(d);
	sim_var_reset(d);
	for (unsigned i = d->cert_count; i-- > 0;)
		sim_store_drop_cert(d, d->certs[i].handle);
	while (d->key_count > 0)
		sim_store_drop_key(d, d->keys[0].handle);
	sim_dev_drop_roots(d);
	sim_dev_dig(d);
	sim_record_drop_all(d, NULL);
	sim_boot_free(d);
	mem_free(d->certs);
	mem_free(d->keys);
	mem_free(d->suffix);
	mem_free(d->otp);
	mem_free(d->event_log);
	mem_free(d->audit_log);
	mem_free(d->host_ip);
	mem_free(d->hw_changes);
	mem_wipe(d->mebx, strlen(d->mebx));
	mem_free(d->mebx);
	mem_wipe(d->pps, sizeof d->pps);
	mem_free(d);
}
