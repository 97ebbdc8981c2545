/* The devices of a fleet: made from the groups, found by number, address or UUID. Addresses are
 * not kept per device, a group has consecutive ones, until the first device moves. Used by serve.c
 * and ctl.c. */
#include "sim/fleet.h"
#include "base/clk.h"
#include "base/mem.h"
#include "sim/fleet_priv.h"
#include <assert.h>
#include <limits.h>

#define DEFAULT_BASE       0x7f010001u /* 127.1.0.1 */
#define DEFAULT_GENERATION "16.1"
#define DEFAULT_HOST_NAME  "pc{n}"
#define LOOPBACK_LAST      0x7ffffffeu

struct group {
	struct sim_env env;
	unsigned first, count;
	uint32_t base;
	struct sim_root *roots;
	char *suffix;
};
struct sim_fleet {
	struct sim_dev **devs;
	unsigned count, group_count;
	struct group groups[SIM_FLEET_GROUPS];
	/* after the first move; by device number, chains by address */
	uint32_t *ip;
	unsigned *chain, *heads, head_count;
};
#define CHAIN_END UINT_MAX

/* ---- places ---- */

static bool overlaps(const struct sim_fleet *f, const struct group *g)
{
	for (const struct group *o = f->groups; o < f->groups + f->group_count; o++) {
		if (o != g && g->base < (uint64_t)o->base + o->count &&
		    o->base < (uint64_t)g->base + g->count)
			return true;
	}
	return false;
}

static bool place_group(struct sim_fleet *f, const struct sim_fleet_conf *c, unsigned i,
			struct err *e)
{
	const struct sim_fleet_opts *o = &c->groups[i].opts;
	struct group *g = &f->groups[i], *before = i ? &f->groups[i - 1] : NULL;
	char text[SIM_FLEET_ADDRESS_SIZE];

	g->count = o->count ? o->count : 1;
	g->first = before ? before->first + before->count : 0;
	g->base = o->base ? o->base : before ? before->base + before->count : DEFAULT_BASE;
	if (g->first + g->count > SIM_FLEET_MAX)
		return err_set(e, ERR_LIMIT, "the fleet has more than %d devices", SIM_FLEET_MAX);
	sim_fleet_print_ip(g->base, text);
	if (!c->expose && (g->base >> 24 != 127 || g->base + (g->count - 1) > LOOPBACK_LAST)) {
		err_set(e, ERR_INVALID,
			"the addresses %s and %u behind it are not all in 127.0.0.0/8", text,
			g->count - 1);
		return err_hint(e, "take a base in 127.0.0.0/8, or add --expose");
	}
	if (g->base > UINT32_MAX - g->count)
		return err_set(e, ERR_INVALID, "%u devices from %s: addresses end before", g->count,
			       text);
	f->group_count = i + 1;
	if (overlaps(f, g))
		return err_set(e, ERR_INVALID,
			       "%u devices from %s: another group has one of these addresses",
			       g->count, text);
	return true;
}

static uint32_t home_of(const struct sim_fleet *f, unsigned index)
{
	const struct group *g = f->groups;

	while (index - g->first >= g->count)
		g++;
	return g->base + (index - g->first);
}

void sim_fleet_address(const struct sim_fleet *f, unsigned index,
		       char out_text[SIM_FLEET_ADDRESS_SIZE])
{
	sim_fleet_print_ip(f->ip ? f->ip[index] : home_of(f, index), out_text);
}

static unsigned *head_of(const struct sim_fleet *f, uint32_t ip)
{
	assert(f->head_count > 0);
	return &f->heads[ip * 2654435761u % f->head_count];
}

static bool by_ip(const struct sim_fleet *f, uint32_t ip, unsigned *out_index)
{
	if (f->ip) {
		unsigned i = *head_of(f, ip);
		while (i != CHAIN_END && f->ip[i] != ip)
			i = f->chain[i];
		*out_index = i;
		return i != CHAIN_END;
	}
	for (const struct group *g = f->groups; g < f->groups + f->group_count; g++) {
		if (ip - g->base < g->count) {
			*out_index = g->first + (ip - g->base);
			return true;
		}
	}
	return false;
}

static void chain_in(struct sim_fleet *f, unsigned index, uint32_t ip)
{
	unsigned *head = head_of(f, ip);

	f->ip[index] = ip;
	f->chain[index] = *head;
	*head = index;
}

static void chain_out(struct sim_fleet *f, unsigned index)
{
	unsigned *at = head_of(f, f->ip[index]);

	while (*at != index)
		at = &f->chain[*at];
	*at = f->chain[index];
}

static void keep_addresses(struct sim_fleet *f)
{
	f->head_count = f->count * 2 + 1;
	f->heads = mem_new(f->head_count * sizeof *f->heads);
	f->chain = mem_new(f->count * sizeof *f->chain);
	f->ip = mem_new(f->count * sizeof *f->ip);
	for (unsigned i = 0; i < f->head_count; i++)
		f->heads[i] = CHAIN_END;
	for (unsigned i = 0; i < f->count; i++)
		chain_in(f, i, home_of(f, i));
}

bool sim_fleet_move(struct sim_fleet *f, unsigned index, struct span address, unsigned *out_other,
		    struct err *e)
{
	uint32_t ip;

	*out_other = index;
	if (!sim_fleet_parse_ip(address, &ip) || ip >> 24 != 127) {
		err_set(e, ERR_INVALID, "a device cannot move to '%.*s'", (int)address.n,
			(const char *)address.p);
		return err_want(e, "an address in 127.0.0.0/8");
	}
	if (!f->ip)
		keep_addresses(f);
	uint32_t before = f->ip[index];
	bool taken = by_ip(f, ip, out_other);
	if (taken && *out_other == index)
		return true;
	chain_out(f, index);
	if (taken) {
		chain_out(f, *out_other);
		chain_in(f, *out_other, before);
	} else {
		*out_other = index;
	}
	chain_in(f, index, ip);
	return true;
}

bool sim_fleet_by_address(const struct sim_fleet *f, struct span address, unsigned *out_index)
{
	uint32_t ip;

	return sim_fleet_parse_ip(address, &ip) && by_ip(f, ip, out_index);
}

void sim_fleet_other_address(const struct sim_fleet *f, unsigned index,
			     char out_text[SIM_FLEET_ADDRESS_SIZE])
{
	char own[SIM_FLEET_ADDRESS_SIZE];
	uint32_t ip = DEFAULT_BASE;
	unsigned taken;

	sim_fleet_address(f, index, own);
	(void)sim_fleet_parse_ip(span_str(own), &ip);
	for (uint32_t flip = 0x00800000u; flip > 0x80u; flip >>= 1) {
		if (!by_ip(f, ip ^ flip, &taken)) {
			ip ^= flip;
			break;
		}
	}
	sim_fleet_print_ip(ip, out_text);
}

bool sim_fleet_find(const struct sim_fleet *f, struct span text, unsigned *out_index, struct err *e)
{
	struct uuid uuid;
	uint32_t index;

	if (sim_fleet_by_address(f, text, out_index))
		return true;
	if (str_to_u32(text, 0, UINT32_MAX, &index, NULL)) {
		if (index >= f->count)
			return err_set(e, ERR_NOT_FOUND,
				       "there is no device %u, the fleet has 0 to %u", index,
				       f->count - 1);
		*out_index = index;
		return true;
	}
	if (uuid_parse(text, &uuid)) {
		for (unsigned i = 0; i < f->count; i++) {
			if (uuid_eq(sim_dev_uuid(f->devs[i]), &uuid)) {
				*out_index = i;
				return true;
			}
		}
	}
	err_set(e, ERR_NOT_FOUND, "the fleet has no device '%.*s'", (int)text.n,
		(const char *)text.p);
	return err_want(e, "a number, an address, a UUID or all");
}

unsigned sim_fleet_count(const struct sim_fleet *f)
{
	return f->count;
}

struct sim_dev *sim_fleet_at(const struct sim_fleet *f, unsigned index)
{
	return index < f->count ? f->devs[index] : NULL;
}

/* ---- making ---- */

struct maker {
	struct sim_fleet *f;
	const struct sim_fleet_conf *c;
	struct sim_fleet_keys *files[SIM_FLEET_GROUPS]; /* two groups may share one */
	unsigned file_count;
	struct err *e;
};

static const struct sim_generation *generation_of(const struct sim_fleet_opts *o, unsigned i)
{
	return o->generation_count ? o->generations[i % o->generation_count]
				   : sim_generation_find(DEFAULT_GENERATION);
}

/* What is said of the device goes before what is said of its group. */
static struct sim_fleet_opts merged(const struct sim_fleet_opts *g, const struct sim_fleet_opts *d)
{
	struct sim_fleet_opts o = *g;

	if (!d)
		return o;
	if (d->generation_count) {
		memcpy(o.generations, d->generations, sizeof o.generations);
		o.generation_count = d->generation_count;
	}
	if (d->has_state)
		o.state = d->state;
	o.has_state |= d->has_state;
	if (d->has_tls)
		o.tls = d->tls;
	if (d->has_control)
		o.client_control = d->client_control;
#define TAKE(name) o.name = d->name ? d->name : o.name
	TAKE(suffix);
	TAKE(otp);
	TAKE(usb);
	TAKE(admin_password_file);
	TAKE(mebx_password_file);
	TAKE(fault);
	TAKE(switches);
	TAKE(redirection);
	TAKE(host_name);
	TAKE(model);
	TAKE(host_ip);
	TAKE(domain);
#undef TAKE
	o.uuid = d->uuid;
	return o;
}

static struct sim_fleet_keys *open_keys(struct maker *m, const char *path)
{
	for (unsigned i = 0; i < m->file_count; i++) {
		if (str_eq(sim_fleet_keys_path(m->files[i]), path))
			return m->files[i];
	}
	struct sim_fleet_keys *k = sim_fleet_keys_open(path, m->e);
	if (k)
		m->files[m->file_count++] = k;
	return k;
}

static bool take_pair(struct maker *m, const struct sim_fleet_opts *o, bool has_psk,
		      struct sim_fleet_pair *out_pair, struct sim_dev_conf *c)
{
	bool wanted = o->state == SIM_SETUP_PSK || (o->state == SIM_SILENT && o->psk && has_psk);

	if (!wanted)
		return true;
	if (!has_psk)
		return err_set(m->e, ERR_INVALID,
			       "AMT %s knows no PSK: state setup-psk is impossible",
			       c->generation->name);
	if (!o->psk) {
		err_set(m->e, ERR_INVALID, "state setup-psk needs key pairs");
		return err_hint(m->e, "give a CSV with pid,pps,mebx_password as --psk FILE");
	}
	struct sim_fleet_keys *k = open_keys(m, o->psk);
	if (!k || !sim_fleet_keys_next(k, out_pair, m->e))
		return false;
	c->pid = out_pair->pid;
	c->pps = out_pair->pps;
	if (out_pair->mebx[0])
		c->mebx_password = out_pair->mebx;
	return true;
}

static void make_name(const char *pattern, unsigned index, char out_name[256])
{
	struct out o;
	const char *hole = strstr(pattern, "{n}");

	out_init(&o, out_name, 256);
	if (hole)
		out_fmt(&o, "%.*s%u%s", (int)(hole - pattern), pattern, index, hole + 3);
	else
		out_str(&o, pattern);
}

static bool take_passwords(struct maker *m, const struct sim_fleet_opts *o, struct secret *admin,
			   struct secret *mebx, struct sim_dev_conf *c)
{
	if (o->admin_password_file && !sim_fleet_file_password(o->admin_password_file, admin, m->e))
		return false;
	if (o->mebx_password_file && !sim_fleet_file_password(o->mebx_password_file, mebx, m->e))
		return false;
	if (o->state == SIM_CONFIGURED && !o->admin_password_file) {
		err_set(m->e, ERR_INVALID, "state configured needs an admin password");
		return err_hint(m->e, "give it as --admin-password-file FILE");
	}
	c->admin_password = (const char *)secret_reveal(admin).p;
	/* Set by hand in MEBx, both passwords are the same. */
	if (secret_is_set(mebx))
		c->mebx_password = (const char *)secret_reveal(mebx).p;
	else if (o->state == SIM_CONFIGURED || o->state == SIM_CHANGED)
		c->mebx_password = c->admin_password;
	return true;
}

static bool make_one(struct maker *m, const struct group *g, const struct sim_fleet_opts *o,
		     unsigned i)
{
	unsigned index = g->first + i;
	char name[256];
	struct sim_fleet_pair pair;
	struct secret admin = SECRET_NONE, mebx = SECRET_NONE;
	struct sim_dev_conf c = {
		.uuid = o->uuid,
		.index = index,
		.generation = generation_of(o, i),
		.state = o->state,
		.tls = o->tls,
		.suffix = g->suffix && o->suffix && str_eq(g->suffix, o->suffix) ? NULL : o->suffix,
		.otp = o->otp,
		.fault = o->fault,
		.switches = o->switches,
		.client_control = o->client_control,
		.redirection = o->redirection,
		.model = o->model,
		.host_ip = o->host_ip,
		.host_name = name,
		.domain = o->domain ? o->domain : o->suffix,
	};

	if (o->usb && o->state != SIM_FACTORY) {
		err_set(m->e, ERR_INVALID, "device %u: its PC ignores a stick in state %s", index,
			sim_dev_state_name(o->state));
		return err_want(m->e, "state factory with usb");
	}
	make_name(o->host_name ? o->host_name : DEFAULT_HOST_NAME, index, name);
	bool ok = take_passwords(m, o, &admin, &mebx, &c) &&
		take_pair(m, o, c.generation->psk.is, &pair, &c);
	if (ok)
		m->f->devs[index] = sim_dev_new(&g->env, &c, m->e);
	if (!ok || !m->f->devs[index])
		ok = err_wrap(m->e, "device %u", index);
	secret_deinit(&admin);
	secret_deinit(&mebx);
	mem_wipe(&pair, sizeof pair);
	return ok;
}

const char *sim_fleet_stick(const struct sim_fleet *f, const struct sim_fleet_conf *c,
			    unsigned index)
{
	for (unsigned n = 0; n < f->group_count; n++) {
		const struct group *g = &f->groups[n];
		const struct sim_fleet_group *from = &c->groups[n];
		if (index < g->first || index - g->first >= g->count)
			continue;
		for (unsigned i = 0; i < from->each_count; i++)
			if (from->each[i].index == index - g->first && from->each[i].opts.usb)
				return from->each[i].opts.usb;
		return from->opts.usb;
	}
	return NULL;
}

static bool make_group(struct maker *m, unsigned n)
{
	const struct sim_fleet_group *from = &m->c->groups[n];
	struct group *g = &m->f->groups[n];
	struct sim_fleet_opts base = from->opts;
	unsigned next = 0;

	g->suffix = mem_str(base.suffix);
	g->env.suffix = g->suffix;
	g->env.latency_ms = base.latency_ms;
	if (base.roots && !sim_fleet_file_roots(base.roots, &g->roots, &g->env.root_count, m->e))
		return false;
	g->env.roots = g->roots;
	for (unsigned i = 0; i < g->count; i++) {
		const struct sim_fleet_each *x =
			next < from->each_count && from->each[next].index == i ? &from->each[next++]
									       : NULL;
		struct sim_fleet_opts o = merged(&base, x ? &x->opts : NULL);
		if (!o.has_state)
			o.state = o.usb ? SIM_FACTORY : SIM_SETUP_PKI;
		if (!make_one(m, g, &o, i))
			return false;
	}
	return true;
}

static bool make_all(struct maker *m, struct sched *sched, const struct sim_fleet_events *ev)
{
	struct sim_fleet *f = m->f;
	bool ok = true;

	for (unsigned i = 0; ok && i < m->c->group_count; i++)
		ok = place_group(f, m->c, i, m->e);
	if (!ok)
		return false;
	const struct group *last = &f->groups[f->group_count - 1];
	f->count = last->first + last->count;
	f->devs = mem_new(f->count * sizeof(struct sim_dev *));
	for (unsigned i = 0; ok && i < f->group_count; i++) {
		f->groups[i].env = (struct sim_env){
			.sched = sched,
			.seed = m->c->seed,
			.waits = m->c->waits,
			.speed = m->c->speed,
			.on_hello = ev->on_hello,
			.on_state = ev->on_state,
			.on_alert = ev->on_alert,
			.arg = ev->arg,
		};
		ok = make_group(m, i);
	}
	return ok;
}

struct sim_fleet *sim_fleet_new(const struct sim_fleet_conf *c, struct sched *sched,
				const struct sim_fleet_events *ev, struct err *e)
{
	struct err none = { 0 };
	struct maker m = { .f = MEM_NEW(struct sim_fleet), .c = c, .e = e ? e : &none };
	bool ok = c->group_count > 0 && make_all(&m, sched, ev);

	for (unsigned i = 0; i < m.file_count; i++)
		sim_fleet_keys_free(m.files[i]);
	if (ok)
		return m.f;
	sim_fleet_free(m.f);
	return NULL;
}

void sim_fleet_free(struct sim_fleet *f)
{
	if (!f)
		return;
	for (unsigned i = 0; f->devs && i < f->count; i++)
		sim_dev_free(f->devs[i]);
	for (unsigned i = 0; i < f->group_count; i++) {
		mem_free(f->groups[i].roots);
		mem_free(f->groups[i].suffix);
	}
	mem_free(f->devs);
	mem_free(f->ip);
	mem_free(f->chain);
	mem_free(f->heads);
	mem_free(f);
}
