/* Keys of the profile language that belong to parts (part.h): one row each. Checking, `profile show
 * --effective`, docs/profile.md, the man page and the schema for editors come from these rows. */
#pragma once
#include "base/source.h"
#include "base/span.h"

enum engine_key_kind {
	KEY_GROUP,  /* a mapping; its members' paths begin with this one */
	KEY_LIST,   /* a list of mappings; the same */
	KEY_TEXTS,  /* a list of texts, each as allowed says; "" as allowed: 1..255 */
	KEY_SWITCH, /* on | off */
	KEY_WORD,   /* one of the words in allowed, which blanks separate */
	KEY_WORDS,  /* a list of such words */
	KEY_NUMBER, /* allowed "LOW..HIGH" */
	KEY_TEXT,   /* printable text; allowed "SHORTEST..LONGEST" characters */
	KEY_IPV4,   /* dotted; stored as it is written */
	KEY_SECRET, /* random | {secret: NAME}: a stored secret */
	KEY_CERT,   /* name of a stored certificate that is trusted; "ca": the service's own */
	KEY_KIND_COUNT
};
enum engine_key_flags {
	KEY_ID = 1,        /* names an item of its list: no two alike, changes are named after it */
	KEY_NEEDED = 2,    /* must be there when its group is */
	KEY_STAGED = 4,    /* acts at CommitChanges */
	KEY_CUTS_OFF = 8,  /* a wrong value can make the PC unreachable */
	KEY_NO_RANDOM = 16, /* KEY_SECRET: only a stored one makes sense */
	KEY_EIGHT = 64,    /* KEY_SECRET: exactly 8 characters, as VNC has them */
	KEY_NO_LEAVE = 32, /* basic keys only: `leave` is no value of it */
};
struct engine_key {
	const char *path;    /* within the part, "networks.ssid"; "" is the part itself, always first */
	enum engine_key_kind kind;
	const char *allowed; /* see the kinds; NULL where it says nothing */
	unsigned flags;
	const char *sets;    /* what it sets: "CIM_WiFiEndpointSettings.SSID"; "" for groups */
	const char *since;   /* firmware that has it, "6.0"; "" all; "6.2-18" up to 18 */
	enum source source;  /* of the row as a whole */
	const char *help;    /* one sentence for the document */
	const char *example; /* a value, as in YAML; NULL for groups and lists */
};
#define ENGINE_KEYS_END { NULL, KEY_GROUP, NULL, 0, NULL, NULL, SRC_D, NULL, NULL }

/* The keys of a profile that belong to no part; paths begin at the top. For documents. */
extern const struct engine_key engine_profile_keys[];

/* A profile as it was read: only what it names. A value `leave` is the same as no value. */
struct engine_node {
	const char *key;     /* "" for items of lists */
	const struct engine_key *row;
	const char *text;    /* scalars; secrets: name of the stored one, NULL for random. on and off for
	                        switches, however they were written */
	bool is_random;      /* KEY_SECRET */
	unsigned line, column;
	struct engine_node *children, *next;
};
/* All of these take NULL for a group that is not there. */
const struct engine_node *engine_node_get(const struct engine_node *group, const char *key); /* NULL */
const char *engine_node_text(const struct engine_node *group, const char *key);              /* NULL */
bool engine_node_number(const struct engine_node *group, const char *key, uint32_t *out_v);
bool engine_node_switch(const struct engine_node *group, const char *key, bool *out_v);
unsigned engine_node_count(const struct engine_node *list);
const char *engine_node_id(const struct engine_node *item); /* text of the item's KEY_ID; "" none */
bool engine_node_has_word(const struct engine_node *list, const char *word); /* any case */
/* The row for key in a group whose own row is of; NULL: no such key. */
const struct engine_key *engine_key_child(const struct engine_key *rows, const struct engine_key *of, struct span key);
/* The i-th key of that group; NULL past the end. */
const struct engine_key *engine_key_child_at(const struct engine_key *rows, const struct engine_key *of, unsigned i);
const char *engine_key_name(const struct engine_key *k); /* last word of its path */
