/* See rfb.h. Version, security, start, then messages of the viewer; pictures are made tile by tile while
 * there is room, so that a slow line holds no frame. Like AMT it wants encoding 0 (raw) to be offered
 * and knows two pixel formats. Encoding 16 is sent as tiles in a stored block of deflate. */
#include "sim/rfb.h"
#include "base/mem.h"
#include "base/str.h"

#define VERSION      "RFB 003.008\n"
#define VERSION_SIZE 12
#define CUT_MAX      65536
#define ENCODINGS    256
#define ENC_RAW      0
#define ENC_TILE     16
#define NAME_MAX     64
#define MARK         16 /* side of the square that shows the pointer */

enum phase { PHASE_VERSION, PHASE_SECURITY, PHASE_CHALLENGE, PHASE_INIT, PHASE_RUN, PHASE_END };
enum { TO_FORMAT = 0, TO_ENCODINGS = 2, TO_UPDATE = 3, TO_KEY = 4, TO_POINTER = 5, TO_CUT = 6 };
struct rect {
	unsigned x, y, w, h;
};
struct sim_rfb {
	enum phase phase;
	char name[NAME_MAX], reason[64];
	bool login, refused, tiles;
	uint8_t challenge[16], wanted[16];
	bool asked, begun,
		changed; /* a picture is wanted; its head is sent; something moved since */
	bool full;       /* it is wanted whether something changed or not */
	struct rect want;
	unsigned at_x, at_y; /* next tile */
	struct sim_rfb_seen seen;
};

struct sim_rfb *sim_rfb_new(const char *name, bool login, const uint8_t challenge[16],
			    const uint8_t wanted[16])
{
	struct sim_rfb *f = MEM_NEW(struct sim_rfb);

	(void)str_copy(f->name, sizeof f->name, span_str(name));
	f->login = login;
	if (login) {
		memcpy(f->challenge, challenge, sizeof f->challenge);
		memcpy(f->wanted, wanted, sizeof f->wanted);
	}
	f->seen.bits = 16;
	f->seen.x = SIM_RFB_WIDTH / 2;
	f->seen.y = SIM_RFB_HEIGHT / 2;
	return f;
}

void sim_rfb_free(struct sim_rfb *f)
{
	if (f)
		mem_wipe(f, sizeof *f);
	mem_free(f);
}

const struct sim_rfb_seen *sim_rfb_seen(const struct sim_rfb *f)
{
	return &f->seen;
}

bool sim_rfb_ended(const struct sim_rfb *f)
{
	return f->phase == PHASE_END;
}

void sim_rfb_refuse(struct sim_rfb *f, const char *reason)
{
	f->refused = true;
	(void)str_copy(f->reason, sizeof f->reason, span_str(reason));
}

static void put_text(struct out *o, const char *text)
{
	out_be32(o, (uint32_t)strlen(text));
	out_str(o, text);
}

static size_t end(struct sim_rfb *f, size_t used)
{
	f->phase = PHASE_END;
	return used;
}

/* ---- the picture ---- */

/* Eight bars, a grey ramp below them, a square at the pointer, and the last key as 16 boxes of black and
 * white in the last line of tiles. */
uint32_t sim_rfb_pixel(const struct sim_rfb *f, unsigned x, unsigned y)
{
	static const uint32_t bars[] = { 0xFFFFFF, 0xFFFF00, 0x00FFFF, 0x00FF00,
					 0xFF00FF, 0xFF0000, 0x0000FF, 0x000000 };
	unsigned box = x / (SIM_RFB_WIDTH / 16);

	if (x + MARK / 2 >= f->seen.x && x < f->seen.x + MARK / 2U && y + MARK / 2 >= f->seen.y &&
	    y < f->seen.y + MARK / 2U)
		return f->seen.mask ? 0xFF0000 : 0xFFFFFF;
	if (y < SIM_RFB_HEIGHT / 2)
		return bars[x / (SIM_RFB_WIDTH / 8)];
	if (y < SIM_RFB_HEIGHT - SIM_RFB_TILE)
		return x * 255 / (SIM_RFB_WIDTH - 1) * 0x010101;
	return f->seen.last_key >> (15 - box) & 1 ? 0xFFFFFF : 0x000000;
}

static void put_pixel(const struct sim_rfb *f, struct out *o, uint32_t c)
{
	unsigned r = c >> 16 & 255, g = c >> 8 & 255, b = c & 255;

	if (f->seen.bits == 8)
		out_u8(o, (uint8_t)((r >> 5) << 5 | (g >> 5) << 2 | b >> 6));
	else
		out_le16(o, (uint16_t)((r >> 3) << 11 | (g >> 2) << 5 | b >> 3));
}

static bool one_colour(const struct sim_rfb *f, const struct rect *t)
{
	uint32_t c = sim_rfb_pixel(f, t->x, t->y);

	for (unsigned y = t->y; y < t->y + t->h; y++) {
		for (unsigned x = t->x; x < t->x + t->w; x++) {
			if (sim_rfb_pixel(f, x, y) != c)
				return false;
		}
	}
	return true;
}

static void put_pixels(const struct sim_rfb *f, struct out *o, const struct rect *t)
{
	for (unsigned y = t->y; y < t->y + t->h; y++) {
		for (unsigned x = t->x; x < t->x + t->w; x++)
			put_pixel(f, o, sim_rfb_pixel(f, x, y));
	}
}

static void put_tile(const struct sim_rfb *f, struct out *o, const struct rect *t)
{
	unsigned each = f->seen.bits / 8;

	out_be16(o, (uint16_t)t->x);
	out_be16(o, (uint16_t)t->y);
	out_be16(o, (uint16_t)t->w);
	out_be16(o, (uint16_t)t->h);
	out_be32(o, f->tiles ? ENC_TILE : ENC_RAW);
	if (!f->tiles) {
		put_pixels(f, o, t);
		return;
	}
	bool plain = one_colour(f, t);
	uint16_t n = (uint16_t)(1 + (plain ? 1 : t->w * t->h) * each);
	out_be32(o, n + 5U);
	out_u8(o, 0); /* stored, not the last block */
	out_le16(o, n);
	out_le16(o, (uint16_t)~n);
	out_u8(o, plain ? 1 : 0);
	if (plain)
		put_pixel(f, o, sim_rfb_pixel(f, t->x, t->y));
	else
		put_pixels(f, o, t);
}

static unsigned tiles_of(unsigned n)
{
	return (n + SIM_RFB_TILE - 1) / SIM_RFB_TILE;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

bool sim_rfb_more(struct sim_rfb *f, struct out *o, size_t max)
{
	const struct rect *w = &f->want;

	if (f->phase != PHASE_RUN || !f->asked || (!f->full && !f->changed && !f->begun))
		return false;
	if (!f->begun) {
		f->begun = true;
		f->changed = false;
		f->at_x = f->at_y = 0;
		out_u8(o, 0);
		out_u8(o, 0);
		out_be16(o, (uint16_t)(tiles_of(w->w) * tiles_of(w->h)));
	}
	while (f->at_y < w->h && w->w && out_len(o) < max && !o->bad) {
		struct rect t = { w->x + f->at_x, w->y + f->at_y,
				  least(SIM_RFB_TILE, w->w - f->at_x),
				  least(SIM_RFB_TILE, w->h - f->at_y) };
		put_tile(f, o, &t);
		f->at_x += SIM_RFB_TILE;
		if (f->at_x >= w->w) {
			f->at_x = 0;
			f->at_y += SIM_RFB_TILE;
		}
	}
	if (f->at_y < w->h && w->w)
		return true;
	f->asked = f->begun = f->full = false;
	f->seen.updates++;
	return false;
}

/* ---- messages ---- */

static bool format_ok(struct sim_rfb *f, const uint8_t *p)
{
	static const uint8_t rgb565[] = { 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0 };
	static const uint8_t rgb332[] = { 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 5, 2, 0 };

	/* depth and byte order of a single byte say nothing */
	bool is16 = p[0] == 16 && memcmp(p + 2, rgb565 + 2, sizeof rgb565 - 2) == 0;
	bool is8 = p[0] == 8 && p[3] && memcmp(p + 4, rgb332 + 4, sizeof rgb332 - 4) == 0;
	if (is16 || is8)
		f->seen.bits = p[0];
	return is16 || is8;
}

static size_t take_encodings(struct sim_rfb *f, struct span in)
{
	unsigned count = in.n < 4 ? 0 : (unsigned)in.p[2] << 8 | in.p[3];
	bool raw = false;

	if (in.n < 4 || (count <= ENCODINGS && in.n < 4 + (size_t)count * 4))
		return 0;
	if (count > ENCODINGS)
		return end(f, in.n);
	f->tiles = false;
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *p = in.p + 4 + (size_t)i * 4;
		uint32_t e =
			(uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
		raw = raw || e == ENC_RAW;
		f->tiles = f->tiles || (e == ENC_TILE && !raw); /* whichever comes first */
	}
	f->seen.encoding = f->tiles ? ENC_TILE : ENC_RAW;
	size_t used = 4 + (size_t)count * 4;
	return raw ? used : end(f, used);
}

static void take_request(struct sim_rfb *f, const uint8_t *p)
{
	struct rect r = { (unsigned)p[2] << 8 | p[3], (unsigned)p[4] << 8 | p[5],
			  (unsigned)p[6] << 8 | p[7], (unsigned)p[8] << 8 | p[9] };

	if (f->begun) /* its answer is on the way */
		return;
	r.x = least(r.x, SIM_RFB_WIDTH);
	r.y = least(r.y, SIM_RFB_HEIGHT);
	r.w = least(r.w, SIM_RFB_WIDTH - r.x);
	r.h = least(r.h, SIM_RFB_HEIGHT - r.y);
	f->want = r;
	f->asked = true;
	f->full = f->full || !p[1];
}

static void take_key(struct sim_rfb *f, const uint8_t *p)
{
	f->seen.keys++;
	if (!p[1])
		return;
	f->seen.last_key = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
	f->changed = true;
}

static void take_pointer(struct sim_rfb *f, const uint8_t *p)
{
	f->seen.pointers++;
	f->seen.mask = p[1];
	f->seen.x = (uint16_t)least((unsigned)p[2] << 8 | p[3], SIM_RFB_WIDTH - 1);
	f->seen.y = (uint16_t)least((unsigned)p[4] << 8 | p[5], SIM_RFB_HEIGHT - 1);
	f->changed = true;
}

/* Extensions ride in it: known by name, and taken without an answer. */
static size_t take_cut(struct sim_rfb *f, struct span in)
{
	static const char channel[] = "\0KvmDataChannel", command[] = "\0KvmExtCmd";
	uint32_t n;

	if (in.n < 8)
		return 0;
	n = (uint32_t)in.p[4] << 24 | (uint32_t)in.p[5] << 16 | (uint32_t)in.p[6] << 8 | in.p[7];
	if (n > CUT_MAX)
		return end(f, in.n);
	if (in.n - 8 < n)
		return 0;
	bool ext = (n >= sizeof channel && !memcmp(in.p + 8, channel, sizeof channel)) ||
		(n >= sizeof command && !memcmp(in.p + 8, command, sizeof command));
	f->seen.cuts += !ext;
	f->seen.extensions += ext;
	return 8 + (size_t)n;
}

static size_t take_message(struct sim_rfb *f, struct span in)
{
	static const uint8_t sizes[] = {
		[TO_FORMAT] = 20, [TO_UPDATE] = 10, [TO_KEY] = 8, [TO_POINTER] = 6
	};
	unsigned type = in.p[0];

	if (type == TO_ENCODINGS)
		return take_encodings(f, in);
	if (type == TO_CUT)
		return take_cut(f, in);
	if (type >= sizeof sizes || !sizes[type])
		return end(f, in.n);
	if (in.n < sizes[type])
		return 0;
	if (type == TO_UPDATE)
		take_request(f, in.p);
	else if (type == TO_KEY)
		take_key(f, in.p);
	else if (type == TO_POINTER)
		take_pointer(f, in.p);
	else if (!format_ok(f, in.p + 4))
		return end(f, sizes[type]);
	return sizes[type];
}

/* ---- before the picture ---- */

void sim_rfb_begin(struct sim_rfb *f, struct out *o)
{
	(void)f;
	out_str(o, VERSION);
}

static size_t take_version(struct sim_rfb *f, struct span in, struct out *o)
{
	if (in.n < VERSION_SIZE)
		return 0;
	if (memcmp(in.p, VERSION, VERSION_SIZE) != 0)
		return end(f, VERSION_SIZE);
	if (f->refused) {
		out_u8(o, 0);
		put_text(o, f->reason);
		return end(f, VERSION_SIZE);
	}
	out_u8(o, 1);
	out_u8(o, f->login ? 2 : 1);
	f->phase = PHASE_SECURITY;
	return VERSION_SIZE;
}

static size_t take_security(struct sim_rfb *f, struct span in, struct out *o)
{
	if (in.p[0] != (f->login ? 2 : 1))
		return end(f, 1);
	if (f->login) {
		out_bytes(o, span_make(f->challenge, sizeof f->challenge));
		f->phase = PHASE_CHALLENGE;
	} else {
		out_be32(o, 0);
		f->phase = PHASE_INIT;
	}
	return 1;
}

static size_t take_response(struct sim_rfb *f, struct span in, struct out *o)
{
	if (in.n < sizeof f->wanted)
		return 0;
	if (memcmp(in.p, f->wanted, sizeof f->wanted) != 0) {
		f->seen.wrong = true;
		out_be32(o, 1);
		put_text(o, "password check failed");
		return end(f, sizeof f->wanted);
	}
	out_be32(o, 0);
	f->phase = PHASE_INIT;
	return sizeof f->wanted;
}

static size_t take_init(struct sim_rfb *f, struct out *o)
{
	static const uint8_t format[16] = { 16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0 };

	out_be16(o, SIM_RFB_WIDTH);
	out_be16(o, SIM_RFB_HEIGHT);
	out_bytes(o, span_make(format, sizeof format));
	put_text(o, f->name);
	f->seen.shows = true;
	f->phase = PHASE_RUN;
	return 1;
}

size_t sim_rfb_take(struct sim_rfb *f, struct span in, struct out *o)
{
	size_t all = 0, used = 1;

	while (in.n > 0 && used > 0) {
		switch (f->phase) {
		case PHASE_VERSION:
			used = take_version(f, in, o);
			break;
		case PHASE_SECURITY:
			used = take_security(f, in, o);
			break;
		case PHASE_CHALLENGE:
			used = take_response(f, in, o);
			break;
		case PHASE_INIT:
			used = take_init(f, o);
			break;
		case PHASE_RUN:
			used = take_message(f, in);
			break;
		case PHASE_END:
			return all + in.n;
		}
		all += used;
		in = span_make(in.p + used, in.n - used);
	}
	return all;
}

void sim_rfb_say_reason(const struct sim_rfb *f, const char *reason, struct out *o)
{
	if (f->phase != PHASE_RUN || f->begun)
		return; /* in the middle of a picture there is no place for it */
	out_be32(o, (uint32_t)3 << 24);
	put_text(o, reason);
}
