/* Pieces of a body that requests and replies share; for the files of wsman/ only. */
#pragma once
#include "wsman/envelope.h"

struct wsman_prefixes {            /* with the colon */
	const char *wsa, *wsman, *cls; /* cls: namespace of the members */
	const char *common;        /* NULL: not declared */
};
void wsman_emit_leaf(struct out *o, const char *prefix, const char *name, const char *value);
void wsman_emit_tag(struct out *o, const char *open, const char *prefix, const char *name);
void wsman_emit_selectors(struct out *o, const struct wsman_prefixes *p,
			  const struct wsman_selector *s);
void wsman_emit_epr(struct out *o, const struct wsman_prefixes *p, const char *prefix,
		    const char *name, const struct wsman_epr *epr);
void wsman_emit_members(struct out *o, const struct wsman_prefixes *p, const struct wsman_obj *obj);
