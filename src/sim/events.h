/* What happens to a virtual PC, as its firmware notes it: platform events (wsman 3.1) in the event
 * log, and alerts about them. One row per event; services and `sim ctl event` name it. Times are
 * those of the device's own clock. Knows no sockets: what is to be sent goes to env.on_alert. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "wire/event_record.h"

#define SIM_EVENT_LOG_MAX 390
/* X(constant, word, sensor, type, offset, source, severity, entity, data, byte of the code in data (-1:
 * none), message of a WS-Event ("": none; + is the code), words). Source: wsman 3.1 (P), severities and
 * entities that no capture shows (G). */
#define SIM_EVENTS(X)                                                                               \
	X(SIM_EV_INTRUSION, "intrusion", 5, 0x6F, 0, 0x68, 16, 23, "0000000000000000", -1, "",      \
	  "the case was opened")                                                                    \
	X(SIM_EV_LOGIN_FAILURES, "login-failures", 6, 0x6F, 1, 0x58, 8, 38, "AA00000000000000", 1,  \
	  "", "so many wrong logins")                                                               \
	X(SIM_EV_BAD_DATA, "bad-data", 15, 0x6F, 2, 0x68, 8, 34, "EB00000000000000", -1, "",        \
	  "the BIOS reports invalid data")                                                          \
	X(SIM_EV_FW_ERROR, "firmware-error", 15, 0x6F, 0, 0x68, 16, 34, "4000000000000000", 1, "",  \
	  "the BIOS stops with that code")                                                          \
	X(SIM_EV_FW_PROGRESS, "firmware-progress", 15, 0x6F, 2, 0x68, 1, 34, "4000000000000000", 1, \
	  "", "the BIOS is at that step")                                                           \
	X(SIM_EV_RECOVERY_ERROR, "recovery-error", 15, 0x6F, 3, 0x68, 16, 38, "AA30000000000000",   \
	  2, "", "one-click recovery failed")                                                       \
	X(SIM_EV_RECOVERY, "recovery", 15, 0x6F, 5, 0x68, 2, 38, "AA30000000000000", 2, "",         \
	  "one-click recovery goes on")                                                             \
	X(SIM_EV_ERASE_ERROR, "erase-error", 15, 0x6F, 3, 0x68, 16, 38, "AA40000000000000", 2, "",  \
	  "platform erase failed")                                                                  \
	X(SIM_EV_ERASE, "erase", 15, 0x6F, 5, 0x68, 2, 38, "AA40000000000000", 2, "",               \
	  "platform erase goes on")                                                                 \
	X(SIM_EV_AGENT, "agent", 18, 0x0A, 0, 0x58, 1, 38, "AA00000000000000", 7, "",               \
	  "an agent watchdog got that state")                                                       \
	X(SIM_EV_NO_MEDIA, "no-boot-media", 30, 0x6F, 0, 0x68, 16, 34, "0000000000000000", -1, "",  \
	  "nothing to boot from")                                                                   \
	X(SIM_EV_HANG, "os-hang", 32, 0x6F, 0, 0x68, 16, 35, "0000000000000000", -1, "",            \
	  "the system hangs, or its power was cut")                                                 \
	X(SIM_EV_POST_WATCHDOG, "post-watchdog", 35, 0x6F, 1, 0x68, 16, 34, "4000000000000000", -1, \
	  "", "the BIOS took too long")                                                             \
	X(SIM_EV_BOOT_FAILURE, "boot-failure", 35, 0x6F, 0, 0x68, 16, 34, "0000000000000000", -1,   \
	  "", "the system did not come up")                                                         \
	X(SIM_EV_FILTER, "filter-match", 36, 0x6F, 0, 0x58, 8, 38, "AA00000000000000", 4,           \
	  "iAMT0001", "a System Defense filter matched")                                            \
	X(SIM_EV_STARTED, "firmware-started", 37, 0x6F, 0, 0x68, 1, 34, "0000000000000000", -1, "", \
	  "the BIOS started")                                                                       \
	X(SIM_EV_REDIRECTION, "redirection", 192, 0x70, 0, 0x58, 2, 38, "AA30000000000000", 2,      \
	  "iAMT0050+48", "a session: 0 SOL began, 1 ended, 2 storage began, 3 ended")               \
	X(SIM_EV_POLICY, "policy-invoked", 192, 0x70, 1, 0x58, 8, 38, "AA10000000000000", 2,        \
	  "iAMT0050+16", "a security policy stops sending (0) or receiving (2)")                    \
	X(SIM_EV_CONNECT, "remote-request", 193, 0x70, 0, 0x58, 2, 38, "AA30000000000000", -1,      \
	  "iAMT0036", "the user asks for help")                                                     \
	X(SIM_EV_EAC, "eac-error", 193, 0x70, 0, 0x58, 8, 38, "AA20030100000000", -1, "iAMT0026",   \
	  "endpoint access control failed")                                                         \
	X(SIM_EV_ASSETS, "asset-error", 193, 0x70, 0, 0x58, 8, 38, "AA20040000000000", -1, "",      \
	  "hardware assets cannot be read")
enum sim_event {
#define X(id, ...) id,
	SIM_EVENTS(X)
#undef X
	SIM_EVENT_COUNT
};
struct sim_dev;
/* It happens now: written to the log, unless that is frozen, and told to who has subscribed. */
void sim_event(struct sim_dev *d, enum sim_event ev, uint32_t code);
/* With a byte behind that of the code: on what (wsman 3.1). */
void sim_event_more(struct sim_dev *d, enum sim_event ev, uint32_t code, unsigned more);
/* "intrusion" or "firmware-error=3"; "agent=GUID:STATE", GUID as 32 hex digits. */
bool sim_event_named(struct sim_dev *d, struct span text, struct err *e);
const char *sim_event_word(enum sim_event ev);
const char *sim_event_like(const struct wire_event_record *ev); /* word of the event that it is; "other" */
void sim_event_boot(struct sim_dev *d); /* what a start of the PC writes (dev_starts.c) */
void sim_event_agent(struct sim_dev *d, const uint8_t guid[16], uint8_t state);

/* The log: records by age, 0 the newest. */
unsigned sim_event_count(const struct sim_dev *d);
bool sim_event_at(const struct sim_dev *d, unsigned i, uint8_t out_bytes[WIRE_EVENT_RECORD_BYTES]);
void sim_event_clear(struct sim_dev *d);
