/* What MMC adds for a CD: table of contents, features, events of the medium, information on disc and
 * track. Called by the table in scsi.c. A disc has one data track in one closed session, and its
 * lead-out is where the image ends. */
#include "wire/scsi_priv.h"

#define LEAD_OUT    0xaa
#define DATA_TRACK  0x14 /* ADR 1, data, no copies */
#define PROFILE_CD  0x0008
#define CLASS_MEDIA 4
#define NO_EVENT    0x80
#define FRAMES      75
#define MSF_OFFSET  150 /* frames before block 0 */
#define MSF_MAX     (256u * 60 * FRAMES - 1)

/* ---- table of contents ---- */

static void add_address(struct out *o, uint32_t block, bool msf)
{
	if (!msf) {
		out_be32(o, block);
		return;
	}
	/* Minutes are one byte: of an image larger than 2.3 GB the last one that can be told. */
	uint32_t f = block > MSF_MAX - MSF_OFFSET ? MSF_MAX : block + MSF_OFFSET;
	out_u8(o, 0);
	out_u8(o, (uint8_t)(f / (60 * FRAMES)));
	out_u8(o, (uint8_t)(f / FRAMES % 60));
	out_u8(o, (uint8_t)(f % FRAMES));
}

static void add_track(struct out *o, uint8_t track, uint32_t block, bool msf)
{
	out_u8(o, 0);
	out_u8(o, DATA_TRACK);
	out_u8(o, track);
	out_u8(o, 0);
	add_address(o, block, msf);
}

void wire_scsi_toc(struct wire_scsi_call *c)
{
	bool msf = c->cdb[1] & 2;
	unsigned format = c->cdb[2] & 0x0f, from = c->cdb[6];
	uint8_t *p = c->a->data;
	struct out o;

	if (!format)
		format = c->cdb[9] >> 6; /* where SFF-8020 had it */
	if (format > 1 || (format == 0 && from > 1 && from != LEAD_OUT)) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, p, sizeof c->a->data);
	out_be16(&o, 0);
	out_u8(&o, 1); /* first and last: tracks, or sessions */
	out_u8(&o, 1);
	if (format == 1 || from != LEAD_OUT)
		add_track(&o, 1, 0, msf);
	if (format == 0)
		add_track(&o, LEAD_OUT, c->u->blocks, msf);
	p[1] = (uint8_t)(o.n - 2);
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 7, 2));
}

/* ---- features ---- */

/* clang-format off */
static const struct feature {
	uint16_t code;
	uint8_t version, n, data[8];
	bool persistent, of_medium;
} features[] = {
	{ 0x0000, 0, 4, { 0x00, 0x08, 0x01, 0x00 }, true, false },  /* profiles; [2]: current */
	{ 0x0001, 0, 4, { 0x00, 0x00, 0x00, 0x02 }, true, false },  /* core: ATAPI */
	{ 0x0002, 0, 4, { 0x00, 0x00, 0x00, 0x00 }, true, false },  /* morphing: events by polling */
	{ 0x0003, 0, 4, { 0x29, 0x00, 0x00, 0x00 }, true, false },  /* tray, ejects, locks */
	{ 0x0010, 0, 8, { 0x00, 0x00, 0x08, 0x00, 0x00, 0x01, 0x00, 0x00 }, false, true },
	{ 0x001e, 0, 0, { 0 },                      false, true },  /* reads CDs */
	{ 0x0100, 0, 0, { 0 },                      true, false },  /* power management */
	{ 0x0105, 0, 0, { 0 },                      true, false },  /* time-outs */
};
/* clang-format on */

static void add_feature(struct out *o, const struct feature *f, bool ready)
{
	bool current = f->persistent || ready;

	out_be16(o, f->code);
	out_u8(o, (uint8_t)(f->version << 2 | (f->persistent ? 2 : 0) | (current ? 1 : 0)));
	out_u8(o, f->n);
	out_bytes(o, span_make(f->data, f->n));
	if (f->code == 0 && !ready)
		o->p[o->n - 2] = 0;
}

void wire_scsi_configuration(struct wire_scsi_call *c)
{
	unsigned which = c->cdb[1] & 3, from = wire_scsi_be(c->cdb + 2, 2);
	bool ready = wire_scsi_ready(c->u);
	uint8_t *p = c->a->data;
	struct out o;

	if (which == 3) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, p, sizeof c->a->data);
	out_be32(&o, 0);
	out_be32(&o, ready ? PROFILE_CD : 0);
	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		const struct feature *f = &features[i];
		bool current = !f->of_medium || ready;
		if (which == 2 ? f->code != from : f->code < from || (which == 1 && !current))
			continue;
		add_feature(&o, f, ready);
	}
	p[3] = (uint8_t)(o.n - 4);
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 7, 2));
}

/* ---- events ---- */

void wire_scsi_event(struct wire_scsi_call *c)
{
	bool media = c->cdb[4] & 1u << CLASS_MEDIA;
	struct wire_scsi_unit *u = c->u;
	struct out o;

	/* Only by polling. */
	if (!(c->cdb[1] & 1)) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, c->a->data, sizeof c->a->data);
	out_be16(&o, media ? 6 : 2); /* bytes that follow */
	out_u8(&o, media ? CLASS_MEDIA : NO_EVENT);
	out_u8(&o, 1u << CLASS_MEDIA);
	if (media) {
		out_u8(&o, u->event);
		out_u8(&o, (uint8_t)((u->closed ? 0 : 1) | (wire_scsi_ready(u) ? 2 : 0)));
		out_be16(&o, 0);
		if (wire_scsi_be(c->cdb + 7, 2) > 4)
			u->event = 0;
	}
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 7, 2));
}

/* ---- disc and track ---- */

void wire_scsi_disc_info(struct wire_scsi_call *c)
{
	static const uint8_t head[] = { 0, 32, 0x0e, 1, 1, 1, 1, 0x20 };
	struct out o;

	if (c->cdb[1] & 7) {
		wire_scsi_bad_field(c);
		return;
	}
	/* Closed, one session, one track; no further session can begin anywhere. */
	out_init(&o, c->a->data, sizeof c->a->data);
	out_bytes(&o, span_make(head, sizeof head));
	out_be32(&o, 0);
	out_be32(&o, 0);
	out_be32(&o, UINT32_MAX);
	out_be32(&o, UINT32_MAX);
	for (unsigned i = 0; i < 10; i++)
		out_u8(&o, 0);
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 7, 2));
}

void wire_scsi_track_info(struct wire_scsi_call *c)
{
	unsigned by = c->cdb[1] & 3;
	uint32_t which = wire_scsi_be(c->cdb + 2, 4);
	struct out o;

	if (by == 0 ? which >= c->u->blocks : by == 3 || which != 1) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, c->a->data, sizeof c->a->data);
	out_be16(&o, 34);
	out_be16(&o, 0x0101); /* track, session */
	out_be16(&o, 0x0004); /* data track */
	out_be16(&o, 0x0100); /* mode 1 */
	out_be32(&o, 0);      /* begins */
	out_be32(&o, 0);
	out_be32(&o, 0);
	out_be32(&o, 0);
	out_be32(&o, c->u->blocks);
	out_be32(&o, 0);
	out_be32(&o, 0);
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 7, 2));
}

void wire_scsi_performance(struct wire_scsi_call *c)
{
	struct out o;

	if (c->cdb[10]) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, c->a->data, sizeof c->a->data);
	out_be32(&o, 4); /* bytes that follow: the header's, and no range is exceptional */
	out_be32(&o, 0x02000000);
	wire_scsi_give(c, &o, 8);
}

void wire_scsi_mechanism(struct wire_scsi_call *c)
{
	struct out o;

	out_init(&o, c->a->data, sizeof c->a->data);
	out_u8(&o, 0);
	out_u8(&o, c->u->closed ? 0 : 0x10);
	out_be32(&o, 0);
	out_be16(&o, 0); /* no changer */
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 8, 2));
}

/* READ CD: only what READ(10) gives, the user data of sectors of mode 1. */
void wire_scsi_read_cd(struct wire_scsi_call *c)
{
	unsigned type = c->cdb[1] >> 2 & 7, parts = c->cdb[9] & 0xfe;

	if ((parts != 0x10 && parts != 0) || (c->cdb[10] & 7)) {
		wire_scsi_bad_field(c);
		return;
	}
	if (type != 0 && type != 2) {
		wire_scsi_check(c, KEY_ILLEGAL, 0x64, 0x00);
		return;
	}
	wire_scsi_move(c, WIRE_SCSI_READ, wire_scsi_be(c->cdb + 2, 4),
		       parts ? wire_scsi_be(c->cdb + 6, 3) : 0);
}
