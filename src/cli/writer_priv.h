/* Inside of the writer: what writer.c and the three forms share. */
#pragma once
#include "base/arena.h"
#include "base/out.h"
#include "cli/writer.h"

#define CLI_WRITER_MAX_COLS 40
struct cli_writer_row {
	struct cli_writer_row *next;
	const char *cells[CLI_WRITER_MAX_COLS];
};
struct cli_writer {
	enum cli_writer_kind kind;
	int fd, failed; /* failed: errno of a write */
	unsigned width;
	struct buf buf;
	struct out out; /* into buf */
	const struct cli_col *cols;
	unsigned col_count, row_count;
	json_t *done; /* what actions did, for JSON; NULL: none */
	struct arena arena; /* cells of the table that is held back */
	struct cli_writer_row *first, *last;
};
const json_t *cli_writer_get_priv(const json_t *row, const char *key);
/* The value as people read it, in the arena; "" for null and absent. */
const char *cli_writer_cell_priv(struct arena *a, const struct cli_col *col, const json_t *row);

void cli_writer_text_row_priv(struct cli_writer *w, const json_t *row);
void cli_writer_text_end_priv(struct cli_writer *w, const char *none);
void cli_writer_text_record_priv(struct cli_writer *w, const json_t *record);
void cli_writer_json_value_priv(struct cli_writer *w, const json_t *v);
void cli_writer_csv_head_priv(struct cli_writer *w);
void cli_writer_csv_row_priv(struct cli_writer *w, const json_t *row);
void cli_writer_csv_doc_priv(struct cli_writer *w, const json_t *doc);
