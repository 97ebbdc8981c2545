/* Consent of a PC's user for virtual media of one PC. For cmd_media.c and media_service.c. */
#pragma once
#include "cli/cli.h"

/* --code and --ask-consent, before the drives are opened. Without them nothing is sent: a PC that
 * wants no consent, or firmware that knows none, is not asked. */
bool cli_media_consent_give(struct cli *c, struct err *e);
/* A PC that wants consent refuses drives as one where they are switched off: asks it which, and
 * makes *e say so. */
void cli_media_consent_explain(struct cli *c, struct err *e);
