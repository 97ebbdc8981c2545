/* Rows of an operation on their way to the writer: shared by operate.c and operate_service.c. */
#pragma once
#include "cli/operate.h"

#define CLI_OPERATE_COLS 40
#define EXIT_SOME        8 /* of many PCs some failed */
#define EXIT_ALL         9
struct cli_operate_rows {
	struct cli *c;
	const struct cli_operate *o;
	bool many, begun;
	struct cli_col cols[CLI_OPERATE_COLS];
	unsigned col_count;
	json_t *table; /* of many, as text: until the end, by name */
	json_t *held; /* without columns: until the end, by table */
};
bool cli_operate_ask(struct cli *c, const struct cli_operate *o, const char *whom, struct err *e);
bool cli_operate_service(struct cli *c, const struct cli_operate *o, struct err *e); /* operate_service.c */
void cli_operate_rows_init(struct cli_operate_rows *s, struct cli *c, const struct cli_operate *o, bool many);
void cli_operate_rows_add(struct cli_operate_rows *s, const char *device, json_t *row); /* takes row */
/* all: every PC answered, so that no rows means that there are none. */
void cli_operate_rows_end(struct cli_operate_rows *s, bool all);
