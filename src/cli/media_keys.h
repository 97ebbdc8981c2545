/* Keys pressed while `outband media` runs: one at a time, without Enter, when standard input is a terminal and
 * this command is in its foreground. Signals (CTRL-C) stay signals. For media.c. */
#pragma once
#include <stdint.h>

struct net_loop;
struct cli_media_keys;
/* NULL: nobody can press any. */
struct cli_media_keys *cli_media_keys_open(struct net_loop *loop, void (*on_key)(void *arg, uint8_t key), void *arg);
void cli_media_keys_close(struct cli_media_keys *k); /* the terminal as it was; NULL is fine; in on_key too */
