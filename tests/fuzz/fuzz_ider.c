/* A session of virtual media against firmware that does what it likes: bytes 0 and 1 choose images, then
 * come steps, a byte each with what it needs. Messages in any order and with any content, time that
 * passes, discs that come and go, a line that is full. Whatever comes: what we send are whole messages
 * with their numbers, no command has two answers, nothing turns for ever, and the session ends once. */
#include "amt/ider.h"
#include "base/clk.h"
#include "base/sched.h"
#include "base/span.h"
#include "net/image.h"
#include "wire/redir.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLOCKS     24
#define TURNS_MAX  100000
#define SILENCE_MS 200000

static struct {
	struct sched *sched;
	struct amt_ider *x;
	struct net_image *images[AMT_IDER_DRIVES];
	uint32_t seq_out, seq_in;
	size_t queued;
	unsigned commands, answers, ends;
} pc;

static bool on_send(void *arg, struct span bytes)
{
	struct wire_redir_msg m;
	size_t used;

	(void)arg;
	for (; bytes.n; bytes = span_make(bytes.p + used, bytes.n - used)) {
		if (wire_redir_parse(bytes, WIRE_REDIR_IDER, &m, &used, NULL) != WIRE_DONE ||
		    m.seq != pc.seq_in++)
			abort();
		pc.answers += m.type == WIRE_REDIR_IDER_RESPONSE ||
			(m.type == WIRE_REDIR_IDER_TO_HOST && (m.head[2] & WIRE_REDIR_ATTR_LAST));
	}
	if (pc.answers > pc.commands)
		abort();
	return true;
}

static size_t on_queued(void *arg)
{
	(void)arg;
	return pc.queued;
}

static void on_end(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
	if (pc.ends++)
		abort();
}

static void pass_ms(int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;

	for (unsigned turns = 0; sched_fake_step(pc.sched, until); turns++)
		if (turns > TURNS_MAX)
			abort();
}

static void send_msg(struct wire_redir_msg *m)
{
	static uint8_t mem[16384];
	struct out o;

	m->session = WIRE_REDIR_IDER;
	m->seq = pc.seq_out;
	out_init(&o, mem, sizeof mem);
	if (!wire_redir_emit(&o, m))
		return;
	pc.seq_out++;
	amt_ider_feed(pc.x, out_span(&o));
}

static void message(struct cur *c, uint8_t what)
{
	static const uint8_t types[] = { WIRE_REDIR_IDER_OPENED,  WIRE_REDIR_IDER_FEATURES_REPLY,
					 WIRE_REDIR_IDER_COMMAND, WIRE_REDIR_IDER_FROM_HOST,
					 WIRE_REDIR_IDER_RESET,   WIRE_REDIR_IDER_PING,
					 WIRE_REDIR_IDER_ERROR,   WIRE_REDIR_IDER_CLOSED };
	static const uint8_t bytes[9000];
	struct wire_redir_msg m = { .type = types[what] };

	switch (m.type) {
	case WIRE_REDIR_IDER_OPENED:
		m.head[0] = cur_u8(c) == 1;
		m.ider_opened.read_max = cur_le16(c);
		m.ider_opened.write_max = cur_le16(c);
		break;
	case WIRE_REDIR_IDER_FEATURES_REPLY:
		m.features = (struct wire_redir_features){ 3, true, cur_u8(c) };
		break;
	case WIRE_REDIR_IDER_COMMAND:
		m.command.drive = cur_u8(c);
		m.command.features = cur_u8(c);
		m.command.command = (m.command.features & 0x80) ? 0xec : 0xa0;
		for (size_t i = 0; i < sizeof m.command.cdb; i++)
			m.command.cdb[i] = cur_u8(c);
		pc.commands++;
		break;
	case WIRE_REDIR_IDER_FROM_HOST:
		m.data = span_make(bytes, cur_le16(c) % sizeof bytes);
		break;
	default:
		m.reset_mask = cur_u8(c);
	}
	send_msg(&m);
}

static void step(struct cur *c)
{
	uint8_t what = cur_u8(c) % 14;
	enum amt_ider_drive d;

	switch (what) {
	case 8:
		pass_ms(cur_u8(c) * 20);
		break;
	case 9:
		d = cur_u8(c) & 1;
		amt_ider_change(pc.x, d, cur_u8(c) & 1 ? pc.images[d] : NULL);
		break;
	case 10:
		pc.queued = cur_u8(c) & 1 ? 1 << 20 : 0;
		amt_ider_room(pc.x);
		break;
	case 11:
		amt_ider_close(pc.x);
		break;
	case 12:
		pc.seq_out += cur_u8(c) & 1;
		break;
	case 13:
		/* As many commands as there may be in it. */
		pc.commands += 2;
		amt_ider_feed(pc.x, cur_take(c, cur_u8(c) % 57));
		break;
	default:
		message(c, what);
	}
}

static void begin(uint8_t how, uint8_t wait)
{
	static uint8_t bytes[AMT_IDER_DRIVES][BLOCKS * 2048];
	struct amt_ider_conf c = { .start = how & 3 ? how & 1 : AMT_IDER_NOW,
				   .line = { on_send, on_queued, NULL },
				   .events = { .on_end = on_end } };

	clk_fake_start(1000);
	pc.sched = c.sched = sched_new(NULL, NULL);
	for (unsigned d = 0; d < AMT_IDER_DRIVES; d++) {
		const struct net_image_mem_conf ic = { .bytes = bytes[d],
						       .n = sizeof bytes[d],
						       .writable =
							       d == AMT_IDER_FLOPPY && (how & 4),
						       .sched = pc.sched,
						       .delay_ms = wait % 50,
						       .broken_from = how & 8 ? 8192 : 0 };
		pc.images[d] = net_image_mem(&ic);
		c.images[d] = how & (16 << d) ? NULL : pc.images[d];
	}
	pc.x = amt_ider_new(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cur c = cur_make(span_make(data, size));

	memset(&pc, 0, sizeof pc);
	uint8_t how = cur_u8(&c);
	begin(how, cur_u8(&c));
	while (!c.bad && cur_left(&c))
		step(&c);
	pc.queued = 0;
	amt_ider_room(pc.x);
	pass_ms(SILENCE_MS);
	if (pc.ends != 1)
		abort();
	amt_ider_free(pc.x);
	for (unsigned d = 0; d < AMT_IDER_DRIVES; d++)
		net_image_free(pc.images[d]);
	sched_free(pc.sched);
	return 0;
}
