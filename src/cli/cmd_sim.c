/* `outband sim`: a virtual fleet from flags or a fleet file, and `sim ctl`, which speaks with one
 * that runs. Flags and their help come from the table in sim/fleet_keys.c. Never talks to the
 * service. */
#include "cli/cmd_sim.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "sim/ctl.h"
#include "sim/fault.h"
#include "sim/fleet.h"
#include "sim/serve.h"
#include "sim/switches.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FLAG_COLUMN   28
#define REQUEST_BYTES 4096

/* ---- help and lists ---- */

static void print_flag(const char *flag, const char *arg, const char *sentence)
{
	char text[64];

	(void)snprintf(text, sizeof text, "--%s%s%s", flag, arg ? " " : "", arg ? arg : "");
	(void)printf("  %-*s %s\n", FLAG_COLUMN, text, sentence);
}

static void print_scope(unsigned scope)
{
	for (unsigned i = 0; sim_fleet_key_at(i); i++) {
		const struct sim_fleet_key *k = sim_fleet_key_at(i);
		if (k->scope & scope)
			print_flag(k->flag, k->arg, k->sentence);
	}
}

static void print_ctl(void)
{
	char text[64];

	for (unsigned i = 0; sim_ctl_row_at(i); i++) {
		const struct sim_ctl_row *r = sim_ctl_row_at(i);
		(void)snprintf(text, sizeof text, "%s %s", r->name, r->args);
		(void)printf("  %-*s %s\n", FLAG_COLUMN, text, r->sentence);
	}
}

static enum cli_writer_kind list_form;

static void list_generations(void)
{
	cli_cmd_sim_generations(list_form);
}

static void list_faults(void)
{
	char text[64];

	for (unsigned i = 0; sim_fault_at(i); i++) {
		const struct sim_fault_row *f = sim_fault_at(i);
		if (f->m)
			(void)snprintf(text, sizeof text, "%s=%lld:%lld", f->name, (long long)f->n,
				       (long long)f->m);
		else
			(void)snprintf(text, sizeof text, "%s=%lld", f->name, (long long)f->n);
		(void)printf("%-26s %s\n", text, f->sentence);
	}
}

static void list_switches(void)
{
	for (unsigned i = 0; sim_switches_at(i); i++) {
		const struct sim_switch_row *s = sim_switches_at(i);
		(void)printf("%-12s %-28s %s\n", s->name, s->values, s->sentence);
	}
}

static void print_help(void);

/* Flags that have nothing to do with the fleet. */
static const struct own_flag {
	const char *flag, *arg, *sentence;
	void (*print)(void); /* prints and ends */
} own_flags[] = {
	{ "log-level", "LEVEL", "error, warn, info or debug, on standard error (info)", NULL },
	{ "list-faults", NULL, "prints the faults with their usual arguments", list_faults },
	{ "list-generations", NULL,
	  "prints the generations of firmware; with --json or --csv every cell", list_generations },
	{ "json", NULL, "that list as JSON", NULL },
	{ "csv", NULL, "that list as CSV", NULL },
	{ "list-switches", NULL, "prints the switches, the first value being the usual one",
	  list_switches },
	{ "help", NULL, "prints this", print_help },
};
#define OWN_COUNT (sizeof own_flags / sizeof *own_flags)

static void print_help(void)
{
	(void)printf(
		"usage: outband sim [OPTION]...\n"
		"       outband sim FLEET.yaml [OPTION]...\n"
		"       outband sim ctl --ctl SOCKET REQUEST\n\n"
		"Plays AMT devices on this machine's loopback: each has an address of its own and\n"
		"answers on ports 16992 to 16995. Prints \"ready ...\" when it listens and runs\n"
		"until it is interrupted.\n\n"
		"Devices (in a fleet file: of each group):\n");
	print_scope(SIM_FLEET_KEY_GROUP);
	(void)printf("\nFleet:\n");
	print_scope(SIM_FLEET_KEY_FLEET);
	(void)printf("\nOther:\n");
	for (unsigned i = 0; i < OWN_COUNT; i++)
		print_flag(own_flags[i].flag, own_flags[i].arg, own_flags[i].sentence);
	(void)printf(
		"\nRequests of 'outband sim ctl'; DEVICE is a number, a range (5-9), an address, a UUID or all:\n");
	print_ctl();
}

/* ---- errors ---- */

static void name_faults(void)
{
	size_t column = 0;

	(void)fprintf(stderr, "  faults:");
	for (unsigned i = 0; sim_fault_at(i); i++) {
		const char *name = sim_fault_at(i)->name;
		if (column > 60) {
			(void)fprintf(stderr, "\n         ");
			column = 0;
		}
		(void)fprintf(stderr, " %s", name);
		column += strlen(name) + 1;
	}
	(void)fprintf(stderr, "\n");
}

static int report(const struct err *e)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "outband sim: %s\n", e->msg);
	if (e->seen[0])
		(void)fprintf(stderr, "  found:  %s\n", e->seen);
	if (e->want[0])
		(void)fprintf(stderr, "  wanted: %s\n", e->want);
	if (e->hint[0])
		(void)fprintf(stderr, "  %s\n", e->hint);
	return err_exit(e->code);
}

/* ---- flags ---- */

struct args {
	int argc;
	char **argv;
	int at;
	const char *flag; /* as written, with its dashes */
	struct span name;
	const char *inside; /* value behind "=", NULL: none */
	bool bad_fault;     /* one is wrong: the names are worth a list */
};

static bool next_flag(struct args *a)
{
	const char *word = a->argv[a->at++], *eq = strchr(word, '=');

	if (strncmp(word, "--", 2) != 0)
		return false;
	a->flag = word;
	a->name = span_make(word + 2, eq ? (size_t)(eq - word) - 2 : strlen(word) - 2);
	a->inside = eq ? eq + 1 : NULL;
	return true;
}

static bool take_value(struct args *a, const char *arg, const char **out_value, struct err *e)
{
	*out_value = a->inside;
	if (!a->inside && a->at < a->argc)
		*out_value = a->argv[a->at++];
	return *out_value || err_set(e, ERR_USAGE, "%s needs a value: %s", a->flag, arg);
}

static bool set_level(const char *value, struct err *e)
{
	enum log_level level;

	if (!log_level_parse(value, &level)) {
		err_set(e, ERR_USAGE, "--log-level: there is no level '%s'", value);
		return err_want(e, "error, warn, info or debug");
	}
	log_set_level(level);
	return true;
}

/* *out_done: it was one of these, and printed what was asked for. */
static bool own_flag(struct args *a, bool *out_found, bool *out_done, struct err *e)
{
	const char *value;

	for (unsigned i = 0; i < OWN_COUNT; i++) {
		if (!span_eq_str(a->name, own_flags[i].flag))
			continue;
		*out_found = true;
		*out_done = own_flags[i].print != NULL;
		if (own_flags[i].print) {
			own_flags[i].print();
			return true;
		}
		if (!own_flags[i].arg) /* seen before the others */
			return true;
		return take_value(a, own_flags[i].arg, &value, e) && set_level(value, e);
	}
	return true;
}

static bool fleet_flag(struct args *a, struct sim_fleet_conf *c, const char *file, struct err *e)
{
	const struct sim_fleet_key *k = sim_fleet_key_by_flag(a->name);
	const char *value = "on";

	if (!k) {
		err_set(e, ERR_USAGE, "there is no option %s", a->flag);
		return err_hint(e, "'outband sim --help' lists all");
	}
	if (file && !(k->scope & SIM_FLEET_KEY_FLEET)) {
		err_set(e, ERR_USAGE, "%s says something of devices, and so does %s", a->flag,
			file);
		return err_hint(e, "write it into the file, as '%s' of a group", k->key);
	}
	if (!k->arg && a->inside)
		return err_set(e, ERR_USAGE, "--%s takes no value", k->flag);
	if (k->arg && !take_value(a, k->arg, &value, e))
		return false;
	if (sim_fleet_key_set(c, &c->groups[0].opts, k, span_str(value), e))
		return true;
	e->code = ERR_USAGE;
	a->bad_fault = str_eq(k->flag, "fault");
	return err_wrap(e, "--%s", k->flag);
}

/* A fleet file is the first word that is no flag; it has to stand before the flags. */
static bool read_args(struct args *a, struct sim_fleet_conf *c, bool *out_done, struct err *e)
{
	const char *file = NULL;

	if (a->at < a->argc && strncmp(a->argv[a->at], "--", 2) != 0) {
		file = a->argv[a->at++];
		if (!sim_fleet_yaml_read(c, file, e))
			return false;
	} else {
		c->group_count = 1;
	}
	while (a->at < a->argc) {
		bool found = false;
		if (!next_flag(a)) {
			err_set(e, ERR_USAGE, "'%s' does not belong here", a->argv[a->at - 1]);
			return err_hint(e, "a fleet file stands first: outband sim FLEET.yaml ...");
		}
		if (!own_flag(a, &found, out_done, e))
			return false;
		if (*out_done)
			return true;
		if (!found && !fleet_flag(a, c, file, e))
			return false;
	}
	return true;
}

/* ---- ctl ---- */

static void print_line(void *arg, struct span line)
{
	(void)arg;
	(void)printf("%.*s\n", (int)line.n, (const char *)line.p);
}

/* The fleet may run in another folder: it gets the whole path of the stick's file. */
static bool put_word(struct out *o, unsigned number, const char *word, struct err *e)
{
	bool is_usb = number == 2 && span_starts(out_span(o), "usb ");
	char path[PATH_MAX];

	if (is_usb && !realpath(word, path))
		return err_errno(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, word);
	out_fmt(o, "%s%s", number ? " " : "", is_usb ? path : word);
	return true;
}

static bool ctl(struct args *a, struct err *e)
{
	const char *path = NULL;
	char request[REQUEST_BYTES];
	unsigned words = 0;
	struct out o;

	out_init(&o, request, sizeof request);
	while (a->at < a->argc) {
		if (!next_flag(a)) {
			if (!put_word(&o, words++, a->argv[a->at - 1], e))
				return false;
			continue;
		}
		if (span_eq_str(a->name, "help")) {
			print_help();
			return true;
		}
		if (!span_eq_str(a->name, "ctl"))
			return err_set(e, ERR_USAGE, "'sim ctl' has no option %s", a->flag);
		if (!take_value(a, "SOCKET", &path, e))
			return false;
	}
	if (!path || out_len(&o) == 0) {
		err_set(e, ERR_USAGE, "use: outband sim ctl --ctl SOCKET REQUEST");
		return err_hint(e, "'outband sim --help' lists the requests");
	}
	if (o.bad || memchr(request, '\n', out_len(&o)))
		return err_set(e, ERR_USAGE, "the request is too long, or has a line break");
	return sim_ctl_ask(path, out_span(&o), print_line, NULL, e);
}

/* ---- run ---- */

static void print_ready(void *arg, const char *line)
{
	(void)arg;
	(void)printf("%s\n", line);
	(void)fflush(stdout);
}

static bool run(struct args *a, struct err *e)
{
	struct sim_fleet_conf *c = MEM_NEW(struct sim_fleet_conf);
	bool done = false, ok;

	sim_fleet_conf_init(c);
	ok = read_args(a, c, &done, e) && (done || sim_serve_run(c, print_ready, NULL, e));
	sim_fleet_conf_deinit(c);
	mem_free(c);
	return ok;
}

int cli_cmd_sim(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1 };
	struct err e = { 0 };
	bool ok;

	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json"))
			list_form = CLI_WRITER_JSON;
		else if (str_eq(argv[i], "--csv"))
			list_form = CLI_WRITER_CSV;
	}
	if (argc > 1 && str_eq(argv[1], "ctl")) {
		a.at = 2;
		ok = ctl(&a, &e);
	} else {
		ok = run(&a, &e);
	}
	if (!ok) {
		int status = report(&e);
		if (a.bad_fault)
			name_faults();
		return status;
	}
	if (fflush(stdout) == 0)
		return 0;
	err_set(&e, ERR_IO, "cannot write to standard output");
	return report(&e);
}
