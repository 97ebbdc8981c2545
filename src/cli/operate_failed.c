/* Failures of many PCs, grouped by their texts, the PCs as ranges (cli/operate_failed.h). Called by
 * operate_service.c. */
#include "cli/operate_failed.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/str.h"

#define LIST_BYTES (1u << 20)

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* What tells one PC from the others goes out of the text; ports stay. */
static void put_common(struct out *o, const char *text, const char *const *own, unsigned count)
{
	while (*text) {
		size_t n = 0;
		for (unsigned i = 0; i < count && !n; i++)
			if (own[i][0] && strncmp(text, own[i], strlen(own[i])) == 0)
				n = strlen(own[i]);
		if (n)
			out_str(o, "the PC");
		else
			out_u8(o, (uint8_t)*text);
		text += n ? n : 1;
	}
}

void cli_operate_failed_add(struct cli_operate_failed *f, const json_t *item, const json_t *error)
{
	const char *const own[] = { text_of(item, "device"), text_of(item, "address"),
				    text_of(item, "uuid") };
	char text[512];
	struct out o;

	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text - 1);
	put_common(&o, text_of(error, "msg"), own, 3);
	if (!f->groups)
		f->groups = json_object();
	json_t *g = json_object_get(f->groups, text);
	if (!g) {
		g = json_pack("{s:[], s:s, s:s}", "pcs", "hint", text_of(error, "hint"), "rule",
			      text_of(error, "rule"));
		(void)json_object_set_new(f->groups, text, g);
	}
	(void)json_array_append_new(json_object_get(g, "pcs"), json_string(own[0]));
	f->count++;
	enum err_code code = ERR_INTERNAL;
	if (!f->status)
		f->status = err_from_name(text_of(error, "code"), &code) ? err_exit(code) : 1;
}

static void print_group(const char *text, const json_t *g, struct cli *c)
{
	const json_t *pcs = json_object_get(g, "pcs");
	size_t n = json_array_size(pcs);
	const char **names = mem_new((n + 1) * sizeof(char *));
	struct buf b;
	struct out o;

	for (size_t i = 0; i < n; i++)
		names[i] = json_string_value(json_array_get(pcs, i));
	buf_init(&b, LIST_BYTES);
	out_init_buf(&o, &b);
	names_print(&o, names, n);
	cli_note("  %s: %s%s%s", o.bad || !b.p ? "many PCs" : (const char *)b.p, text,
		 *text_of(g, "rule") ? ", " : "", text_of(g, "rule"));
	if (*text_of(g, "hint"))
		cli_note("    to do: %s", text_of(g, "hint"));
	buf_deinit(&b);
	mem_free(names);
	(void)c;
}

void cli_operate_failed_print(struct cli_operate_failed *f, struct cli *c, unsigned total)
{
	const char *text;
	json_t *g;

	if (!f->count)
		return;
	cli_note("outband: %u of %u PCs failed", f->count, total);
	json_object_foreach(f->groups, text, g) print_group(text, g, c);
}

void cli_operate_failed_deinit(struct cli_operate_failed *f)
{
	json_decref(f->groups);
	f->groups = NULL;
}
