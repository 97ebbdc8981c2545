/* The screen side of a KVM session: an RFB 3.8 server as AMT is one, with a test pattern, keyboard and
 * pointer (redirection 7). Bytes of the viewer in, bytes for it out; for redir_kvm.c and the port
 * 5900. Pure: no clock, no sockets; bad input ends it. */
#pragma once
#include "base/out.h"
#include <stdbool.h>
#include <stdint.h>

#define SIM_RFB_WIDTH    640
#define SIM_RFB_HEIGHT   480
#define SIM_RFB_TILE     64
#define SIM_RFB_PASSWORD 8 /* AMT's are exactly that long */

struct sim_rfb_seen { /* what the viewer did, for sim ctl and tests */
	unsigned keys, pointers, updates, cuts, extensions;
	uint32_t last_key;
	uint16_t x, y;
	uint8_t mask, bits; /* buttons; bits per pixel */
	uint8_t encoding;   /* 0 raw, 16 */
	bool shows;         /* login and start are done */
	bool wrong;         /* the password was */
};
struct sim_rfb;
/* password NULL: none is asked for (the redirection port has asked). Else 8 characters; wanted: the answer
 * to the challenge that is right. */
struct sim_rfb *sim_rfb_new(const char *name, bool login, const uint8_t challenge[16], const uint8_t wanted[16]);
void sim_rfb_free(struct sim_rfb *f);
void sim_rfb_begin(struct sim_rfb *f, struct out *o); /* the server speaks first */
/* The server wants no viewer: said in the place of security types. */
void sim_rfb_refuse(struct sim_rfb *f, const char *reason);
/* Takes what is whole; gives how many bytes. Answers go to o. */
size_t sim_rfb_take(struct sim_rfb *f, struct span in, struct out *o);
/* More of the picture that was asked for, until o has about max bytes. True: there is more. */
bool sim_rfb_more(struct sim_rfb *f, struct out *o, size_t max);
void sim_rfb_say_reason(const struct sim_rfb *f, const char *reason, struct out *o); /* as cut text, before the end */
bool sim_rfb_ended(const struct sim_rfb *f);          /* nothing more is taken: flush and close */
const struct sim_rfb_seen *sim_rfb_seen(const struct sim_rfb *f);
uint32_t sim_rfb_pixel(const struct sim_rfb *f, unsigned x, unsigned y); /* 0xRRGGBB */
