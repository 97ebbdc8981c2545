/* A PC starts with a stick in it: reads its setup.bin, has the used record written back, and goes
 * on as the record says. Also the root hashes that a stick brought, beside those of the factory.
 * Called by the control socket. Reads no file itself. */
#include "base/str.h"
#include "sim/fw_usb_priv.h"
#include "sim/dev_priv.h"
#include "sim/events.h"
#include "wire/hello.h"

#define FILE_BYTES  ((size_t)16 * 1024 * 1024)
#define MEM_BYTES   ((size_t)64 * 1024 * 1024) /* of the largest file, taken apart */
#define ROOTS_BYTES 4096

/* ---- own root hashes: kept as text, "2 HEX NAME" a line ---- */

static void roots_forget(struct sim_dev *d)
{
	sim_dev_bury(d, d->roots, NULL);
	d->roots = NULL;
	d->root_count = 0;
}

void sim_dev_drop_roots(struct sim_dev *d)
{
	roots_forget(d);
	mem_free(d->usb_roots);
	d->usb_roots = NULL;
}

static void keep_roots(struct sim_dev *d, const struct fw_usb *u)
{
	char text[ROOTS_BYTES];
	struct out o;

	if (u->drop_roots)
		sim_dev_drop_roots(d);
	if (!u->root_count)
		return;
	out_init(&o, text, sizeof text);
	for (unsigned i = 0; i < u->root_count; i++) {
		const struct sim_root *r = &u->roots[i];
		out_fmt(&o, "%u ", r->alg);
		out_hex(&o, span_make(r->digest, wire_hello_alg_size(r->alg)));
		out_fmt(&o, " %s\n", r->name);
	}
	sim_dev_drop_roots(d);
	d->usb_roots = mem_str(text);
}

static bool parse_root(struct span line, struct sim_root *out_r)
{
	struct span hex, name;
	size_t n, size;

	if (line.n < 3 || line.p[1] != ' ')
		return false;
	*out_r = (struct sim_root){ .alg = (uint8_t)(line.p[0] - '0'), .active = true };
	hex = span_make(line.p + 2, line.n - 2);
	n = span_find(hex, ' ');
	name = n < hex.n ? span_make(hex.p + n + 1, hex.n - n - 1) : span_make(NULL, 0);
	hex.n = n;
	(void)str_copy(out_r->name, sizeof out_r->name, name);
	return hex_decode(hex, out_r->digest, sizeof out_r->digest, &size) && size &&
		size == wire_hello_alg_size(out_r->alg);
}

const struct sim_root *sim_dev_roots(struct sim_dev *d, unsigned *out_count)
{
	if (!d->usb_roots) {
		*out_count = d->env->root_count;
		return d->env->roots;
	}
	if (!d->roots) {
		struct span rest = span_str(d->usb_roots);
		d->roots = mem_new((d->env->root_count + FW_USB_ROOTS) * sizeof *d->roots);
		if (d->env->root_count)
			memcpy(d->roots, d->env->roots, d->env->root_count * sizeof *d->roots);
		d->root_count = d->env->root_count;
		while (rest.n && d->root_count < d->env->root_count + FW_USB_ROOTS) {
			size_t n = span_find(rest, '\n');
			d->root_count += parse_root(span_make(rest.p, n), &d->roots[d->root_count]);
			n += n < rest.n;
			rest = span_make(rest.p + n, rest.n - n);
		}
	}
	*out_count = d->root_count;
	return d->roots;
}

/* ---- the stick ---- */

static char *text_of(struct span s)
{
	char *p = mem_new(s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

static void set_var(struct sim_dev *d, enum sim_var v, struct span s)
{
	char *text = text_of(s);

	if (s.n)
		sim_var_set(d, v, text);
	mem_free(text);
}

static enum sim_state next_state(const struct sim_dev *d, const struct fw_usb *u)
{
	if (u->amt_off)
		return SIM_DISABLED;
	if (u->manual)
		return SIM_CONFIGURED;
	if (u->halted)
		return SIM_CHANGED;
	if (u->pid.p)
		return SIM_SETUP_PSK;
	return u->remote && sim_gen_pki(d) ? SIM_SETUP_PKI : SIM_CHANGED;
}

static void apply(struct sim_dev *d, const struct fw_usb *u)
{
	mem_wipe(d->mebx, strlen(d->mebx));
	mem_free(d->mebx);
	d->mebx = text_of(u->mebx);
	d->mebx_default = false;
	sim_dev_couple_admin(d);
	if (u->pid.p) {
		(void)str_copy(d->pid, sizeof d->pid, u->pid);
		(void)str_copy(d->pps, sizeof d->pps, u->pps);
	}
	if (u->suffix.n) {
		mem_free(d->suffix);
		d->suffix = text_of(u->suffix);
	}
	set_var(d, SIM_VAR_HOST_NAME, u->host);
	set_var(d, SIM_VAR_DOMAIN, u->domain);
	keep_roots(d, u);
	bool first = !d->window_used;
	sim_dev_set_state(d, next_state(d, u));
	if (sim_dev_in_setup(d))
		sim_hello_start(d, first);
}

/* A stick whose records are used up: this one loses its valid bit, the header counts on. */
static bool used_up(struct wire_setupbin *f, const struct fw_usb *u, const struct sim_usb *io,
		    struct err *e)
{
	struct buf b;
	struct out o;
	bool ok;

	if (f->flags & WIRE_SETUPBIN_KEEP)
		return true;
	f->records[u->record].flags &= ~(uint32_t)WIRE_SETUPBIN_VALID;
	f->consumed_count++;
	buf_init(&b, FILE_BYTES);
	out_init_buf(&o, &b);
	ok = wire_setupbin_emit(&o, f)
		? io->write_back(io->arg, out_span(&o), e)
		: err_set(e, ERR_INTERNAL, "the changed setup.bin cannot be written");
	buf_wipe(&b);
	return ok;
}

bool sim_dev_usb(struct sim_dev *d, struct span file, const struct sim_usb *io,
		 struct sim_usb_took *out_took, struct err *e)
{
	struct wire_setupbin f;
	struct fw_usb u;
	struct arena a;

	arena_init(&a, MEM_BYTES);
	bool ok = wire_setupbin_parse(file, &a, &f, e) || err_wrap(e, "the PC ignores the stick");
	if (!ok && file.n) /* the BIOS found something on the stick that it cannot read */
		sim_event(d, SIM_EV_BAD_DATA, 0);
	ok = ok && sim_fw_usb_judge(d, &f, &u, e) && used_up(&f, &u, io, e);
	if (ok) {
		bool keep = f.flags & WIRE_SETUPBIN_KEEP;
		*out_took = (struct sim_usb_took){
			.record = u.record + 1,
			.left = keep ? 0 : f.record_count - f.consumed_count,
			.keep = keep,
		};
		sim_conn_reset_all(d, NULL);
		apply(d, &u);
	}
	arena_wipe(&a);
	return ok;
}
