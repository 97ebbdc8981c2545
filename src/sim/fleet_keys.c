/* The options of a virtual fleet: one table for the flags of `outband sim`, its help and the keys
 * of a fleet file. Each row says how its value is read. Reads no file. */
#include "base/mem.h"
#include "base/str.h"
#include "sim/fault.h"
#include "sim/fleet_priv.h"
#include "sim/hw.h"
#include "sim/switches.h"
#include "wire/setupbin.h"
#include <stddef.h>
#include <stdlib.h>

#define ARENA_BYTES    ((size_t)4 * 1024 * 1024)
#define FAULTS_AT_ONCE 8
#define STICK_BYTES    ((size_t)8 * 1024 * 1024) /* as sim ctl usb */
#define LATENCY_MAX_MS 600000
#define SPEED_MAX      1e6
#define PORT_MAX       (65535 - (SIM_FLEET_PORTS - 1))
#define GROUP          SIM_FLEET_KEY_GROUP
#define EACH           SIM_FLEET_KEY_EACH
#define FLEET          SIM_FLEET_KEY_FLEET

struct target {
	struct sim_fleet_conf *c;
	struct sim_fleet_opts *o;
	const char **text; /* where the row's text belongs; NULL: none */
};
typedef bool set_fn(struct target *t, struct span v, struct err *e);

void sim_fleet_conf_init(struct sim_fleet_conf *c)
{
	*c = (struct sim_fleet_conf){
		.seed = 1,
		.speed = 1,
		.waits = true,
		.port_base = 16992,
	};
	arena_init(&c->arena, ARENA_BYTES);
}

uint16_t sim_fleet_presence_port(const struct sim_fleet_conf *c)
{
	return c->has_rmcp_port ? c->rmcp_port : (uint16_t)(c->port_base + SIM_FLEET_PORTS);
}

void sim_fleet_conf_deinit(struct sim_fleet_conf *c)
{
	arena_deinit(&c->arena);
}

/* ---- values ---- */

static bool keep(struct target *t, struct span v, struct err *e)
{
	char *s = arena_str(&t->c->arena, v);

	if (!s)
		return err_set(e, ERR_LIMIT, "the description of the fleet is too large");
	*t->text = s;
	return true;
}

static bool set_text(struct target *t, struct span v, struct err *e)
{
	if (v.n == 0)
		return err_set(e, ERR_INVALID, "the value is empty");
	return keep(t, v, e);
}

static bool set_path(struct target *t, struct span v, struct err *e)
{
	if (v.n == 0)
		return err_set(e, ERR_INVALID, "the file name is empty");
	if (!t->c->folder || v.p[0] == '/')
		return keep(t, v, e);
	*t->text = arena_fmt(&t->c->arena, "%s/%.*s", t->c->folder, (int)v.n, (const char *)v.p);
	return *t->text || err_set(e, ERR_LIMIT, "the description of the fleet is too large");
}

/* Looked at here, where an error has its line. */
static bool set_usb(struct target *t, struct span v, struct err *e)
{
	struct wire_setupbin file;
	struct arena a;
	struct buf b = { 0 };

	if (!set_path(t, v, e) || !sim_fleet_file_read(*t->text, STICK_BYTES, &b, e))
		return false;
	arena_init(&a, STICK_BYTES * 4);
	bool ok = wire_setupbin_parse(buf_span(&b), &a, &file, e) || err_wrap(e, "%s", *t->text);
	arena_deinit(&a);
	buf_wipe(&b);
	return ok;
}

/* What is given several times adds up. */
static bool add_text(struct target *t, struct span v, struct err *e)
{
	if (!*t->text)
		return keep(t, v, e);
	*t->text = arena_fmt(&t->c->arena, "%s,%.*s", *t->text, (int)v.n, (const char *)v.p);
	return *t->text || err_set(e, ERR_LIMIT, "the description of the fleet is too large");
}

static bool set_fault(struct target *t, struct span v, struct err *e)
{
	struct sim_fault scratch[FAULTS_AT_ONCE];
	unsigned count;

	if (sim_fault_parse(v, scratch, FAULTS_AT_ONCE, &count, NULL))
		return add_text(t, v, e) &&
			sim_fault_parse(span_str(*t->text), scratch, FAULTS_AT_ONCE, &count, e);
	/* Of an unknown name, the list of all is too long for one line. */
	size_t n = span_find(v, '=');
	struct span name = span_make(v.p, n);
	for (unsigned i = 0; sim_fault_at(i); i++) {
		if (span_find(v, ',') < v.n || span_eq_str(name, sim_fault_at(i)->name))
			return sim_fault_parse(v, scratch, FAULTS_AT_ONCE, &count, e);
	}
	err_set(e, ERR_INVALID, "the simulator has no fault '%.*s'", (int)n, (const char *)v.p);
	return err_hint(e, "'outband sim --list-faults' explains all of them");
}

static bool set_switch(struct target *t, struct span v, struct err *e)
{
	struct sim_switches scratch = { { 0 } };

	return sim_switches_parse(v, &scratch, e) && add_text(t, v, e);
}

static bool set_model(struct target *t, struct span v, struct err *e)
{
	char list[256];
	struct out o;

	if (sim_hw_model_find(v))
		return keep(t, v, e);
	out_init(&o, list, sizeof list);
	for (unsigned i = 0; sim_hw_model_at(i); i++)
		out_fmt(&o, "%s%s", i ? ", " : "", sim_hw_model_at(i)->name);
	err_set(e, ERR_INVALID, "there is no model '%.*s'", (int)v.n, (const char *)v.p);
	return err_want(e, "%s", list);
}

static bool set_ip(struct target *t, struct span v, struct err *e)
{
	uint32_t ip;

	if (sim_fleet_parse_ip(v, &ip))
		return keep(t, v, e);
	return err_set(e, ERR_INVALID, "'%.*s' is no IPv4 address", (int)v.n, (const char *)v.p);
}

static bool set_count(struct target *t, struct span v, struct err *e)
{
	return str_to_u32(v, 1, SIM_FLEET_MAX, &t->o->count, e);
}

bool sim_fleet_parse_ip(struct span text, uint32_t *out_ip)
{
	uint32_t ip = 0, part;

	for (int i = 0; i < 4; i++) {
		size_t n = i < 3 ? span_find(text, '.') : text.n;
		if ((i < 3 && n == text.n) || n > 3 ||
		    !str_to_u32(span_make(text.p, n), 0, 255, &part, NULL))
			return false;
		ip = ip << 8 | part;
		if (i < 3)
			text = span_make(text.p + n + 1, text.n - n - 1);
	}
	*out_ip = ip;
	return true;
}

void sim_fleet_print_ip(uint32_t ip, char out_text[SIM_FLEET_ADDRESS_SIZE])
{
	struct out o;

	out_init(&o, out_text, SIM_FLEET_ADDRESS_SIZE);
	out_fmt(&o, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static bool set_base(struct target *t, struct span v, struct err *e)
{
	if (sim_fleet_parse_ip(v, &t->o->base) && t->o->base != 0)
		return true;
	err_set(e, ERR_INVALID, "'%.*s' is no IPv4 address", (int)v.n, (const char *)v.p);
	return err_want(e, "127.1.0.1 or the like");
}

static bool unknown_generation(struct span v, struct err *e)
{
	char list[256];
	struct out o;

	out_init(&o, list, sizeof list);
	for (unsigned i = 0; sim_generation_at(i); i++)
		out_fmt(&o, "%s%s", i ? ", " : "", sim_generation_at(i)->name);
	err_set(e, ERR_INVALID, "there is no generation '%.*s'; known are %s", (int)v.n,
		(const char *)v.p, list);
	err_seen(e, "%.*s", (int)v.n, (const char *)v.p);
	return err_want(e, "%s", list);
}

static bool set_generation(struct target *t, struct span v, struct err *e)
{
	char name[16];

	t->o->generation_count = 0;
	while (v.n > 0) {
		size_t n = span_find(v, ',');
		struct span one = span_trim(span_make(v.p, n));
		if (t->o->generation_count == SIM_FLEET_MIX)
			return err_set(e, ERR_LIMIT, "more than %d generations in one mix",
				       SIM_FLEET_MIX);
		const struct sim_generation *g =
			str_copy(name, sizeof name, one) ? sim_generation_find(name) : NULL;
		if (!g)
			return unknown_generation(one, e);
		t->o->generations[t->o->generation_count++] = g;
		n += n < v.n;
		v = span_make(v.p + n, v.n - n);
	}
	return t->o->generation_count > 0 || unknown_generation(v, e);
}

static bool set_state(struct target *t, struct span v, struct err *e)
{
	char list[256];
	struct out o;

	t->o->has_state = sim_dev_state_parse(v, &t->o->state);
	if (t->o->has_state)
		return true;
	out_init(&o, list, sizeof list);
	for (unsigned i = 0; i < SIM_STATE_COUNT; i++)
		out_fmt(&o, "%s%s", i ? ", " : "", sim_dev_state_name((enum sim_state)i));
	err_set(e, ERR_INVALID, "there is no state '%.*s'; known are %s", (int)v.n,
		(const char *)v.p, list);
	return err_want(e, "%s", list);
}

static bool set_tls(struct target *t, struct span v, struct err *e)
{
	static const char *const names[] = { "off", "server", "mutual" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (span_eq_str(v, names[i])) {
			t->o->tls = (enum sim_tls_mode)i;
			t->o->has_tls = true;
			return true;
		}
	}
	err_set(e, ERR_INVALID, "there is no TLS mode '%.*s'", (int)v.n, (const char *)v.p);
	return err_want(e, "off, server or mutual");
}

static bool set_control(struct target *t, struct span v, struct err *e)
{
	t->o->has_control = true;
	t->o->client_control = span_eq_str(v, "client");
	if (t->o->client_control || span_eq_str(v, "admin"))
		return true;
	err_set(e, ERR_INVALID, "there is no control mode '%.*s'", (int)v.n, (const char *)v.p);
	return err_want(e, "admin or client");
}

static bool set_redirection(struct target *t, struct span v, struct err *e)
{
	static const char *const names[] = { "off", "sol", "ider", "on" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (span_eq_str(v, names[i]))
			return keep(t, v, e);
	err_set(e, ERR_INVALID, "there is no redirection '%.*s'", (int)v.n, (const char *)v.p);
	return err_want(e, "off, sol, ider or on");
}

static bool set_latency(struct target *t, struct span v, struct err *e)
{
	return str_to_i64(v, 0, LATENCY_MAX_MS, &t->o->latency_ms, e);
}

static bool set_uuid(struct target *t, struct span v, struct err *e)
{
	return uuid_parse(v, &t->o->uuid) ||
		err_set(e, ERR_INVALID, "'%.*s' is no UUID", (int)v.n, (const char *)v.p);
}

static bool set_seed(struct target *t, struct span v, struct err *e)
{
	return str_to_u64(v, 0, UINT64_MAX, &t->c->seed, e);
}

static bool set_dash_port(struct target *t, struct span v, struct err *e)
{
	return str_to_u16(v, 1, UINT16_MAX - 1, &t->c->dash_port, e);
}

static bool set_kvm_port(struct target *t, struct span v, struct err *e)
{
	return str_to_u16(v, 1, UINT16_MAX, &t->c->kvm_port, e);
}

static bool set_port_base(struct target *t, struct span v, struct err *e)
{
	return str_to_u16(v, 1, PORT_MAX, &t->c->port_base, e);
}

static bool set_rmcp_port(struct target *t, struct span v, struct err *e)
{
	t->c->has_rmcp_port = true;
	return str_to_u16(v, 0, 65535, &t->c->rmcp_port, e);
}

static bool set_speed(struct target *t, struct span v, struct err *e)
{
	char text[32], *end = text;
	double speed = 0;

	if (str_copy(text, sizeof text, v) && v.n > 0)
		speed = strtod(text, &end);
	if (end == text || *end || !(speed >= 0.001 && speed <= SPEED_MAX)) {
		err_set(e, ERR_INVALID, "'%.*s' is no speed", (int)v.n, (const char *)v.p);
		return err_want(e,
				"0.001 to 1000000; 1 is real time, 60 plays an hour in a minute");
	}
	t->c->speed = speed;
	return true;
}

static bool read_on(struct span v, bool *out_on, struct err *e)
{
	bool on = span_eq_str(v, "on") || span_eq_str(v, "true") || span_eq_str(v, "yes");
	bool off = span_eq_str(v, "off") || span_eq_str(v, "false") || span_eq_str(v, "no");

	if (!on && !off) {
		err_set(e, ERR_INVALID, "'%.*s' is neither on nor off", (int)v.n,
			(const char *)v.p);
		return err_want(e, "on or off");
	}
	*out_on = on;
	return true;
}

static bool set_waits(struct target *t, struct span v, struct err *e)
{
	return read_on(v, &t->c->waits, e);
}

static bool set_expose(struct target *t, struct span v, struct err *e)
{
	return read_on(v, &t->c->expose, e);
}

/* ---- the table ---- */

#define NO_TEXT       SIZE_MAX
#define IN_OPTS(name) offsetof(struct sim_fleet_opts, name)
#define IN_CONF(name) offsetof(struct sim_fleet_conf, name)
/* X(flag, argument, key, scope, how, place of the text, sentence) */
/* clang-format off */
#define KEYS(X) \
	X("devices", "N", "count", GROUP, set_count, NO_TEXT, \
	  "number of devices, 1 to 100000 (1)") \
	X("base", "ADDRESS", "base", GROUP, set_base, NO_TEXT, \
	  "address of the first device; the others follow (127.1.0.1)") \
	X("generation", "G[,G...]", "generation", GROUP | EACH, set_generation, NO_TEXT, \
	  "firmware; of several, each device takes the next one (16.1); see --list-generations") \
	X("state", "STATE", "state", GROUP | EACH, set_state, NO_TEXT, \
	  "disabled, factory, changed, setup-psk, setup-pki, silent or configured (setup-pki)") \
	X("hello", "HOST[:PORT]", "hello", FLEET, set_text, IN_CONF(hello), \
	  "where devices in setup say hello (nowhere; port 9971)") \
	X("psk", "FILE", "psk", GROUP, set_path, IN_OPTS(psk), \
	  "CSV with pid,pps,mebx_password: each setup-psk device takes the next line") \
	X("usb", "FILE", "usb", GROUP | EACH, set_usb, IN_OPTS(usb), \
	  "setup.bin of a stick that PCs in factory default start with, once; what they take is marked as used in FILE") \
	X("roots", "FILE", "roots", GROUP, set_path, IN_OPTS(roots), \
	  "PEM with the root certificates whose hashes the devices trust") \
	X("suffix", "DOMAIN", "suffix", GROUP | EACH, set_text, IN_OPTS(suffix), \
	  "DNS suffix that the devices get by DHCP (option 15)") \
	X("otp", "TEXT", "otp", GROUP | EACH, set_text, IN_OPTS(otp), \
	  "one-time password that an agent wrote into the firmware (none)") \
	X("admin-password-file", "FILE", "admin_password_file", GROUP | EACH, set_path, \
	  IN_OPTS(admin_password_file), "password of configured devices: the first line of FILE") \
	X("mebx-password-file", "FILE", "mebx_password_file", GROUP | EACH, set_path, \
	  IN_OPTS(mebx_password_file), "MEBx password, where no CSV gives one (admin)") \
	X("tls", "MODE", "tls", GROUP | EACH, set_tls, NO_TEXT, \
	  "off, server or mutual, of configured devices (off; from 16.1 on it cannot be off)") \
	X("control-mode", "MODE", "control_mode", GROUP | EACH, set_control, NO_TEXT, \
	  "admin or client, of configured devices (admin)") \
	X("redirection", "WHAT", "redirection", GROUP | EACH, set_redirection, IN_OPTS(redirection), \
	  "off, sol, ider or on: what the redirection ports of configured devices serve (off)") \
	X("host-name", "NAME", "host_name", GROUP | EACH, set_text, IN_OPTS(host_name), \
	  "host name of configured devices; {n} stands for the device's number (pc{n})") \
	X("domain", "DOMAIN", "domain", GROUP | EACH, set_text, IN_OPTS(domain), \
	  "domain of configured devices (the DNS suffix)") \
	X("model", "NAME", "model", GROUP | EACH, set_model, IN_OPTS(model), \
	  "hardware: tower, laptop, server, tiny, panel or workstation (one that the release had)") \
	X("host-ip", "ADDRESS", "host_ip", GROUP | EACH, set_ip, IN_OPTS(host_ip), \
	  "address of the PC's system, as it tells the firmware (none)") \
	X("latency", "MS", "latency", GROUP, set_latency, NO_TEXT, \
	  "added to every reply (0)") \
	X("fault", "NAME[=N[:M]]", "fault", GROUP | EACH, set_fault, IN_OPTS(fault), \
	  "what the devices do wrong; may be repeated; see --list-faults") \
	X("switch", "NAME=VALUE", "switch", GROUP | EACH, set_switch, IN_OPTS(switches), \
	  "other behaviour where firmware is not known; see --list-switches") \
	X("uuid", "UUID", "uuid", EACH, set_uuid, NO_TEXT, \
	  "UUID (made of seed and number)") \
	X("seed", "N", "seed", FLEET, set_seed, NO_TEXT, \
	  "all chance comes from it: the same seed makes the same fleet (1)") \
	X("speed", "N", "speed", FLEET, set_speed, NO_TEXT, \
	  "divides the firmware's waits and the hello schedule (1)") \
	X("waits", "on|off", "waits", FLEET, set_waits, NO_TEXT, \
	  "whether the firmware takes its time: keys, commits, \"busy\" (on)") \
	X("state-file", "FILE", "state_file", FLEET, set_path, IN_CONF(state_file), \
	  "keeps what was set over a restart; holds passwords and keys") \
	X("port-base", "P", "port_base", FLEET, set_port_base, NO_TEXT, \
	  "listens at P to P+3 instead of 16992 to 16995") \
	X("rmcp-port", "P", "rmcp_port", FLEET, set_rmcp_port, NO_TEXT, \
	  "answers presence pings at UDP P (four above the port base); 623 for tools that know no other, 0 for none") \
	X("dash-port", "P", "dash_port", FLEET, set_dash_port, NO_TEXT, \
	  "also listen at P and P+1 as PCs do at 623 and 664 (DASH): WS-MAN in the clear and over TLS") \
	X("kvm-port", "P", "kvm_port", FLEET, set_kvm_port, NO_TEXT, \
	  "listens at P for viewers of KVM, as a PC does at 5900 when that is switched on (nowhere)") \
	X("ctl", "SOCKET", "ctl", FLEET, set_path, IN_CONF(ctl), \
	  "Unix socket for 'outband sim ctl'") \
	X("expose", NULL, "expose", FLEET, set_expose, NO_TEXT, \
	  "answers also outside of this machine's loopback; any base address is allowed then")
/* clang-format on */

static const struct sim_fleet_key keys[] = {
#define X(flag, arg, key, scope, set, place, sentence) { flag, arg, key, scope, sentence },
	KEYS(X)
#undef X
};
static const struct {
	set_fn *set;
	size_t place;
} hows[] = {
#define X(flag, arg, key, scope, set, place, sentence) { set, place },
	KEYS(X)
#undef X
};
#define KEY_COUNT (sizeof keys / sizeof *keys)

const struct sim_fleet_key *sim_fleet_key_at(unsigned i)
{
	return i < KEY_COUNT ? &keys[i] : NULL;
}

const struct sim_fleet_key *sim_fleet_key_by_flag(struct span flag)
{
	for (unsigned i = 0; i < KEY_COUNT; i++) {
		if (keys[i].scope != EACH && span_eq_str(flag, keys[i].flag))
			return &keys[i];
	}
	return NULL;
}

bool sim_fleet_key_set(struct sim_fleet_conf *c, struct sim_fleet_opts *o,
		       const struct sim_fleet_key *k, struct span value, struct err *e)
{
	size_t i = (size_t)(k - keys);
	struct target t = { .c = c, .o = o };
	uint8_t *owner = k->scope & FLEET ? (uint8_t *)c : (uint8_t *)o;

	if (hows[i].place != NO_TEXT)
		t.text = (const char **)(void *)(owner + hows[i].place);
	if (memchr(value.p ? value.p : (const uint8_t *)"", '\0', value.n))
		return err_set(e, ERR_INVALID, "the value has a NUL byte");
	return hows[i].set(&t, value, e);
}
