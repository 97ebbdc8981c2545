/* Exports of other products that manage AMT, as the CSV that the import reads: a line per device. What
 * their members are called is guessed, and stands in one table. Called by adopt.c. */
#include "api/adopt.h"
#include "base/source.h"

#define DEPTH_MAX 6 /* lists in objects by group, in an object, in a list */

static const char *const columns[] = {
#define X(name, size) #name,
	ENGINE_ADOPT_COLS(X)
#undef X
};

/* Which member of a device becomes which column. A row that has the marker is a device. */
static const struct {
	const char *path; /* "outer.inner" */
	int col;
	enum source source;
} members[] = {
	/* MeshCentral: device list with the passwords of AMT */
	{ "host", ENGINE_ADOPT_address, SRC_G },
	{ "ip", ENGINE_ADOPT_address, SRC_G },
	{ "rname", ENGINE_ADOPT_fqdn, SRC_G },
	{ "intelamt.host", ENGINE_ADOPT_fqdn, SRC_G },
	{ "intelamt.uuid", ENGINE_ADOPT_uuid, SRC_G },
	{ "intelamt.user", ENGINE_ADOPT_user, SRC_G },
	{ "intelamt.pass", ENGINE_ADOPT_password, SRC_G },
	{ "intelamt.tls", ENGINE_ADOPT_tls, SRC_G },
	/* Device Management Toolkit: devices of its console */
	{ "hostname", ENGINE_ADOPT_address, SRC_G },
	{ "guid", ENGINE_ADOPT_uuid, SRC_G },
	{ "username", ENGINE_ADOPT_user, SRC_G },
	{ "password", ENGINE_ADOPT_password, SRC_G },
	{ "mebxpassword", ENGINE_ADOPT_mebx_password, SRC_G },
	{ "useTLS", ENGINE_ADOPT_tls, SRC_G },
};

static const json_t *member(const json_t *o, const char *path)
{
	char outer[32];
	const char *dot = strchr(path, '.');
	if (!dot)
		return json_object_get(o, path);
	str_copy(outer, sizeof outer, span_make(path, (size_t)(dot - path)));
	return json_object_get(json_object_get(o, outer), dot + 1);
}

static void add_text(struct out *o, const char *s)
{
	out_u8(o, '"');
	for (; *s; s++) {
		if (*s == '"')
			out_u8(o, '"');
		out_u8(o, (unsigned char)*s < 0x20 ? 0x7f : (uint8_t)*s); /* refused in its line */
	}
	out_u8(o, '"');
}

static void add_value(struct out *o, const json_t *v)
{
	if (json_is_string(v))
		add_text(o, json_string_value(v));
	else if (json_is_integer(v))
		out_fmt(o, "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		out_str(o, json_is_true(v) ? "true" : "false");
}

static void add_device(struct out *o, const json_t *d)
{
	for (int c = 0; c < ENGINE_ADOPT_source; c++) {
		const json_t *v = NULL;
		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			if (members[i].col == c && (!v || !json_string_length(v)) &&
			    member(d, members[i].path))
				v = member(d, members[i].path);
		add_value(o, v);
		out_str(o, ",");
	}
	out_str(o, json_object_get(d, "intelamt") ? "MeshCentral\n" : "DMT\n");
}

static unsigned walk(struct out *o, const json_t *v, unsigned depth)
{
	unsigned n = 0;
	size_t i;
	const char *key;
	json_t *x;
	if (depth > DEPTH_MAX)
		return 0;
	if (json_is_object(json_object_get(v, "intelamt")) ||
	    json_is_string(json_object_get(v, "guid"))) {
		add_device(o, v);
		return 1;
	}
	if (json_is_array(v))
		json_array_foreach((json_t *)(uintptr_t)v, i, x) n += walk(o, x, depth + 1);
	else
		json_object_foreach((json_t *)(uintptr_t)v, key, x) n += walk(o, x, depth + 1);
	return n;
}

static void wipe(json_t *v, unsigned depth)
{
	size_t i;
	const char *key;
	json_t *x;
	if (json_is_string(v))
		mem_wipe((void *)(uintptr_t)json_string_value(v), json_string_length(v));
	if (depth > DEPTH_MAX + 4)
		return;
	json_array_foreach(v, i, x) wipe(x, depth + 1);
	json_object_foreach(v, key, x) wipe(x, depth + 1);
}

bool api_adopt_export(struct span text, struct out *o, struct err *e)
{
	json_error_t at;
	json_t *doc = json_loadb((const char *)text.p, text.n, 0, &at);
	if (!doc) { /* jansson's own text quotes what stands near: maybe a password */
		err_set(e, ERR_INVALID, "the file is no JSON (line %d, column %d)", at.line,
			at.column);
		return err_want(e, "an export of devices, or CSV with a heading");
	}
	for (int c = 0; c < ENGINE_ADOPT_COL_COUNT; c++)
		out_fmt(o, "%s%s", c ? "," : "", columns[c]);
	out_str(o, "\n");
	bool any = walk(o, doc, 0) > 0;
	wipe(doc, 0);
	json_decref(doc);
	if (any)
		return true;
	err_set(e, ERR_INVALID, "no device is in the JSON file");
	return err_want(e, "objects with 'intelamt' (MeshCentral) or 'guid' (DMT)");
}
