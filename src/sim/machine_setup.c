/* The screens of the virtual BIOS: setup (arrow keys, F10, ESC) and boot menu, and the keys of the
 * terminals that consoles play. Whole screens are drawn again after each key. Pure. */
#include "sim/machine_state_priv.h"

#define CLEAR   "\033[0m\033[2J\033[H"
#define INVERSE "\033[7m"
#define PLAIN   "\033[0m"
#define VALUES  3

static const struct {
	const char *name, *values[VALUES];
} items[MACHINE_ITEMS] = {
	{ "Boot mode", { "UEFI", "Legacy", NULL } },
	{ "Virtualization", { "Enabled", "Disabled", NULL } },
	{ "Secure boot", { "Disabled", "Enabled", NULL } },
	{ "Network boot", { "Disabled", "Enabled", NULL } },
	{ "Serial console", { "115200", "57600", "9600" } },
};

/* ---- setup ---- */

static void draw(struct sim_machine *m)
{
	sim_pc_say(m, CLEAR "\033[1;28HVirtual BIOS setup");
	for (unsigned i = 0; i < MACHINE_ITEMS; i++)
		sim_pc_say_fmt(m, "\033[%u;4H%s%-20s [%-8s]" PLAIN, 4 + i,
			       i == m->at ? INVERSE : "", items[i].name,
			       items[i].values[m->edit[i]]);
	sim_pc_say(m,
		   "\033[22;4HUp/Down: item   Left/Right: value   F10: save and exit   "
		   "ESC: exit");
	if (m->ask)
		sim_pc_say_fmt(m, "\033[12;20H" INVERSE " %s (Y/N) " PLAIN,
			       m->ask == 's' ? "Save changes and exit?" : "Exit without saving?");
}

void sim_pc_setup_enter(struct sim_machine *m)
{
	sim_pc_go(m, MACHINE_SETUP, -1);
	m->at = 0;
	m->ask = 0;
	memcpy(m->edit, m->value, sizeof m->edit);
	draw(m);
}

static void change(struct sim_machine *m, int by)
{
	unsigned count = items[m->at].values[VALUES - 1] ? VALUES : VALUES - 1;

	m->edit[m->at] = (uint8_t)((m->edit[m->at] + count + (unsigned)by) % count);
}

static void answer(struct sim_machine *m, uint8_t c)
{
	bool yes = c == 'y' || c == 'Y', no = c == 'n' || c == 'N';
	char ask = m->ask;

	if (!yes && !no)
		return;
	m->ask = 0;
	if (no) {
		draw(m);
		return;
	}
	if (ask == 's') {
		memcpy(m->value, m->edit, sizeof m->value);
		sim_pc_say(m, CLEAR "Settings saved.\r\n");
		m->wish = MACHINE_REBOOT;
		sim_pc_go(m, MACHINE_HALT, -1);
		return;
	}
	m->choice.from = SIM_BOOT_USUAL;
	sim_pc_boot(m);
}

void sim_pc_setup_key(struct sim_machine *m, enum machine_key k, uint8_t c)
{
	if (m->ask) {
		answer(m, k == KEY_CHAR ? c : 0);
		return;
	}
	switch (k) {
	case KEY_UP:
		m->at = (m->at + MACHINE_ITEMS - 1) % MACHINE_ITEMS;
		break;
	case KEY_DOWN:
		m->at = (m->at + 1) % MACHINE_ITEMS;
		break;
	case KEY_LEFT:
		change(m, -1);
		break;
	case KEY_RIGHT:
	case KEY_ENTER:
		change(m, 1);
		break;
	case KEY_F10:
		m->ask = 's';
		break;
	case KEY_ESC:
		m->ask = 'd';
		break;
	default:
		return;
	}
	draw(m);
}

/* ---- boot menu ---- */

static const struct {
	const char *name;
	enum sim_boot_from from;
} entries[] = {
	{ "Disk 0", SIM_BOOT_DISK },
	{ "Network", SIM_BOOT_PXE },
	{ "CD", SIM_BOOT_CD },
	{ "Setup", SIM_BOOT_BIOS },
};
#define ENTRIES ((unsigned)(sizeof entries / sizeof *entries))

static void draw_menu(struct sim_machine *m)
{
	sim_pc_say(m, CLEAR "\033[2;30HBoot menu");
	for (unsigned i = 0; i < ENTRIES; i++)
		sim_pc_say_fmt(m, "\033[%u;30H%s %-10s " PLAIN, 4 + i, i == m->at ? INVERSE : "",
			       entries[i].name);
}

void sim_pc_menu_enter(struct sim_machine *m)
{
	sim_pc_go(m, MACHINE_MENU, -1);
	m->at = 0;
	draw_menu(m);
}

void sim_pc_menu_key(struct sim_machine *m, enum machine_key k)
{
	switch (k) {
	case KEY_UP:
		m->at = (m->at + ENTRIES - 1) % ENTRIES;
		break;
	case KEY_DOWN:
		m->at = (m->at + 1) % ENTRIES;
		break;
	case KEY_ESC:
		m->choice.from = SIM_BOOT_USUAL;
		sim_pc_boot(m);
		return;
	case KEY_ENTER:
		m->choice.from = entries[m->at].from;
		if (m->choice.from == SIM_BOOT_BIOS)
			sim_pc_setup_enter(m);
		else
			sim_pc_boot(m);
		return;
	default:
		return;
	}
	draw_menu(m);
}

/* ---- keys ---- */

/* "ESC [ N ~" */
static enum machine_key numbered(unsigned n)
{
	static const struct {
		unsigned n;
		enum machine_key k;
	} keys[] = {
		{ 3, KEY_DEL },  { 11, KEY_F1 },  { 12, KEY_F2 },  { 13, KEY_F3 }, { 14, KEY_F4 },
		{ 15, KEY_F5 },  { 17, KEY_F6 },  { 18, KEY_F7 },  { 19, KEY_F8 }, { 20, KEY_F9 },
		{ 21, KEY_F10 }, { 23, KEY_F11 }, { 24, KEY_F12 },
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].n == n)
			return keys[i].k;
	return KEY_NONE;
}

static enum machine_key arrow(uint8_t c)
{
	return c == 'A' ? KEY_UP : c == 'B' ? KEY_DOWN : c == 'C' ? KEY_RIGHT : KEY_LEFT;
}

/* Behind "ESC [". */
static enum machine_key bracket(struct span in, size_t *out_used)
{
	unsigned n = 0;
	size_t i = 2;

	if (in.n > i && in.p[i] >= 'A' && in.p[i] <= 'D') {
		*out_used = i + 1;
		return arrow(in.p[i]);
	}
	for (; i < in.n && i < 5 && in.p[i] >= '0' && in.p[i] <= '9'; i++)
		n = n * 10 + (unsigned)(in.p[i] - '0');
	if (i == in.n && i < 5) {
		*out_used = 0;
		return KEY_NONE;
	}
	*out_used = i + (i < in.n);
	return i < in.n && in.p[i] == '~' ? numbered(n) : KEY_NONE;
}

/* Behind "ESC O" (VT100), or the form of PC-ANSI consoles: ESC and one character. */
static enum machine_key short_form(struct span in, size_t *out_used)
{
	static const char ansi[] = "1234567890!@";
	const char *at = in.p[1] ? strchr(ansi, in.p[1]) : NULL;

	*out_used = 2;
	if (at)
		return (enum machine_key)(KEY_F1 + (at - ansi));
	if (in.p[1] != 'O')
		return KEY_NONE;
	*out_used = in.n > 2 ? 3 : 0;
	if (in.n <= 2)
		return KEY_NONE;
	if (in.p[2] >= 'A' && in.p[2] <= 'D')
		return arrow(in.p[2]);
	if (in.p[2] >= 'P' && in.p[2] <= 'S')
		return (enum machine_key)(KEY_F1 + (in.p[2] - 'P'));
	return in.p[2] == 'Y' ? KEY_F10 : KEY_NONE;
}

enum machine_key sim_pc_key_of(struct span in, size_t *out_used, uint8_t *out_c)
{
	*out_c = in.p[0];
	*out_used = 1;
	if (in.p[0] == '\r' || in.p[0] == '\n')
		return KEY_ENTER;
	if (in.p[0] != 033)
		return in.p[0] == 0x7f ? KEY_DEL : KEY_CHAR;
	if (in.n == 1) {
		*out_used = 0;
		return KEY_NONE;
	}
	if (in.p[1] == 033) /* a lone one, and the next */
		return KEY_ESC;
	return in.p[1] == '[' ? bracket(in, out_used) : short_form(in, out_used);
}
