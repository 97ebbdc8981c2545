/* Messages without their secrets, for traces: the content of every element that the class tables mark
 * WSMAN_SECRET, whatever message it stands in, becomes "***". Pure. Called by engine/trace.c. */
#pragma once
#include "base/out.h"
#include "base/span.h"

/* The XML text need not be well-formed: a secret that does not end takes all behind it along. What is
 * no XML is not written at all, only how long it was. */
void wsman_strike(struct span xml, struct out *o);
