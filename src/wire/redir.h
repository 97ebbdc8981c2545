/* Messages of the redirection protocol on ports 16994 and 16995: start and login of a session, serial
 * over LAN, storage (IDE-R, USB-R), and the two that open KVM (redirection 2 to 6). There is no
 * length in front: it follows from the type and the kind of session. Little-endian. For the console
 * side (src/amt) and the firmware side (src/sim) alike. Pure; keeps no state. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "wire/hello.h"
#include "wire/show.h"

enum wire_redir_session { WIRE_REDIR_NONE, WIRE_REDIR_SOL, WIRE_REDIR_IDER, WIRE_REDIR_KVM, WIRE_REDIR_SESSIONS };
enum wire_redir_from { WIRE_REDIR_CONSOLE = 1, WIRE_REDIR_PC = 2, WIRE_REDIR_BOTH = 3 };
#define WIRE_REDIR_IN(s) (1u << (s))
#define WIRE_REDIR_ANY   (WIRE_REDIR_IN(WIRE_REDIR_SESSIONS) - 1)
/* What follows the fixed part: nothing, or so many bytes as the number says that stands at 5 (u32), at
 * 8 or 9 (u16), or in the last byte of the fixed part; or 4 bytes, as the sub-command wants it. */
enum wire_redir_tail { WIRE_REDIR_FIXED, WIRE_REDIR_AT5, WIRE_REDIR_AT8, WIRE_REDIR_AT9, WIRE_REDIR_LAST, WIRE_REDIR_SUB };

/* X(constant, type, name, sessions, from, fixed bytes, tail) */
#define WIRE_REDIR_TYPES(X)                                                                                    \
	X(WIRE_REDIR_START, 0x10, "start session", WIRE_REDIR_ANY, CONSOLE, 8, FIXED)                          \
	X(WIRE_REDIR_STARTED, 0x11, "start session reply", WIRE_REDIR_ANY, PC, 13, LAST)                       \
	X(WIRE_REDIR_END, 0x12, "end session", WIRE_REDIR_ANY, CONSOLE, 4, FIXED)                              \
	X(WIRE_REDIR_AUTH, 0x13, "authenticate", WIRE_REDIR_ANY, CONSOLE, 9, AT5)                              \
	X(WIRE_REDIR_AUTH_REPLY, 0x14, "authenticate reply", WIRE_REDIR_ANY, PC, 9, AT5)                       \
	X(WIRE_REDIR_SOL_OPEN, 0x20, "start SOL", WIRE_REDIR_IN(WIRE_REDIR_SOL), CONSOLE, 24, FIXED)           \
	X(WIRE_REDIR_SOL_OPENED, 0x21, "start SOL reply", WIRE_REDIR_IN(WIRE_REDIR_SOL), PC, 23, FIXED)        \
	X(WIRE_REDIR_SOL_CLOSE, 0x22, "end SOL", WIRE_REDIR_IN(WIRE_REDIR_SOL), CONSOLE, 8, FIXED)             \
	X(WIRE_REDIR_SOL_CLOSED, 0x23, "end SOL reply", WIRE_REDIR_IN(WIRE_REDIR_SOL), PC, 8, FIXED)           \
	X(WIRE_REDIR_SOL_PING, 0x24, "SOL ping", WIRE_REDIR_IN(WIRE_REDIR_SOL), BOTH, 8, FIXED)                \
	X(WIRE_REDIR_SOL_PONG, 0x25, "SOL pong", WIRE_REDIR_IN(WIRE_REDIR_SOL), BOTH, 8, FIXED)                \
	X(WIRE_REDIR_SOL_LINES, 0x27, "SOL controls to host", WIRE_REDIR_IN(WIRE_REDIR_SOL), CONSOLE, 14, FIXED) \
	X(WIRE_REDIR_SOL_TO_HOST, 0x28, "SOL data to host", WIRE_REDIR_IN(WIRE_REDIR_SOL), CONSOLE, 10, AT8)   \
	X(WIRE_REDIR_SOL_CONTROL, 0x29, "SOL controls from host", WIRE_REDIR_IN(WIRE_REDIR_SOL), PC, 10, FIXED) \
	X(WIRE_REDIR_SOL_FROM_HOST, 0x2A, "SOL data from host", WIRE_REDIR_IN(WIRE_REDIR_SOL), PC, 10, AT8)    \
	X(WIRE_REDIR_SOL_HEARTBEAT, 0x2B, "SOL heartbeat", WIRE_REDIR_IN(WIRE_REDIR_SOL), BOTH, 8, FIXED)      \
	X(WIRE_REDIR_KVM_OPEN, 0x40, "open KVM", WIRE_REDIR_IN(WIRE_REDIR_KVM), CONSOLE, 8, FIXED)             \
	X(WIRE_REDIR_KVM_OPENED, 0x41, "open KVM reply", WIRE_REDIR_IN(WIRE_REDIR_KVM), PC, 8, FIXED)          \
	X(WIRE_REDIR_IDER_OPEN, 0x40, "open IDE-R", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 18, FIXED)        \
	X(WIRE_REDIR_IDER_OPENED, 0x41, "open IDE-R reply", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 30, LAST)      \
	X(WIRE_REDIR_IDER_CLOSE, 0x42, "end IDE-R", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 8, FIXED)         \
	X(WIRE_REDIR_IDER_CLOSED, 0x43, "end IDE-R reply", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 8, FIXED)       \
	X(WIRE_REDIR_IDER_PING, 0x44, "IDE-R ping", WIRE_REDIR_IN(WIRE_REDIR_IDER), BOTH, 8, FIXED)            \
	X(WIRE_REDIR_IDER_PONG, 0x45, "IDE-R pong", WIRE_REDIR_IN(WIRE_REDIR_IDER), BOTH, 8, FIXED)            \
	X(WIRE_REDIR_IDER_RESET, 0x46, "reset occurred", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 9, FIXED)         \
	X(WIRE_REDIR_IDER_RESET_DONE, 0x47, "reset occurred reply", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 8, FIXED) \
	X(WIRE_REDIR_IDER_FEATURES, 0x48, "features", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 9, SUB)         \
	X(WIRE_REDIR_IDER_FEATURES_REPLY, 0x49, "features reply", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 13, FIXED) \
	X(WIRE_REDIR_IDER_ERROR, 0x4A, "error occurred", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 11, FIXED)        \
	X(WIRE_REDIR_IDER_HEARTBEAT, 0x4B, "IDE-R heartbeat", WIRE_REDIR_IN(WIRE_REDIR_IDER), BOTH, 8, FIXED)  \
	X(WIRE_REDIR_IDER_COMMAND, 0x50, "command written", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 28, FIXED)     \
	X(WIRE_REDIR_IDER_RESPONSE, 0x51, "command end", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 31, FIXED)   \
	X(WIRE_REDIR_IDER_GET, 0x52, "get data from host", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 31, FIXED) \
	X(WIRE_REDIR_IDER_FROM_HOST, 0x53, "data from host", WIRE_REDIR_IN(WIRE_REDIR_IDER), PC, 14, AT9)      \
	X(WIRE_REDIR_IDER_TO_HOST, 0x54, "data to host", WIRE_REDIR_IN(WIRE_REDIR_IDER), CONSOLE, 34, AT9)
enum wire_redir_type {
#define X(constant, type, name, sessions, from, fixed, tail) constant = type,
	WIRE_REDIR_TYPES(X)
#undef X
};
struct wire_redir_row {
	uint8_t type;
	uint8_t sessions; /* WIRE_REDIR_IN */
	enum wire_redir_from from;
	uint16_t fixed;
	enum wire_redir_tail tail;
	const char *name;
};
/* NULL: such a session has no such message. */
const struct wire_redir_row *wire_redir_find(uint8_t type, enum wire_redir_session s);

enum wire_redir_status { WIRE_REDIR_OK, WIRE_REDIR_UNKNOWN, WIRE_REDIR_BUSY, WIRE_REDIR_DISABLED, WIRE_REDIR_ERROR = 0xFF };
struct wire_redir_started { uint8_t major, minor, fw_major, fw_minor; uint32_t iana; };
struct wire_redir_sol_open {
	uint16_t max_tx, tx_ms, tx_overflow_ms, rx_ms, rx_flush_ms, heartbeat_ms;
	uint32_t reserved;
};
enum wire_redir_sol_control { WIRE_REDIR_RTS = 1, WIRE_REDIR_DTR = 2, WIRE_REDIR_BREAK = 4 };
enum wire_redir_sol_status {
	WIRE_REDIR_TX_OVERFLOW = 1, /* bytes were dropped */
	WIRE_REDIR_LOOPBACK = 2,
	WIRE_REDIR_POWER_ON = 4,
	WIRE_REDIR_RX_FLUSH = 8,
	WIRE_REDIR_TEST_MODE = 16,
};
struct wire_redir_sol_control_msg { uint8_t control, status; };
struct wire_redir_ider_open { uint16_t rx_ms, tx_ms, heartbeat_ms; uint32_t version; };
struct wire_redir_ider_opened {
	uint8_t major, minor, fw_major, fw_minor, unknown_a[4];
	uint16_t read_max, write_max;
	uint8_t unknown_b, protocol, unknown_c[3];
	uint32_t iana;
};
struct wire_redir_features { uint8_t sub; bool has_value; uint32_t value; };
struct wire_redir_error { uint8_t reason, more[2]; };
struct wire_redir_command { /* an ATA packet command */
	uint8_t cable, features, count, sector;
	uint16_t bytes;
	uint8_t drive, command, cdb[12];
};
#define WIRE_REDIR_ATTR_LAST 2 /* of ata.attributes */
#define WIRE_REDIR_ATTR_DMA  1
struct wire_redir_ata {    /* 0x51, 0x52, 0x53, 0x54; what a type does not have is 0 */
	uint8_t cable;
	uint16_t size;     /* of 0x51 and 0x52; of 0x53 and 0x54 it is data.n */
	uint8_t spare, in[8], out[8], sense[3] /* key, ASC, ASCQ */, pad[3];
};

/* Spans point into the input and are valid while it is. */
struct wire_redir_msg {
	uint8_t type;
	enum wire_redir_session session; /* for emit: which 0x40 is meant */
	uint8_t head[3];                 /* bytes 1 to 3: [0] is the status of replies and the version of
					  * 0x10, [2] the attributes of 0x51 and 0x54 */
	uint32_t seq;                    /* 0x20 and above but KVM */
	struct span data;                /* what follows the fixed part; of a failed 0x11 all from 4 on */
	union {
		char kind[4];            /* 0x10 */
		struct wire_redir_started started;
		uint8_t method;          /* 0x13, 0x14 */
		struct wire_redir_sol_open sol_open;
		uint8_t sol_opened[15];  /* 0x21: settings that act, IANA; not known for sure */
		uint8_t lines[6];        /* 0x27: not known */
		struct wire_redir_sol_control_msg control;
		struct wire_redir_ider_open ider_open;
		struct wire_redir_ider_opened ider_opened;
		uint8_t reset_mask;
		struct wire_redir_features features;
		struct wire_redir_error error;
		struct wire_redir_command command;
		struct wire_redir_ata ata;
	};
};

/* WIRE_MORE while bytes are missing. A 0x11 with a failure is whole from 4 bytes on, since the peer
 * closes then. *out_used = its size on WIRE_DONE. WIRE_BAD: type unknown to that session, or a length
 * over the limit. After the two KVM messages come bytes of RFB, which are not for here. */
enum wire_got wire_redir_parse(struct span in, enum wire_redir_session s, struct wire_redir_msg *out_msg,
			       size_t *out_used, struct err *e);
/* False when the type is unknown to msg->session, data is too long, or o is full. */
bool wire_redir_emit(struct out *o, const struct wire_redir_msg *msg);
/* With secrets false, the password of method 1 is left out. */
void wire_redir_print(struct wire_show *s, const struct wire_redir_msg *msg, bool secrets);
const char *wire_redir_session_name(enum wire_redir_session s); /* "SOL", "IDE-R", "KVM", "none" */
/* The four letters of 0x10; and back, WIRE_REDIR_NONE when nobody knows them. */
const char *wire_redir_session_letters(enum wire_redir_session s);
enum wire_redir_session wire_redir_session_of(const char kind[4]);
const char *wire_redir_status_name(uint8_t status); /* of 0x11; NULL when unknown */
