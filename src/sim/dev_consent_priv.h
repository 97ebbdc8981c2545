/* User consent inside of a virtual device (dev_consent.c): its state, and what those ask who open a session
 * or change boot settings. */
#pragma once
#include "sim/dev.h"

struct sim_consent { /* dev_consent.c */
	uint8_t state, wrong, sessions;
	uint32_t code;
	int64_t until_mono_ms;
};
enum sim_consent_for { SIM_CONSENT_BOOT, SIM_CONSENT_STORAGE, SIM_CONSENT_KVM };
enum sim_consent_state { SIM_CONSENT_IDLE, SIM_CONSENT_REQUESTED, SIM_CONSENT_DISPLAYED, SIM_CONSENT_RECEIVED,
			 SIM_CONSENT_IN_SESSION };
#define SIM_CONSENT_ALL UINT32_MAX
uint32_t sim_consent_required(const struct sim_dev *d); /* OptInRequired as it acts: 0, 1 or ALL */
/* It is not needed, or the user has given it. Who opens a session asks this first. */
bool sim_consent_ok(struct sim_dev *d, enum sim_consent_for what);
void sim_consent_session(struct sim_dev *d, bool opened); /* a storage or KVM session opens, closes */
enum sim_consent_state sim_consent_now(struct sim_dev *d);
bool sim_consent_start(struct sim_dev *d);               /* false: not in this state */
enum sim_consent_sent { SIM_CONSENT_RIGHT, SIM_CONSENT_WRONG, SIM_CONSENT_NOT_NOW };
enum sim_consent_sent sim_consent_send(struct sim_dev *d, uint32_t code);
bool sim_consent_cancel(struct sim_dev *d);
void sim_consent_forget(struct sim_dev *d);

