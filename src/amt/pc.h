/* One PC through one set of roles, whatever its firmware speaks: the translator between WS-MAN (from
 * 3.2.1 on) and the legacy SOAP interface (before). Asks once which it is, then makes the calls of
 * the role. Used by `outband pc`. A power command is sent once and never repeated; what the PC says
 * afterwards is read back. */
#pragma once
#include "amt/client.h"

/* X(constant, word of the command line) */
#define AMT_PC_ROLES(X)                                                                             \
	X(AMT_PC_INFO, "info") X(AMT_PC_STATUS, "status") X(AMT_PC_ON, "on") X(AMT_PC_OFF, "off")   \
	X(AMT_PC_CYCLE, "cycle") X(AMT_PC_RESET, "reset") X(AMT_PC_SOFT_OFF, "soft-off")            \
	X(AMT_PC_SOFT_RESET, "soft-reset") X(AMT_PC_SLEEP, "sleep")                                 \
	X(AMT_PC_HIBERNATE, "hibernate") X(AMT_PC_NMI, "nmi")
enum amt_pc_role {
#define X(name, text) name,
	AMT_PC_ROLES(X)
#undef X
	AMT_PC_ROLE_COUNT
};
#define AMT_PC_ACTIONS "on, off, cycle, reset, soft-off, soft-reset, sleep, hibernate or nmi"
bool amt_pc_role_is_action(enum amt_pc_role role); /* changes the power */
bool amt_pc_role_parse(const char *word, enum amt_pc_role *out_role);

enum amt_pc_speaks { AMT_PC_UNKNOWN, AMT_PC_WSMAN, AMT_PC_SOAP };
enum amt_pc_power { AMT_PC_POWER_UNKNOWN, AMT_PC_POWER_ON, AMT_PC_POWER_SLEEP, AMT_PC_POWER_HIBERNATE,
		    AMT_PC_POWER_OFF };
const char *amt_pc_speaks_name(enum amt_pc_speaks s);
const char *amt_pc_power_name(enum amt_pc_power p);

struct amt_pc_facts { /* texts are "" when the PC did not say */
	enum amt_pc_speaks speaks;
	enum amt_pc_power power;
	char version[32], uuid[40], host[64], domain[192], realm[128], mac[24], address[48];
	unsigned can;        /* bits of roles that the PC says it takes; 0: it does not say */
	uint32_t can_states; /* WS-MAN: bits of AvailableRequestedPowerStates */
};
struct amt_pc_result {
	const struct amt_pc_facts *facts;
	const struct amt_peer *peer; /* of the last reply */
	bool replied;                /* at least one came */
	bool asked;                  /* the command was sent and taken; false: the PC was so already */
};
/* e is ERR_NONE on success; then facts hold what the role reads. */
typedef void amt_pc_fn(void *arg, const struct amt_pc_result *r, const struct err *e);

struct amt_pc;
struct amt_pc *amt_pc_new(struct amt_client *c); /* borrowed, with its way set */
void amt_pc_free(struct amt_pc *p);              /* cancels; NULL is fine */
/* The firmware's version is known: who speaks what need not be asked. "" : not known. */
void amt_pc_know_version(struct amt_pc *p, const char *version);
/* Exactly one callback, never before this returns. May be started again after it. */
void amt_pc_start(struct amt_pc *p, enum amt_pc_role role, amt_pc_fn *fn, void *arg);

/* Before the first release that WS-MAN alone is enough for (3.2.1): "2.6.20", "3.0.5", "3.1". False
 * for text that is no version. */
bool amt_pc_is_soap_era(const char *version);
