/* Between part_defense.c, which compares and changes, and part_defense_keys.c, which knows what a profile may say. */
#pragma once
#include "engine/part.h"

/* part_defense_keys.c: members of struct engine_part */
extern const struct engine_key engine_part_defense_keys[];
const struct engine_node *engine_part_defense_check(const struct engine_node *want, char *out_what, size_t cap);

/* A filter of IP packets, and not of Ethernet frames. */
bool engine_part_defense_is_ip(const struct engine_node *filter);
