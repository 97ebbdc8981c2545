/* The hello ("configuration") message that a device in setup mode sends to TCP 9971, one message
 * per connection, then FIN (setup-and-configuration 1). Little-endian:
 *   0 u16 AdminCredentialsSet (0|1)   2 u16 InterfaceVersion (2 = PSK, 3 = PKI)
 *   4 u32 RetryCount                  8 16 bytes UUID, SMBIOS ("mixed endian") order
 *   PSK: 24 8 bytes PID, ASCII without the dash; 32 bytes in all
 *   PKI: 24 u8 HashCount, then HashCount x { u8 algorithm, u8 length, digest of the DER root }
 * Layout: D, C (two real captures). Unknown algorithm ids are kept with their length and skipped
 * by users; a known id with a wrong length is an error. The message is unauthenticated. */
#pragma once
#include "base/err.h"
#include "base/hash.h"
#include "base/out.h"
#include "base/str.h"

enum wire_got { WIRE_DONE, WIRE_MORE, WIRE_BAD }; /* a stream must tell "wait" from "wrong" */

enum wire_hello_kind { WIRE_HELLO_PSK = 2, WIRE_HELLO_PKI = 3 };
enum wire_hello_alg { WIRE_HELLO_SHA1 = 1, WIRE_HELLO_SHA256 = 2, WIRE_HELLO_SHA384 = 3 };

struct wire_hello_hash {
	uint8_t alg;        /* enum wire_hello_alg, or anything else: unknown */
	struct span digest; /* valid while the input is */
};
#define WIRE_HELLO_MAX_HASHES 255
struct wire_hello {
	uint16_t admin_set;
	enum wire_hello_kind kind;
	uint32_t retry_count;
	struct uuid uuid;
	char pid[9];         /* PSK: 8 characters and NUL; empty for PKI */
	unsigned hash_count; /* PKI */
	struct wire_hello_hash hashes[WIRE_HELLO_MAX_HASHES];
};

/* WIRE_MORE while bytes are missing; *out_used = message size on WIRE_DONE, the offset of the wrong
 * field on WIRE_BAD (also in e->seen). Never reads past LIMIT_HELLO_BYTES. Spans point into in. */
enum wire_got wire_hello_parse(struct span in, struct wire_hello *out_msg, size_t *out_used,
			       struct err *e);
/* Writes what the fields say, also wrong digest sizes (the simulator may need them); false when the
 * layout cannot hold it (kind, PID not of 8 characters, digest over 255) or o is full. */
bool wire_hello_emit(struct out *o, const struct wire_hello *msg);
void wire_hello_print(struct out *text, const struct wire_hello *msg);      /* lines of text */
void wire_hello_print_json(struct out *text, const struct wire_hello *msg); /* one JSON object */
/* Name of a hash algorithm id ("SHA-256"), or NULL; its digest size, or 0. */
const char *wire_hello_alg_name(uint8_t alg);
size_t wire_hello_alg_size(uint8_t alg);
