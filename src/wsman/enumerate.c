/* Enumerate, then Pull until EndOfSequence, as a pure state machine. Used by amt/. It never
 * sends; it bounds pulls, items and the size of a context. */
#include "wsman/enumerate.h"
#include "base/str.h"
#include "wsman/status.h"

#define ITEMS_FIRST 16

void wsman_enumerate_init(struct wsman_enumerate *s, const char *resource_uri, struct arena *a)
{
	*s = (struct wsman_enumerate){ .resource_uri = resource_uri, .arena = a };
}

void wsman_enumerate_emit(struct wsman_enumerate *s, const char *message_id, struct out *o)
{
	struct wsman_req r = {
		.op = *s->context ? WSMAN_OP_PULL : WSMAN_OP_ENUMERATE,
		.resource_uri = s->resource_uri,
		.enum_context = s->context,
		.message_id = message_id,
	};
	wsman_envelope_emit_request(o, &r);
}

static const char *name_of(const struct wsman_enumerate *s)
{
	const char *slash = strrchr(s->resource_uri, '/');
	return slash ? slash + 1 : s->resource_uri;
}

static bool keep(struct wsman_enumerate *s, const struct wsman_xml *item, struct err *e)
{
	unsigned n = s->item_count;
	if (n == WSMAN_ENUMERATE_MAX_ITEMS)
		return err_set(e, ERR_LIMIT, "%s has more than %d instances", name_of(s),
			       WSMAN_ENUMERATE_MAX_ITEMS);
	/* The room doubles whenever the count reaches a power of two. */
	if (n == 0 || (n >= ITEMS_FIRST && (n & (n - 1)) == 0)) {
		const struct wsman_xml **more =
			ARENA_ARRAY(s->arena, const struct wsman_xml *, n ? n * 2 : ITEMS_FIRST);
		if (!more)
			return err_set(e, ERR_LIMIT, "instances of %s do not fit into memory",
				       name_of(s));
		if (n)
			memcpy(more, s->items, n * sizeof(void *));
		s->items = more;
	}
	s->items[s->item_count++] = item;
	return true;
}

static bool take_context(struct wsman_enumerate *s, const char *context, struct err *e)
{
	if (str_copy(s->context, sizeof s->context, span_str(context)))
		return true;
	s->context[0] = '\0';
	return err_set(e, ERR_LIMIT,
		       "enumeration context of %s has %zu characters; the limit is %zu", name_of(s),
		       strlen(context), sizeof s->context - 1);
}

static bool take(struct wsman_enumerate *s, const struct wsman_msg *m, struct err *e)
{
	bool pull = *s->context != '\0';
	unsigned before = s->item_count;
	for (const struct wsman_xml *x = m->items ? m->items->first : NULL; x; x = x->next)
		if (!keep(s, x, e))
			return false;
	if (m->end_of_sequence)
		return true;
	if (*m->enum_context)
		return take_context(s, m->enum_context, e);
	/* Without a new context the old one stays valid, if there was progress. */
	if (pull && s->item_count > before)
		return true;
	return err_set(e, ERR_MALFORMED, "%s reply for %s has neither a context nor an end",
		       pull ? "Pull" : "Enumerate", name_of(s));
}

enum wsman_enumerate_state wsman_enumerate_feed(struct wsman_enumerate *s,
						const struct wsman_msg *m, unsigned http_status,
						struct err *e)
{
	enum wsman_op op = *s->context ? WSMAN_OP_PULL : WSMAN_OP_ENUMERATE;
	if (!wsman_status_reply_for(m, op, s->resource_uri, http_status, e) || !take(s, m, e))
		return WSMAN_ENUMERATE_FAILED;
	if (m->end_of_sequence)
		return WSMAN_ENUMERATE_DONE;
	if (op == WSMAN_OP_PULL && ++s->pull_count >= WSMAN_ENUMERATE_MAX_PULLS) {
		err_set(e, ERR_LIMIT, "enumeration of %s did not end after %d pulls", name_of(s),
			WSMAN_ENUMERATE_MAX_PULLS);
		return WSMAN_ENUMERATE_FAILED;
	}
	return WSMAN_ENUMERATE_SEND;
}
