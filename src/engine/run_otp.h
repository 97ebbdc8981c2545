/* The one-time password of a setup, for the runner. */
#pragma once
#include "base/err.h"

struct engine_run;
bool engine_run_otp_load(struct engine_run *r, struct err *e);
bool engine_run_otp_check(struct engine_run *r, struct err *e); /* the device was asked */
/* It does not fit: the job ends with e; with pki.otp_close or period 0 of the job the network of the PC is closed before. */
void engine_run_otp_refused(struct engine_run *r, const struct err *e);
/* The job's own period, else setup.period_h, once at the start of a setup. True: it is under way. */
bool engine_run_extend_period(struct engine_run *r);
