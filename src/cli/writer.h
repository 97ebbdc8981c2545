/* All results leave the program through here: text for people, JSON and CSV for programs, from one
 * description of columns. Progress and errors do not: they go to standard error.
 * Values come from outside: text form shows no control bytes of theirs. */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <jansson.h>

enum cli_writer_kind { CLI_WRITER_TEXT, CLI_WRITER_JSON, CLI_WRITER_CSV };
enum cli_form {
	CLI_FORM_TEXT,
	CLI_FORM_NUMBER, /* to the right */
	CLI_FORM_TIME,   /* ISO 8601, shown without the T and milliseconds */
	CLI_FORM_MS,     /* milliseconds, shown as 1 d 2 h, 12 s, 340 ms */
	CLI_FORM_COUNTS, /* an object of numbers, shown as 48 configured, 2 refused: those that are not 0 */
};
struct cli_col {
	const char *key;  /* "state"; with dots for members of members: "error.msg" */
	const char *head; /* NULL: not shown as text */
	enum cli_form form;
};
struct cli_writer;
/* Writes to fd, at the latest in cli_writer_end. width: of the terminal; 0: do not cut. */
struct cli_writer *cli_writer_new(enum cli_writer_kind kind, int fd, unsigned width);
enum cli_writer_kind cli_writer_kind(const struct cli_writer *w);

/* A table: begin, rows, end. As JSON an array of the whole objects, which come out row by row; as
 * text it is held back until the end, for its widths. none: said as text when there are no rows. */
void cli_writer_list_begin(struct cli_writer *w, const struct cli_col *cols, unsigned count);
void cli_writer_list_row(struct cli_writer *w, const json_t *row);
void cli_writer_list_end(struct cli_writer *w, const char *none);
/* One object: as text a line per column that has a value, as JSON all of it, as CSV a heading and
 * a row; the heading is left out when the object before had the same columns. */
void cli_writer_record(struct cli_writer *w, const struct cli_col *cols, unsigned count, const json_t *record);
/* Only as text: one sentence, or a block as it is. */
void cli_writer_say(struct cli_writer *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_writer_text(struct cli_writer *w, struct span text);
/* Not as text: a finished document. As CSV a list of objects is a table, anything else has a line
 * "field,value" for each of its values, with dots: "job.error.msg". */
void cli_writer_json(struct cli_writer *w, const json_t *doc);
/* The same from text that is JSON already. */
void cli_writer_json_text(struct cli_writer *w, struct span doc);
/* Not as text: one of many objects that have no common end. As JSON a line each, as CSV rows. */
void cli_writer_row(struct cli_writer *w, const struct cli_col *cols, unsigned count, const json_t *row);
/* What an action has done to what: a sentence as text; as CSV a row; as JSON cli_writer_finish makes
 * one object of all: {"ok":true,"done":[{"kind":..,"name":..,"message":..}]}. */
void cli_writer_done(struct cli_writer *w, const char *kind, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Behind the last output of a command. ok: nothing of it failed. */
void cli_writer_finish(struct cli_writer *w, bool ok);
void cli_writer_flush(struct cli_writer *w);
/* Nobody takes the output any more, or it has no place: what goes on by itself ends. */
bool cli_writer_is_lost(const struct cli_writer *w);
/* The pause of a command that goes on by itself: flushes and waits for ms. False at once when nobody
 * takes the output any more, also when there is nothing to write; then the command ends well. */
bool cli_writer_wait(struct cli_writer *w, int64_t ms);
/* Flushes and frees. False: the output could not be written; not an error when the reader went
 * away, as head does. */
bool cli_writer_end(struct cli_writer *w, struct err *e);
