/* What a running job and its queue need of run_part*.c. Included by run_priv.h. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include "base/secret.h"

struct engine_run;
#define RUN_HASHES 8
struct run_unconfigure {
	bool sent, asked_here, hashes_read;
	bool overtaken;              /* it was configured again since a former run has sent it */
	unsigned polls, hash_count;
	char hashes[RUN_HASHES][40]; /* names of those that somebody added */
	struct err why;
};
#define RUN_MODE_CLEAR  7 /* mode of a way without TLS */
#define RUN_OWNER_LINES 24
/* run_adopt.c: what is known of the ways in, and who owns the PC */
struct run_adopt {
	bool is_adopted;             /* nobody said yet that the PC shall change */
	bool made_up;                /* the UUID of the row: the PC tells its own */
	bool used;                   /* a login was judged: the PC speaks over that mode */
	unsigned mode, closed;       /* mode of a way; bits of those that did not open */
	char refused[64];            /* id of the candidate that was refused last */
	unsigned next, count;        /* of the things to read; lines that were read */
	struct run_owner_line { char what[24], note[232]; } *line; /* RUN_OWNER_LINES, in r->keep; NULL: none yet */
	char leaf_subject[232], leaf_issuer[232];
	struct err why;
	void (*then)(struct engine_run *r);
};
struct store_tx;
/* run_rekey.c: the new pair, as its credential has it */
struct run_rekey {
	char id[64], pid[9];
	struct secret pps;
	bool maybe_in;               /* it was sent without an answer */
};
void engine_run_rekey(struct engine_run *r);
/* run_dark.c: out of reach on purpose; mark "": it is not */
struct run_dark {
	char mark[96];
	int64_t since_unix_ms;
	bool over;                   /* it answers again: told with the next transaction */
};
bool engine_run_dark_accepted(struct engine_run *r); /* somebody accepted that this job may lose the PC */
void engine_run_dark_load(struct engine_run *r, struct arena *a);
void engine_run_dark_sent(struct engine_run *r, struct store_tx *tx); /* with the intent of such a change */
bool engine_run_dark_explains(const struct engine_run *r, struct err *e); /* true: its silence is no failure; e says so */
void engine_run_dark_answers(struct engine_run *r);
void engine_run_dark_tx(struct engine_run *r, struct store_tx *tx);
/* run_prepare.c: which profile, and why */
struct run_choice {
	char said[64];               /* by the hook or the import, with the name */
	const char *source;          /* of engine/choose.h */
	char rule[64];               /* its name; "" */
	bool not_yet;                /* the version, not read yet, may change the choice */
};
/* The version is known now: rules may name another profile. Before anything is changed. */
bool engine_run_choose_again(struct engine_run *r, struct err *e);
void engine_run_profile_event(struct engine_run *r, struct store_tx *tx);
/* run_part.c: the parts of the profile, in operation */
/* True: something is under way (a read, a change, a commit), or the job ended. False: nothing to do. */
bool engine_run_parts(struct engine_run *r);
void engine_run_parts_forget(struct engine_run *r); /* after a break: all is read again */
void engine_run_parts_committed(struct engine_run *r);
void engine_run_parts_free(struct engine_run *r);
void engine_run_parts_tx(struct engine_run *r, struct store_tx *tx); /* what has become due */
/* What was refused by the device while the rest was done; NULL: nothing. */
const struct err *engine_run_parts_refused(const struct engine_run *r);

/* Only looks: true while a read is under way. Then the lines that would change, and remarks. */
bool engine_run_parts_observe(struct engine_run *r);
void engine_run_parts_print(struct engine_run *r, struct out *lines, struct out *notes);

/* run_check.c: the job "check", when the basics are known */
void engine_run_check(struct engine_run *r);
/* After a configuration: nothing differs, look again later. */
void engine_run_as_wanted(struct engine_run *r, struct store_tx *tx);

/* run_unconfigure.c: the jobs that take the configuration off, when the PC has told its UUID */
bool engine_run_is_unconfigure(const struct engine_run *r);
void engine_run_unconfigure(struct engine_run *r);
/* The step of the journal that says that it was asked for. */
bool engine_run_unconfigure_step(const struct engine_run *r, const char *step);
/* True: e proves that it happened, and the job ends well. */
bool engine_run_unconfigure_proven(struct engine_run *r, const struct err *e);

struct run_way;
void engine_run_add_way(struct engine_run *r, struct run_way w, struct span password); /* run_open.c */
void engine_run_new_id(struct engine_run *r, char out_id[64]);                          /* run_act.c */
/* run_adopt.c: the job that takes over a PC that others configured, and changes nothing in it */
void engine_run_adopt_begin(struct engine_run *r);
/* A fault that says that the user of the way in has no right: what to do. */
void engine_run_explain_denied(const struct engine_run *r, struct err *e);
/* run_name.c: asks for the address of that host, and goes on with the job. */
void engine_run_name_address(struct engine_run *r, const char *fqdn);
bool engine_run_adopt_ways(struct engine_run *r, struct err *e);
bool engine_run_adopt_skips(const struct engine_run *r);      /* the way that is next */
/* True: not the end of all ways, although the network said no. */
bool engine_run_adopt_goes_on(struct engine_run *r, const struct err *e);
bool engine_run_adopt_has_more(struct engine_run *r);         /* candidates, behind those of these ways */
/* The candidate is not tried again; next is called when that is durable. */
void engine_run_adopt_refused(struct engine_run *r, const struct err *why, void (*next)(struct engine_run *r));
/* True: the user of this login may not read that, and it was taken care of. */
struct engine_read;
bool engine_run_adopt_denied(struct engine_run *r, const struct engine_read *rd, const struct err *why);
void engine_run_adopt(struct engine_run *r);                  /* the PC has told its UUID, realm and TLS */
