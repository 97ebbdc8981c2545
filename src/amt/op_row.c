/* A row of an operation as JSON text: the one form in which rows travel and are kept, so that an
 * operation tells the same through the service and without it. Called by cli/operate.c and
 * engine/operate.c. Knows no operation. */
#include "amt/op.h"
#include "base/out.h"

static void member(struct out *o, const char **sep, const char *key)
{
	out_str(o, *sep);
	out_json_str(o, span_str(key));
	out_str(o, ":");
	*sep = ",";
}

void amt_op_row_json(struct out *o, const struct amt_op_row *r)
{
	const char *sep = "{";

	if (r->table[0]) {
		member(o, &sep, "table");
		out_json_str(o, span_str(r->table));
	}
	for (unsigned i = 0; i < r->count; i++) {
		member(o, &sep, r->fields[i].key);
		if (r->fields[i].is == AMT_OP_TEXT)
			out_json_str(o, span_str(r->fields[i].text));
		else
			out_str(o, r->fields[i].text);
	}
	out_str(o, *sep == '{' ? "{}" : "}");
}
