/* Faults of the line, between the firmware's reply and the bytes that leave (spoil.c, conn.c). */
#pragma once
#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct sim_dev;
struct sim_spoil { /* how the reply is to be sent */
	size_t each_bytes;   /* pieces of so many; 0: all at once */
	int64_t gap_ms;      /* between them */
	const char *endless; /* follows the reply again and again; NULL: nothing */
	int64_t endless_bytes;
	bool close;          /* the line ends behind it */
	bool stall;          /* the line stays, and nothing more comes */
};
/* Changes the reply, and says how to send it. */
void sim_spoil(struct sim_dev *d, struct buf *reply, struct sim_spoil *out_s);
