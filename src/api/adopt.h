/* Shared by adopt*.c; nobody outside api/ includes this. */
#pragma once
#include "api/import.h"
#include "engine/adopt.h"

/* The devices of an export (JSON) as CSV, a line each behind the heading, in the order of the file.
 * False: it is no JSON, or no device is in it. Wipe o. */
bool api_adopt_export(struct span text, struct out *o, struct err *e);
