/* Virtual media from end to end in one process and fake time: images of ours, sessions of amt/media,
 * the firmware and the boot loader of the virtual PC, which reads the disc block by block. Faults at
 * each step of the session, resets in the middle of reads, odd commands, slow and broken images; and
 * what the loader says is compared with what is on the disc. */
#include "redir_rig.h"
#include "amt/media.h"
#include "base/clk.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/image.h"
#include "sim/dev_boot_priv.h"
#include "sim/ider_priv.h"
#include "sim/media.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define BLOCK  2048
#define BLOCKS 1200
#define BIG    (1024 * 1024 + 77)

static uint8_t disc[BLOCKS * BLOCK];

/* ---- a disc ---- */

static void put32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++) {
		p[i] = (uint8_t)(v >> 8 * i);
		p[7 - i] = p[i]; /* both byte orders */
	}
}

static uint8_t *put_record(uint8_t *p, const char *name, size_t n, uint32_t at, uint32_t size,
			   bool dir)
{
	size_t len = 33 + n + (n % 2 == 0);

	p[0] = (uint8_t)len;
	put32(p + 2, at);
	put32(p + 10, size);
	p[25] = dir ? 2 : 0;
	p[32] = (uint8_t)n;
	memcpy(p + 33, name, n);
	return p + len;
}

static void make_disc(void)
{
	uint8_t *pvd = disc + 16 * BLOCK, *p;

	memset(disc, 0, sizeof disc);
	memcpy(pvd, "\1CD001\1", 7);
	memset(pvd + 40, ' ', 32);
	memcpy(pvd + 40, "RESCUE", 6);
	(void)put_record(pvd + 156, "\0", 1, 18, BLOCK, true);
	memcpy(disc + 17 * BLOCK, "\377CD001\1", 7);
	p = put_record(disc + 18 * BLOCK, "\0", 1, 18, BLOCK, true);
	p = put_record(p, "\1", 1, 18, BLOCK, true);
	p = put_record(p, "BIG.BIN;1", 9, 100, BIG, false);
	p = put_record(p, "EMPTY;1", 7, 0, 0, false);
	(void)put_record(p, "SUB", 3, 19, BLOCK, true);
	p = put_record(disc + 19 * BLOCK, "\0", 1, 19, BLOCK, true);
	p = put_record(p, "\1", 1, 18, BLOCK, true);
	(void)put_record(p, "A.TXT;1", 7, 20, 5, false);
	memcpy(disc + 20 * BLOCK, "hello", 5);
	for (size_t i = 0; i < BIG; i++)
		disc[100 * BLOCK + i] = (uint8_t)(i * 31 ^ i >> 8);
}

static void expected(char *text, size_t size, const char *path, const uint8_t *p, size_t n)
{
	uint8_t digest[32];
	struct out o;

	hash_of(HASH_SHA256, span_make(p, n), digest);
	out_init(&o, text, size);
	out_fmt(&o, "file %s %zu ", path, n);
	out_hex(&o, span_make(digest, 32));
	out_str(&o, "\n");
}

/* ---- a PC and its media ---- */

struct world {
	struct rig g;
	struct amt_redir_conf line;
	struct net_image *cd;
	struct amt_media *m;
	unsigned resets, troubles, ends, waits;
	struct err why;
};

static void on_state(void *arg, enum amt_media_state s, const struct err *why)
{
	struct world *w = arg;

	(void)why;
	w->waits += s == AMT_MEDIA_WAITING;
}

static void on_reset(void *arg)
{
	((struct world *)arg)->resets++;
}

static void on_trouble(void *arg, const struct err *e)
{
	(void)e;
	((struct world *)arg)->troubles++;
}

static void on_end(void *arg, const struct err *why)
{
	struct world *w = arg;

	w->ends++;
	w->why = *why;
}

static void begin(struct world *w, const char *fault, enum amt_ider_start start,
		  const struct net_image_mem_conf *image)
{
	struct amt_media_conf c = { .start = start };

	memset(w, 0, sizeof *w);
	rig_init(&w->g, "9.5", "on", NULL, fault, 7);
	make_disc();
	sim_var_set(w->g.dev, SIM_VAR_OPTIN, "0");
	struct net_image_mem_conf ic = image ? *image : (struct net_image_mem_conf){ 0 };
	ic.bytes = disc;
	ic.n = sizeof disc;
	ic.sched = w->g.sched;
	w->cd = net_image_mem(&ic);
	w->line = (struct amt_redir_conf){
		.dialer = &w->g.dialer, .sched = w->g.sched, .rng = &w->g.rng, .way = &w->g.way
	};
	c.sched = w->g.sched;
	c.way = amt_media_direct(&w->line);
	c.images[AMT_IDER_CD] = w->cd;
	c.events = (struct amt_media_events){ on_state, on_reset, NULL, on_trouble, on_end, w };
	w->m = amt_media_new(&c);
}

static void finish(struct world *w)
{
	amt_media_free(w->m);
	net_image_free(w->cd);
	rig_deinit(&w->g);
}

/* The PC starts from its virtual CD, as WS-MAN would tell it. */
static void start_pc(struct world *w)
{
	struct sim_boot *b = sim_boot_of(w->g.dev);

	b->role = true;
	b->flags |= 1u << SIM_BOOT_IDER;
	b->ider_device = 1;
	assert_true(sim_dev_power(w->g.dev, SIM_POWER_RESET));
}

static void print(struct world *w, char *text, size_t size)
{
	struct out o;

	out_init(&o, text, size);
	sim_dev_print_media(w->g.dev, &o);
}

static void assert_booted(struct world *w, const char *name)
{
	char text[8192], line[300];
	const struct {
		const char *path;
		size_t at, n;
	} files[] = { { "/BIG.BIN", 100 * BLOCK, BIG },
		      { "/EMPTY", 0, 0 },
		      { "/SUB/A.TXT", 20 * BLOCK, 5 } };

	print(w, text, sizeof text);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		expected(line, sizeof line, files[i].path, disc + files[i].at, files[i].n);
		if (!strstr(text, line))
			fail_msg("%s: no %s in %s", name, line, text);
	}
	if (!strstr(text, "volume RESCUE\n") || !strstr(text, "boot done: files=3 ") ||
	    !strstr(text, " mistakes=0 "))
		fail_msg("%s: %s", name, text);
}

static void boots_whatever_happens(void **state)
{
	static const struct {
		const char *name, *fault;
		enum amt_ider_start start;
		struct net_image_mem_conf image;
		unsigned waits, least_resets;
	} cases[] = {
		{ "now", NULL, AMT_IDER_NOW, { 0 }, 0, 1 },
		{ "graceful", NULL, AMT_IDER_GRACEFUL, { 0 }, 0, 1 },
		{ "at the next start", NULL, AMT_IDER_ON_REBOOT, { 0 }, 0, 1 },
		{ "pieces of one byte", "split=7", AMT_IDER_NOW, { 0 }, 0, 1 },
		{ "slow image", NULL, AMT_IDER_NOW, { .delay_ms = 20 }, 0, 1 },
		{ "resets in the middle of reads", "ider_reset=20", AMT_IDER_NOW, { 0 }, 0, 4 },
		{ "the same, slow", "ider_reset=20", AMT_IDER_NOW, { .delay_ms = 20 }, 0, 4 },
		{ "odd commands", "ider_odd=2", AMT_IDER_NOW, { 0 }, 0, 1 },
		{ "dies at a command", "ider_drop_command=4", AMT_IDER_NOW, { 0 }, 1, 1 },
		{ "dies within data", "ider_drop_data=30", AMT_IDER_ON_REBOOT, { 0 }, 1, 1 },
		{ "dies when opened again",
		  "ider_drop_command=4,ider_drop_open=2",
		  AMT_IDER_NOW,
		  { 0 },
		  2,
		  1 },
		{ "dies when switched again",
		  "ider_drop_command=4,ider_drop_set=2",
		  AMT_IDER_NOW,
		  { 0 },
		  2,
		  1 },
		{ "a message is missing", "ider_seq=9", AMT_IDER_NOW, { 0 }, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		begin(&w, cases[i].fault, cases[i].start, &cases[i].image);
		rig_run_ms(&w.g, 2000);
		if (amt_media_get_state(w.m) != AMT_MEDIA_READY)
			fail_msg("%s: %s, %s", cases[i].name,
				 amt_media_state_name(amt_media_get_state(w.m)), w.why.msg);
		start_pc(&w);
		rig_run_ms(&w.g, 60000);
		assert_booted(&w, cases[i].name);
		if (w.waits != cases[i].waits || w.resets < cases[i].least_resets || w.ends)
			fail_msg("%s: %u waits, %u resets", cases[i].name, w.waits, w.resets);
		/* Again: a start of the PC does not end it. */
		start_pc(&w);
		rig_run_ms(&w.g, 60000);
		assert_booted(&w, cases[i].name);
		amt_media_close(w.m);
		rig_run_ms(&w.g, 5000);
		assert_int_equal(w.ends, 1);
		assert_int_equal(w.why.code, ERR_NONE);
		assert_false(sim_ider_has_drives(w.g.dev));
		finish(&w);
	}
}

/* The line dies at every moment of a session, of the login, of a start and of its reads: before the drives
 * were there once it is told, afterwards the PC starts as if nothing had been. */
static void cut_at_each_moment(void **state)
{
	enum { STARTS_MS = 700, STEP_MS = 35 };
	unsigned told = 0, mended = 0;
	bool over = false;

	(void)state;
	for (int64_t at = 1; !over; at += STEP_MS) {
		char text[8192], name[40];
		struct world w;
		begin(&w, NULL, AMT_IDER_NOW, NULL);
		w.g.pieces = 40000;
		rig_run_ms(&w.g, at < STARTS_MS ? at : STARTS_MS);
		if (at > STARTS_MS) {
			start_pc(&w);
			rig_run_ms(&w.g, at - STARTS_MS);
		}
		print(&w, text, sizeof text);
		over = strstr(text, "boot done") != NULL;
		rig_cut(&w.g);
		rig_run_ms(&w.g, 20000);
		bool had = amt_media_sessions(w.m) > 0;
		if (had && at <= STARTS_MS)
			start_pc(&w);
		rig_run_ms(&w.g, 40000);
		(void)snprintf(name, sizeof name, "cut at %lld ms", (long long)at);
		if (had)
			assert_booted(&w, name);
		else if (w.ends != 1 || w.why.code == ERR_NONE)
			fail_msg("%s: %u ends, %s", name, w.ends, w.why.msg);
		told += !had;
		mended += had;
		finish(&w);
	}
	assert_true(told >= 3);
	assert_true(mended >= 20);
}

static void tells_why_it_cannot(void **state)
{
	static const struct {
		const char *name, *fault, *password;
		enum err_code code;
	} cases[] = {
		{ "refused", "ider_refuse", RIG_PASSWORD, ERR_BUSY },
		{ "busy", "redir_busy", RIG_PASSWORD, ERR_BUSY },
		{ "switched off", "redir_off", RIG_PASSWORD, ERR_DENIED },
		{ "wrong password", NULL, "wrong", ERR_AUTH },
		{ "dies when opened", "ider_drop_open", RIG_PASSWORD, ERR_CLOSED },
		{ "dies when switched", "ider_drop_set", RIG_PASSWORD, ERR_CLOSED },
		{ "silent", "ider_mute", RIG_PASSWORD, ERR_TIMEOUT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		begin(&w, cases[i].fault, AMT_IDER_NOW, NULL);
		rig_set_password(&w.g, cases[i].password);
		rig_run_ms(&w.g, 60000);
		if (w.ends != 1 || w.why.code != cases[i].code)
			fail_msg("%s: %u ends, %s %s", cases[i].name, w.ends, err_name(w.why.code),
				 w.why.msg);
		assert_true(sim_dev_get_stats(w.g.dev)->failed_logins <= 1);
		finish(&w);
	}
}

static void broken_disc(void **state)
{
	const struct net_image_mem_conf image = { .broken_from = 300 * BLOCK };
	char text[8192];
	struct world w;

	(void)state;
	begin(&w, NULL, AMT_IDER_NOW, &image);
	rig_run_ms(&w.g, 2000);
	start_pc(&w);
	rig_run_ms(&w.g, 20000);
	print(&w, text, sizeof text);
	if (!strstr(text, "read failed: sense=03/11/00") || !strstr(text, "boot failed: "))
		fail_msg("%s", text);
	assert_true(w.troubles > 0);
	assert_int_equal(amt_media_get_state(w.m), AMT_MEDIA_READY);
	finish(&w);
}

static void no_disc(void **state)
{
	char text[8192];
	struct world w;

	(void)state;
	begin(&w, NULL, AMT_IDER_NOW, NULL);
	rig_run_ms(&w.g, 2000);
	amt_media_change(w.m, AMT_IDER_CD, NULL);
	start_pc(&w);
	rig_run_ms(&w.g, 5000);
	/* It waits, and there comes one. */
	amt_media_change(w.m, AMT_IDER_CD, w.cd);
	rig_run_ms(&w.g, 60000);
	assert_booted(&w, "inserted late");
	amt_media_close(w.m);
	rig_run_ms(&w.g, 1000);
	start_pc(&w);
	rig_run_ms(&w.g, 120000);
	print(&w, text, sizeof text);
	if (!strstr(text, "boot failed: no drive with a disc"))
		fail_msg("%s", text);
	finish(&w);
}

/* Cyclic, too long, too deep, cut: said, and never a hang. */
static void discs_that_lie(void **state)
{
	char text[65536];

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct world w;
		begin(&w, NULL, AMT_IDER_NOW, NULL);
		uint8_t *root = disc + 16 * BLOCK + 156, *sub = disc + 18 * BLOCK + 68;
		if (i == 0) /* a directory that holds itself */
			(void)put_record(sub, "LOOP", 4, 18, BLOCK, true);
		else if (i == 1)
			put32(root + 10, UINT32_MAX);
		else if (i == 2)
			put32(root + 2, BLOCKS - 1); /* elsewhere: zeros */
		else if (i == 3)
			sub[0] = 255;
		else
			memset(disc + 16 * BLOCK, 0, 16 * BLOCK);
		rig_run_ms(&w.g, 2000);
		start_pc(&w);
		rig_run_ms(&w.g, 300000);
		print(&w, text, sizeof text);
		if (!strstr(text, "boot done") && !strstr(text, "boot failed"))
			fail_msg("disc %u: %.500s", i, text);
		finish(&w);
	}
}

/* The line is alive for days without a byte of the host. */
static void stays_for_a_day(void **state)
{
	struct world w;

	(void)state;
	begin(&w, NULL, AMT_IDER_NOW, NULL);
	rig_run_ms(&w.g, 24 * 3600 * 1000ll);
	assert_int_equal(w.waits, 0);
	assert_int_equal(amt_media_sessions(w.m), 1);
	start_pc(&w);
	rig_run_ms(&w.g, 10000);
	assert_booted(&w, "after a day");
	/* Firmware that goes silent is noticed. */
	struct err e = { 0 };
	assert_true(sim_dev_fault(w.g.dev, span_str("ider_mute"), &e));
	rig_run_ms(&w.g, 45000);
	assert_true(w.waits >= 1);
	assert_true(sim_dev_fault(w.g.dev, span_str("none"), &e));
	rig_run_ms(&w.g, 45000);
	assert_int_equal(amt_media_get_state(w.m), AMT_MEDIA_READY);
	finish(&w);
}

/* Without the consent of who sits there the firmware lends no drives. */
static void wants_consent(void **state)
{
	struct world w;

	(void)state;
	begin(&w, NULL, AMT_IDER_NOW, NULL);
	sim_var_set(w.g.dev, SIM_VAR_OPTIN, "4294967295");
	rig_run_ms(&w.g, 2000);
	assert_int_equal(w.ends, 1);
	assert_int_equal(w.why.code, ERR_DENIED);
	finish(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boots_whatever_happens), cmocka_unit_test(cut_at_each_moment),
		cmocka_unit_test(tells_why_it_cannot),    cmocka_unit_test(broken_disc),
		cmocka_unit_test(wants_consent),          cmocka_unit_test(no_disc),
		cmocka_unit_test(discs_that_lie),         cmocka_unit_test(stays_for_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
