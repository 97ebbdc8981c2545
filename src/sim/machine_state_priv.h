/* Inside of the virtual PC that a console sees: its state, and what the files of machine*.c call of each
 * other. Pure: the time comes in, text goes to `out`. machine_run.c alone knows the device. */
#pragma once
#include "base/buf.h"
#include "base/hash.h"
#include "sim/boot.h"

#define MACHINE_OUT_MAX   ((size_t)128 * 1024)
#define MACHINE_OUT_WAITS ((size_t)64 * 1024) /* so much said and not taken: the line is slow, it waits */
#define MACHINE_LINE      256
#define MACHINE_ITEMS     5
#define MACHINE_ESC       8

enum machine_stage {
	MACHINE_OFF,
	MACHINE_GAP,    /* off for a moment: power cycle */
	MACHINE_POST,
	MACHINE_SETUP,
	MACHINE_MENU,
	MACHINE_LOADER, /* something other than the disk */
	MACHINE_PAUSED, /* until a key */
	MACHINE_BOOT,
	MACHINE_OS,
	MACHINE_HALT,   /* nothing goes on but by a restart */
};
enum machine_wish { MACHINE_NONE, MACHINE_REBOOT, MACHINE_POWER_OFF, MACHINE_STORAGE /* boot from IDE-R */ };
enum machine_key {
	KEY_NONE, KEY_CHAR, KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_ENTER, KEY_ESC, KEY_DEL,
	KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8, KEY_F9, KEY_F10, KEY_F11, KEY_F12,
};
struct sim_machine {
	enum machine_stage stage;
	enum machine_wish wish; /* for machine_run.c */
	unsigned line;          /* of the stage's text, the next one */
	int64_t now_ms, next_ms; /* next: when it goes on by itself; -1: never */
	int64_t started_ms;
	double speed;
	struct buf out;
	char name[64], firmware[16];
	struct sim_boot_choice choice;
	/* keys */
	uint8_t esc[MACHINE_ESC];
	size_t esc_n;
	int64_t esc_ms;
	bool want_setup, want_menu;
	/* setup and menu */
	unsigned at;
	uint8_t value[MACHINE_ITEMS], edit[MACHINE_ITEMS];
	char ask; /* 's' save, 'd' discard; 0: no question */
	/* prompt */
	char text[MACHINE_LINE];
	size_t text_n;
	uint64_t sending, receiving, total, random;
	struct hash_run *hash;
	/* machine_run.c */
	struct sched_timer *timer;
	bool kicking;
};

/* ---- machine.c ---- */
void sim_pc_start(struct sim_machine *m, const struct sim_boot_choice *c); /* power-on test from its beginning */
void sim_pc_off(struct sim_machine *m, int64_t gap_ms); /* gap: on again then; 0: stays off */
void sim_pc_step(struct sim_machine *m, int64_t now_ms);   /* what is due */
size_t sim_pc_input(struct sim_machine *m, struct span in, int64_t now_ms); /* bytes that it read */
void sim_pc_say(struct sim_machine *m, const char *text);
void sim_pc_say_fmt(struct sim_machine *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void sim_pc_go(struct sim_machine *m, enum machine_stage stage, int64_t after_ms);
void sim_pc_wait(struct sim_machine *m, int64_t ms);
void sim_pc_boot(struct sim_machine *m);                   /* what its choice says, after the test */
/* Storage served what was asked for, or not (then the disk is next). */
void sim_pc_storage_done(struct sim_machine *m, bool ok);

/* ---- machine_setup.c: also the boot menu ---- */
void sim_pc_setup_enter(struct sim_machine *m);
void sim_pc_setup_key(struct sim_machine *m, enum machine_key k, uint8_t c);
void sim_pc_menu_enter(struct sim_machine *m);
void sim_pc_menu_key(struct sim_machine *m, enum machine_key k);
/* The next key in bytes; *out_used 0: the beginning of one, more is needed. */
enum machine_key sim_pc_key_of(struct span in, size_t *out_used, uint8_t *out_c);

/* ---- machine_os.c ---- */
void sim_pc_os_enter(struct sim_machine *m);
size_t sim_pc_os_input(struct sim_machine *m, struct span in);
void sim_pc_os_more(struct sim_machine *m); /* says more of what it was asked to send, while there is room */
void sim_pc_os_leave(struct sim_machine *m);
