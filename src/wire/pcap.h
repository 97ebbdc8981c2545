/* Capture files (pcap, raw IP packets) of conversations whose bytes are known in the clear: packets that
 * Wireshark puts together again, with handshake, sequence numbers and checksums made up around them.
 * Pure. Called by engine/trace.c. */
#pragma once
#include "base/out.h"
#include "base/span.h"

/* One TCP connection. Fill in addresses and ports; the rest is kept here. */
struct wire_pcap_flow {
	bool is_v6;
	uint8_t ours[16], theirs[16]; /* 4 bytes each when it is IPv4 */
	uint16_t our_port, their_port;
	uint32_t our_seq, their_seq;
	uint16_t id;                  /* of IPv4 packets */
};
void wire_pcap_head(struct out *o);
void wire_pcap_open(struct out *o, struct wire_pcap_flow *f, bool ours_first, int64_t unix_us);
/* In as many packets as it takes; an acknowledgement from the other side behind them. */
void wire_pcap_data(struct out *o, struct wire_pcap_flow *f, bool is_ours, struct span bytes, int64_t unix_us);
void wire_pcap_close(struct out *o, struct wire_pcap_flow *f, bool is_reset, int64_t unix_us);
