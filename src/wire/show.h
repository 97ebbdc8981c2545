/* One way to print decoded messages, as lines of text and as JSON, so that a codec names its fields
 * once. Used by the printers of this folder; `decode` shows what they write. Keys are
 * lower_case_words; as text the underscores become blanks. Numbers with a name show both, so that a
 * value that no table knows is never lost. */
#pragma once
#include "base/out.h"

struct wire_show {
	struct out *o;
	bool json;
	bool first;    /* nothing stands in the open object or list yet */
	unsigned depth;
};
struct wire_show_name {
	uint32_t code;
	const char *name; /* NULL ends a list */
};
#define WIRE_SHOW_TIME_SIZE 21

struct wire_show wire_show_make(struct out *o, bool json);
/* NULL when the list has no such code. */
const char *wire_show_name(const struct wire_show_name *names, uint32_t code);
/* Objects and lists of objects; key NULL in a list and at the top. heading: its line as text. */
void wire_show_open(struct wire_show *s, const char *key, const char *heading);
void wire_show_close(struct wire_show *s);
void wire_show_list_open(struct wire_show *s, const char *key);
void wire_show_list_close(struct wire_show *s);

/* Of a value that the caller writes himself, complete, into s->o. */
void wire_show_key(struct wire_show *s, const char *key);
void wire_show_num(struct wire_show *s, const char *key, uint64_t v);
void wire_show_bool(struct wire_show *s, const char *key, bool v);
/* Number and name; as JSON the members key and key_name (null when unknown). */
void wire_show_code(struct wire_show *s, const char *key, uint64_t v, const char *name);
/* Text from a peer; as JSON also as key_hex when it is no plain ASCII. */
void wire_show_text(struct wire_show *s, const char *key, struct span v);
void wire_show_hex(struct wire_show *s, const char *key, struct span v);
/* Seconds since 1970 as "2031-05-02T09:14:07Z"; as JSON the number too, as key_unix. */
void wire_show_time(struct wire_show *s, const char *key, uint32_t unix_s);
void wire_show_time_text(uint32_t unix_s, char out_text[WIRE_SHOW_TIME_SIZE]);
