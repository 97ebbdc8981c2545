/* One WS-MAN call on one PC, for cmd_wsman.c (the network) and cmd_wsman_msg.c (the message). */
#pragma once
#include "amt/client.h"
#include "cli/cli.h"

struct cli_wsman_call {
	struct cli *c;
	enum wsman_op op;                  /* of the command: Put reads first */
	const char *class_name, *method;
	const struct wsman_class *cls;     /* NULL: the table does not know it */
	char uri[256];
	const struct wsman_selector *selectors;
	unsigned first_pair;               /* operand of the first PROP=VALUE */
};
/* From the arguments, everything checked that can be checked before a byte is sent. */
bool cli_wsman_prepare(struct cli *c, struct cli_wsman_call *out_k, struct err *e);
/* Input of the method from PROP=VALUE, in the command's arena; NULL with e set when it is wrong. */
struct wsman_obj *cli_wsman_input(const struct cli_wsman_call *k, struct err *e);
/* The instance of Create from PROP=VALUE, likewise. */
struct wsman_obj *cli_wsman_instance(const struct cli_wsman_call *k, struct err *e);
/* The instance that came with PROP=VALUE applied, as a copy in the command's arena. */
struct wsman_obj *cli_wsman_change(const struct cli_wsman_call *k, const struct wsman_msg *m, struct err *e);
/* Shows a reply: typed when the table knows it, else the tree. */
void cli_wsman_show(const struct cli_wsman_call *k, const struct amt_reply *r);
