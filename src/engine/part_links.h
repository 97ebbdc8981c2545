/* What joins a PC to its network, a cable or radio, as its two ports tell; and whether it would be out of
 * reach without one of them. Pure. For the parts that can turn one off (part_wifi.c, part_ethernet.c). */
#pragma once
#include "engine/part.h"

#define ENGINE_LINKS_CLASS "AMT_EthernetPortSettings"
#define ENGINE_LINKS_CABLE "Intel(r) AMT Ethernet Port Settings 0"
#define ENGINE_LINKS_RADIO "Intel(r) AMT Ethernet Port Settings 1"

/* "cable", "radio" or "both", for the record; NULL: neither is up. Ports that it did not tell are NULL. */
const char *engine_part_links_word(const struct engine_part_reply *cable, const struct engine_part_reply *radio);
/* Why the PC would be out of reach without radio (else: without the cable); NULL: it would not. */
const char *engine_part_links_dark(const struct engine_part_in *in, struct arena *a,
				   const struct engine_part_reply *cable, const struct engine_part_reply *radio,
				   bool without_radio);
/* The profile turns that port off: its group "wifi", its group "ethernet". */
bool engine_part_links_no_radio(const struct engine_node *wifi);
bool engine_part_links_no_cable(const struct engine_node *ethernet);
