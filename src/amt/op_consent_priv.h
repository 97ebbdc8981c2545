/* User consent, for operations that need it (boot, storage, KVM): asked before anything changes (M24). */
#pragma once
#include "amt/op_priv.h"

enum amt_consent_for { AMT_CONSENT_BOOT, AMT_CONSENT_KVM };
enum amt_consent_state { AMT_CONSENT_IDLE, AMT_CONSENT_REQUESTED, AMT_CONSENT_DISPLAYED, AMT_CONSENT_RECEIVED,
			 AMT_CONSENT_IN_SESSION };
struct amt_consent { /* must be the first member of the operation's state */
	bool none;                /* this firmware has no such service */
	uint32_t required, state; /* OptInRequired, OptInState */
	uint32_t mode;            /* CurrentControlMode; 0: not asked */
	enum amt_consent_for what;
	const char *code;
	uint32_t display_s, code_s;
	struct err refused;       /* of a code */
	void (*next)(struct amt_op *o), (*after)(struct amt_op *o);
};
#define AMT_CONSENT_ALL UINT32_MAX
/* next is called when consent is not needed, is given, or was given now by that code ("": none); else the
 * operation ends with M24. */
void amt_consent_need(struct amt_op *o, enum amt_consent_for what, const char *code,
		      void (*next)(struct amt_op *o));
/* The same without a refusal: only reads state and mode. */
void amt_consent_read(struct amt_op *o, void (*next)(struct amt_op *o));
bool amt_consent_needed(const struct amt_consent *c, enum amt_consent_for what);
bool amt_consent_given(const struct amt_consent *c);
const char *amt_consent_required_name(const struct amt_consent *c); /* "none", "kvm", "all" */
const char *amt_consent_state_name(const struct amt_consent *c);
const char *amt_consent_word(const struct amt_consent *c); /* "not needed", "given" */
void amt_consent_explain(struct err *e); /* a fault AccessDenied gets rule and hint */
bool amt_consent_absent(const struct err *e); /* the firmware has no such class */
