/* Which name a PC gets: sources in the order of the setting name.sources, each of which says a name,
 * nothing, or something that cannot be used; the first usable name wins. This part only looks at
 * what is stored; run_name.c asks the hook and DNS and stores what they said. */
#pragma once
#include "base/limits.h"
#include "base/str.h"
#include "engine/engine.h"

#define ENGINE_NAME_SOURCES(X)                                                \
	X(NAME_MAP, "map")       /* given by hand: device name, approve */    \
	X(NAME_IMPORT, "import") /* device import, inventory import */        \
	X(NAME_HOOK, "hook")     /* the operator's program */                 \
	X(NAME_DNS, "dns")       /* PTR of the address, and A back to it */   \
	X(NAME_REPORT, "report") /* told by a program on the PC */
enum engine_name_source {
#define X(name, text) name,
	ENGINE_NAME_SOURCES(X)
#undef X
	NAME_SOURCE_COUNT
};
#define ENGINE_NAME_VERDICTS(X)                                               \
	X(NAME_SAID, "said")        X(NAME_NOTHING, "nothing")                \
	X(NAME_NOT_ASKED, "not asked") X(NAME_OFF, "off")                     \
	X(NAME_UNFIT, "unfit")      /* said, and cannot be used: see rule */  \
	X(NAME_FAILED, "failed")    X(NAME_DENIED, "denied")
enum engine_name_verdict {
#define X(name, text) name,
	ENGINE_NAME_VERDICTS(X)
#undef X
	NAME_VERDICT_COUNT
};
struct engine_name_step {
	enum engine_name_source source;
	enum engine_name_verdict verdict;
	bool won;
	char fqdn[LIMIT_FQDN + 1], profile[64], ou[256], detail[320], rule[8];
	int64_t at_unix_ms;
};
enum engine_name_end { NAME_FOUND, NAME_NONE, NAME_ASK };
struct engine_name {
	struct engine_name_step steps[NAME_SOURCE_COUNT]; /* in order; sources that are off come last */
	unsigned count;
	char fqdn[LIMIT_FQDN + 1];
	char source[12];               /* "kept": no source says one, it is that of the last time */
	char profile[64];              /* that the hook gave; "" */
	char taken_from[UUID_TEXT_SIZE]; /* name.taken = replace: this PC loses the name; "" */
	enum engine_name_source ask;   /* NAME_ASK */
};
const char *engine_name_source_text(enum engine_name_source s);
const char *engine_name_verdict_text(enum engine_name_verdict v);
/* asked: bits of the sources that were asked in this run. may_ask: the answer may be NAME_ASK.
 * NAME_NONE: e has why, with its rule. */
enum engine_name_end engine_name_walk(struct engine *en, const struct store_device *d, unsigned asked,
				      bool may_ask, struct engine_name *out_n, struct err *e);
/* Is it one of the patterns of name.not_yet ("minint-*,localhost")? The host part counts, any case. */
bool engine_name_is_not_yet(const char *patterns, const char *fqdn);

/* A MAC address in any usual form to "00:11:22:33:44:55". */
bool engine_mac_parse(struct span text, char out_mac[18]);

/* ---- name_hook.c: what the hook gets and says; pure ---- */
struct wire_hello;
void engine_hook_write(struct out *json, const struct store_device *d, const struct wire_hello *h);
/* Judges a run; fills verdict, fqdn, profile, ou, detail and rule of s. False: e tells what is wrong,
 * s->verdict is NAME_FAILED, NAME_UNFIT or NAME_DENIED. */
struct engine_hook_end;
bool engine_hook_judge(const struct engine_hook_end *end, int64_t timeout_ms, struct engine_name_step *s,
		       struct err *e);
/* The same for DNS; never an error: what it cannot say is NAME_NOTHING or NAME_UNFIT. */
struct engine_dns_end;
void engine_dns_judge(const struct engine_dns_end *end, const char *address, struct engine_name_step *s);
