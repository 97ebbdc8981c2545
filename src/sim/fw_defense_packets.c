/* See fw_defense_priv.h. What a quiet system does on its network: neighbours ask for addresses, a monitor pings
 * it, it renews its lease, asks names and the time, and one program talks to its server. Each by the clock,
 * so that the same minutes always have the same packets. The ports of AMT are exempt from filters, and are not
 * among them. The schedule is a guess; nothing but its counters depends on it. */
#include "base/str.h"
#include "sim/dev_priv.h"
#include "sim/fw_defense_priv.h"

#define ETHER_IP  0x0800
#define ETHER_ARP 0x0806
#define ICMP      1
#define TCP       6
#define UDP       17
#define BROADCAST 0xffffffffu

enum who { NOBODY, SELF, GATEWAY, ALL };

/* Every so many seconds, that many behind the full multiple. */
static const struct traffic {
	unsigned every_s, at_s;
	bool received;
	uint16_t ethertype;
	uint8_t protocol;
	enum who from, to;
	uint16_t from_port, to_port;
} traffic[] = {
	{ 5, 3, true, ETHER_ARP, 0, NOBODY, NOBODY, 0, 0 },
	{ 60, 7, false, ETHER_ARP, 0, NOBODY, NOBODY, 0, 0 },
	{ 30, 11, true, ETHER_IP, ICMP, GATEWAY, SELF, 0, 0 },
	{ 30, 11, false, ETHER_IP, ICMP, SELF, GATEWAY, 0, 0 },
	{ 300, 45, false, ETHER_IP, UDP, SELF, ALL, 68, 67 },
	{ 300, 45, true, ETHER_IP, UDP, GATEWAY, SELF, 67, 68 },
	{ 64, 20, false, ETHER_IP, UDP, SELF, GATEWAY, 123, 123 },
	{ 64, 20, true, ETHER_IP, UDP, GATEWAY, SELF, 123, 123 },
	{ 120, 90, false, ETHER_IP, UDP, SELF, GATEWAY, 49152, 53 },
	{ 120, 90, true, ETHER_IP, UDP, GATEWAY, SELF, 53, 49152 },
	{ 45, 30, false, ETHER_IP, TCP, SELF, NOBODY, 49160, 443 },
	{ 45, 30, true, ETHER_IP, TCP, NOBODY, SELF, 443, 49160 },
};

/* ---- does it match? ---- */

static bool number(const struct sim_record *r, const char *name, uint32_t *out_v)
{
	const char *text = sim_record_get(r, name);

	return text && str_to_u32(span_str(text), 0, UINT32_MAX, out_v, NULL);
}

static bool dotted(const char *text, uint32_t *out_ip)
{
	struct span left = span_str(text);
	uint32_t part;

	*out_ip = 0;
	for (int i = 0; i < 4; i++) {
		size_t n = span_find(left, '.');
		if ((i < 3) != (n < left.n) ||
		    !str_to_u32(span_make(left.p, n), 0, 255, &part, NULL))
			return false;
		*out_ip = *out_ip << 8 | part;
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
	return true;
}

static bool address(const struct sim_record *r, const char *name, uint32_t *out_ip)
{
	const char *text = sim_record_get(r, name);
	uint8_t b[4];
	size_t n;

	if (!text || !*text)
		return false;
	if (dotted(text, out_ip))
		return true;
	if (!hex_decode(span_str(text), b, sizeof b, &n) || n != sizeof b)
		return false;
	*out_ip = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	return true;
}

static bool address_fits(const struct sim_record *r, const char *first, const char *last,
			 const char *mask, uint32_t ip)
{
	uint32_t from, to, bits = UINT32_MAX;

	if (!address(r, first, &from))
		return true;
	if (address(r, last, &to))
		return ip >= from && ip <= to;
	(void)address(r, mask, &bits);
	return (ip & bits) == (from & bits);
}

static bool port_fits(const struct sim_record *r, const char *first, const char *last,
		      const struct sim_packet *p, uint16_t port)
{
	uint32_t from, to;

	if (!number(r, first, &from))
		return true;
	if (!number(r, last, &to))
		to = from;
	return (p->protocol == TCP || p->protocol == UDP) && port >= from && port <= to;
}

static bool is_ip_filter(const struct sim_record *r)
{
	return str_eq(r->cls, "AMT_IPHeadersFilter");
}

static bool fits(const struct sim_record *r, const struct sim_packet *p)
{
	uint32_t v;

	if (!is_ip_filter(r)) /* frames of a VLAN come never: the port is in none */
		return (!number(r, "HdrProtocolID8021", &v) || v == p->ethertype) &&
			(!number(r, "HdrVLANID8021", &v) || v == 0);
	if (p->ethertype != ETHER_IP || (number(r, "HdrIPVersion", &v) && v != 4))
		return false;
	return (!number(r, "HdrProtocolID", &v) || v == p->protocol) &&
		address_fits(r, "HdrSrcAddress", "HdrSrcAddressEndOfRange", "HdrSrcMask",
			     p->from) &&
		address_fits(r, "HdrDestAddress", "HdrDestAddressEndOfRange", "HdrDestMask",
			     p->to) &&
		port_fits(r, "HdrSrcPortStart", "HdrSrcPortEnd", p, p->from_port) &&
		port_fits(r, "HdrDestPortStart", "HdrDestPortEnd", p, p->to_port);
}

bool sim_defense_matches(const struct sim_record *filter, const struct sim_packet *p)
{
	const char *not = sim_record_get(filter, "IsNegated");
	uint32_t direction = 0;

	(void)number(filter, "FilterDirection", &direction);
	return (direction == 1) == p->received && fits(filter, p) != (not &&str_eq(not, "true"));
}

/* ---- how often ---- */

static uint32_t ip_of(const struct sim_dev *d, enum who w)
{
	uint32_t ip = 0;

	if (w == ALL)
		return BROADCAST;
	if (w != NOBODY)
		(void)dotted(sim_var_active(d, w == SELF ? SIM_VAR_IP : SIM_VAR_GATEWAY), &ip);
	return ip;
}

static int64_t beats(const struct traffic *t, int64_t unix_ms)
{
	int64_t s = unix_ms / 1000 - t->at_s;

	return s < 0 ? 0 : s / t->every_s + 1;
}

uint64_t sim_defense_packets(const struct sim_dev *d, const struct sim_record *filter,
			     int64_t from_unix_ms, int64_t to_unix_ms)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof traffic / sizeof *traffic; i++) {
		const struct traffic *t = &traffic[i];
		const struct sim_packet p = {
			t->received,     t->ethertype, t->protocol, ip_of(d, t->from),
			ip_of(d, t->to), t->from_port, t->to_port,
		};
		if (to_unix_ms > from_unix_ms && sim_defense_matches(filter, &p))
			sum += (uint64_t)(beats(t, to_unix_ms) - beats(t, from_unix_ms));
	}
	return sum;
}
