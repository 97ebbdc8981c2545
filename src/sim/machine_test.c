/* Tests of the virtual PC: what each stage says and which keys it knows, time, transfers, a reader that
 * stops. Pure: time is a number. */
#include "sim/machine_state_priv.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct pc {
	struct sim_machine m;
	int64_t now_ms;
	struct buf said;
};

static void drain(struct pc *p)
{
	if (p->m.stage == MACHINE_OS)
		sim_pc_os_more(&p->m);
	assert_true(buf_add(&p->said, buf_span(&p->m.out)));
	buf_clear(&p->m.out);
}

static void run(struct pc *p, int64_t ms)
{
	for (int64_t end = p->now_ms + ms; p->now_ms < end; p->now_ms += 10) {
		sim_pc_step(&p->m, p->now_ms);
		drain(p);
	}
}

static void type(struct pc *p, const char *text, size_t n)
{
	for (size_t at = 0, used; at < n; at += used) {
		used = sim_pc_input(&p->m, span_make(text + at, n - at), p->now_ms);
		drain(p);
		if (used == 0)
			break;
	}
}

static bool said(struct pc *p, const char *what)
{
	bool found = p->said.n && strstr((char *)p->said.p, what) != NULL;

	if (!found)
		print_message("not said: %s\nbut: %s\n", what, p->said.n ? (char *)p->said.p : "");
	return found;
}

static void begin(struct pc *p, enum sim_boot_from from)
{
	const struct sim_boot_choice c = { .from = from };

	*p = (struct pc){ .m = { .speed = 1, .next_ms = -1, .name = "pc7", .firmware = "9.5" } };
	buf_init(&p->m.out, MACHINE_OUT_MAX);
	buf_init(&p->said, (size_t)64 * 1024 * 1024);
	sim_pc_start(&p->m, &c);
}

static void end(struct pc *p)
{
	sim_pc_off(&p->m, 0);
	buf_deinit(&p->m.out);
	buf_deinit(&p->said);
}

static void walks_through(void **state)
{
	static const struct {
		const char *name;
		enum sim_boot_from from;
		struct {
			const char *keys; /* NULL: the end */
			int64_t ms;       /* behind them */
		} steps[12];
		enum machine_stage stage;
		enum machine_wish wish;
		const char *said[4];
	} cases[] = {
		{ "boots",
		  SIM_BOOT_USUAL,
		  { { "", 5000 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "Virtual BIOS 1.0, AMT 9.5", "system is up", "pc7:~# " } },
		{ "into setup by management",
		  SIM_BOOT_BIOS,
		  { { "", 5000 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Virtual BIOS setup", "\033[7mBoot mode", "[UEFI" } },
		{ "into setup by F2",
		  SIM_BOOT_USUAL,
		  { { "", 600 }, { "\033[12~", 200 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Virtual BIOS setup" } },
		{ "by F2 of VT100",
		  SIM_BOOT_USUAL,
		  { { "", 600 }, { "\033OQ", 200 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Virtual BIOS setup" } },
		{ "by F2 of PC-ANSI",
		  SIM_BOOT_USUAL,
		  { { "", 600 },
		    { "\033"
		      "2",
		      200 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Virtual BIOS setup" } },
		{ "arrows choose",
		  SIM_BOOT_BIOS,
		  { { "", 3000 }, { "\033[B\033[B\033[C", 100 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "\033[7mSecure boot          [Enabled" } },
		{ "a key in pieces",
		  SIM_BOOT_BIOS,
		  { { "", 3000 }, { "\033", 10 }, { "[", 10 }, { "B", 100 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "\033[7mVirtualization" } },
		{ "saves",
		  SIM_BOOT_BIOS,
		  { { "", 3000 }, { "\033[C", 10 }, { "\033[21~", 50 }, { "y", 100 } },
		  MACHINE_HALT,
		  MACHINE_REBOOT,
		  { "[Legacy", "Save changes", "Settings saved." } },
		{ "does not save after all",
		  SIM_BOOT_BIOS,
		  { { "", 3000 }, { "\033[21~n", 100 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Save changes" } },
		{ "leaves by ESC",
		  SIM_BOOT_BIOS,
		  { { "", 3000 }, { "\033", 400 }, { "Y", 5000 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "Exit without saving?", "system is up" } },
		{ "two ESC",
		  SIM_BOOT_BIOS,
		  { { "", 3000 }, { "\033\033", 400 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Exit without saving?" } },
		{ "boot menu",
		  SIM_BOOT_USUAL,
		  { { "", 600 }, { "\033[24~", 100 }, { "\033[B\r", 100 } },
		  MACHINE_BOOT,
		  MACHINE_NONE,
		  { "Boot menu", "Booting from the network" } },
		{ "boot menu, setup",
		  SIM_BOOT_USUAL,
		  { { "", 600 }, { "\033@", 100 }, { "\033OA\r", 100 } },
		  MACHINE_SETUP,
		  MACHINE_NONE,
		  { "Boot menu", "BIOS setup" } },
		{ "boot menu left",
		  SIM_BOOT_USUAL,
		  { { "", 600 }, { "\033@", 100 }, { "\033", 5000 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "system is up" } },
		{ "paused",
		  SIM_BOOT_HALT,
		  { { "", 60000 } },
		  MACHINE_PAUSED,
		  MACHINE_NONE,
		  { "Press a key" } },
		{ "paused, and on",
		  SIM_BOOT_HALT,
		  { { "", 5000 }, { " ", 3000 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "system is up" } },
		{ "redirected CD",
		  SIM_BOOT_IDER_CD,
		  { { "", 5000 } },
		  MACHINE_LOADER,
		  MACHINE_STORAGE,
		  { "Booting from the redirected CD" } },
		{ "network",
		  SIM_BOOT_PXE,
		  { { "", 5000 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "no server offers a boot file" } },
		{ "echo",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "echo  a b\r", 10 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "echo  a b\r\na b\r\npc7:~# " } },
		{ "backspace",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "echx\177o ok\r", 10 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "echx\b \bo ok\r\nok\r\n" } },
		{ "unknown command",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "rm -rf\r\rx\003", 10 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "rm: not found\r\npc7:~# \r\npc7:~# x^C\r\n" } },
		{ "help",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "help\r", 10 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "recv N: takes" } },
		{ "reboot",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "reboot\r", 10 } },
		  MACHINE_OS,
		  MACHINE_REBOOT,
		  { "goes down" } },
		{ "power off",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "poweroff\r", 10 } },
		  MACHINE_OS,
		  MACHINE_POWER_OFF,
		  { "halts" } },
		{ "no count",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "send\rsend 0\rsend x\r", 10 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "how many bytes?" } },
		{ "takes bytes",
		  SIM_BOOT_USUAL,
		  { { "", 5000 }, { "recv 3\rabc", 10 } },
		  MACHINE_OS,
		  MACHINE_NONE,
		  { "ready\r\n\r\nreceived 3 bytes, sha256 "
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\r\npc7:~# " } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pc p;
		begin(&p, cases[i].from);
		for (size_t k = 0; cases[i].steps[k].keys; k++) {
			type(&p, cases[i].steps[k].keys, strlen(cases[i].steps[k].keys));
			run(&p, cases[i].steps[k].ms);
		}
		if (p.m.stage != cases[i].stage || p.m.wish != cases[i].wish)
			fail_msg("%s: stage %d, wish %d", cases[i].name, (int)p.m.stage,
				 (int)p.m.wish);
		for (size_t k = 0; k < 4 && cases[i].said[k]; k++)
			if (!said(&p, cases[i].said[k]))
				fail_msg("%s", cases[i].name);
		end(&p);
	}
}

static void keeps_settings(void **state)
{
	struct pc p;
	const struct sim_boot_choice usual = { .from = SIM_BOOT_BIOS };
	(void)state;

	begin(&p, SIM_BOOT_BIOS);
	run(&p, 3000);
	type(&p, "\033[C\033[B\033[C", 9);
	type(&p, "\033[21~y", 6);
	assert_int_equal(p.m.wish, MACHINE_REBOOT);
	p.m.wish = MACHINE_NONE;
	buf_clear(&p.said);
	sim_pc_start(&p.m, &usual);
	run(&p, 3000);
	assert_true(said(&p, "[Legacy"));
	assert_true(said(&p, "Virtualization       [Disabled"));
	type(&p, "\033[C", 3); /* changed, and not saved */
	type(&p, "\033", 1);
	run(&p, 400);
	type(&p, "y", 1);
	buf_clear(&p.said);
	sim_pc_start(&p.m, &usual);
	run(&p, 3000);
	assert_true(said(&p, "[Legacy"));
	end(&p);
}

/* What send says is what its digest is of; a line that takes nothing stops it. */
static void sends(void **state)
{
	struct pc p;
	uint8_t digest[HASH_MAX_SIZE];
	char hex[65];
	struct out o;
	(void)state;

	begin(&p, SIM_BOOT_USUAL);
	run(&p, 5000);
	buf_clear(&p.said);
	assert_int_equal(sim_pc_input(&p.m, span_str("send 1000000\r"), p.now_ms), 13);
	sim_pc_os_more(&p.m);
	sim_pc_os_more(&p.m);
	assert_true(p.m.out.n >= MACHINE_OUT_WAITS && p.m.out.n < MACHINE_OUT_MAX);
	assert_int_equal(sim_pc_input(&p.m, span_str("x"), p.now_ms), 0); /* nor does it read */
	for (int i = 0; i < 100; i++)
		drain(&p);
	const char *text = strstr((char *)p.said.p, "begin\r\n");
	assert_non_null(text);
	hash_of(HASH_SHA256, span_make(text + 7, 1000000), digest);
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(digest, 32));
	assert_non_null(strstr(text + 7 + 1000000, hex));
	assert_non_null(strstr(text + 7 + 1000000, "\r\nsent 1000000 bytes, sha256 "));
	type(&p, "send 5000000\r", 13);
	type(&p, "zz\003", 3);
	drain(&p);
	assert_true(said(&p, "^C\r\npc7:~# "));
	assert_int_equal(p.m.sending, 0);
	end(&p);
}

static void goes_off_and_on(void **state)
{
	struct pc p;
	(void)state;

	begin(&p, SIM_BOOT_USUAL);
	run(&p, 5000);
	sim_pc_off(&p.m, 0);
	run(&p, 5000);
	assert_int_equal(p.m.stage, MACHINE_OFF);
	assert_int_equal(sim_pc_input(&p.m, span_str("abc"), p.now_ms), 3);
	sim_pc_off(&p.m, 2000);
	run(&p, 1000);
	assert_int_equal(p.m.stage, MACHINE_GAP);
	run(&p, 6000);
	assert_int_equal(p.m.stage, MACHINE_OS);
	sim_pc_storage_done(&p.m, true); /* nobody asked */
	assert_int_equal(p.m.stage, MACHINE_OS);
	end(&p);
	begin(&p, SIM_BOOT_IDER_FLOPPY);
	run(&p, 5000);
	sim_pc_storage_done(&p.m, false);
	run(&p, 5000);
	assert_int_equal(p.m.stage, MACHINE_OS);
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_through),
		cmocka_unit_test(keeps_settings),
		cmocka_unit_test(sends),
		cmocka_unit_test(goes_off_and_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
