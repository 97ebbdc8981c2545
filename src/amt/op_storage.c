/* Operation "storage": what software keeps in the PC's flash (3PDS), and whose it is: vendor and
 * application. Over plain HTTP with the login of the PC, since no class tells it. Changes nothing. */
#include "amt/op_priv.h"
#include "wire/storage.h"

static void on_list(struct amt_op *o, const struct amt_reply *r)
{
	struct wire_storage_item *items;
	struct err e = { 0 };

	if (r->http_status != 200) {
		err_set(&e, ERR_HTTP, "the PC answered HTTP %u for " WIRE_STORAGE_PATH,
			r->http_status);
		err_want(&e, "HTTP 200: AMT 11 and later have it");
		amt_op_fail(o, &e);
		return;
	}
	if (!wire_storage_parse(r->body, amt_op_arena(o), &items, &e)) {
		amt_op_fail(o, &e);
		return;
	}
	for (const struct wire_storage_item *i = items; i; i = i->next) {
		amt_op_begin(o, "");
		amt_op_text(o, "vendor", i->vendor);
		amt_op_text(o, "app", i->app);
		amt_op_text(o, "name", i->name);
		if (i->has_size)
			amt_op_number(o, "bytes", i->size);
		amt_op_text(o, "link", i->link);
		amt_op_emit(o);
	}
	amt_op_end(o);
}

static void start(struct amt_op *o)
{
	amt_op_path(o, WIRE_STORAGE_PATH, on_list);
}

const struct amt_op_fns amt_op_storage = { 0, start, NULL };
