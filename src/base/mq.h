/* Bounded queue between two threads: the only lock in the project. Items are pointers that the
 * queue borrows until popped. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct mq;
struct mq *mq_new(size_t max_items);
void mq_free(struct mq *q); /* must be empty or the items are leaked by the caller */
bool mq_push(struct mq *q, void *item);            /* false when full or closed */
void *mq_pop(struct mq *q);                        /* NULL when empty */
/* Waits for an item; NULL when closed and empty, or after timeout_ms (negative: no limit). */
void *mq_pop_wait(struct mq *q, int timeout_ms);
void mq_close(struct mq *q);
size_t mq_count(struct mq *q);
