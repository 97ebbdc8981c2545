/* Scripts of `outband console --expect`: lines of send, expect, key, timeout and pause. Reading them, and
 * the machine that goes through one. Pure: text and time come in, what is to be typed goes out. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum cli_script_what { CLI_SCRIPT_SEND, CLI_SCRIPT_EXPECT, CLI_SCRIPT_TIMEOUT, CLI_SCRIPT_PAUSE };
struct cli_script_step {
	enum cli_script_what what;
	unsigned line;
	struct span text; /* send, expect */
	int64_t ms;       /* timeout, pause */
};
struct cli_script {
	const char *name;
	struct cli_script_step *steps;
	unsigned count, at;
	int64_t timeout_ms, until_ms; /* until: -1 the step has not begun */
	struct buf said;              /* since the last match */
	uint64_t said_count;
};
/* "\r \n \t \e \\ \xNN" in texts. Errors name file and line. The text is copied into a. */
bool cli_script_parse(struct cli_script *s, const char *name, struct span text, struct arena *a, struct err *e);
/* The same for one text, as of --send. */
bool cli_script_unescape(struct span in, struct arena *a, struct span *out_text, struct err *e);
void cli_script_deinit(struct cli_script *s);
void cli_script_hear(struct cli_script *s, struct span said);
enum cli_script_state { CLI_SCRIPT_WAITS, CLI_SCRIPT_SAYS, CLI_SCRIPT_DONE, CLI_SCRIPT_FAILED };
/* One step on. SAYS: *out_text is to be typed, call again. WAITS: call again when something was said, or at
 * *out_until_ms. */
enum cli_script_state cli_script_step(struct cli_script *s, int64_t now_ms, struct span *out_text,
				      int64_t *out_until_ms, struct err *e);
