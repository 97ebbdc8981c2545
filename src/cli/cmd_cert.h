/* What the commands about provisioning certificates share. */
#pragma once
#include "cli/cli.h"

/* Sends a certificate file to be judged and stored; the answer of the service. */
bool cli_cert_send(struct cli *c, const char *target, struct span file, const struct secret *password,
		   json_t **out_doc, struct err *e);
/* Shows the judgement and says what became of it; false when it was not stored. */
bool cli_cert_stored(struct cli *c, const char *name, const char *path, const json_t *doc, bool force,
		     struct err *e);
