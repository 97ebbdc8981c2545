/* Named fault points: places where a test can make a step fail or the process die. In normal runs
 * a point costs one load. fault_hit("store.commit") returns true when this hit shall fail. */
#pragma once
#include <stdbool.h>

/* Fires once, at the nth next hit (1 = next) of points whose name starts with prefix ("" = all,
 * cut at 63 bytes). nth 0 never fires and only counts. Names are static text. */
void fault_arm(const char *prefix, int nth);
void fault_disarm(void);
bool fault_hit(const char *name);
int fault_hits(void);           /* hits of the wanted points since fault_arm */
const char *fault_fired(void);  /* name of the point that fired since fault_arm, or NULL */
