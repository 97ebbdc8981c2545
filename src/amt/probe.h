/* What is wrong with a PC as seen from outside: its ports against those that a PC in its state and of
 * its release shows, TLS, certificate, pages. Pure; each finding has what was seen, what was expected
 * and what to do. For `outband probe`. */
#pragma once
#include "amt/seen.h"

enum amt_probe_weight { AMT_PROBE_NOTE, AMT_PROBE_WRONG };
struct amt_probe_finding {
	enum amt_probe_weight weight;
	const char *rule; /* of rules.h; "" none */
	char what[200], seen[128], want[128];
	const char *todo;
};
#define AMT_PROBE_FINDINGS 24

struct amt_probe_known { /* by the service; texts are NULL or "" when it does not know */
	const char *state, *version, *fqdn;
	const char *address, *resolved; /* where it was last; where DNS says that its name leads */
	bool unknown; /* it was asked, and knows no such PC */
	int64_t now_unix_ms;
};
enum amt_probe_port { AMT_PROBE_ANY, AMT_PROBE_OPEN, AMT_PROBE_CLOSED };
const char *amt_probe_port_name(enum amt_probe_port p);
/* By the table of states and releases. */
enum amt_probe_port amt_probe_expects(const struct amt_seen *s, enum amt_seen_port p);
unsigned amt_probe_judge(const struct amt_seen *s, const struct amt_probe_known *k,
			 struct amt_probe_finding out_f[AMT_PROBE_FINDINGS]);
