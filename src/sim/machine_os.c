/* The prompt of the virtual PC: echoes what is typed and knows a few commands, among them two that
 * prove a line: send gives bytes with their SHA-256, recv takes bytes and tells theirs. Pure. */
#include "sim/machine_state_priv.h"
#include "base/mem.h"
#include "base/out.h"
#include "base/str.h"

#define SEND_MAX  ((uint64_t)1 << 40)
#define BLOCK     8192
#define CTRL_C    3
#define BACKSPACE 8
#define DELETE    0x7f

static void prompt(struct sim_machine *m)
{
	m->text_n = 0;
	sim_pc_say_fmt(m, "%s:~# ", m->name);
}

void sim_pc_os_enter(struct sim_machine *m)
{
	sim_pc_go(m, MACHINE_OS, -1);
	sim_pc_say(m, "\r\nvirtual system 1.0; help lists what it knows\r\n");
	prompt(m);
}

static void drop_transfer(struct sim_machine *m)
{
	m->sending = m->receiving = 0;
	hash_run_end(m->hash, NULL);
	m->hash = NULL;
}

void sim_pc_os_leave(struct sim_machine *m)
{
	drop_transfer(m);
}

static void say_digest(struct sim_machine *m, const char *what)
{
	uint8_t digest[HASH_MAX_SIZE];
	char text[65];
	struct out o;

	hash_run_end(m->hash, digest);
	m->hash = NULL;
	out_init(&o, text, sizeof text);
	out_hex(&o, span_make(digest, 32));
	sim_pc_say_fmt(m, "\r\n%s %llu bytes, sha256 %s\r\n", what, (unsigned long long)m->total,
		       text);
	prompt(m);
}

/* ---- commands ---- */

static void cmd_help(struct sim_machine *m, struct span arg);

static void cmd_echo(struct sim_machine *m, struct span arg)
{
	sim_pc_say_fmt(m, "%.*s\r\n", (int)arg.n, (const char *)arg.p);
}

static void cmd_uptime(struct sim_machine *m, struct span arg)
{
	(void)arg;
	sim_pc_say_fmt(m, "up %lld s\r\n", (long long)(m->now_ms - m->started_ms) / 1000);
}

static void cmd_uname(struct sim_machine *m, struct span arg)
{
	(void)arg;
	sim_pc_say_fmt(m, "virtual system 1.0 %s, AMT %s\r\n", m->name, m->firmware);
}

static void cmd_clear(struct sim_machine *m, struct span arg)
{
	(void)arg;
	sim_pc_say(m, "\033[2J\033[H");
}

static bool take_count(struct sim_machine *m, struct span arg)
{
	if (str_to_u64(arg, 1, SEND_MAX, &m->total, NULL)) {
		m->hash = hash_run_new(HASH_SHA256);
		return true;
	}
	sim_pc_say(m, "how many bytes?\r\n");
	return false;
}

static void cmd_send(struct sim_machine *m, struct span arg)
{
	if (!take_count(m, arg))
		return;
	m->sending = m->total;
	m->random = 0x9e3779b97f4a7c15ULL;
	sim_pc_say(m, "begin\r\n");
}

static void cmd_recv(struct sim_machine *m, struct span arg)
{
	if (!take_count(m, arg))
		return;
	m->receiving = m->total;
	sim_pc_say(m, "ready\r\n");
}

static void cmd_reboot(struct sim_machine *m, struct span arg)
{
	(void)arg;
	sim_pc_say(m, "system goes down for a restart\r\n");
	m->wish = MACHINE_REBOOT;
}

static void cmd_poweroff(struct sim_machine *m, struct span arg)
{
	(void)arg;
	sim_pc_say(m, "system halts\r\n");
	m->wish = MACHINE_POWER_OFF;
}

static const struct {
	const char *name, *args, *text;
	void (*run)(struct sim_machine *m, struct span arg);
} commands[] = {
	{ "help", "", "this list", cmd_help },
	{ "echo", " TEXT", "says the text", cmd_echo },
	{ "uname", "", "what runs here", cmd_uname },
	{ "uptime", "", "since when", cmd_uptime },
	{ "clear", "", "clears the screen", cmd_clear },
	{ "send", " N", "gives N bytes of text and their SHA-256", cmd_send },
	{ "recv", " N", "takes N bytes and tells their SHA-256", cmd_recv },
	{ "reboot", "", "restarts", cmd_reboot },
	{ "poweroff", "", "switches the PC off", cmd_poweroff },
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void cmd_help(struct sim_machine *m, struct span arg)
{
	(void)arg;
	for (size_t i = 0; i < COMMANDS; i++)
		sim_pc_say_fmt(m, "  %s%s: %s\r\n", commands[i].name, commands[i].args,
			       commands[i].text);
}

static void run(struct sim_machine *m, struct span text)
{
	size_t n = span_find(text, ' ');
	struct span name = span_make(text.p, n), arg = { NULL, 0 };

	if (n < text.n)
		arg = span_trim(span_make(text.p + n, text.n - n));
	for (size_t i = 0; i < COMMANDS; i++) {
		if (span_eq_str(name, commands[i].name)) {
			commands[i].run(m, arg);
			return;
		}
	}
	if (name.n)
		sim_pc_say_fmt(m, "%.*s: not found\r\n", (int)name.n, (const char *)name.p);
}

/* ---- typing ---- */

static void enter(struct sim_machine *m)
{
	struct span text = span_trim(span_make(m->text, m->text_n));

	sim_pc_say(m, "\r\n");
	run(m, text);
	m->text_n = 0;
	if (!m->sending && !m->receiving && m->wish == MACHINE_NONE)
		prompt(m);
}

static void type(struct sim_machine *m, uint8_t c)
{
	if (c == '\r' || c == '\n') {
		enter(m);
	} else if (c == CTRL_C) {
		sim_pc_say(m, "^C\r\n");
		prompt(m);
	} else if ((c == BACKSPACE || c == DELETE) && m->text_n > 0) {
		m->text_n--;
		sim_pc_say(m, "\b \b");
	} else if (c >= ' ' && c != DELETE && m->text_n < sizeof m->text) {
		m->text[m->text_n++] = (char)c;
		(void)buf_add(&m->out, span_make(&c, 1));
	}
}

static size_t receive(struct sim_machine *m, struct span in)
{
	size_t n = m->receiving < in.n ? (size_t)m->receiving : in.n;

	hash_run_add(m->hash, span_make(in.p, n));
	m->receiving -= n;
	if (m->receiving == 0)
		say_digest(m, "received");
	return n;
}

size_t sim_pc_os_input(struct sim_machine *m, struct span in)
{
	size_t at = 0;

	while (at < in.n && m->out.n < MACHINE_OUT_WAITS && m->wish == MACHINE_NONE) {
		if (m->receiving) {
			at += receive(m, span_make(in.p + at, in.n - at));
		} else if (m->sending) {
			if (in.p[at++] == CTRL_C) {
				drop_transfer(m);
				type(m, CTRL_C);
			}
		} else {
			type(m, in.p[at++]);
		}
	}
	return at;
}

/* ---- sending ---- */

static void make_block(struct sim_machine *m, uint8_t *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++) {
		if (i % 10 == 0) {
			m->random ^= m->random << 13;
			m->random ^= m->random >> 7;
			m->random ^= m->random << 17;
			x = m->random;
		}
		p[i] = (uint8_t)digits[x & 63];
		x >>= 6;
	}
}

void sim_pc_os_more(struct sim_machine *m)
{
	uint8_t block[BLOCK];

	while (m->sending && m->out.n < MACHINE_OUT_WAITS) {
		size_t n = m->sending < BLOCK ? (size_t)m->sending : BLOCK;
		make_block(m, block, n);
		hash_run_add(m->hash, span_make(block, n));
		(void)buf_add(&m->out, span_make(block, n));
		m->sending -= n;
		if (m->sending == 0)
			say_digest(m, "sent");
	}
}
