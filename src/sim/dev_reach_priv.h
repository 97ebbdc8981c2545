/* How a virtual device is reached (dev_reach.c), for its services. */
#pragma once
#include "sim/dev_priv.h"

bool sim_dev_is_joined(const struct sim_dev *d, enum sim_link by);
bool sim_dev_is_tunnelled(const struct sim_dev *d); /* outside, and its tunnel is open */
bool sim_dev_is_away(const struct sim_dev *d);      /* nobody reaches it over the network */

bool sim_dev_is_outside(const struct sim_dev *d);   /* fw_remote.c */
bool sim_dev_opens_tunnel(const struct sim_dev *d); /* fw_remote.c: a rule with a gateway outside */
bool sim_dev_has_networks(const struct sim_dev *d); /* fw_wifi.c: a card, its port on, a network to join */
