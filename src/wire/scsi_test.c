/* The SCSI target, command by command: answers by SPC, SBC and MMC, on a CD of 1000 blocks and a
 * floppy of 1.44 MB, empty drives, and what a host does with trays, locks and resets. */
#include "wire/scsi.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum drive { CD, FD, FD_RW, LS, CD_EMPTY, FD_EMPTY, DRIVE_COUNT };

static void make(struct wire_scsi_unit *u, enum drive d)
{
	static const uint32_t blocks[] = { 1000, 2880, 2880, 246528, 0, 0 };

	wire_scsi_init(u, d == CD || d == CD_EMPTY ? WIRE_SCSI_CD : WIRE_SCSI_FLOPPY);
	wire_scsi_insert(u, blocks[d], d == FD_RW);
	u->attention.key = 0; /* told */
	u->event = 0;
}

static void run(struct wire_scsi_unit *u, const char *cdb, struct wire_scsi_answer *a)
{
	uint8_t bytes[WIRE_SCSI_CDB] = { 0 };
	char text[64], *t = text;
	size_t n;

	for (; *cdb; cdb++)
		if (*cdb != ' ')
			*t++ = *cdb;
	assert_true(hex_decode(span_make(text, (size_t)(t - text)), bytes, sizeof bytes, &n));
	wire_scsi_command(u, bytes, a);
}

/* "good", "02/3a/01", "read 16+1", "write 0+2", or the data as hex digits. */
static void describe(const struct wire_scsi_answer *a, char *text, size_t size)
{
	struct out o;

	out_init(&o, text, size);
	if (a->sense.key)
		out_fmt(&o, "%02x/%02x/%02x", a->sense.key, a->sense.asc, a->sense.ascq);
	else if (a->what == WIRE_SCSI_READ || a->what == WIRE_SCSI_WRITE)
		out_fmt(&o, "%s %u+%u", a->what == WIRE_SCSI_READ ? "read" : "write", a->block,
			a->count);
	else if (a->what == WIRE_SCSI_IN)
		out_hex(&o, span_make(a->data, a->n));
	else
		out_str(&o, "good");
}

static void expect(const char *name, const struct wire_scsi_answer *a, const char *want)
{
	char got[512], plain[512], *p = plain;

	describe(a, got, sizeof got);
	/* Blanks between pairs of digits are for people. */
	bool hex = strlen(want) > 2 && want[2] == ' ';
	for (; *want; want++)
		if (!hex || *want != ' ')
			*p++ = *want;
	*p = '\0';
	if (strcmp(got, plain) != 0)
		fail_msg("%s: got %s, want %s", name, got, plain);
}

/* clang-format off */
static const struct {
	const char *name;
	enum drive d;
	const char *cdb, *want;
} cases[] = {
	{ "ready", CD, "00", "good" },
	{ "empty CD", CD_EMPTY, "00", "02/3a/01" },
	{ "empty floppy", FD_EMPTY, "00", "02/3a/01" },
	{ "unknown command", CD, "c5", "05/20/00" },
	{ "log select is not known", CD, "4c", "05/20/00" },
	{ "mode select is not known", CD, "55", "05/20/00" },
	{ "a CD is not written", CD, "2a 00 00000000 00 0001", "05/20/00" },
	{ "a floppy has no table of contents", FD, "43 00 00 000000 00 0014", "05/20/00" },

	{ "read(6)", CD, "08 000010 01", "read 16+1" },
	{ "read(6) of 0 is 256", CD, "08 000010 00", "read 16+256" },
	{ "read(6) ignores the old unit number", CD, "08 e00010 01", "read 16+1" },
	{ "read(6) behind the end", CD, "08 0003e8 01", "05/21/00" },
	{ "read(10)", CD, "28 00 00000010 00 0004", "read 16+4" },
	{ "read(10) of the last block", CD, "28 00 000003e7 00 0001", "read 999+1" },
	{ "read(10) of everything", CD, "28 00 00000000 00 03e8", "read 0+1000" },
	{ "read(10) one too many", CD, "28 00 000003e7 00 0002", "05/21/00" },
	{ "read(10) behind the end", CD, "28 00 000003e8 00 0001", "05/21/00" },
	{ "read(10) at the largest block", CD, "28 00 ffffffff 00 ffff", "05/21/00" },
	{ "read(10) of nothing", CD, "28 00 00000010 00 0000", "good" },
	{ "read(10) of nothing at the end", CD, "28 00 000003e8 00 0000", "good" },
	{ "read(10) of nothing far behind", CD, "28 00 000003e9 00 0000", "05/21/00" },
	{ "read(10) without a medium", CD_EMPTY, "28 00 00000010 00 0001", "02/3a/01" },
	{ "read(12)", CD, "a8 00 00000010 00000004", "read 16+4" },
	{ "read(12) too many", CD, "a8 00 00000010 ffffffff", "05/21/00" },
	{ "read CD, user data", CD, "be 00 00000010 000002 10 00", "read 16+2" },
	{ "read CD, mode 1", CD, "be 08 00000010 000002 10 00", "read 16+2" },
	{ "read CD, audio", CD, "be 04 00000010 000002 10 00", "05/64/00" },
	{ "read CD, raw", CD, "be 00 00000010 000002 f8 00", "05/24/00" },
	{ "read CD, subchannel", CD, "be 00 00000010 000002 10 01", "05/24/00" },
	{ "read CD, nothing of it", CD, "be 00 00000010 000002 00 00", "good" },
	{ "seek", CD, "2b 00 000003e7", "good" },
	{ "seek behind the end", CD, "2b 00 000003e8", "05/21/00" },
	{ "verify", FD, "2f 00 00000000 00 0b40", "good" },
	{ "verify behind the end", FD, "2f 00 00000001 00 0b40", "05/21/00" },
	{ "verify with bytes", FD, "2f 02 00000000 00 0001", "05/24/00" },

	{ "write protected (6)", FD, "0a 000001 01", "07/27/00" },
	{ "write protected (10)", FD, "2a 00 00000001 00 0001", "07/27/00" },
	{ "write protected (12)", FD, "aa 00 00000001 00000001", "07/27/00" },
	{ "write(6)", FD_RW, "0a 000001 00", "write 1+256" },
	{ "write(10)", FD_RW, "2a 00 00000b3f 00 0001", "write 2879+1" },
	{ "write(10) behind the end", FD_RW, "2a 00 00000b3f 00 0002", "05/21/00" },
	{ "write(12)", FD_RW, "aa 00 00000001 00000002", "write 1+2" },
	{ "write and verify", FD_RW, "2e 00 00000001 00 0001", "write 1+1" },
	{ "synchronize cache", FD_RW, "35", "good" },

	{ "inquiry of a CD", CD, "12 0000 0024",
	  "05 80 00 21 1f 00 00 00 4f 55 54 42 41 4e 44 20 56 69 72 74 75 61 6c 20 43 44 20 20 20 20 20 20"
	  "31 2e 30 30" },
	{ "inquiry of a floppy, short", FD, "12 0000 0008", "00 80 00 21 1f 00 00 00" },
	{ "inquiry, vital data", CD, "12 0180 0024", "05/24/00" },
	{ "request sense, nothing to tell", CD, "03 000000 12",
	  "70 00 00 00 00 00 00 0a 00 00 00 00 00 00 00 00 00 00" },
	{ "capacity of a CD", CD, "25", "00 00 03 e7 00 00 08 00" },
	{ "capacity of a floppy", FD, "25", "00 00 0b 3f 00 00 02 00" },
	{ "capacity behind a block", CD, "25 00 00000001", "05/24/00" },
	{ "capacity, partial", CD, "25 00 00000001 0000 01", "00 00 03 e7 00 00 08 00" },
	{ "capacity without a medium", CD_EMPTY, "25", "02/3a/01" },
	{ "format capacities", FD, "23 0000000000 00 00ff", "00 00 00 08 00 00 0b 40 02 00 02 00" },
	{ "format capacities, short", FD, "23 0000000000 00 0004", "00 00 00 08" },
	{ "format capacities, empty", FD_EMPTY, "23 0000000000 00 000c",
	  "00 00 00 08 00 00 0b 40 03 00 02 00" },

	{ "toc", CD, "43 00 00 000000 00 0014",
	  "00 12 01 01 00 14 01 00 00 00 00 00 00 14 aa 00 00 00 03 e8" },
	{ "toc, msf", CD, "43 02 00 000000 00 0014",
	  "00 12 01 01 00 14 01 00 00 00 02 00 00 14 aa 00 00 00 0f 19" },
	{ "toc, short", CD, "43 00 00 000000 00 0004", "00 12 01 01" },
	{ "toc, no room", CD, "43 00 00 000000 00 0000", "good" },
	{ "toc, only the lead-out", CD, "43 00 00 000000 aa 0014",
	  "00 0a 01 01 00 14 aa 00 00 00 03 e8" },
	{ "toc, track 2", CD, "43 00 00 000000 02 0014", "05/24/00" },
	{ "toc, sessions", CD, "43 00 01 000000 00 0014", "00 0a 01 01 00 14 01 00 00 00 00 00" },
	{ "toc, sessions as of old", CD, "43 00 00 000000 00 0014 40",
	  "00 0a 01 01 00 14 01 00 00 00 00 00" },
	{ "toc, full", CD, "43 00 02 000000 00 0014", "05/24/00" },
	{ "toc without a medium", CD_EMPTY, "43 00 00 000000 00 0014", "02/3a/01" },

	{ "configuration", CD, "46 00 0000 000000 0100",
	  "00 00 00 3c 00 00 00 08 00 00 03 04 00 08 01 00 00 01 03 04 00 00 00 02 00 02 03 04 00 00 00 00"
	  "00 03 03 04 29 00 00 00 00 10 01 08 00 00 08 00 00 01 00 00 00 1e 01 00 01 00 03 00 01 05 03 00" },
	{ "configuration, one feature", CD, "46 02 0010 000000 0100",
	  "00 00 00 10 00 00 00 08 00 10 01 08 00 00 08 00 00 01 00 00" },
	{ "configuration, a feature that is not there", CD, "46 02 0021 000000 0100",
	  "00 00 00 04 00 00 00 08" },
	{ "configuration, from a feature on", CD, "46 00 001f 000000 0100",
	  "00 00 00 0c 00 00 00 08 01 00 03 00 01 05 03 00" },
	{ "configuration, current ones of an empty drive", CD_EMPTY, "46 01 0003 000000 0100",
	  "00 00 00 14 00 00 00 00 00 03 03 04 29 00 00 00 01 00 03 00 01 05 03 00" },
	{ "configuration, short", CD, "46 00 0000 000000 0008", "00 00 00 3c 00 00 00 08" },
	{ "configuration, type 3", CD, "46 03 0000 000000 0100", "05/24/00" },

	{ "event, medium in", CD, "4a 01 0000 10 0000 0008", "00 06 04 10 00 02 00 00" },
	{ "event, empty", CD_EMPTY, "4a 01 0000 10 0000 0008", "00 06 04 10 00 00 00 00" },
	{ "event, another class", CD, "4a 01 0000 40 0000 0008", "00 02 80 10" },
	{ "event, not polled", CD, "4a 00 0000 10 0000 0008", "05/24/00" },
	{ "event, short", CD, "4a 01 0000 10 0000 0004", "00 06 04 10" },

	{ "disc information", CD, "51 00 0000000000 0022",
	  "00 20 0e 01 01 01 01 20 00 00 00 00 00 00 00 00 ff ff ff ff ff ff ff ff 00 00 00 00 00 00 00 00 00 00" },
	{ "disc information, other types", CD, "51 01 0000000000 0022", "05/24/00" },
	{ "track information", CD, "52 01 00000001 00 0024",
	  "00 22 01 01 00 04 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 03 e8 00 00 00 00"
	  "00 00 00 00" },
	{ "track information by block, short", CD, "52 00 000003e7 00 0004", "00 22 01 01" },
	{ "track information behind the end", CD, "52 00 000003e8 00 0024", "05/24/00" },
	{ "track information of track 2", CD, "52 01 00000002 00 0024", "05/24/00" },
	{ "performance", CD, "ac 00", "00 00 00 04 02 00 00 00" },
	{ "performance, unusable area", CD, "ac 00 00000000 0000 0000 01", "05/24/00" },
	{ "mechanism", CD, "bd 00 000000000000 0008", "00 00 00 00 00 00 00 00" },
	{ "speed", CD, "bb 00 ffff", "good" },

	{ "mode 10, recovery of a CD", CD, "5a 00 01 00000000 00ff",
	  "00 0e 01 00 00 00 00 00 01 06 00 ff 00 00 00 00" },
	{ "mode 10, capabilities", CD, "5a 00 2a 00000000 00ff",
	  "00 20 01 00 00 00 00 00 2a 18 00 00 00 00 29 00 1b 90 00 00 00 80 1b 90 00 00 00 00 00 00 00 00"
	  "00 00" },
	{ "mode 10, changeable", CD, "5a 00 41 00000000 00ff",
	  "00 0e 01 00 00 00 00 00 01 06 00 00 00 00 00 00" },
	{ "mode 10, saved", CD, "5a 00 c1 00000000 00ff", "05/39/00" },
	{ "mode 10, power", CD, "5a 00 1a 00000000 00ff",
	  "00 12 01 00 00 00 00 00 1a 0a 00 00 00 00 00 00 00 00 00 00" },
	{ "mode 10, only the head of all", CD, "5a 00 3f 00000000 0008", "00 40 01 00 00 00 00 00" },
	{ "mode 10, no room", CD, "5a 00 3f 00000000 0000", "good" },
	{ "mode 10, unknown page", CD, "5a 00 07 00000000 00ff", "05/24/00" },
	{ "mode 10, subpage", CD, "5a 00 01 01000000 00ff", "05/24/00" },
	{ "mode 10, recovery of a floppy", FD, "5a 00 01 00000000 00ff",
	  "00 12 24 80 00 00 00 00 01 0a 00 01 00 00 00 00 02 00 00 00" },
	{ "mode 10, flexible disk", FD_RW, "5a 00 05 00000000 00ff",
	  "00 26 24 00 00 00 00 00 05 1e 01 f4 02 12 02 00 00 50 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
	  "00 00 00 00 01 2c 00 00" },
	{ "mode 10, flexible disk of 120 MB", LS, "5a 00 05 00000000 0012",
	  "00 26 31 80 00 00 00 00 05 1e 10 a9 08 20 02 00 03 c3" },
	{ "mode 10, all of a floppy", FD, "5a 00 3f 00000000 0004", "00 5e 24 80" },
	{ "mode 6, a floppy is protected", FD, "1a 00 3f 00 04", "5b 24 80 00" },
	{ "mode 6, a floppy is not", FD_RW, "1a 00 3f 00 04", "5b 24 00 00" },
	{ "mode 6, a CD", CD, "1a 00 01 00 ff", "0b 01 00 00 01 06 00 ff 00 00 00 00" },
	{ "mode 6, unknown page", CD, "1a 00 30 00 ff", "05/24/00" },

	{ "start", CD, "1b 00 0000 01", "good" },
	{ "start without a medium", CD_EMPTY, "1b 00 0000 01", "02/3a/01" },
	{ "a power condition", CD, "1b 00 0000 20", "good" },
	{ "lock without a medium", CD_EMPTY, "1e 00 0000 01", "02/3a/01" },
	{ "unlock without a medium", CD_EMPTY, "1e 00 0000 00", "good" },
};
/* clang-format on */

static void answers(void **state)
{
	struct wire_scsi_answer a;
	struct wire_scsi_unit u;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		make(&u, cases[i].d);
		run(&u, cases[i].cdb, &a);
		expect(cases[i].name, &a, cases[i].want);
		/* The sense of a command is told until the next one. */
		struct wire_scsi_sense s = a.sense;
		run(&u, "03 000000 12", &a);
		if (s.key && (a.data[2] != s.key || a.data[12] != s.asc || a.data[13] != s.ascq))
			fail_msg("%s: another sense", cases[i].name);
		run(&u, "03 000000 12", &a);
		assert_int_equal(a.data[2], 0);
	}
}

static void steps(struct wire_scsi_unit *u, const char *const (*list)[2], size_t n)
{
	struct wire_scsi_answer a;

	for (size_t i = 0; i < n; i++) {
		run(u, list[i][0], &a);
		expect(list[i][0], &a, list[i][1]);
	}
}

#define STEPS(u, list) steps(u, list, sizeof list / sizeof *list)

static void tells_of_a_new_medium(void **state)
{
	/* Not before anything else, and once; what a host may ask at any time is answered. */
	static const char *const list[][2] = {
		{ "12 0000 0001", "05" },
		{ "4a 01 0000 10 0000 0008", "00 06 04 10 02 02 00 00" },
		{ "28 00 00000000 00 0001", "06/28/00" },
		{ "03 000000 03", "700006" },
		{ "28 00 00000000 00 0001", "read 0+1" },
		{ "4a 01 0000 10 0000 0008", "00 06 04 10 00 02 00 00" },
	};
	struct wire_scsi_unit u;

	(void)state;
	wire_scsi_init(&u, WIRE_SCSI_CD);
	wire_scsi_insert(&u, 1000, false);
	STEPS(&u, list);
}

static void ejects_and_loads(void **state)
{
	static const char *const locked[][2] = {
		{ "1e 00 0000 01", "good" },
		{ "1b 00 0000 02", "05/53/02" },
		{ "00", "good" },
		{ "1e 00 0000 00", "good" },
	};
	static const char *const open[][2] = {
		{ "4a 01 0000 10 0000 0008", "00 06 04 10 03 01 00 00" },
		{ "00", "02/3a/02" },
		{ "bd 00 000000000000 0002", "0010" },
		{ "1b 00 0000 03", "good" }, /* in again */
		{ "00", "06/28/00" },
		{ "00", "good" },
	};
	struct wire_scsi_answer a;
	struct wire_scsi_unit u;

	(void)state;
	make(&u, CD);
	STEPS(&u, locked);
	run(&u, "1b 00 0000 02", &a);
	expect("eject", &a, "good");
	assert_true(a.ejected);
	wire_scsi_fail(&u, WIRE_SCSI_BAD_PACKET, &a); /* into an answer that held another */
	assert_false(a.ejected);
	STEPS(&u, open);
}

static void reset_unlocks(void **state)
{
	static const char *const list[][2] = {
		{ "00", "06/29/00" },
		{ "1b 00 0000 02", "good" },
	};
	struct wire_scsi_unit u;
	struct wire_scsi_answer a;

	(void)state;
	make(&u, CD);
	run(&u, "1e 00 0000 01", &a);
	wire_scsi_reset(&u);
	STEPS(&u, list);
}

static void operator_removes(void **state)
{
	struct wire_scsi_unit u;
	struct wire_scsi_answer a;

	(void)state;
	make(&u, FD);
	run(&u, "1e 00 0000 01", &a);
	wire_scsi_remove(&u);
	run(&u, "00", &a);
	expect("removed", &a, "02/3a/01");
	run(&u, "1b 00 0000 03", &a);
	expect("nothing to load", &a, "02/3a/01");
}

static void failed_transfer(void **state)
{
	struct wire_scsi_unit u;
	struct wire_scsi_answer a;

	(void)state;
	make(&u, CD);
	run(&u, "28 00 00000000 00 0001", &a);
	wire_scsi_fail(&u, WIRE_SCSI_READ_ERROR, &a);
	expect("fail", &a, "03/11/00");
	run(&u, "03 000000 03", &a);
	expect("kept", &a, "700003");
}

static void prints(void **state)
{
	static const uint8_t read[WIRE_SCSI_CDB] = { 0x28, 0, 0, 0, 0, 16, 0, 0, 2 },
			     odd[WIRE_SCSI_CDB] = { 0xc5 };
	char text[80];
	struct out o;

	(void)state;
	out_init(&o, text, sizeof text);
	wire_scsi_print(&o, read);
	assert_string_equal(text, "READ(10) block 16 count 2");
	out_init(&o, text, sizeof text);
	wire_scsi_print(&o, odd);
	assert_string_equal(text, "unknown command c50000000000000000000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),          cmocka_unit_test(tells_of_a_new_medium),
		cmocka_unit_test(ejects_and_loads), cmocka_unit_test(reset_unlocks),
		cmocka_unit_test(operator_removes), cmocka_unit_test(failed_transfer),
		cmocka_unit_test(prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
