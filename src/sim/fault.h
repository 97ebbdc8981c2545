/* Faults: a virtual device that is wrong on demand. A row names the fault and says where it bites
 * and when; the places that can be wrong ask sim_fault_hit or sim_fault_has. A fault is written
 * "name[=n[:m]]", several with commas between. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/span.h"
#include <stdint.h>

enum sim_fault_when {
	SIM_FAULT_FLAG,  /* as long as it is set */
	SIM_FAULT_FIRST, /* the next n times; 0: always */
	SIM_FAULT_NTH,   /* once, the n-th time from now */
	SIM_FAULT_EVERY, /* once after each n times without it */
};
/* X(constant, name, on, do, when, default n, default m, sentence) */
#define SIM_FAULTS(X)                                                                                \
	X(SIM_FAULT_REFUSE, "refuse", "accept", "rst", FIRST, 0, 0, "refuses the next n connections") \
	X(SIM_FAULT_HANG, "hang", "accept", "silence", FIRST, 0, 0,                                  \
	  "takes the next n connections and never says a byte")                                      \
	X(SIM_FAULT_DROP, "drop", "reply", "drop_half", NTH, 1, 0,                                   \
	  "the connection dies in the middle of the n-th reply")                                     \
	X(SIM_FAULT_DROP_AT, "drop_at", "reply", "drop_at", NTH, 1, 100,                             \
	  "the connection dies after m bytes of the n-th reply")                                     \
	X(SIM_FAULT_STALL, "stall", "reply", "silence", FIRST, 0, 0,                                 \
	  "the next n replies stop after m bytes, and the connection stays")                         \
	X(SIM_FAULT_TRICKLE, "trickle", "reply", "split", FLAG, 1000, 0, "replies come one byte in n ms") \
	X(SIM_FAULT_DROP_COMMIT, "drop_commit", "commit", "drop_after", NTH, 1, 0,                   \
	  "the connection dies at the n-th CommitChanges, which was done")                           \
	X(SIM_FAULT_DROP_BEFORE, "drop_before", "request", "drop_before", NTH, 1, 0,                 \
	  "the connection dies at the n-th request, which was not done")                             \
	X(SIM_FAULT_DROP_AFTER, "drop_after", "request", "drop_after", NTH, 1, 0,                    \
	  "the connection dies at the n-th request, which was done")                                 \
	X(SIM_FAULT_SLOW_KEY, "slow_key", "key", "wait", FLAG, 120000, 0,                            \
	  "a key pair takes n ms")                                                                   \
	X(SIM_FAULT_FLASH_LIMIT, "flash_limit", "write", "status_38", FIRST, 0, 0,                   \
	  "the next n writes are refused: FLASH_WRITE_LIMIT_EXCEEDED")                               \
	X(SIM_FAULT_UNPROVISION, "unprovision_refused", "unprovision", "status_n", FLAG, 16, 0,      \
	  "Unprovision and PartialUnprovision answer n; with 2076 the audit log blocks")           \
	X(SIM_FAULT_BUSY, "busy", "key", "busy", FIRST, 3, 0, "the next n key and certificate calls answer busy") \
	X(SIM_FAULT_HTTP_500, "http_500", "request", "status_500", NTH, 1, 0,                        \
	  "the n-th request is answered 500 and not done")                                           \
	X(SIM_FAULT_GARBAGE, "garbage", "reply", "no_xml", NTH, 1, 0, "the n-th reply is not XML")   \
	X(SIM_FAULT_NO_HTTP, "no_http", "reply", "no_http", FIRST, 0, 0, "the next n replies are not HTTP") \
	X(SIM_FAULT_HTML, "html", "reply", "html", FIRST, 0, 0, "the next n replies are a web page") \
	X(SIM_FAULT_XML_BOMB, "xml_bomb", "reply", "entities", FIRST, 0, 0,                          \
	  "the next n replies are XML whose entities grow without end")                              \
	X(SIM_FAULT_HUGE_BODY, "huge_body", "reply", "endless", FIRST, 0, 0, "the next n replies are 100 MB long") \
	X(SIM_FAULT_ENDLESS_BODY, "endless_body", "reply", "endless", FIRST, 0, 0,                   \
	  "the next n replies never cease to send chunks")                                           \
	X(SIM_FAULT_ENDLESS_HEAD, "endless_head", "reply", "endless", FIRST, 0, 0,                   \
	  "the next n replies never cease to send header lines")                                     \
	X(SIM_FAULT_CHUNK_EXTENSION, "chunk_extension", "reply", "endless", FIRST, 0, 0,             \
	  "the next n replies have a chunk with an endless extension")                               \
	X(SIM_FAULT_HTTP10, "http10", "reply", "http10", FLAG, 0, 0,                                 \
	  "replies are HTTP/1.0: no chunks, the connection ends")                                    \
	X(SIM_FAULT_INTERIM, "interim", "reply", "interim", FLAG, 1, 0, "n replies 100 come before each") \
	X(SIM_FAULT_STALE_NONCE, "stale_nonce", "auth", "expire", EVERY, 2, 0,                       \
	  "a nonce is good for n requests")                                                          \
	X(SIM_FAULT_BAD_ADMIN_PW, "bad_admin_pw", "start", "other_password", FLAG, 0, 0,             \
	  "the device has an admin password that nobody knows")                                      \
	X(SIM_FAULT_ROOT_NOT_IN_LIST, "root_not_in_list", "tls", "other_roots", FLAG, 0, 0,          \
	  "the hash list holds none of our roots")                                                   \
	X(SIM_FAULT_SUFFIX, "suffix_untrusted", "tls", "other_suffix", FLAG, 0, 0,                   \
	  "the device sees another DNS suffix")                                                      \
	X(SIM_FAULT_HELLO_TRUNCATED, "hello_truncated", "hello", "cut", FLAG, 20, 0,                 \
	  "the hello ends after n bytes")                                                            \
	X(SIM_FAULT_HELLO_OVERSIZED, "hello_oversized", "hello", "pad", FLAG, 9000, 0,               \
	  "n bytes follow the hello")                                                                \
	X(SIM_FAULT_HELLO_SPLIT, "hello_split", "hello", "split", FLAG, 0, 0,                        \
	  "the hello comes in two pieces (n: size of the first; 0: 16)")                           \
	X(SIM_FAULT_HELLO_BYTEWISE, "hello_bytewise", "hello", "split", FLAG, 1, 0,                  \
	  "the hello comes in pieces of n bytes")                                                    \
	X(SIM_FAULT_HASH_ALG, "unknown_hash_alg", "hello", "hash_id", FLAG, 9, 0,                    \
	  "the hello has an entry with the hash algorithm n")                                        \
	X(SIM_FAULT_HASH_LENGTH, "hash_length", "hello", "hash_length", FLAG, 31, 0,                 \
	  "the first hash of the hello says that it has n bytes")                                    \
	X(SIM_FAULT_HASH_COUNT, "hash_count", "hello", "hash_count", FLAG, 200, 0,                   \
	  "the hello says that it has n hashes")                                                     \
	X(SIM_FAULT_IP_CHANGED, "ip_changed", "hello", "other_address", FLAG, 0, 0,                  \
	  "the hello comes from another address than the device answers on")                         \
	X(SIM_FAULT_CERT_321, "cert_321", "tls", "odd_certificate", FLAG, 0, 0,                      \
	  "the setup certificate has the dates and serial of AMT 3.2.1")                             \
	X(SIM_FAULT_CHUNK1, "chunk1", "reply", "chunk", FLAG, 1, 0, "replies come in chunks of n bytes") \
	X(SIM_FAULT_SPLIT, "split", "reply", "split", FLAG, 1, 0, "replies come in pieces of n bytes") \
	X(SIM_FAULT_SLOW, "slow", "reply", "wait", FLAG, 5000, 0, "each reply takes n ms more")      \
	X(SIM_FAULT_OTC_PW_CHANGED, "otc_pw_changed", "usb", "ignore", FLAG, 0, 0,                   \
	  "its MEBx password was changed at some time: a key on USB is ignored")                    \
	X(SIM_FAULT_RMCP, "rmcp_bad", "ping", "wrong_pong", FLAG, 1, 0,                              \
	  "pongs are wrong: 1 of another maker, 2 too short, 3 with another tag")                    \
	X(SIM_FAULT_REDIR_OFF, "redir_off", "session", "status_3", FLAG, 0, 0,                       \
	  "MEBx forbids serial over LAN, storage and KVM: each start of a session is refused")      \
	X(SIM_FAULT_NO_MONITOR, "no_monitor", "session", "no_screen", FLAG, 0, 0,                    \
	  "no monitor is connected: no screen is active")                                            \
	X(SIM_FAULT_BIG_SCREEN, "big_screen", "session", "screen_4k", FLAG, 0, 0,                    \
	  "its screen has 3840 x 2160 pixels, more than the buffer for KVM holds")                    \
	X(SIM_FAULT_REDIR_BUSY, "redir_busy", "session", "status_2", FIRST, 0, 0,                    \
	  "somebody else has the next n sessions")                                                   \
	X(SIM_FAULT_REDIR_REALM, "redir_realm", "session", "other_realm", FLAG, 0, 0,                \
	  "the login of a session asks for another realm")                                           \
	X(SIM_FAULT_IDER_REFUSE, "ider_refuse", "media", "status", FIRST, 0, 0,                      \
	  "the next n openings of virtual drives are refused")                                       \
	X(SIM_FAULT_IDER_DROP_OPEN, "ider_drop_open", "media", "drop", NTH, 1, 0,                    \
	  "the line of virtual drives dies when they are opened, the n-th time")                     \
	X(SIM_FAULT_IDER_DROP_SET, "ider_drop_set", "media", "drop", NTH, 1, 0,                      \
	  "the line dies when virtual drives are switched, the n-th time")                           \
	X(SIM_FAULT_IDER_DROP_COMMAND, "ider_drop_command", "media", "drop", NTH, 1, 0,              \
	  "the line dies at the n-th command to a virtual drive")                                    \
	X(SIM_FAULT_IDER_DROP_DATA, "ider_drop_data", "media", "drop", NTH, 1, 0,                    \
	  "the line dies in the middle of the n-th piece of a read")                                 \
	X(SIM_FAULT_IDER_RESET, "ider_reset", "media", "reset", EVERY, 100, 0,                       \
	  "the bus of virtual drives is reset in the middle of a read, after each n pieces")         \
	X(SIM_FAULT_IDER_ODD, "ider_odd", "media", "odd", EVERY, 10, 0,                              \
	  "odd commands come before a command to a virtual drive, after each n")                     \
	X(SIM_FAULT_IDER_SEQ, "ider_seq", "media", "skip", NTH, 5, 0,                                \
	  "the n-th message of virtual drives has a wrong number")                                   \
	X(SIM_FAULT_IDER_MUTE, "ider_mute", "media", "silence", FLAG, 0, 0,                          \
	  "the firmware says nothing any more about virtual drives")                                 \
	X(SIM_FAULT_REBOOT, "reboot", "request", "reboot", NTH, 1, 40000,                            \
	  "the PC restarts at the n-th request and is away for m ms")                                \
	X(SIM_FAULT_POWER_LOSS, "power_loss", "request", "power_loss", NTH, 1, 20000,                \
	  "the PC loses power at the n-th request: what was staged is lost; away for m ms")          \
	X(SIM_FAULT_HOLD_BOOT, "hold_boot", "reply", "wait", FLAG, 0, 0,                             \
	  "while boot options are set half, replies wait until this is cleared")
enum sim_fault_id {
#define X(name, text, on, act, when, n, m, sentence) name,
	SIM_FAULTS(X)
#undef X
	SIM_FAULT_COUNT
};
struct sim_fault_row {
	const char *name, *on, *act;
	enum sim_fault_when when;
	int64_t n, m; /* defaults */
	const char *sentence;
};
const struct sim_fault_row *sim_fault_at(unsigned i); /* NULL past the end */
struct sim_fault { /* one that is set on a device */
	uint8_t id;
	bool spent;
	int64_t n, m;
	int64_t hits;
};
/* Reads "name[=n[:m]],..."; "none" or "" gives none. */
bool sim_fault_parse(struct span spec, struct sim_fault *out_faults, unsigned max, unsigned *out_count,
		     struct err *e);
/* The ones set, as sim_fault_parse reads them; spent ones are left out. */
void sim_fault_print(const struct sim_fault *f, unsigned count, struct out *o);

struct sim_dev;
/* Set and not spent, without counting. */
bool sim_fault_has(const struct sim_dev *d, enum sim_fault_id id);
/* The place was reached: true when the fault bites now. out_fault may be NULL. */
bool sim_fault_hit(struct sim_dev *d, enum sim_fault_id id, const struct sim_fault **out_fault);
int64_t sim_fault_n(const struct sim_dev *d, enum sim_fault_id id, int64_t otherwise);
