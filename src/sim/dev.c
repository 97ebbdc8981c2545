/* One virtual device: making and freeing it, its states, what a new connection meets, and the
 * effects that requests have outside of its data (restart of the network, hello window, loss of
 * power). Services are in fw_*.c, connections in conn.c. Opens no socket. */
#include "base/clk.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"
#include "sim/dev_boot_priv.h"
#include "sim/dev_reach_priv.h"
#include "sim/alerts.h"
#include "sim/audit.h"
#include "sim/events.h"
#include "sim/redir_priv.h"
#include "wire/digest.h"
#include "wire/psk.h"

#define OUTAGE_MIN_MS 5000
#define OUTAGE_MAX_MS 10000
#define DAY_MS        86400000LL
#define DEFAULT_MEBX  "admin"
#define OTHER_SUFFIX  "elsewhere.example"

/* Messages of WS-Events (discovery 7.3), and their first argument. */
#define ALERT_UNPROVISION  38 /* 0: by the BIOS */
#define ALERT_PROVISIONING 55
#define PROVISIONED        2
#define UNPROVISIONING     3
#define ALERT_RESTARTED    61
#define ALERT_DISABLE      71

static const char *const state_names[] = {
#define X(name, text) text,
	SIM_STATES(X)
#undef X
};

const char *sim_dev_state_name(enum sim_state s)
{
	return (unsigned)s < SIM_STATE_COUNT ? state_names[s] : "unknown";
}

bool sim_dev_state_parse(struct span text, enum sim_state *out_s)
{
	for (unsigned i = 0; i < SIM_STATE_COUNT; i++) {
		if (span_eq_str(text, state_names[i])) {
			*out_s = (enum sim_state)i;
			return true;
		}
	}
	return false;
}

/* ---- small facts ---- */

const struct uuid *sim_dev_uuid(const struct sim_dev *d)
{
	return &d->uuid;
}

enum sim_state sim_dev_state(const struct sim_dev *d)
{
	return d->state;
}

const struct sim_generation *sim_dev_generation(const struct sim_dev *d)
{
	return d->gen;
}

unsigned sim_dev_index(const struct sim_dev *d)
{
	return d->index;
}

const struct sim_dev_stats *sim_dev_get_stats(const struct sim_dev *d)
{
	return &d->stats;
}

bool sim_dev_in_setup(const struct sim_dev *d)
{
	return d->state == SIM_SETUP_PSK || d->state == SIM_SETUP_PKI;
}

bool sim_dev_is_at(const struct sim_dev *d, const char *address)
{
	const char *own = sim_var_active(d, SIM_VAR_IP);
	return d->state != SIM_CONFIGURED || !*own || str_eq(own, address) ||
		sim_var_is_true(d, SIM_VAR_DHCP) || sim_var_is_true(d, SIM_VAR_STATIC_IP);
}

void sim_dev_move(struct sim_dev *d, const char *suffix)
{
	mem_free(d->suffix);
	d->suffix = mem_str(suffix);
	if (sim_dev_is_away(d))
		sim_conn_reset_all(d, NULL);
}

const char *sim_dev_suffix(const struct sim_dev *d)
{
	if (sim_fault_has(d, SIM_FAULT_SUFFIX))
		return OTHER_SUFFIX;
	if (d->suffix)
		return d->suffix;
	return d->env->suffix ? d->env->suffix : "";
}

/* Locally administered, so that it is nobody's. */
void sim_dev_mac(const struct sim_dev *d, char out_text[18])
{
	uint64_t h = d->board ? hash_mix64(span_make(&d->board, sizeof d->board), 0x6d6163)
			      : hash_mix64(span_make(d->uuid.b, sizeof d->uuid.b), 0x6d6163);
	struct out o;

	out_init(&o, out_text, 18);
	out_fmt(&o, "02-%02x-%02x-%02x-%02x-%02x", (unsigned)(h & 0xff), (unsigned)(h >> 8 & 0xff),
		(unsigned)(h >> 16 & 0xff), (unsigned)(h >> 24 & 0xff), (unsigned)(h >> 32 & 0xff));
}

int64_t sim_dev_scale_ms(const struct sim_dev *d, int64_t ms)
{
	return d->env->speed > 0 ? (int64_t)((double)ms / d->env->speed) : ms;
}

int64_t sim_dev_wait_ms(struct sim_dev *d, int64_t lo_ms, int64_t hi_ms)
{
	int64_t ms = sim_dev_scale_ms(d, rng_range(&d->rng, lo_ms, hi_ms));

	d->stats.imposed_wait_ms += ms;
	return ms;
}

/* ---- secrets and settings ---- */

void sim_dev_couple_admin(struct sim_dev *d)
{
	str_copy(d->admin_user, sizeof d->admin_user, span_str("admin"));
	wire_digest_ha1("admin", d->realm, span_str(d->mebx), d->ha1);
	d->admin_set = false;
	d->acl_epoch++;
}

void sim_dev_new_realm(struct sim_dev *d)
{
	uint8_t b[16] = { 0 };
	char uuid[UUID_TEXT_SIZE];
	enum sim_realm form = sim_gen_realm(d);
	struct out o;

	out_init(&o, d->realm, sizeof d->realm);
	if (form == SIM_REALM_ID) {
		uuid_print(&d->uuid, uuid);
		out_fmt(&o, "Intel(R) AMT (ID:%s)", uuid);
		return;
	}
	rng_fill(&d->rng, b, form == SIM_REALM_LONG ? 16 : 2);
	out_str(&o, "Digest:");
	for (unsigned i = 0; i < sizeof b; i++)
		out_fmt(&o, "%02X", b[i]);
}

static void set_defaults(struct sim_dev *d)
{
	sim_var_reset(d);
	if (!d->gen->clear.is) /* remote TLS cannot be off */
		sim_var_set(d, SIM_VAR_TLS_ON, "true");
}

void sim_dev_erase_settings(struct sim_dev *d)
{
	sim_store_clear(d);
	sim_record_drop_all(d, NULL);
	set_defaults(d);
	d->context = SIM_NO_HANDLE;
	for (unsigned i = 0; i < d->cert_count; i++) {
		if (d->certs[i].read_only)
			d->context = d->certs[i].handle;
	}
	d->context_staged = d->context;
	d->context_changed = false;
	d->key_ready_mono_ms = -1;
	d->key_made = SIM_NO_HANDLE;
	d->clock_set = false;
}

void sim_dev_erase(struct sim_dev *d)
{
	sim_dev_erase_settings(d);
	sim_boot_free(d);
	sim_consent_forget(d);
	d->client_control = false;
	if (!sim_switches_is(&d->sw, SIM_SW_REALM, "kept"))
		sim_dev_new_realm(d);
	sim_dev_couple_admin(d);
}

bool sim_dev_admin_is(const struct sim_dev *d, struct span password)
{
	uint8_t ha1[16];

	wire_digest_ha1(d->admin_user, d->realm, password, ha1);
	return memcmp(ha1, d->ha1, sizeof ha1) == 0;
}

bool sim_dev_mebx_is(const struct sim_dev *d, struct span password)
{
	return span_eq(span_str(d->mebx), password);
}

/* ---- states ---- */

static void log_state(const struct sim_dev *d, enum sim_state from, enum sim_state to)
{
	char device[UUID_TEXT_SIZE];

	uuid_print(&d->uuid, device);
	log_ev(LOG_EV_SIM_STATE, LOG_S("device", device), LOG_S("from", sim_dev_state_name(from)),
	       LOG_S("to", sim_dev_state_name(to)));
}

void sim_dev_set_state(struct sim_dev *d, enum sim_state to)
{
	enum sim_state from = d->state;

	if (from == to)
		return;
	d->state = to;
	sim_tls_forget_setup(d);
	if (!sim_dev_in_setup(d))
		sim_hello_stop(d);
	log_state(d, from, to);
	if (to == SIM_CONFIGURED)
		sim_alerts_message(d, ALERT_PROVISIONING, PROVISIONED, 2);
	if (d->env->on_state)
		d->env->on_state(d->env->arg, d, from);
}

void sim_dev_restart_web(struct sim_dev *d)
{
	rng_fill(&d->rng, d->nonce_key, sizeof d->nonce_key);
	memset(d->contexts, 0, sizeof d->contexts);
	d->fails = 0;
}

void sim_dev_outage(struct sim_dev *d, int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;

	if (until > d->outage_until_mono_ms)
		d->outage_until_mono_ms = until;
	sim_dev_restart_web(d);
}

static void network_restart(struct sim_dev *d)
{
	sim_dev_outage(d, d->env->waits ? sim_dev_wait_ms(d, OUTAGE_MIN_MS, OUTAGE_MAX_MS) : 0);
}

void sim_dev_forget_ram(struct sim_dev *d)
{
	sim_var_forget(d);
	sim_boot_free(d);
	sim_consent_forget(d);
	d->context_staged = d->context;
	d->context_changed = false;
	d->key_ready_mono_ms = -1;
	d->locked_until_mono_ms = 0;
}

void sim_dev_effects(struct sim_dev *d, unsigned effects, enum sim_state to, struct sim_conn *keep)
{
	if (effects & SIM_EFFECT_OUTAGE) {
		network_restart(d);
		sim_conn_reset_all(d, keep);
	}
	if (effects & SIM_EFFECT_STATE)
		sim_dev_set_state(d, to);
	if (effects & SIM_EFFECT_HELLO)
		sim_hello_start(d, false);
	if (effects & SIM_EFFECT_EXTEND)
		sim_hello_extend(d, d->provision_hours);
	if (effects & SIM_EFFECT_DARK)
		sim_conn_reset_all(d, keep);
	if (effects & SIM_EFFECT_CLOSED) {
		sim_dev_set_state(d, SIM_SILENT);
		sim_conn_reset_all(d, keep);
	}
}

void sim_dev_power_loss(struct sim_dev *d)
{
	if (sim_dev_is_on(d))
		sim_event(d, SIM_EV_HANG, 0);
	sim_conn_reset_all(d, NULL);
	sim_dev_forget_ram(d);
	network_restart(d);
	sim_alerts_message(d, ALERT_RESTARTED, -1, 3);
}

/* The setup that the device would begin by itself, or its state as it is. */
static enum sim_state setup_again(const struct sim_dev *d)
{
	if (d->state != SIM_SILENT)
		return d->state;
	return d->pid[0] && d->gen->psk.is ? SIM_SETUP_PSK : SIM_SETUP_PKI;
}

void sim_dev_g3(struct sim_dev *d)
{
	sim_dev_power_loss(d);
	sim_dev_set_state(d, setup_again(d));
	if (sim_dev_in_setup(d))
		sim_hello_start(d, false);
}

static bool refuse_state(const struct sim_dev *d, enum sim_state to, const char *why, struct err *e)
{
	err_set(e, ERR_INVALID, "the device cannot go to state %s: %s", sim_dev_state_name(to),
		why);
	return err_seen(e, "%s, AMT %s", sim_dev_state_name(d->state), d->gen->name);
}

/* Somebody at the PC takes it out of configuration: said while it still knows whom to tell. */
static void tell_end(struct sim_dev *d, enum sim_state to)
{
	if (to == SIM_DISABLED)
		sim_alerts_message(d, ALERT_DISABLE, -1, 5);
	if (to != SIM_FACTORY)
		return;
	sim_alerts_message(d, ALERT_PROVISIONING, UNPROVISIONING, 3);
	sim_alerts_message(d, ALERT_UNPROVISION, 0, 3);
}

static void cmos_clear(struct sim_dev *d)
{
	sim_audit_recover(d);
	d->pid[0] = '\0';
	mem_wipe(d->pps, sizeof d->pps);
	mem_free(d->mebx);
	d->mebx = mem_str(DEFAULT_MEBX);
	d->mebx_default = true;
	d->window_used = false;
	sim_dev_drop_roots(d);
	sim_dev_erase(d);
	sim_event_clear(d);
}

bool sim_dev_to_state(struct sim_dev *d, enum sim_state to, struct err *e)
{
	tell_end(d, to);
	switch (to) {
	case SIM_FACTORY:
		cmos_clear(d);
		break;
	case SIM_DISABLED:
		break;
	case SIM_SETUP_PSK:
		if (!d->gen->psk.is || !d->pid[0])
			return refuse_state(d, to, "it has no PID or no PSK", e);
		break;
	case SIM_SETUP_PKI:
		if (!sim_gen_pki(d))
			return refuse_state(d, to, "it has no remote configuration", e);
		break;
	default:
		return refuse_state(d, to, "nobody at the PC can do that", e);
	}
	if (d->state == SIM_CONFIGURED && to != SIM_FACTORY && to != SIM_DISABLED)
		return refuse_state(d, to, "it is configured", e);
	sim_conn_reset_all(d, NULL);
	bool first = !d->window_used;
	sim_dev_set_state(d, to);
	if (sim_dev_in_setup(d))
		sim_hello_start(d, first);
	return true;
}

/* ---- new connections ---- */

void sim_dev_bury(struct sim_dev *d, void *mem, struct pki_key *key)
{
	if (!mem && !key)
		return;
	struct sim_dead *x = MEM_NEW(struct sim_dead);
	*x = (struct sim_dead){ d->dead, mem, key };
	d->dead = x;
	sim_dev_dig(d);
}

void sim_dev_dig(struct sim_dev *d)
{
	while (d->dead && d->conn_count == 0) {
		struct sim_dead *x = d->dead;
		d->dead = x->next;
		mem_free(x->mem);
		pki_key_free(x->key);
		mem_free(x);
	}
}

static enum sim_accept accept_tls(struct sim_dev *d, struct pki_tls_server *out_conf)
{
	bool on = sim_dev_in_setup(d) || sim_var_is_true(d, SIM_VAR_TLS_ON);

	if (d->state == SIM_SETUP_PKI && !sim_gen_pki(d))
		return SIM_ACCEPT_REFUSE;

	return on && sim_tls_conf(d, out_conf) ? SIM_ACCEPT_TLS : SIM_ACCEPT_REFUSE;
}

static enum sim_accept accept_clear(const struct sim_dev *d)
{
	bool open = !sim_var_is_true(d, SIM_VAR_TLS_ON) || sim_var_is_true(d, SIM_VAR_TLS_CLEAR);

	if (sim_dev_in_setup(d))
		open = sim_switches_is(&d->sw, SIM_SW_SETUP_CLEAR, "401");
	return open && d->gen->clear.is ? SIM_ACCEPT_CLEAR : SIM_ACCEPT_REFUSE;
}

enum sim_accept sim_dev_accept(struct sim_dev *d, unsigned port, struct pki_tls_server *out_conf)
{
	if (sim_fault_hit(d, SIM_FAULT_REFUSE, NULL))
		return SIM_ACCEPT_REFUSE;
	if (sim_fault_hit(d, SIM_FAULT_HANG, NULL))
		return SIM_ACCEPT_SILENT;
	if (clk_mono_ms() < d->outage_until_mono_ms || d->conn_count >= SIM_CONN_MAX)
		return SIM_ACCEPT_REFUSE;
	if (!sim_dev_in_setup(d) && d->state != SIM_CONFIGURED)
		return SIM_ACCEPT_REFUSE;
	if (d->state == SIM_CONFIGURED && !str_eq(sim_var_active(d, SIM_VAR_NETWORK), "1"))
		return SIM_ACCEPT_REFUSE;
	if (sim_dev_is_away(d))
		return sim_switches_is(&d->sw, SIM_SW_OUTSIDE, "silent") ? SIM_ACCEPT_SILENT
									 : SIM_ACCEPT_REFUSE;
	if (port == 16993)
		return accept_tls(d, out_conf);
	if (port == 16992)
		return accept_clear(d);
	if (!sim_redir_listens(d))
		return SIM_ACCEPT_REFUSE;
	return port == SIM_REDIR_PORT ? accept_clear(d) : accept_tls(d, out_conf);
}

/* ---- faults and switches ---- */

static void log_fault(const struct sim_dev *d)
{
	char device[UUID_TEXT_SIZE], text[512];
	struct out o;

	out_init(&o, text, sizeof text);
	sim_fault_print(d->faults, d->fault_count, &o);
	uuid_print(&d->uuid, device);
	log_ev(LOG_EV_SIM_FAULT, LOG_S("device", device), LOG_S("fault", text[0] ? text : "none"));
}

bool sim_dev_fault(struct sim_dev *d, struct span spec, struct err *e)
{
	struct sim_fault next[SIM_FAULTS_MAX];
	unsigned count;
	bool odd = sim_fault_has(d, SIM_FAULT_CERT_321);

	if (!sim_fault_parse(spec, next, SIM_FAULTS_MAX, &count, e))
		return false;
	memcpy(d->faults, next, count * sizeof next[0]);
	d->fault_count = count;
	if (sim_fault_has(d, SIM_FAULT_BAD_ADMIN_PW))
		rng_fill(&d->rng, d->ha1, sizeof d->ha1);
	if (odd != sim_fault_has(d, SIM_FAULT_CERT_321))
		sim_tls_forget_setup(d);
	if (sim_dev_is_outside(d)) /* another network: the fault is its suffix */
		sim_conn_reset_all(d, NULL);
	log_fault(d);
	return true;
}

void sim_dev_faults(const struct sim_dev *d, struct out *o)
{
	sim_fault_print(d->faults, d->fault_count, o);
}

bool sim_dev_switch(struct sim_dev *d, struct span spec, struct err *e)
{
	return sim_switches_parse(spec, &d->sw, e);
}

void sim_dev_switches(const struct sim_dev *d, struct out *o)
{
	sim_switches_print(&d->sw, o);
}
