/* RMCP/ASF presence ping and pong on UDP 623: how a manageable PC says that it is there. Big-endian:
 *   0 u8 06 (RMCP 1.0)  1 u8 0  2 u8 sequence, FF: no acknowledgement wanted  3 u8 06 (ASF)
 *   4 u32 4542 (ASF)    8 u8 80 ping, 40 pong   9 u8 tag   10 u8 0   11 u8 length of the data
 *   pong, data: u32 343 (Intel), u16 open port or 0, u8 version in two nibbles or 0, u8 state,
 *               u8 entities, u8 interactions, u8 major, u8 minor, u32 0
 * and the acknowledgement of a sequence, 4 bytes: 06 00 sequence 86 (discovery 1.1, 1.2). Layout: D and
 * P. One datagram is one message; what it says is not authenticated and only a hint. */
#pragma once
#include "base/err.h"
#include "base/out.h"

#define WIRE_RMCP_PORT         623
#define WIRE_RMCP_NO_ACK       0xff
#define WIRE_RMCP_PING_SIZE    12
#define WIRE_RMCP_PONG_SIZE    28
#define WIRE_RMCP_INTEL        343u
#define WIRE_RMCP_TAG_MAX      0xfe /* FF is no tag */
#define WIRE_RMCP_DASH_ENTITY  0x20 /* in entities, 4.x and 5.0 */
#define WIRE_RMCP_DASH         0x20 /* in interactions, from 5.1 on */

enum wire_rmcp_kind { WIRE_RMCP_ACK, WIRE_RMCP_PING, WIRE_RMCP_PONG };
enum wire_rmcp_state { WIRE_RMCP_PRE, WIRE_RMCP_IN, WIRE_RMCP_POST, WIRE_RMCP_STATE_3 };
struct wire_rmcp {
	enum wire_rmcp_kind kind;
	uint8_t sequence, tag;    /* tag: not in an acknowledgement */
	/* Pong: */
	uint32_t maker;           /* WIRE_RMCP_INTEL, or it is no AMT */
	uint16_t port;            /* 0: not set up */
	enum wire_rmcp_state state;
	bool both_ports;          /* 16992 and 16993 are open */
	uint8_t entities, interactions;
	unsigned major, minor;    /* 0 and 0: it does not say */
};

/* False for whatever is no whole message of these three; trailing bytes are allowed. Pongs from 24
 * bytes on: the last four mean nothing. */
bool wire_rmcp_parse(struct span in, struct wire_rmcp *out_msg, struct err *e);
bool wire_rmcp_emit(struct out *o, const struct wire_rmcp *msg);
void wire_rmcp_print(struct out *text, const struct wire_rmcp *msg);
const char *wire_rmcp_state_name(enum wire_rmcp_state s);
