/* Devices, their hellos, and the names that they shall get. Part of store/store.h. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct store;
struct store_tx;

/* ---- devices and hellos ---- */
struct store_hello {
	const char *uuid, *address, *kind; /* kind "psk" | "pki" */
	const char *pid;                   /* "" for pki */
	struct span raw;
	int64_t at_unix_ms;
	uint32_t retry_count;
	bool approved;                     /* for a device that is new with this hello */
};
/* Upserts the device (address, last hello, hello_count + 1; state stays), keeps the raw hello. */
void store_tx_hello(struct store_tx *tx, const struct store_hello *h);
struct store_hello_past {
	const char *address, *pid;
	int64_t retry_count, at_unix_ms;
};
/* Former hellos of that PC, newest first; nine are kept. */
unsigned store_hello_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			  struct store_hello_past *out_rows);
/* A row for a PC that said no hello; of a known one only the address changes. kind "adopt", or "address" while
 * its UUID is not known and this one is made up. */
void store_tx_device_adopt(struct store_tx *tx, const char *uuid, const char *address, const char *kind,
			   int64_t now_unix_ms);
#define STORE_DEVICE_STATES(X)                                                                      \
	X(STORE_DEV_NEW, "new")               /* said hello, nothing done yet */                    \
	X(STORE_DEV_WAITING, "approval")      /* waits for an operator */                           \
	X(STORE_DEV_CONFIGURING, "configuring")                                                     \
	X(STORE_DEV_REFUSED, "refused")       /* pre-flight or device refused; see health */        \
	X(STORE_DEV_CONFIGURED, "configured")                                                       \
	X(STORE_DEV_ADOPTED, "adopted")       /* by others; nothing was changed yet */              \
	X(STORE_DEV_UNCONFIGURED, "unconfigured") /* by us; held until it is approved */
enum store_device_state {
#define X(name, text) name,
	STORE_DEVICE_STATES(X)
#undef X
	STORE_DEVICE_STATE_COUNT
};
const char *store_device_state_name(enum store_device_state s);
struct store_device {
	const char *uuid, *fqdn, *state, *kind, *pid, *address, *version, *profile;
	const char *profile_version; /* that was applied last, "" never */
	const char *facts;           /* text of engine/facts */
	const char *serial;          /* hex serial of the TLS leaf that was proven; "" */
	const char *health;          /* "" or last refusal: rule and one sentence */
	const char *health_rule;
	int64_t first_seen_unix_ms, last_hello_unix_ms, configured_unix_ms;
	int64_t login_fail_count, login_fail_since_unix_ms; /* M19 budget */
	int64_t hello_count;
	bool approved;
	struct span hello_raw;       /* last hello */
	const char *name_source;     /* map, import, hook, dns, report; "" before */
	int64_t hello_retry_count;   /* RetryCount of the last hello */
};
enum store_device_col { /* single columns, so that writers do not overwrite each other */
	STORE_DEVICE_FQDN, STORE_DEVICE_STATE, STORE_DEVICE_VERSION, STORE_DEVICE_PROFILE,
	STORE_DEVICE_PROFILE_VERSION, STORE_DEVICE_FACTS, STORE_DEVICE_SERIAL, STORE_DEVICE_HEALTH,
	STORE_DEVICE_HEALTH_RULE, STORE_DEVICE_ADDRESS, STORE_DEVICE_NAME_SOURCE,
	STORE_DEVICE_CONFIGURED_AT, STORE_DEVICE_LOGIN_FAIL_COUNT, STORE_DEVICE_LOGIN_FAIL_SINCE,
	STORE_DEVICE_APPROVED,
	STORE_DEVICE_COL_COUNT
};
void store_tx_device_text(struct store_tx *tx, const char *uuid, enum store_device_col col, const char *v);
void store_tx_device_int(struct store_tx *tx, const char *uuid, enum store_device_col col, int64_t v);
/* The clock was set by that much: the budgets of failed logins go with it. Not while other services,
 * with clocks of their own, are at work. */
void store_tx_device_shift_fails(struct store_tx *tx, int64_t ms);
/* Removes the device, its hellos, jobs, steps; credentials are kept (archived), events are kept. */
void store_tx_device_forget(struct store_tx *tx, const char *uuid);
bool store_device_get(struct store *s, struct arena *a, const char *uuid, struct store_device *out_d);
/* By uuid, fqdn (any case) or address; first match. */
bool store_device_find(struct store *s, struct arena *a, const char *name, struct store_device *out_d);
/* By the first label of the fqdn, any case. How many PCs that is: 0, 1, or 2 for more than one, of which
 * the first two are given. */
unsigned store_device_find_short(struct store *s, struct arena *a, const char *label,
				 struct store_device out_rows[2]);
struct store_device_query {
	const char *after_uuid;  /* keyset page: rows after this one; NULL from the start */
	const char *state;       /* NULL: any */
	const char *search;      /* prefix of uuid, fqdn or address; NULL: any */
	unsigned limit;
};
unsigned store_device_list(struct store *s, struct arena *a, const struct store_device_query *q,
			   struct store_device *out_rows); /* room for q->limit */
int64_t store_device_count(struct store *s, const char *state); /* NULL: all; kept, not counted: cheap */

/* ---- names ---- */
struct store_name { const char *uuid, *fqdn, *grp, *source; int64_t at_unix_ms; };
void store_tx_name_set(struct store_tx *tx, const struct store_name *n);
void store_tx_name_delete(struct store_tx *tx, const char *uuid);
bool store_name_get(struct store *s, struct arena *a, const char *uuid, struct store_name *out_n);
unsigned store_name_list(struct store *s, struct arena *a, const char *after_uuid, unsigned limit,
			 struct store_name *out_rows);
