/* Key pairs with their secrets, for the commands that put them onto a stick or a sheet. Whoever got
 * them wipes them with cli_key_pairs_wipe. */
#pragma once
#include "cli/cli.h"

struct cli_key_pair {
	char pid[9], pps[33], password[65]; /* password: of MEBx */
	bool group, was_on_stick;
};
struct cli_key_pairs {
	unsigned count;
	struct cli_key_pair *pairs;
};
/* Asks for them by their PIDs; use is "usb" or "sheet". The audit log of the service records it. */
bool cli_key_pairs_get(struct cli *c, const char *use, const char *const *pids, unsigned count,
		       struct cli_key_pairs *out_k, struct err *e);
void cli_key_pairs_wipe(struct cli_key_pairs *k);
/* PIDs of all keys in that state; in the arena of c. */
bool cli_key_pids(struct cli *c, const char *state, const char *const **out_pids, unsigned *out_count,
		  struct err *e);
/* Makes new ones; use is "usb", or NULL. password_file NULL: a random one each. */
struct cli_key_wish { unsigned count; bool group; const char *use, *password_file; };
bool cli_key_make(struct cli *c, const struct cli_key_wish *w, const char *const **out_pids, struct err *e);

/* To be printed and typed into MEBx. */
void cli_key_sheet_text(struct out *o, const struct cli_key_pairs *k);
void cli_key_sheet_html(struct out *o, const struct cli_key_pairs *k);

/* What `key usb` puts into each record beside a pair. Values are in an arena. */
#define CLI_STICK_HASHES 8
#define CLI_STICK_SETS   32
struct wire_setupbin_var;
struct cli_stick {
	struct secret current, password; /* password: SECRET_NONE where a pair brings it */
	const char *suffix;
	unsigned hash_count, set_count;
	struct { uint8_t sha1[20], sha256[32]; char name[33]; } hashes[CLI_STICK_HASHES];
	struct wire_setupbin_var *sets;
	bool keep;
	unsigned version, minor; /* 0: the oldest that can hold it */
};
/* setup.bin with a record for each pair, or one without a pair (k NULL). Fills in the version. Refuses
 * what PCs would refuse. What it takes from a is secret: wipe it. */
bool cli_stick_make(struct cli_stick *s, const struct cli_key_pairs *k, struct arena *a, struct out *o,
		    struct err *e);
