/* Between fw_defense.c, which keeps filters, policies and counters, and fw_defense_packets.c, which knows what
 * the system of the virtual PC sends and gets. */
#pragma once
#include "sim/dev_record_priv.h"

struct sim_dev;
struct sim_packet {
	bool received;
	uint16_t ethertype; /* 0x0800 IP, 0x0806 ARP */
	uint8_t protocol;   /* of IP */
	uint32_t from, to;  /* 0: not known */
	uint16_t from_port, to_port;
};
/* Pure. A member that the filter does not have matches all; addresses as dotted or as eight hex digits. */
bool sim_defense_matches(const struct sim_record *filter, const struct sim_packet *p);
/* How many packets of a system that runs the filter matches, after from and until to. */
uint64_t sim_defense_packets(const struct sim_dev *d, const struct sim_record *filter, int64_t from_unix_ms,
			     int64_t to_unix_ms);
/* fw_defense.c: counts the traffic since the last time, before power or what decides about packets changes. */
void sim_defense_catch_up(struct sim_dev *d, int64_t now_unix_ms);
