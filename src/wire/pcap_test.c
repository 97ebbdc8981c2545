/* Tests of capture files: sizes, checksums, sequence numbers. tests/system/0210-trace.t lets tshark
 * read one. */
#include "wire/pcap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	const uint8_t *ip, *tcp, *data;
	size_t ip_n, n;
	uint32_t seq, ack, s, us;
	unsigned flags;
	bool ours;
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

static uint32_t sum16(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)p[i] << (i % 2 ? 0 : 8);
	return sum;
}

/* Reads the file as RFC 791, 2460 and 793 say; fails on a wrong checksum. */
static unsigned read_file(struct span f, struct seen *out, unsigned max)
{
	unsigned count = 0;
	assert_true(f.n >= 24);
	assert_int_equal(le32(f.p), 0xa1b2c3d4u);
	assert_int_equal(le32(f.p + 20), 101);
	for (size_t at = 24; at < f.n;) {
		struct seen *s = &out[count++];
		assert_true(count <= max && at + 16 <= f.n);
		s->s = le32(f.p + at);
		s->us = le32(f.p + at + 4);
		size_t n = le32(f.p + at + 8);
		assert_int_equal(n, le32(f.p + at + 12));
		s->ip = f.p + at + 16;
		at += 16 + n;
		assert_true(at <= f.n);
		bool v6 = s->ip[0] >> 4 == 6;
		s->ip_n = v6 ? 40 : 20;
		assert_int_equal(v6 ? be32(s->ip + 4) >> 16 : (be32(s->ip) & 0xffff) - 20,
				 n - s->ip_n);
		s->tcp = s->ip + s->ip_n;
		s->data = s->tcp + 20;
		s->n = n - s->ip_n - 20;
		s->seq = be32(s->tcp + 4);
		s->ack = be32(s->tcp + 8);
		s->flags = s->tcp[13];
		s->ours = (s->tcp[0] << 8 | s->tcp[1]) == 40000;
		uint32_t sum =
			sum16(6 + (uint32_t)(n - s->ip_n), s->ip + (v6 ? 8 : 12), v6 ? 32 : 8);
		sum = sum16(sum, s->tcp, n - s->ip_n);
		while (sum >> 16)
			sum = (sum & 0xffff) + (sum >> 16);
		assert_int_equal(sum, 0xffff);
		sum = v6 ? 0xffff : sum16(0, s->ip, 20);
		while (sum >> 16)
			sum = (sum & 0xffff) + (sum >> 16);
		assert_int_equal(sum, 0xffff);
	}
	return count;
}

static void one_conversation(void **state)
{
	(void)state;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct wire_pcap_flow f = { .is_v6 = v6,
					    .ours = { 192, 0, 2, 1 },
					    .theirs = { 10, 0, 0, 7 },
					    .our_port = 40000,
					    .their_port = 16992 };
		static uint8_t big[40001];
		static struct seen s[32];
		struct buf b;
		struct out o;
		memset(big, 'x', sizeof big);
		buf_init(&b, 1 << 20);
		out_init_buf(&o, &b);
		wire_pcap_head(&o);
		wire_pcap_open(&o, &f, true, 1700000000123456);
		wire_pcap_data(&o, &f, true, span_str("GET / HTTP/1.1\r\n\r\n"), 1700000000200000);
		wire_pcap_data(&o, &f, false, span_make(big, sizeof big), 1700000001000000);
		wire_pcap_close(&o, &f, false, 1700000002000000);
		assert_false(o.bad);
		unsigned n = read_file(buf_span(&b), s, 32);
		assert_int_equal(n, 3 + 2 + 4 + 3);
		assert_int_equal(s[0].flags, 2);
		assert_int_equal(s[0].s, 1700000000);
		assert_int_equal(s[0].us, 123456);
		assert_true(s[0].ours && !s[1].ours);
		assert_int_equal(s[3].seq, 1);
		assert_int_equal(s[3].n, 18);
		assert_memory_equal(s[3].data, "GET / ", 6);
		assert_int_equal(s[4].ack, 19);
		assert_int_equal(s[5].n, 16000);
		assert_int_equal(s[6].seq, 16001);
		assert_int_equal(s[7].n, 8001);
		assert_int_equal(s[8].ack, 40002);
		assert_int_equal(s[9].flags, 17);
		assert_int_equal(s[11].seq, 20);
		assert_int_equal(s[11].ack, 40003);
		buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_conversation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
