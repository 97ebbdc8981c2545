/* The scheduled import of an inventory file (settings inventory.path, inventory.interval_s) of a
 * running service. Made by cmd_serve.c. */
#pragma once
#include "api/api.h"

struct cli_inventory;
struct cli_inventory *cli_inventory_new(struct net_loop *l, struct store *s, struct api *a);
void cli_inventory_free(struct cli_inventory *i); /* after the loop has ended, before the API; NULL is fine */
