/* The session of virtual media against a PC that is played here message by message: opening and what
 * can be wrong with it, reads and writes in pieces, DMA and PIO, resets in the middle of a read,
 * commands out of order, images that are slow or broken, silence, and the end. */
#include "amt/ider.h"
#include "base/clk.h"
#include "base/str.h"
#include "net/image.h"
#include "wire/redir.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define CD_SIZE (2048 * 200)
#define FD_SIZE 1474560

static uint8_t cd_bytes[CD_SIZE], fd_bytes[FD_SIZE];

/* The PC: it numbers what it sends, and checks the numbers of what it gets. */
struct pc {
	struct sched *sched;
	struct amt_ider *x;
	struct net_image *cd, *fd;
	uint32_t seq_out, seq_in;
	uint8_t got[1 << 20]; /* from the console, not looked at yet */
	size_t n, used, queued;
	unsigned ready, resets, ejects, troubles, ends;
	uint16_t read_max;
	struct err why;
};
static struct pc pc;

static bool on_send(void *arg, struct span bytes)
{
	(void)arg;
	assert_true(pc.n + bytes.n <= sizeof pc.got);
	memcpy(pc.got + pc.n, bytes.p, bytes.n);
	pc.n += bytes.n;
	return true;
}

static size_t on_queued(void *arg)
{
	(void)arg;
	return pc.queued;
}

static void on_ready(void *arg)
{
	(void)arg;
	pc.ready++;
}

static void on_reset(void *arg, uint8_t mask)
{
	(void)arg;
	(void)mask;
	pc.resets++;
}

static void on_eject(void *arg, enum amt_ider_drive d)
{
	(void)arg;
	assert_int_equal(d, AMT_IDER_CD);
	pc.ejects++;
}

static void on_trouble(void *arg, const struct err *e)
{
	(void)arg;
	assert_int_not_equal(e->code, ERR_NONE);
	pc.troubles++;
}

static void on_end(void *arg, const struct err *why)
{
	(void)arg;
	pc.ends++;
	pc.why = *why;
}

static void send_msg(struct wire_redir_msg m)
{
	static uint8_t bytes[70000];
	struct out o;

	m.session = WIRE_REDIR_IDER;
	m.seq = pc.seq_out++;
	out_init(&o, bytes, sizeof bytes);
	assert_true(wire_redir_emit(&o, &m));
	amt_ider_feed(pc.x, out_span(&o));
}

static bool next_msg(struct wire_redir_msg *m)
{
	struct err e = { 0 };
	size_t used;

	if (pc.used == pc.n)
		return false;
	enum wire_got got = wire_redir_parse(span_make(pc.got + pc.used, pc.n - pc.used),
					     WIRE_REDIR_IDER, m, &used, &e);
	if (got != WIRE_DONE)
		fail_msg("what the console sends is no message: %s", e.msg);
	pc.used += used;
	assert_int_equal(m->seq, pc.seq_in++);
	return true;
}

static void expect(uint8_t type, struct wire_redir_msg *m)
{
	struct wire_redir_msg mine;

	if (!m)
		m = &mine;
	if (!next_msg(m))
		fail_msg("nothing comes where 0x%02x should", type);
	assert_int_equal(m->type, type);
}

static void pass_ms(int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;

	while (sched_fake_step(pc.sched, until))
		;
}

struct world {
	enum amt_ider_start start;
	int64_t delay_ms;
	uint64_t broken_from;
	bool writable, no_cd;
	uint16_t read_max, write_max;
};

static void begin(const struct world *w)
{
	struct amt_ider_conf c = {
		.start = w->start,
		.line = { on_send, on_queued, NULL },
		.events = { on_ready, on_reset, on_eject, on_trouble, on_end, NULL },
	};

	memset(&pc, 0, sizeof pc);
	clk_fake_start(1000);
	pc.sched = c.sched = sched_new(NULL, NULL);
	for (size_t i = 0; i < sizeof cd_bytes; i++)
		cd_bytes[i] = (uint8_t)(i ^ i >> 9);
	memset(fd_bytes, 'f', sizeof fd_bytes);
	pc.cd = net_image_mem(&(struct net_image_mem_conf){ cd_bytes, CD_SIZE, false, pc.sched,
							    w->delay_ms, w->broken_from });
	pc.fd = net_image_mem(&(struct net_image_mem_conf){
		fd_bytes, FD_SIZE, w->writable, pc.sched, w->delay_ms, w->broken_from });
	c.images[AMT_IDER_CD] = w->no_cd ? NULL : pc.cd;
	c.images[AMT_IDER_FLOPPY] = pc.fd;
	pc.read_max = w->read_max ? w->read_max : 8192;
	pc.x = amt_ider_new(&c);
	struct wire_redir_msg m;
	expect(WIRE_REDIR_IDER_OPEN, &m);
	assert_int_equal(m.ider_open.rx_ms, 30000);
}

static void opened(const struct world *w)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_OPENED };

	m.ider_opened.major = 1;
	m.ider_opened.read_max = pc.read_max;
	m.ider_opened.write_max = w->write_max ? w->write_max : 8192;
	send_msg(m);
	expect(WIRE_REDIR_IDER_FEATURES, &m);
	assert_int_equal(m.features.sub, 3);
	static const uint32_t values[] = { 0x09, 0x11, 0x19 };
	assert_int_equal(m.features.value, values[w->start]);
	assert_int_equal(pc.ready, 0);
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_FEATURES_REPLY,
					  .features = { 3, true, 1 } });
	assert_int_equal(pc.ready, 1);
}

static void finish(void)
{
	amt_ider_free(pc.x);
	net_image_free(pc.cd);
	net_image_free(pc.fd);
	sched_free(pc.sched);
	clk_fake_stop();
}

static void command_of(uint8_t drive, bool dma, uint8_t ata, const char *hex)
{
	struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_COMMAND };
	size_t n;

	m.command.drive = drive;
	m.command.features = dma;
	m.command.command = ata;
	assert_true(hex_decode(span_str(hex), m.command.cdb, sizeof m.command.cdb, &n));
	send_msg(m);
}

static void command(const char *hex)
{
	command_of(0xb0, true, 0xa0, hex);
}

static void clear_attention(void)
{
	command("00");
	expect(WIRE_REDIR_IDER_RESPONSE, NULL);
	command_of(0xa0, true, 0xa0, "00");
	expect(WIRE_REDIR_IDER_RESPONSE, NULL);
}

static void expect_sense(uint8_t drive, uint8_t key, uint8_t asc)
{
	struct wire_redir_msg m;

	expect(WIRE_REDIR_IDER_RESPONSE, &m);
	assert_int_equal(m.ata.sense[0], key);
	assert_int_equal(m.ata.sense[1], asc);
	assert_int_equal(m.head[2], WIRE_REDIR_ATTR_LAST);
	assert_int_equal(m.ata.out[0], key ? 0x87 : 0xc5);
	assert_int_equal(m.ata.out[1], key << 4);
	assert_int_equal(m.ata.out[6], drive);
	assert_int_equal(m.ata.out[7], key ? 0x51 : 0x50);
}

/* The data of one read, whose last message says so; false when nothing more comes. */
static void expect_data(uint8_t drive, bool dma, const uint8_t *want, size_t n)
{
	struct wire_redir_msg m;
	size_t at = 0;

	while (at < n) {
		expect(WIRE_REDIR_IDER_TO_HOST, &m);
		bool last = at + m.data.n == n;
		if (m.data.n > pc.read_max || at + m.data.n > n ||
		    memcmp(m.data.p, want + at, m.data.n) != 0)
			fail_msg("wrong data at %zu", at);
		assert_int_equal(m.head[2],
				 (last ? WIRE_REDIR_ATTR_LAST : 0) |
					 (dma ? WIRE_REDIR_ATTR_DMA : 0));
		assert_int_equal(m.ata.in[0], dma ? 0xb4 : 0xb5);
		assert_int_equal(m.ata.in[4] | m.ata.in[5] << 8, dma ? 0 : m.data.n);
		assert_int_equal(m.ata.in[6], drive);
		assert_int_equal(m.ata.out[7], last ? 0x50 : 0);
		at += m.data.n;
	}
}

static void opens_and_serves(void **state)
{
	static const struct world worlds[] = {
		{ .start = AMT_IDER_ON_REBOOT },
		{ .start = AMT_IDER_GRACEFUL, .read_max = 3000 },
		{ .start = AMT_IDER_NOW, .delay_ms = 5 },
		{ .start = AMT_IDER_NOW, .read_max = 100, .delay_ms = 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		begin(&worlds[i]);
		opened(&worlds[i]);
		command("00");
		expect_sense(0xb0, 6, 0x28);
		command("00");
		expect_sense(0xb0, 0, 0);
		command_of(0xb0, false, 0xa0, "28000000001000000300");
		pass_ms(100);
		expect_data(0xb0, false, cd_bytes + 16 * 2048, 3 * 2048);
		command("2800000000000000c800"); /* everything */
		pass_ms(1000);
		expect_data(0xb0, true, cd_bytes, CD_SIZE);
		command("2800000000c800000100");
		expect_sense(0xb0, 5, 0x21);
		command("c5");
		expect_sense(0xb0, 5, 0x20);
		command_of(0xb0, true, 0xec, "28000000001000000300"); /* no packet command */
		expect_sense(0xb0, 5, 0x20);
		command("25");
		expect_data(0xb0, true, (const uint8_t *)"\0\0\0\xc7\0\0\x08\0", 8);
		command_of(0xa0, true, 0xa0, "25");
		expect_sense(0xa0, 6, 0x28); /* the other drive is another drive */
		command_of(0xa0, true, 0xa0, "25");
		expect_data(0xa0, true, (const uint8_t *)"\0\0\x0b\x3f\0\0\x02\0", 8);
		finish();
	}
}

static void refused_openings(void **state)
{
	static const struct {
		const char *name;
		uint8_t status, protocol;
		uint16_t read_max;
		uint32_t features;
		enum err_code code;
	} cases[] = {
		{ "busy", 1, 0, 8192, 1, ERR_BUSY },
		{ "protocol", 0, 1, 8192, 1, ERR_UNSUPPORTED },
		{ "no buffer", 0, 0, 0, 1, ERR_UNSUPPORTED },
		{ "no drives", 0, 0, 8192, 0, ERR_UNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire_redir_msg m = { .type = WIRE_REDIR_IDER_OPENED };
		begin(&(struct world){ 0 });
		m.head[0] = cases[i].status;
		m.ider_opened.protocol = cases[i].protocol;
		m.ider_opened.read_max = cases[i].read_max;
		send_msg(m);
		if (pc.used < pc.n)
			send_msg((struct wire_redir_msg){
				.type = WIRE_REDIR_IDER_FEATURES_REPLY,
				.features = { 3, true, cases[i].features } });
		pass_ms(1);
		if (pc.ends != 1 || pc.why.code != cases[i].code)
			fail_msg("%s: %u ends, %s", cases[i].name, pc.ends, err_name(pc.why.code));
		finish();
	}
}

/* Before the session is open there is no size of messages: nothing is read, and each is answered. */
static void commands_before_it_is_open(void **state)
{
	struct world w = { .start = AMT_IDER_NOW, .writable = true };

	(void)state;
	begin(&w);
	command("00");
	expect_sense(0xb0, 0x0b, 0);
	command("2800000000000000c800");
	expect_sense(0xb0, 0x0b, 0);
	command_of(0xa0, true, 0xa0, "2a000000000100000200");
	expect_sense(0xa0, 0x0b, 0);
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_FEATURES_REPLY,
					  .features = { 3, true, 1 } });
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_RESET });
	expect(WIRE_REDIR_IDER_RESET_DONE, NULL);
	pass_ms(1000);
	assert_int_equal(pc.used, pc.n);
	assert_int_equal(pc.ends, 0);
	finish();
}

static void reset_waits_for_the_read(void **state)
{
	struct world w = { .start = AMT_IDER_NOW, .delay_ms = 10 };

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	command("2800000000000000c800");
	pass_ms(25); /* in the middle of it */
	assert_true(pc.n < CD_SIZE);
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_RESET, .reset_mask = 2 });
	assert_int_equal(pc.resets, 0);
	command("25"); /* from before the reset: nobody waits for its answer */
	pass_ms(500);
	expect_data(0xb0, true, cd_bytes, CD_SIZE);
	expect(WIRE_REDIR_IDER_RESET_DONE, NULL);
	assert_int_equal(pc.resets, 1);
	command("00");
	expect_sense(0xb0, 6, 0x29);
	/* And one at rest. */
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_RESET });
	expect(WIRE_REDIR_IDER_RESET_DONE, NULL);
	finish();
}

static void queues_commands(void **state)
{
	struct world w = { .start = AMT_IDER_NOW, .delay_ms = 10 };

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	for (unsigned i = 0; i < 12; i++)
		command("28000000000000000100");
	/* One at work, eight wait, three are too many. */
	for (unsigned i = 0; i < 3; i++)
		expect_sense(0xb0, 0x0b, 0);
	pass_ms(1000);
	for (unsigned i = 0; i < 9; i++)
		expect_data(0xb0, true, cd_bytes, 2048);
	assert_int_equal(pc.used, pc.n);
	finish();
}

static void line_is_full(void **state)
{
	struct world w = { .start = AMT_IDER_NOW };

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	pc.queued = 1 << 20;
	size_t before = pc.n;
	command("2800000000000000c800");
	assert_in_range(pc.n - before, 1, 100000);
	amt_ider_room(pc.x);
	assert_in_range(pc.n - before, 100000, 200000);
	pc.queued = 0;
	amt_ider_room(pc.x);
	expect_data(0xb0, true, cd_bytes, CD_SIZE);
	finish();
}

static void broken_image(void **state)
{
	struct world w = { .start = AMT_IDER_NOW, .broken_from = 100 * 2048 };

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	command("28000000006400000100");
	pass_ms(10);
	expect_sense(0xb0, 3, 0x11);
	assert_int_equal(pc.troubles, 1);
	command("28000000006300000100");
	expect_data(0xb0, true, cd_bytes + 99 * 2048, 2048);
	finish();
}

static void from_host(const void *p, size_t n)
{
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_FROM_HOST,
					  .data = span_make(p, n) });
	pass_ms(1);
}

static void writes_a_floppy(void **state)
{
	struct world w = { .start = AMT_IDER_NOW, .writable = true, .write_max = 700 };
	uint8_t data[1024];
	struct wire_redir_msg m;

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	memset(data, 'w', sizeof data);
	command_of(0xa0, true, 0xa0, "2a000000000100000200");
	expect(WIRE_REDIR_IDER_GET, &m);
	assert_int_equal(m.ata.size, 700);
	from_host(data, 700);
	expect(WIRE_REDIR_IDER_GET, &m);
	assert_int_equal(m.ata.size, 324);
	from_host(data, 100); /* less than asked */
	expect(WIRE_REDIR_IDER_GET, &m);
	assert_int_equal(m.ata.size, 224);
	from_host(data, 224);
	expect_sense(0xa0, 0, 0);
	assert_int_equal(fd_bytes[511], 'f');
	assert_int_equal(fd_bytes[512], 'w');
	assert_int_equal(fd_bytes[1535], 'w');
	assert_int_equal(fd_bytes[1536], 'f');
	/* More than was asked for, and what nobody asked for. */
	command_of(0xa0, true, 0xa0, "2a000000000100000100");
	expect(WIRE_REDIR_IDER_GET, &m);
	from_host(data, 513);
	expect_sense(0xa0, 0x0b, 0);
	from_host(data, 512);
	assert_int_equal(pc.used, pc.n);
	finish();
}

static void protected_floppy(void **state)
{
	struct world w = { .start = AMT_IDER_NOW };

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	command_of(0xa0, true, 0xa0, "2a000000000100000200");
	expect_sense(0xa0, 7, 0x27);
	finish();
}

static void ejects_and_changes(void **state)
{
	struct world w = { .start = AMT_IDER_NOW, .delay_ms = 10 };

	(void)state;
	begin(&w);
	opened(&w);
	clear_attention();
	command("1b00000002");
	expect_sense(0xb0, 0, 0);
	assert_int_equal(pc.ejects, 1);
	command("00");
	expect_sense(0xb0, 2, 0x3a);
	amt_ider_change(pc.x, AMT_IDER_CD, pc.cd);
	command("00");
	expect_sense(0xb0, 6, 0x28);
	/* Taken out while it is read: the command ends. */
	command("28000000000000000100");
	amt_ider_change(pc.x, AMT_IDER_CD, NULL);
	expect_sense(0xb0, 2, 0x3a);
	pass_ms(100);
	assert_int_equal(pc.used, pc.n);
	finish();
}

static void pings_and_silence(void **state)
{
	struct world w = { .start = AMT_IDER_NOW };
	unsigned pings = 0;
	struct wire_redir_msg m;

	(void)state;
	begin(&w);
	opened(&w);
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_PING });
	expect(WIRE_REDIR_IDER_PONG, NULL);
	for (unsigned i = 0; i < 6; i++) {
		pass_ms(10000);
		send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_HEARTBEAT });
	}
	while (next_msg(&m))
		pings += m.type == WIRE_REDIR_IDER_PING;
	assert_in_range(pings, 6, 12); /* of 60 s: one in 5 to 10 s */
	assert_int_equal(pc.ends, 0);
	pass_ms(31000);
	assert_int_equal(pc.ends, 1);
	assert_int_equal(pc.why.code, ERR_TIMEOUT);
	finish();
	/* One that never opens. */
	begin(&w);
	pass_ms(25000);
	assert_int_equal(pc.why.code, ERR_TIMEOUT);
	finish();
}

static void ends(void **state)
{
	struct world w = { .start = AMT_IDER_NOW };
	struct wire_redir_msg m;

	(void)state;
	/* In order. */
	begin(&w);
	opened(&w);
	amt_ider_close(pc.x);
	expect(WIRE_REDIR_IDER_FEATURES, &m);
	assert_int_equal(m.features.value, 0);
	expect(WIRE_REDIR_IDER_CLOSE, NULL);
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_CLOSED });
	assert_int_equal(pc.ends, 0); /* not inside of a call */
	pass_ms(1);
	assert_int_equal(pc.ends, 1);
	assert_int_equal(pc.why.code, ERR_NONE);
	finish();
	/* Nobody answers. */
	begin(&w);
	opened(&w);
	amt_ider_close(pc.x);
	pass_ms(4000);
	assert_int_equal(pc.ends, 1);
	assert_int_equal(pc.why.code, ERR_NONE);
	finish();
	/* By the PC. */
	begin(&w);
	opened(&w);
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_CLOSED });
	pass_ms(1);
	assert_int_equal(pc.why.code, ERR_CLOSED);
	finish();
	/* A message is missing. */
	begin(&w);
	opened(&w);
	pc.seq_out++;
	send_msg((struct wire_redir_msg){ .type = WIRE_REDIR_IDER_PING });
	pass_ms(1);
	assert_int_equal(pc.why.code, ERR_MALFORMED);
	assert_int_equal(pc.used, pc.n);
	finish();
	/* What is no message. */
	begin(&w);
	opened(&w);
	amt_ider_feed(pc.x, span_str("\x5f nonsense"));
	pass_ms(1);
	assert_int_equal(pc.why.code, ERR_MALFORMED);
	finish();
	/* Freed in the middle of a read that waits. */
	w.delay_ms = 10;
	begin(&w);
	opened(&w);
	clear_attention();
	command("28000000000000000100");
	finish();
}

static void byte_by_byte(void **state)
{
	static const uint8_t ping[] = { 0x44, 0, 0, 0, 2, 0, 0, 0 };
	struct world w = { .start = AMT_IDER_NOW };

	(void)state;
	begin(&w);
	opened(&w);
	for (size_t i = 0; i < sizeof ping; i++) {
		assert_int_equal(pc.used, pc.n);
		amt_ider_feed(pc.x, span_make(ping + i, 1));
	}
	expect(WIRE_REDIR_IDER_PONG, NULL);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_and_serves),
		cmocka_unit_test(refused_openings),
		cmocka_unit_test(commands_before_it_is_open),
		cmocka_unit_test(reset_waits_for_the_read),
		cmocka_unit_test(queues_commands),
		cmocka_unit_test(line_is_full),
		cmocka_unit_test(broken_image),
		cmocka_unit_test(writes_a_floppy),
		cmocka_unit_test(protected_floppy),
		cmocka_unit_test(ejects_and_changes),
		cmocka_unit_test(pings_and_silence),
		cmocka_unit_test(ends),
		cmocka_unit_test(byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
