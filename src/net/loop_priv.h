/* Inside of the loop, for the other files of net/ only: work put off to the end of the current
 * round (nothing of ours calls back inside a call), what net_loop_stop has to close, and the
 * figures that decide when the heap is trimmed. */
#pragma once
#include "net/loop.h"
#include <stddef.h>

#define NET_OWNER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Member of one list at a time; fn is called after it was taken out. */
struct net_link {
	struct net_link *prev, *next;
	void (*fn)(struct net_link *l);
};
void net_link_remove(struct net_link *l); /* fine when it is in no list */
bool net_link_is_in(const struct net_link *l);

/* fn soon, on the loop. Putting off what is put off already does nothing. */
void net_loop_defer(struct net_loop *l, struct net_link *link);
/* fn at net_loop_stop (soon, when that has been called already). */
void net_loop_track(struct net_loop *l, struct net_link *link);
/* fn when every handle was closed, before the loop itself is. */
void net_loop_at_end(struct net_loop *l, struct net_link *link);
bool net_loop_is_stopping(const struct net_loop *l);

/* Turns of client handshakes, LIMIT_HANDSHAKES at once. True: it is your turn. False: fn when it is,
 * unless the link is taken out before; at net_loop_stop everybody's turn has come. */
bool net_loop_take_turn(struct net_loop *l, struct net_link *link);
void net_loop_give_turn(struct net_loop *l);

#define NET_READ_BUF_SIZE 65536
char *net_loop_read_buf(struct net_loop *l); /* for one read callback */
void net_loop_note_open(struct net_loop *l);
void net_loop_note_closed(struct net_loop *l);
void net_loop_note_handshake(struct net_loop *l);
