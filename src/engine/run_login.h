/* What a running job knows of logins, and what they cost: run_login.c. Part of run_priv.h. */
#pragma once
#include "base/err.h"
#include "store/store_job.h"

struct engine_run;
/* Ids are those of struct run_way. */
struct run_login {
	int64_t count, since_unix_ms;   /* the budget of the PC, as its row has it or will */
	bool is_spent;                  /* it was charged for the current way */
	char taken[64], refused[64];    /* ids of the last one that the PC took, and did not; "": none */
	bool is_sure;                   /* nobody is known to have changed the taken one since */
	bool count_due, taken_due, refused_due; /* to be written with the next transaction */
	unsigned sent_before;           /* logins that the client had sent when the budget was charged */
};

bool engine_run_login_step(struct engine_run *r, const struct store_step *st); /* true: it told of logins */
void engine_run_login_tx(struct engine_run *r, struct store_tx *tx); /* writes what is due */
void engine_run_login_changes(struct engine_run *r); /* the admin password is about to be set */
bool engine_run_login_charge(struct engine_run *r); /* true: goes on with the plan when that is durable */
bool engine_run_login_may(struct engine_run *r, struct err *e); /* over the current way */
void engine_run_login_unsent(struct engine_run *r); /* the way ends: what was not sent costs nothing */
void engine_run_login_failed(struct engine_run *r, const struct err *e);
void engine_run_proven(struct engine_run *r);
void engine_run_login_order(struct engine_run *r, unsigned first); /* ways from first on: the surest before */
