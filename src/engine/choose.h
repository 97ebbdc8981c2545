/* Which profile a PC gets: what was pinned by hand, what the hook or the import named, the first rule
 * that fits, what it had before, the default. Each of them is a step that can be shown. Called for
 * each run and for 'device why-profile', which so cannot tell different things. */
#pragma once
#include "base/limits.h"
#include "engine/engine.h"

/* What rules look at; "" is not known. */
struct engine_choose_pc {
	const char *version, *fqdn, *address, *grp;
	const char *ou, *mac, *serial, *profile; /* columns of an import */
};
enum engine_choose_fit { CHOOSE_NO, CHOOSE_YES, CHOOSE_NOT_YET };
/* Pure. why (never NULL): the criterion that decides, with what was seen. CHOOSE_NOT_YET: fits as far
 * as is known, and the firmware's version is not. */
enum engine_choose_fit engine_choose_fits(const struct store_rule *r, const struct engine_choose_pc *pc,
					  char *why, size_t cap);
/* Is it a rule: each criterion in its form? */
bool engine_choose_check(const struct store_rule *r, struct err *e);

struct engine_choose_step {
	const char *source;          /* pin, hook, import, rule, kept, default */
	char rule[64];               /* its name */
	char profile[64];            /* that it names; "" */
	enum engine_choose_fit fit;
	bool won;
	char why[240];
};
#define ENGINE_CHOOSE_STEPS (LIMIT_PROFILE_RULES + 5)
struct engine_choose {
	struct engine_choose_step steps[ENGINE_CHOOSE_STEPS];
	unsigned count, won;
	bool not_yet;                /* the version may change the choice */
};
struct engine_choose_ask {
	const struct store_device *d;
	const char *fqdn, *version;  /* of this run; may be newer than those of d */
	const char *said;            /* profile that the hook or the import gave with the name; "" */
};
/* What is known of a device without asking anybody: for those who only look. In the arena. */
bool engine_choose_ask_of(struct engine *en, struct arena *a, const struct store_device *d,
			  struct engine_choose_ask *out_q);
/* Always ends with a winner. */
void engine_choose_walk(struct engine *en, const struct engine_choose_ask *q, struct engine_choose *out_c);
const struct engine_choose_step *engine_choose_winner(const struct engine_choose *c);
