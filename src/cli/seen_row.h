/* What was seen of an address as one object, for output, and the certificates of our own CAs that say
 * what is ours. For discover and probe. */
#pragma once
#include "amt/seen.h"
#include "cli/cli.h"

/* at_unix_ms: when. The caller gives it back with json_decref. */
json_t *cli_seen_row(const char *address, const char *name, const struct amt_seen *s, int64_t at_unix_ms);
extern const struct cli_col cli_seen_cols[];
extern const unsigned cli_seen_col_count;

struct cli_seen_cas {
	struct span *ders;
	unsigned count;
	struct arena arena;
};
/* Those of --ca, and of the service when one answers. */
bool cli_seen_cas_init(struct cli_seen_cas *k, const struct cli *c, struct err *e);
void cli_seen_cas_deinit(struct cli_seen_cas *k);
/* --port-base and --rmcp-port, or the usual ones. */
bool cli_seen_ports(const struct cli *c, uint16_t *out_base, uint16_t *out_rmcp, struct err *e);
