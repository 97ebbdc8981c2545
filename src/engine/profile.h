/* Profile: what a configured device shall look like. YAML, one document, versioned by the store.
 *   version: 1
 *   admin_password: random            # or {secret: NAME}: a stored secret
 *   mebx_password: random             # random | {secret: NAME} | leave
 *   mebx: if-default                  # set | if-default: only instead of the factory's | leave
 *   names: fqdn                       # host and domain name from the device's FQDN | leave
 *   clock: sync                       # sync | leave
 *   tls: server                       # server | leave
 *   redirection: {sol: on, ider: on}  # each on | off | leave (left out = leave)
 *   kvm: on
 *   webui: off
 *   ping: on
 *   required: [power]                 # parts that a PC must be able to have; the others are only reported
 *   power: {package: always}          # parts, each with its own keys: part.h
 * Only what the profile names is touched. Errors carry line and column. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct engine_node; /* key.h */
enum engine_want { ENGINE_LEAVE, ENGINE_OFF, ENGINE_ON };
enum engine_pw { ENGINE_PW_LEAVE, ENGINE_PW_RANDOM, ENGINE_PW_SECRET };
struct engine_profile {
	char name[64];
	int64_t version;             /* of the stored profile */
	enum engine_pw admin_pw;     /* never LEAVE: admin must be set */
	char admin_secret[64];
	enum engine_pw mebx_pw;
	char mebx_secret[64];
	bool mebx_if_default;        /* only where the factory's password is still in */
	bool names, clock, tls;
	enum engine_want sol, ider, kvm, webui, ping;
	struct engine_node *parts;          /* top-level groups by name of the part; NULL none */
	const struct engine_node *required; /* its children are names of parts; NULL none */
	unsigned bad_line, bad_column;      /* of the error, from 1; 0: it has no place */
};
/* Strict: unknown keys, wrong types and doubled keys are errors with "line L, column C". */
bool engine_profile_parse(const char *name, int64_t version, struct span yaml, struct engine_profile *out_p,
			  struct err *e);
/* The same; the tree of the parts lives in a (the other one only checks it). */
bool engine_profile_parse_in(const char *name, int64_t version, struct span yaml, struct arena *a,
			     struct engine_profile *out_p, struct err *e);
void engine_profile_default(struct engine_profile *out_p); /* the built-in "baseline" */
extern const char engine_profile_default_yaml[];
