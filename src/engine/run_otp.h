/* The one-time password of a setup, for the runner. */
#pragma once
#include "base/err.h"

struct engine_run;
bool engine_run_otp_load(struct engine_run *r, struct err *e);
bool engine_run_otp_check(struct engine_run *r, struct err *e); /* the device was asked */
