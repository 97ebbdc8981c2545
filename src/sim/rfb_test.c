/* The RFB server of the simulator: dialogue, both forms of a picture pixel by pixel, input, what ends it. */
#include "sim/rfb.h"
#include "base/mem.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define HELLO                "RFB 003.008\n"
#define RAW                  "\x02\0\0\x01\0\0\0\0"
#define TILES                "\x02\0\0\x02\0\0\0\x10\0\0\0\0"
#define ASK(inc, x, y, w, h) "\x03" inc x y w h
static struct sim_rfb *rfb;
static struct buf got;
static const uint8_t challenge[16] = "0123456789abcde", wanted[16] = "fedcba987654321";

static void meet(bool login)
{
	struct out o;

	sim_rfb_free(rfb);
	buf_deinit(&got);
	buf_init(&got, 8 << 20);
	rfb = sim_rfb_new("pc1", login, challenge, wanted);
	out_init_buf(&o, &got);
	sim_rfb_begin(rfb, &o);
	assert_int_equal(got.n, 12);
	buf_clear(&got);
}

static size_t say(const void *bytes, size_t n)
{
	struct out o;

	out_init_buf(&o, &got);
	return sim_rfb_take(rfb, span_make(bytes, n), &o);
}
#define SAY(text) say(text, sizeof(text) - 1)

static void look(void)
{
	struct out o;

	out_init_buf(&o, &got);
	while (sim_rfb_more(rfb, &o, got.n + 4096))
		;
}

static void enter(const char *encodings, size_t n)
{
	meet(false);
	assert_int_equal(SAY(HELLO), 12);
	assert_memory_equal(got.p, "\1\1", 2);
	assert_int_equal(SAY("\1"), 1);
	assert_int_equal(SAY("\1"), 1);
	assert_int_equal(got.n, 2 + 4 + 24 + 3);
	assert_memory_equal(got.p + 6, "\x02\x80\x01\xe0\x10\x10\0\x01\0\x1f\0\x3f\0\x1f\x0b\x05",
			    16);
	buf_clear(&got);
	assert_int_equal(say(encodings, n), n);
}

static uint32_t be(size_t at, size_t n)
{
	uint32_t v = 0;

	assert_true(at + n <= got.n);
	while (n--)
		v = v << 8 | got.p[at++];
	return v;
}

static uint16_t rgb565(uint32_t c)
{
	return (uint16_t)((c >> 19 & 31) << 11 | (c >> 10 & 63) << 5 | (c >> 3 & 31));
}

static void same_pixel(unsigned x, unsigned y, size_t at)
{
	unsigned v = got.p[at] | (unsigned)got.p[at + 1] << 8;

	if (v != rgb565(sim_rfb_pixel(rfb, x, y)))
		fail_msg("pixel %u,%u is %04x", x, y, v);
}

/* Reads the picture behind *at; every pixel of the area must come once. */
static void read_picture(bool tiles, unsigned area)
{
	unsigned count = be(2, 2), seen = 0;
	size_t at = 4;

	assert_int_equal(be(0, 1), 0);
	for (unsigned i = 0; i < count; i++) {
		unsigned x = be(at, 2), y = be(at + 2, 2), w = be(at + 4, 2), h = be(at + 6, 2);
		assert_true(w <= 64 && h <= 64 && x + w <= 640 && y + h <= 480);
		assert_int_equal(be(at + 8, 4), tiles ? 16 : 0);
		at += 12;
		bool plain = false;
		if (tiles) {
			uint32_t n = be(at, 4);
			unsigned len = got.p[at + 5] | (unsigned)got.p[at + 6] << 8;
			assert_int_equal(got.p[at + 4], 0);
			assert_int_equal(n, len + 5);
			assert_int_equal(len ^ 0xffff,
					 got.p[at + 7] | (unsigned)got.p[at + 8] << 8);
			plain = got.p[at + 9] == 1;
			assert_int_equal(len, plain ? 3 : 1 + w * h * 2);
			at += 10;
		}
		for (unsigned k = 0; k < w * h; k++)
			same_pixel(x + k % w, y + k / w, plain ? at : at + (size_t)k * 2);
		at += plain ? 2 : (size_t)w * h * 2;
		seen += w * h;
	}
	assert_int_equal(at, got.n);
	assert_int_equal(seen, area);
}

static void both_forms_show_the_pattern(void **state)
{
	(void)state;
	enter(RAW, sizeof RAW - 1);
	(void)SAY("\x03\0\0\0\0\0\x02\x80\x01\xe0");
	look();
	read_picture(false, 640 * 480);
	enter(TILES, sizeof TILES - 1);
	(void)SAY("\x03\0\0\0\0\0\x02\x80\x01\xe0");
	look();
	read_picture(true, 640 * 480);
	assert_true(got.n < 640 * 480 * 2); /* bars are plain tiles */
	assert_int_equal(sim_rfb_seen(rfb)->updates, 1);
	/* a part, and one that reaches out of the screen */
	enter(RAW, sizeof RAW - 1);
	(void)SAY("\x03\0\0\x10\0\x10\0\x46\0\x02");
	look();
	read_picture(false, 70 * 2);
	buf_clear(&got);
	(void)SAY("\x03\0\x02\x7f\x01\xdf\xff\xff\xff\xff");
	look();
	read_picture(false, 1);
	buf_clear(&got);
	(void)SAY("\x03\0\xff\xff\xff\xff\xff\xff\xff\xff");
	look();
	assert_int_equal(got.n, 4); /* nothing of it is on the screen */
}

static void bytewise_is_the_same(void **state)
{
	static const char talk[] = HELLO "\1\1" TILES "\x04\x01\0\0\0\0\x12\x34"
					 "\x05\x01\0\x40\0\x50"
					 "\x06\0\0\0\0\0\0\x03"
					 "abc"
					 "\x03\0\0\0\0\0\x02\x80\x01\xe0";
	struct buf whole;

	(void)state;
	meet(false);
	assert_int_equal(SAY(talk), sizeof talk - 1);
	look();
	whole = got;
	got = (struct buf){ 0 };
	meet(false);
	struct buf in;
	buf_init(&in, 4096);
	for (size_t i = 0; i < sizeof talk - 1; i++) {
		assert_true(buf_add(&in, span_make(talk + i, 1)));
		buf_consume(&in, say(in.p, in.n));
	}
	assert_int_equal(in.n, 0);
	look();
	assert_int_equal(got.n, whole.n);
	assert_memory_equal(got.p, whole.p, whole.n);
	assert_int_equal(sim_rfb_seen(rfb)->last_key, 0x1234);
	assert_int_equal(sim_rfb_seen(rfb)->x, 0x40);
	assert_int_equal(sim_rfb_seen(rfb)->cuts, 1);
	buf_deinit(&in);
	buf_deinit(&whole);
}

static void a_later_picture_waits_for_a_change(void **state)
{
	(void)state;
	enter(RAW, sizeof RAW - 1);
	(void)SAY("\x03\0\0\0\0\0\x02\x80\x01\xe0");
	look();
	buf_clear(&got);
	(void)SAY("\x03\x01\0\0\0\0\x02\x80\x01\xe0");
	look();
	assert_int_equal(got.n, 0);
	(void)SAY("\x04\0\0\0\0\0\0A"); /* a key that comes up shows nothing */
	look();
	assert_int_equal(got.n, 0);
	(void)SAY("\x04\x01\0\0\0\0\0A");
	look();
	read_picture(false, 640 * 480);
}

static void the_password_of_the_port(void **state)
{
	(void)state;
	meet(true);
	(void)SAY(HELLO);
	assert_memory_equal(got.p, "\1\2", 2);
	(void)SAY("\2");
	assert_memory_equal(got.p + 2, challenge, 16);
	buf_clear(&got);
	(void)say(wanted, 16);
	assert_memory_equal(got.p, "\0\0\0\0", 4);
	meet(true);
	(void)SAY(HELLO "\2");
	buf_clear(&got);
	(void)say(challenge, 16);
	assert_memory_equal(got.p, "\0\0\0\1", 4);
	assert_true(sim_rfb_ended(rfb));
	meet(false);
	sim_rfb_refuse(rfb, "0x80862300");
	(void)SAY(HELLO);
	assert_memory_equal(got.p,
			    "\0\0\0\0\x0a"
			    "0x80862300",
			    15);
	assert_true(sim_rfb_ended(rfb));
}

static void what_ends_it(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
	} cases[] = {
#define CASE(name, bytes) { name, bytes, sizeof(bytes) - 1 }
		CASE("no raw", "\x02\0\0\x01\0\0\0\x10"),
		CASE("no encoding", "\x02\0\0\0"),
		CASE("too many encodings", "\x02\0\x01\x01"),
		CASE("32 bits", "\0\0\0\0\x20\x18\0\x01\0\xff\0\xff\0\xff\x10\x08\0\0\0\0"),
		CASE("big-endian", "\0\0\0\0\x10\x10\x01\x01\0\x1f\0\x3f\0\x1f\x0b\x05\0\0\0\0"),
		CASE("unknown message", "\x09"),
		CASE("message 1", "\x01\0\0\0"),
		CASE("endless text", "\x06\0\0\0\0\x01\0\x01"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enter(RAW, sizeof RAW - 1);
		assert_false(sim_rfb_ended(rfb));
		(void)say(cases[i].bytes, cases[i].n);
		if (!sim_rfb_ended(rfb))
			fail_msg("%s", cases[i].name);
	}
	enter(RAW, sizeof RAW - 1);
	(void)SAY("\0\0\0\0\x08\x08\0\x01\0\x07\0\x07\0\x03\x05\x02\0\0\0\0");
	assert_false(sim_rfb_ended(rfb));
	assert_int_equal(sim_rfb_seen(rfb)->bits, 8);
	(void)SAY("\x06\0\0\0\0\0\0\x0e\0KvmExtCmd\0\1\0\0\0");
	assert_int_equal(sim_rfb_seen(rfb)->extensions, 1);
	meet(false);
	(void)SAY("RFB 003.003\n");
	assert_true(sim_rfb_ended(rfb));
}

static int down(void **state)
{
	(void)state;
	sim_rfb_free(rfb);
	rfb = NULL;
	buf_deinit(&got);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms_show_the_pattern),
		cmocka_unit_test(bytewise_is_the_same),
		cmocka_unit_test(a_later_picture_waits_for_a_change),
		cmocka_unit_test(the_password_of_the_port),
		cmocka_unit_test(what_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, down);
}
