/* See pcap.h: file format of libpcap 2.4 in little-endian order, IPv4, IPv6 and TCP headers. */
#include "wire/pcap.h"

#include <string.h>

#define MAGIC_US     0xa1b2c3d4u
#define LINK_RAW     101
#define SNAP_MAX     262144
#define SEGMENT_MAX  16000
#define IP4_BYTES    20
#define IP6_BYTES    40
#define TCP_BYTES    20
#define PROTOCOL_TCP 6
#define WINDOW       65535
#define US_PER_S     1000000

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

void wire_pcap_head(struct out *o)
{
	out_le32(o, MAGIC_US);
	out_le16(o, 2);
	out_le16(o, 4);
	out_le32(o, 0);
	out_le32(o, 0);
	out_le32(o, SNAP_MAX);
	out_le32(o, LINK_RAW);
}

static uint32_t add_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* Header of the network, before n bytes; how long it is. */
static size_t fill_ip(uint8_t *p, struct wire_pcap_flow *f, const uint8_t *from, const uint8_t *to,
		      size_t n)
{
	if (f->is_v6) {
		p[0] = 0x60;
		put16(p + 4, (uint32_t)n);
		p[6] = PROTOCOL_TCP;
		p[7] = 64;
		memcpy(p + 8, from, 16);
		memcpy(p + 24, to, 16);
		return IP6_BYTES;
	}
	p[0] = 0x45;
	put16(p + 2, (uint32_t)(n + IP4_BYTES));
	put16(p + 4, f->id++);
	p[6] = 0x40; /* not to be cut into fragments */
	p[8] = 64;
	p[9] = PROTOCOL_TCP;
	memcpy(p + 12, from, 4);
	memcpy(p + 16, to, 4);
	put16(p + 10, ~add_sum(0, p, IP4_BYTES) & 0xffff);
	return IP4_BYTES;
}

static void packet(struct out *o, struct wire_pcap_flow *f, bool is_ours, unsigned flags,
		   struct span data, int64_t unix_us)
{
	uint8_t h[IP6_BYTES + TCP_BYTES] = { 0 }, pseudo[4] = { 0, PROTOCOL_TCP };
	const uint8_t *from = is_ours ? f->ours : f->theirs, *to = is_ours ? f->theirs : f->ours;
	size_t width = f->is_v6 ? 16 : 4, tcp = TCP_BYTES + data.n;
	uint32_t *seq = is_ours ? &f->our_seq : &f->their_seq;
	uint32_t ack = is_ours ? f->their_seq : f->our_seq;
	size_t n = fill_ip(h, f, from, to, tcp);
	uint8_t *t = h + n;
	put16(t, is_ours ? f->our_port : f->their_port);
	put16(t + 2, is_ours ? f->their_port : f->our_port);
	put32(t + 4, *seq);
	put32(t + 8, flags & ACK ? ack : 0);
	t[12] = TCP_BYTES / 4 << 4;
	t[13] = (uint8_t)flags;
	put16(t + 14, WINDOW);
	put16(pseudo + 2, (uint32_t)tcp);
	uint32_t sum = add_sum(add_sum(add_sum(0, from, width), to, width), pseudo, 4);
	sum = add_sum(add_sum(sum, t, TCP_BYTES), data.p, data.n);
	put16(t + 16, ~sum & 0xffff);
	out_le32(o, (uint32_t)(unix_us / US_PER_S));
	out_le32(o, (uint32_t)(unix_us % US_PER_S));
	out_le32(o, (uint32_t)(n + tcp));
	out_le32(o, (uint32_t)(n + tcp));
	out_bytes(o, span_make(h, n + TCP_BYTES));
	out_bytes(o, data);
	*seq += (uint32_t)data.n + ((flags & (SYN | FIN)) != 0);
}

#define NOTHING ((struct span){ NULL, 0 })

void wire_pcap_open(struct out *o, struct wire_pcap_flow *f, bool ours_first, int64_t unix_us)
{
	f->our_seq = f->their_seq = 0;
	packet(o, f, ours_first, SYN, NOTHING, unix_us);
	packet(o, f, !ours_first, SYN | ACK, NOTHING, unix_us);
	packet(o, f, ours_first, ACK, NOTHING, unix_us);
}

void wire_pcap_data(struct out *o, struct wire_pcap_flow *f, bool is_ours, struct span bytes,
		    int64_t unix_us)
{
	while (bytes.n) {
		size_t n = bytes.n < SEGMENT_MAX ? bytes.n : SEGMENT_MAX;
		packet(o, f, is_ours, n == bytes.n ? PSH | ACK : ACK, span_make(bytes.p, n),
		       unix_us);
		bytes = span_make(bytes.p + n, bytes.n - n);
	}
	packet(o, f, !is_ours, ACK, NOTHING, unix_us);
}

void wire_pcap_close(struct out *o, struct wire_pcap_flow *f, bool is_reset, int64_t unix_us)
{
	if (is_reset) {
		packet(o, f, false, RST | ACK, NOTHING, unix_us);
		return;
	}
	packet(o, f, true, FIN | ACK, NOTHING, unix_us);
	packet(o, f, false, FIN | ACK, NOTHING, unix_us);
	packet(o, f, true, ACK, NOTHING, unix_us);
}
