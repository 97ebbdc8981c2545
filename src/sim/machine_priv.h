/* The PC behind the firmware, as far as a console sees it: power-on test, BIOS setup, boot menu, boot
 * log, a prompt that knows a few commands. machine.c is its states, machine_setup.c and
 * machine_os.c what they show; all pure. machine_run.c gives it time and joins it with the serial
 * line (redir_sol.c). It is made when somebody first looks or switches. */
#pragma once
#include "sim/dev_priv.h"
#include "wire/redir.h"

struct sim_machine;

/* ---- machine_run.c: for the serial line, power commands and storage ---- */
void sim_machine_kick(struct sim_dev *d);  /* goes on: time passed, input came, there is room */
void sim_machine_power(struct sim_dev *d, enum sim_power_act act); /* after it was done to d */
void sim_machine_free(struct sim_dev *d);
/* Bytes that it says, moved to b until that holds max. */
void sim_machine_output(struct sim_dev *d, struct buf *b, size_t max);
void sim_machine_drain(struct sim_dev *d); /* what it said is lost */
size_t sim_machine_input(struct sim_dev *d, struct span bytes); /* how many it read now */
void sim_machine_break(struct sim_dev *d); /* the serial line was held low */
void sim_machine_lines(const struct sim_dev *d, struct wire_redir_sol_control_msg *out_c);

/* The boot loader that runs from IDE-R: says what it finds, and ends. */
void sim_machine_say(struct sim_dev *d, const char *text); /* on the console; lines end with CR LF */
void sim_machine_storage_done(struct sim_dev *d, bool ok); /* false: next is the disk */

/* ---- loader.c ---- */
void sim_machine_storage(struct sim_dev *d); /* boot from IDE-R begins; not inside of it done */

/* ---- redir_sol.c ---- */
void sim_sol_run(struct sim_dev *d);  /* the machine said something, or its lines changed */
bool sim_sol_feed(struct sim_dev *d); /* the machine reads again; false: nothing that it took */
