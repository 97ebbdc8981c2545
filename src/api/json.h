/* Writer of JSON text and reader of request bodies. Written straight into the reply's buffer, so
 * that a secret has no second copy; the buffer wipes itself. key NULL: an item of a list. */
#pragma once
#include "base/err.h"
#include "base/out.h"
#include <jansson.h>

struct api_json {
	struct out o;
	bool comma; /* something stands before in the open object or list */
};
void api_json_init(struct api_json *j, struct buf *b);
void api_json_begin(struct api_json *j, const char *key, char bracket); /* '{' or '[' */
void api_json_end(struct api_json *j, char bracket);                    /* '}' or ']' */
void api_json_str(struct api_json *j, const char *key, const char *v);  /* NULL: null */
void api_json_pid(struct api_json *j, const char *key, const char *pid); /* two groups of four, as MEBx shows it */
void api_json_bytes(struct api_json *j, const char *key, struct span v); /* as text */
void api_json_int(struct api_json *j, const char *key, int64_t v);
void api_json_bool(struct api_json *j, const char *key, bool v);
void api_json_time(struct api_json *j, const char *key, int64_t unix_ms); /* 0 or less: null */
/* Starts a value that the caller writes into j->o itself. */
void api_json_key(struct api_json *j, const char *key);
/* The fields of an error as an object, empty ones left out. */
void api_json_err(struct api_json *j, const char *key, const struct err *e);

/* One object with no other keys than the blank separated ones. An empty body is an empty object.
 * NULL: e says what is wrong, and where. Caller frees with api_json_drop. */
json_t *api_json_read(struct span body, const char *keys, struct err *e);
/* Text member; *out_v NULL when it is absent. Other kinds and texts with NUL are errors. */
bool api_json_text(const json_t *o, const char *key, const char **out_v, struct err *e);
/* Overwrites all texts, then frees. */
void api_json_drop(json_t *o);
