/* INQUIRY and MODE SENSE of the SCSI target: what a drive says of itself. Called by the table in
 * scsi.c. Lengths in headers say what there is; what leaves is cut to the allocation length. Nothing
 * here can be changed by the host: MODE SELECT is not offered, and the mask of changeable values is
 * all zeros. */
#include "wire/scsi_priv.h"

#define TYPE_CD        0x05
#define TYPE_DISK      0x00
#define PAGE_ALL       0x3f
#define PC_CHANGEABLE  1
#define PC_SAVED       3
#define MEDIUM_CD      0x01 /* 120 mm, data */
#define MEDIUM_1440    0x24
#define MEDIUM_LS120   0x31
#define FLOPPY_SECTORS 0xb40 /* 1.44 MB; what is larger plays an LS-120 */
#define INQUIRY_BYTES  36

void wire_scsi_inquiry(struct wire_scsi_call *c)
{
	bool cd = c->u->kind == WIRE_SCSI_CD;
	struct out o;

	/* No vital product data. */
	if ((c->cdb[1] & 1) || c->cdb[2]) {
		wire_scsi_bad_field(c);
		return;
	}
	out_init(&o, c->a->data, sizeof c->a->data);
	out_u8(&o, cd ? TYPE_CD : TYPE_DISK);
	out_u8(&o, 0x80); /* removable */
	out_u8(&o, 0x00);
	out_u8(&o, 0x21); /* ATAPI, response format 1 */
	out_u8(&o, INQUIRY_BYTES - 5);
	out_bytes(&o, span_make("\0\0\0", 3));
	out_str(&o, "OUTBAND ");
	out_str(&o, cd ? "Virtual CD      " : "Virtual Floppy  ");
	out_str(&o, "1.00");
	wire_scsi_give(c, &o, wire_scsi_be(c->cdb + 3, 2));
}

/* ---- pages ---- */

static bool is_ls120(const struct wire_scsi_unit *u)
{
	return u->blocks > FLOPPY_SECTORS;
}

static uint8_t medium_type(const struct wire_scsi_unit *u)
{
	if (!wire_scsi_ready(u))
		return u->kind == WIRE_SCSI_CD ? 0x70 : 0x00;
	if (u->kind == WIRE_SCSI_CD)
		return MEDIUM_CD;
	return is_ls120(u) ? MEDIUM_LS120 : MEDIUM_1440;
}

/* Head of a page and zeros for its content, which the caller fills in. */
static uint8_t *add_page(struct out *o, uint8_t page, uint8_t n)
{
	uint8_t *at = o->p + o->n + 2;

	out_u8(o, page);
	out_u8(o, n);
	for (unsigned i = 0; i < n; i++)
		out_u8(o, 0);
	return at;
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void page_recovery(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	bool cd = u->kind == WIRE_SCSI_CD;
	uint8_t *p = add_page(o, 0x01, cd ? 6 : 10);

	if (values)
		p[1] = cd ? 0xff : 0x01; /* retries of a read */
	if (values && !cd)
		p[6] = 0x02; /* of a write */
}

static void page_format(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	uint8_t *p = add_page(o, 0x03, 0x16);

	if (!values)
		return;
	put16(p, is_ls120(u) ? 1 : 0xa0);        /* tracks of a zone */
	put16(p + 8, is_ls120(u) ? 0x20 : 0x12); /* sectors of a track */
	put16(p + 10, WIRE_SCSI_FD_BLOCK);
	p[18] = 0xa0; /* soft sectors, removable */
}

static void page_flexible(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	unsigned heads = is_ls120(u) ? 8 : 2, sectors = is_ls120(u) ? 0x20 : 0x12;
	uint8_t *p = add_page(o, 0x05, 0x1e);
	uint32_t cylinders = u->blocks ? (u->blocks + heads * sectors - 1) / (heads * sectors) : 80;

	if (!values)
		return;
	put16(p, is_ls120(u) ? 0x10a9 : 0x01f4); /* kbit/s */
	p[2] = (uint8_t)heads;
	p[3] = (uint8_t)sectors;
	put16(p + 4, WIRE_SCSI_FD_BLOCK);
	put16(p + 6, cylinders < 0xffff ? cylinders : 0xffff);
	put16(p + 26, is_ls120(u) ? 720 : 300); /* turns a minute */
}

static void page_caching(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	(void)u;
	(void)values;
	(void)add_page(o, 0x08, 0x0a); /* no cache of writes */
}

static void page_medium_types(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	uint8_t *p = add_page(o, 0x0b, 0x06);

	(void)u;
	if (!values)
		return;
	p[3] = 0x11; /* 720 kB, and what else a drive of this kind takes */
	p[4] = MEDIUM_1440;
	p[5] = MEDIUM_LS120;
}

static void page_power(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	(void)u;
	(void)values;
	(void)add_page(o, 0x1a, 0x0a);
}

static void page_timeout(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	(void)u;
	(void)values;
	(void)add_page(o, 0x1d, 0x0a);
}

static void page_capabilities(struct out *o, const struct wire_scsi_unit *u, bool values)
{
	uint8_t *p = add_page(o, 0x2a, 0x18);

	if (!values)
		return;
	/* A tray that ejects and can be locked; it says whether it is. */
	p[4] = (uint8_t)(0x29 | (u->locked ? 0x02 : 0));
	put16(p + 6, 0x1b90); /* kB/s, 40 x */
	put16(p + 10, 128);   /* kB of buffer */
	put16(p + 12, 0x1b90);
}

static const struct page {
	uint8_t code;
	enum wire_scsi_kind kind;
	void (*add)(struct out *o, const struct wire_scsi_unit *u, bool values);
} pages[] = {
	{ 0x01, WIRE_SCSI_CD, page_recovery },         { 0x1a, WIRE_SCSI_CD, page_power },
	{ 0x1d, WIRE_SCSI_CD, page_timeout },          { 0x2a, WIRE_SCSI_CD, page_capabilities },
	{ 0x01, WIRE_SCSI_FLOPPY, page_recovery },     { 0x03, WIRE_SCSI_FLOPPY, page_format },
	{ 0x05, WIRE_SCSI_FLOPPY, page_flexible },     { 0x08, WIRE_SCSI_FLOPPY, page_caching },
	{ 0x0b, WIRE_SCSI_FLOPPY, page_medium_types },
};

static bool add_pages(struct wire_scsi_call *c, struct out *o)
{
	unsigned control = c->cdb[2] >> 6, code = c->cdb[2] & 0x3f;
	bool found = false;

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (pages[i].kind != c->u->kind || (code != PAGE_ALL && code != pages[i].code))
			continue;
		pages[i].add(o, c->u, control != PC_CHANGEABLE);
		found = true;
	}
	return found;
}

/* head: bytes of the header, 4 or 8; its length field does not count itself. */
static void mode_sense(struct wire_scsi_call *c, size_t head, uint32_t allocated)
{
	/* 0xff: pages and subpages, of which there are none but pages. */
	bool subpage = c->cdb[3] && c->cdb[3] != 0xff;
	uint8_t *p = c->a->data;
	struct out o;

	if (c->cdb[2] >> 6 == PC_SAVED) {
		wire_scsi_check(c, KEY_ILLEGAL, 0x39, 0x00);
		return;
	}
	out_init(&o, p, sizeof c->a->data);
	for (size_t i = 0; i < head; i++)
		out_u8(&o, 0);
	if (subpage || !add_pages(c, &o)) {
		wire_scsi_bad_field(c);
		return;
	}
	bool write_protected = c->u->kind == WIRE_SCSI_FLOPPY && !c->u->writable;
	if (head == 4)
		p[0] = (uint8_t)(o.n - 1);
	else
		put16(p, (unsigned)o.n - 2);
	p[head / 4] = medium_type(c->u);
	p[head / 4 + 1] = write_protected ? 0x80 : 0;
	wire_scsi_give(c, &o, allocated);
}

void wire_scsi_mode_sense6(struct wire_scsi_call *c)
{
	mode_sense(c, 4, c->cdb[4]);
}

void wire_scsi_mode_sense10(struct wire_scsi_call *c)
{
	mode_sense(c, 8, wire_scsi_be(c->cdb + 7, 2));
}
