/* JSON out and in. Called by every handler. Never keeps a secret: texts that were read are wiped,
 * texts that are written go straight into the buffer of the reply. */
#include "api/json.h"
#include "base/clk.h"
#include "base/mem.h"
#include "base/str.h"
#include "wire/psk.h"

void api_json_init(struct api_json *j, struct buf *b)
{
	out_init_buf(&j->o, b);
	j->comma = false;
}

void api_json_key(struct api_json *j, const char *key)
{
	if (j->comma)
		out_u8(&j->o, ',');
	j->comma = true;
	if (!key)
		return;
	out_json_str(&j->o, span_str(key));
	out_u8(&j->o, ':');
}

void api_json_begin(struct api_json *j, const char *key, char bracket)
{
	api_json_key(j, key);
	out_u8(&j->o, (uint8_t)bracket);
	j->comma = false;
}

void api_json_end(struct api_json *j, char bracket)
{
	out_u8(&j->o, (uint8_t)bracket);
	j->comma = true;
}

void api_json_bytes(struct api_json *j, const char *key, struct span v)
{
	api_json_key(j, key);
	out_json_str(&j->o, v);
}

void api_json_str(struct api_json *j, const char *key, const char *v)
{
	api_json_key(j, key);
	if (v)
		out_json_str(&j->o, span_str(v));
	else
		out_str(&j->o, "null");
}

void api_json_pid(struct api_json *j, const char *key, const char *pid)
{
	char text[10];

	if (strlen(pid) == WIRE_PSK_PID_LEN)
		wire_psk_print_pid(pid, text);
	else
		(void)str_copy(text, sizeof text, span_str(pid));
	api_json_str(j, key, text);
}

void api_json_int(struct api_json *j, const char *key, int64_t v)
{
	api_json_key(j, key);
	out_fmt(&j->o, "%lld", (long long)v);
}

void api_json_bool(struct api_json *j, const char *key, bool v)
{
	api_json_key(j, key);
	out_str(&j->o, v ? "true" : "false");
}

void api_json_time(struct api_json *j, const char *key, int64_t unix_ms)
{
	char text[CLK_TEXT_SIZE];

	if (unix_ms > 0)
		clk_print_unix_ms(unix_ms, text);
	api_json_str(j, key, unix_ms > 0 ? text : NULL);
}

static void json_opt(struct api_json *j, const char *key, const char *v)
{
	if (v && v[0])
		api_json_str(j, key, v);
}

void api_json_err(struct api_json *j, const char *key, const struct err *e)
{
	api_json_begin(j, key, '{');
	api_json_str(j, "code", err_name(e->code));
	api_json_str(j, "msg", e->msg);
	json_opt(j, "rule", e->rule);
	json_opt(j, "seen", e->seen);
	json_opt(j, "want", e->want);
	json_opt(j, "hint", e->hint);
	api_json_end(j, '}');
}

static bool is_wanted(const char *keys, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = keys; *p; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strcspn(p, " ") == n && memcmp(p, key, n) == 0)
			return n > 0;
	}
	return false;
}

static bool check_keys(json_t *o, const char *keys, struct err *e)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o)) {
		err_set(e, ERR_INVALID, "the body is not a JSON object");
		return err_want(e, "{...} with: %s", keys);
	}
	json_object_foreach(o, key, v)
	{
		if (is_wanted(keys, key))
			continue;
		err_set(e, ERR_INVALID, "the body has the unknown key '%.40s'", key);
		return err_want(e, "only: %s", keys);
	}
	return true;
}

json_t *api_json_read(struct span body, const char *keys, struct err *e)
{
	json_error_t at;
	json_t *o;

	if (span_trim(body).n == 0)
		return json_object();
	o = json_loadb((const char *)body.p, body.n, JSON_REJECT_DUPLICATES, &at);
	if (!o) {
		/* jansson's own text quotes what stands near, which may be a password */
		err_set(e, ERR_INVALID, "the body is not JSON (line %d, column %d)", at.line,
			at.column);
		err_want(e, "one JSON object with: %s", keys);
		return NULL;
	}
	if (check_keys(o, keys, e))
		return o;
	api_json_drop(o);
	return NULL;
}

bool api_json_text(const json_t *o, const char *key, const char **out_v, struct err *e)
{
	const json_t *v = json_object_get(o, key);

	*out_v = NULL;
	if (!v || json_is_null(v))
		return true;
	if (!json_is_string(v))
		return err_set(e, ERR_INVALID, "'%s' in the body is not a text", key);
	if (strlen(json_string_value(v)) != json_string_length(v))
		return err_set(e, ERR_INVALID, "'%s' in the body has a NUL byte", key);
	*out_v = json_string_value(v);
	return true;
}

void api_json_drop(json_t *o)
{
	const char *key;
	json_t *v;

	if (json_is_object(o)) {
		json_object_foreach(o, key, v) if (json_is_string(v))
			mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
	}
	json_decref(o);
}
