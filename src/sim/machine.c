/* States of the virtual PC: off, power-on test, setup, boot menu, boot log, prompt. Text as a BIOS sends
 * it to a serial console (VT100). Driven by machine_run.c; see machine_state_priv.h. */
#include "sim/machine_state_priv.h"
#include "base/out.h"
#include <stdarg.h>

#define CLEAR       "\033[0m\033[2J\033[H"
#define KEYS_MS     1500 /* for F2 and F12 */
#define LINE_MS     60
#define ESC_WAIT_MS 300 /* a lone ESC, not the beginning of a key */
#define MEMORY_MB   8192

void sim_pc_say(struct sim_machine *m, const char *text)
{
	(void)buf_add(&m->out, span_str(text));
}

void sim_pc_say_fmt(struct sim_machine *m, const char *fmt, ...)
{
	char text[512];
	struct out o;
	va_list ap;

	va_start(ap, fmt);
	out_init(&o, text, sizeof text);
	out_vfmt(&o, fmt, ap);
	va_end(ap);
	(void)buf_add(&m->out, out_span(&o));
}

void sim_pc_wait(struct sim_machine *m, int64_t ms)
{
	m->next_ms = m->now_ms + (m->speed > 0 ? (int64_t)((double)ms / m->speed) : ms);
}

void sim_pc_go(struct sim_machine *m, enum machine_stage stage, int64_t after_ms)
{
	if (m->stage == MACHINE_OS && stage != MACHINE_OS)
		sim_pc_os_leave(m);
	m->stage = stage;
	m->line = 0;
	m->esc_n = 0;
	m->next_ms = -1;
	if (after_ms >= 0)
		sim_pc_wait(m, after_ms);
}

void sim_pc_start(struct sim_machine *m, const struct sim_boot_choice *c)
{
	m->choice = *c;
	m->want_setup = c->from == SIM_BOOT_BIOS;
	m->want_menu = false;
	m->started_ms = m->now_ms;
	sim_pc_go(m, MACHINE_POST, 100);
}

void sim_pc_off(struct sim_machine *m, int64_t gap_ms)
{
	sim_pc_go(m, gap_ms > 0 ? MACHINE_GAP : MACHINE_OFF, gap_ms > 0 ? gap_ms : -1);
}

/* ---- power-on test ---- */

static void post(struct sim_machine *m)
{
	unsigned n = m->line++;

	sim_pc_wait(m, LINE_MS);
	if (n == 0) {
		sim_pc_say_fmt(m, CLEAR "Virtual BIOS 1.0, AMT %s\r\n", m->firmware);
	} else if (n <= 4) {
		sim_pc_say_fmt(m, "\rMemory test %5u MB OK", n * (MEMORY_MB / 4));
	} else if (n == 5) {
		sim_pc_say(m,
			   "\r\nSerial over LAN: console on COM3, 115200 8N1\r\n"
			   "Press F2 for setup, F12 for the boot menu\r\n");
		sim_pc_wait(m, KEYS_MS);
	} else if (m->want_setup) {
		sim_pc_setup_enter(m);
	} else if (m->want_menu) {
		sim_pc_menu_enter(m);
	} else {
		sim_pc_boot(m);
	}
}

void sim_pc_boot(struct sim_machine *m)
{
	sim_pc_say(m, CLEAR);
	switch (m->choice.from) {
	case SIM_BOOT_IDER_CD:
	case SIM_BOOT_IDER_FLOPPY:
		sim_pc_say_fmt(m, "Booting from the redirected %s ...\r\n",
			       m->choice.from == SIM_BOOT_IDER_CD ? "CD" : "floppy");
		sim_pc_go(m, MACHINE_LOADER, -1);
		m->wish = MACHINE_STORAGE;
		return;
	case SIM_BOOT_HALT:
		sim_pc_say(m, "Paused by management. Press a key to go on.\r\n");
		sim_pc_go(m, MACHINE_PAUSED, -1);
		return;
	case SIM_BOOT_PXE:
		sim_pc_say(m, "Booting from the network ...\r\nno server offers a boot file\r\n");
		break;
	case SIM_BOOT_CD:
		sim_pc_say(m, "Booting from CD ...\r\nno disc in the drive\r\n");
		break;
	case SIM_BOOT_HTTPS:
		sim_pc_say_fmt(m, "Booting from %s ...\r\nthe server does not answer\r\n",
			       m->choice.uri);
		break;
	default:
		break;
	}
	sim_pc_go(m, MACHINE_BOOT, LINE_MS);
}

void sim_pc_storage_done(struct sim_machine *m, bool ok)
{
	if (m->stage != MACHINE_LOADER)
		return;
	if (ok) {
		sim_pc_go(m, MACHINE_HALT, -1);
		return;
	}
	sim_pc_say(m, "no boot from there; next is the disk\r\n");
	sim_pc_go(m, MACHINE_BOOT, LINE_MS);
}

/* ---- boot log ---- */

static const char *const boot_log[] = {
	"Booting from disk 0",
	"virtual system 1.0 on 2 processors",
	"command line: console=ttyS4,115200 quiet=0",
	"memory: 8192 MB available",
	"clock: using the firmware's",
	"random: seeded",
	"pci: 14 devices",
	"serial: ttyS4 at 0x3060 is a 16550A (Intel AMT SOL)",
	"storage: disk 0, 240 GB",
	"net: eth0 link up, 1000 Mbit/s",
	"usb: 2 hubs, 3 devices",
	"root: mounted read-write",
	"services: time, log, remote, local",
	"system is up",
};
#define BOOT_LINES (sizeof boot_log / sizeof *boot_log)

static void boot(struct sim_machine *m)
{
	if (m->line >= BOOT_LINES) {
		sim_pc_os_enter(m);
		return;
	}
	sim_pc_say_fmt(m, "[%5lld.%03lld] %s\r\n", (long long)(m->now_ms - m->started_ms) / 1000,
		       (long long)(m->now_ms - m->started_ms) % 1000, boot_log[m->line]);
	m->line++;
	sim_pc_wait(m, LINE_MS);
}

/* ---- time ---- */

static void key(struct sim_machine *m, enum machine_key k, uint8_t c);

static void due(struct sim_machine *m)
{
	m->next_ms = -1;
	switch (m->stage) {
	case MACHINE_GAP:
		sim_pc_start(m, &m->choice);
		break;
	case MACHINE_POST:
		post(m);
		break;
	case MACHINE_BOOT:
		boot(m);
		break;
	default:
		break;
	}
}

void sim_pc_step(struct sim_machine *m, int64_t now_ms)
{
	m->now_ms = now_ms;
	if (m->esc_n > 0 && now_ms >= m->esc_ms + ESC_WAIT_MS) {
		m->esc_n = 0; /* whatever it began, it is not a longer key */
		key(m, KEY_ESC, 0);
	}
	while (m->next_ms >= 0 && m->next_ms <= now_ms && m->out.n < MACHINE_OUT_WAITS)
		due(m);
}

/* ---- keys ---- */

static void key(struct sim_machine *m, enum machine_key k, uint8_t c)
{
	switch (m->stage) {
	case MACHINE_POST:
		m->want_setup |= k == KEY_F2 || k == KEY_DEL;
		m->want_menu |= k == KEY_F12;
		if ((m->want_setup || m->want_menu) && m->line > 5)
			sim_pc_wait(m, 0);
		break;
	case MACHINE_SETUP:
		sim_pc_setup_key(m, k, c);
		break;
	case MACHINE_MENU:
		sim_pc_menu_key(m, k);
		break;
	case MACHINE_PAUSED:
		sim_pc_go(m, MACHINE_BOOT, 0);
		break;
	default:
		break; /* nobody reads */
	}
}

static size_t keys(struct sim_machine *m, struct span in)
{
	uint8_t all[MACHINE_ESC + 64], c = 0;
	size_t old = m->esc_n, n = in.n < 64 ? in.n : 64, used, at = 0;
	enum machine_stage stage = m->stage;

	memcpy(all, m->esc, old);
	memcpy(all + old, in.p, n);
	m->esc_n = 0;
	while (at < old + n && m->stage == stage) {
		enum machine_key k = sim_pc_key_of(span_make(all + at, old + n - at), &used, &c);
		if (used == 0)
			break;
		at += used;
		key(m, k, c);
	}
	if (m->stage == stage && old + n - at <= sizeof m->esc) {
		m->esc_n = old + n - at;
		memcpy(m->esc, all + at, m->esc_n);
		m->esc_ms = m->now_ms;
		return n;
	}
	return at > old ? at - old : n;
}

size_t sim_pc_input(struct sim_machine *m, struct span in, int64_t now_ms)
{
	m->now_ms = now_ms;
	switch (m->stage) {
	case MACHINE_OFF:
	case MACHINE_GAP:
		return in.n; /* into nothing */
	case MACHINE_OS:
		return sim_pc_os_input(m, in);
	case MACHINE_POST:
	case MACHINE_SETUP:
	case MACHINE_MENU:
	case MACHINE_PAUSED:
		return in.n ? keys(m, in) : 0;
	default:
		return 0; /* nobody reads the line */
	}
}
