/* MAC addresses of machines on our own networks, as the kernel has learned them. For discover: a PC keeps
 * its MAC address when it gets another IP address. Sends nothing. */
#pragma once
#include "base/span.h"
#include <stdbool.h>

#define NET_MAC_SIZE 18 /* "00:11:22:33:44:55" */

/* False: it is no neighbour, or nobody has talked to it for a while. */
bool net_neighbor_mac(uint32_t ip, char out_mac[NET_MAC_SIZE]);
/* The same in a table of the form of /proc/net/arp. */
bool net_neighbor_find(struct span table, uint32_t ip, char out_mac[NET_MAC_SIZE]);
