/* Whether the BIOS of a PC takes a record of setup.bin, and what the record says. Strict: what is
 * known to be refused is refused, in an order that a person can follow. Called by dev_usb.c. Never
 * uses the checks of those who write such files (wire/setupbin_new.c), so that one proves the other. */
#include "base/str.h"
#include "sim/dev_priv.h"
#include "sim/fw_usb_priv.h"
#include "wire/hello.h"
#include "wire/psk.h"

#define KEY(module, id) ((module) << 8 | (id))

/* Newest version of the file that a release knows; a later one before the next row knows the same.
 * Which release began with 4 is told nowhere. */
static const struct level {
	unsigned major, version; /* 21: 2.1 */
	enum source src;
} levels[] = {
	{ 7, 40, SRC_G }, { 6, 30, SRC_D }, { 5, 21, SRC_G },
	{ 4, 21, SRC_D }, { 3, 20, SRC_D }, { 0, 10, SRC_D },
};

struct judge {
	const struct sim_dev *d;
	const struct wire_setupbin *f;
	struct fw_usb *u;
	struct err *e;
	unsigned version;
	struct span current; /* password that the record gives as the one in MEBx */
	uint8_t own_roots;   /* 2/7 */
	unsigned before;     /* KEY of the variable before */
};

static bool no(struct judge *j, const char *why, const char *want)
{
	err_set(j->e, ERR_INVALID, "the PC ignores the stick: %s", why);
	return err_want(j->e, "%s", want);
}

static bool in_factory_default(struct judge *j)
{
	bool changed = !j->d->mebx_default || j->d->state != SIM_FACTORY ||
		sim_fault_has(j->d, SIM_FAULT_OTC_PW_CHANGED);

	if (!changed)
		return true;
	no(j, "it is not in factory default", "factory default, MEBx password never changed");
	err_seen(j->e, "%s%s", sim_dev_state_name(j->d->state),
		 j->d->mebx_default ? "" : ", MEBx password changed");
	return err_rule(j->e, "D040");
}

static bool version_known(struct judge *j)
{
	const struct level *l = levels;
	bool exact = sim_switches_is(&j->d->sw, SIM_SW_USB, "exact");

	while (l->major > j->d->gen->major)
		l++;
	j->version = j->f->version * 10 + j->f->minor;
	if (j->version == l->version || (j->version < l->version && !exact))
		return true;
	no(j, "it does not know this version of the file", "a version that this release knows");
	err_seen(j->e, "version %u.%u, AMT %s", j->f->version, j->f->minor, j->d->gen->name);
	return err_want(j->e, "%sversion %u.%u", exact ? "" : "at most ", l->version / 10,
			l->version % 10);
}

/* The header counts how many were taken: that is the next one. */
static bool pick(struct judge *j, const struct wire_setupbin_record **out_r)
{
	const struct wire_setupbin *f = j->f;

	j->u->record = f->flags & WIRE_SETUPBIN_KEEP ? 0 : f->consumed_count;
	if ((f->flags & WIRE_SETUPBIN_KEEP) && f->version == 1)
		return no(j, "version 1 has no records that stay", "flags 0");
	if (j->u->record >= f->record_count) {
		no(j, "no record is left", "a record that no PC took");
		return err_seen(j->e, "%u of %u records are used", f->consumed_count,
				f->record_count);
	}
	*out_r = &f->records[j->u->record];
	if ((*out_r)->type == 1 && ((*out_r)->flags & WIRE_SETUPBIN_VALID))
		return true;
	return no(j, "the next record is not valid", "a data record with its valid bit");
}

/* Version that brought a variable; 0: none is known. */
static unsigned first_version(unsigned key)
{
	switch (key) {
	case KEY(1, 1):
	case KEY(1, 2):
	case KEY(2, 1):
	case KEY(2, 2):
		return 10;
	case KEY(1, 6):
	case KEY(2, 11):
	case KEY(2, 12):
	case KEY(2, 13):
	case KEY(2, 19):
	case KEY(2, 20):
		return 21;
	case KEY(2, 9):
		return 0;
	default:
		if (key >= KEY(1, 3) && key <= KEY(1, 5))
			return 20;
		return key < KEY(2, 1) || key > KEY(2, 35) ? 0 : key >= KEY(2, 22) ? 30 : 20;
	}
}

static bool take_root(struct judge *j, struct span v)
{
	struct cur c = cur_make(v);
	uint8_t alg = cur_u8(&c);
	size_t n = wire_hello_alg_size(alg);
	struct span digest = cur_take(&c, n), name = cur_take(&c, cur_u8(&c));
	struct fw_usb *u = j->u;

	if (c.bad || !n || cur_left(&c) || name.n > 32)
		return no(j, "an own root hash is malformed", "algorithm, hash, name");
	if (j->own_roots != 1)
		return no(j, "own root hashes are not switched on before", "2/7=1");
	if ((j->version < 30 && alg != WIRE_HELLO_SHA1) || !(sim_gen_hash_algs(j->d) & 1u << alg))
		return no(j, "its release does not know the algorithm of a root hash", "SHA-1");
	if (u->root_count >= (j->version < 30 ? 3 : FW_USB_ROOTS))
		return no(j, "there are too many own root hashes", "3 of them");
	struct sim_root *r = &u->roots[u->root_count++];
	r->alg = alg;
	r->active = true;
	memcpy(r->digest, digest.p, n);
	(void)str_copy(r->name, sizeof r->name, name);
	return true;
}

static bool take_var(struct judge *j, const struct wire_setupbin_var *v)
{
	uint8_t byte = v->value.n == 1 ? v->value.p[0] : 0;
	struct fw_usb *u = j->u;

	switch (KEY(v->module, v->id)) {
	case KEY(1, 1):
		j->current = v->value;
		return true;
	case KEY(1, 2):
		u->mebx = v->value;
		return true;
	case KEY(1, 3):
		u->amt_off = byte == 0;
		return true;
	case KEY(2, 1):
		u->pid = v->value;
		return true;
	case KEY(2, 2):
		u->pps = v->value;
		return true;
	case KEY(2, 3):
		u->suffix = v->value;
		return v->value.n <= 255 || no(j, "the suffix is too long", "255 bytes");
	case KEY(2, 5):
		u->remote = byte == 1;
		return true;
	case KEY(2, 7):
		j->own_roots = byte;
		u->drop_roots = byte == 2;
		return true;
	case KEY(2, 8):
		return take_root(j, v->value);
	case KEY(2, 11):
		u->host = v->value;
		return v->value.n <= 63 || no(j, "the host name is too long", "63 bytes");
	case KEY(2, 12):
		u->domain = v->value;
		return v->value.n <= 255 || no(j, "the domain name is too long", "255 bytes");
	case KEY(2, 28):
		u->halted = byte == 0;
		return true;
	case KEY(2, 29):
		u->manual = byte == 1;
		return true;
	default:
		return true; /* nothing that this device would show */
	}
}

static bool read_vars(struct judge *j, const struct wire_setupbin_record *r)
{
	for (unsigned i = 0; i < r->var_count; i++) {
		const struct wire_setupbin_var *v = &r->vars[i];
		unsigned key = KEY(v->module, v->id), first = first_version(key);
		if (v->module > 2 || v->id > 255 || !first || first > j->version) {
			no(j, "it does not know a variable in this version of the file",
			   "variables of that version");
			return err_seen(j->e, "%u/%u", v->module, v->id);
		}
		if (key < j->before || (key == j->before && key != KEY(2, 8))) {
			no(j, "a variable is out of order or there twice", "rising numbers");
			return err_seen(j->e, "%u/%u", v->module, v->id);
		}
		j->before = key;
		if (!take_var(j, v))
			return false;
	}
	return true;
}

static bool passwords_fit(struct judge *j)
{
	if (!span_eq_str(j->current, j->d->mebx))
		return no(j, "the current MEBx password in the record is wrong",
			  "the one in MEBx, from the factory 'admin'");
	if (!j->u->mebx.p)
		return no(j, "the factory password would stay", "1/2, a new MEBx password");
	if (!wire_psk_check_password(j->u->mebx, j->e))
		return err_wrap(j->e, "the PC ignores the stick");
	return true;
}

static bool pair_fits(struct judge *j)
{
	char pid[WIRE_PSK_PID_LEN + 1], pps[WIRE_PSK_PPS_LEN + 1];
	struct fw_usb *u = j->u;

	if (!u->pid.p && !u->pps.p)
		return true;
	if (!u->pid.p || !u->pps.p)
		return no(j, "a PID without its PPS, or a PPS without its PID", "both");
	if (!j->d->gen->psk.is)
		return no(j, "its release knows no PSK", "remote configuration (2/5=1)");
	bool ok = u->pid.n == WIRE_PSK_PID_LEN && u->pps.n == WIRE_PSK_PPS_LEN &&
		wire_psk_parse_pid(u->pid, pid, NULL) && wire_psk_parse_pps(u->pps, pps, NULL);
	mem_wipe(pps, sizeof pps);
	return ok ||
		no(j, "PID or PPS have a wrong form or check character", "8 and 32 characters");
}

bool sim_fw_usb_judge(const struct sim_dev *d, const struct wire_setupbin *f, struct fw_usb *out_u,
		      struct err *e)
{
	struct judge j = { .d = d, .f = f, .u = out_u, .e = e };
	const struct wire_setupbin_record *r = NULL;

	*out_u = (struct fw_usb){ 0 };
	return in_factory_default(&j) && version_known(&j) && pick(&j, &r) && r &&
		read_vars(&j, r) && passwords_fit(&j) && pair_fits(&j);
}
