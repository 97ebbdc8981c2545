/* Scheduled inventory (cli/serve_inventory.h): looks every few seconds whether it is due, reads the
 * file on a worker, and gives it to the API as any other import. One at a time. */
#include "cli/serve_inventory.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include "engine/settings.h"
#include "base/limits.h"
#include <jansson.h>
#include <unistd.h>

#define LOOK_MS 2000

struct cli_inventory {
	struct net_loop *loop;
	struct store *store;
	struct api *api;
	struct sched_timer *timer;
	int64_t last_mono_ms;
	bool ran, busy;
	char path[256];
	struct buf file;
	bool ok;
	struct err e;
};

static void look(void *arg);

static void again(struct cli_inventory *i)
{
	i->timer = sched_after(net_loop_sched(i->loop), LOOK_MS, look, i);
}

/* ---- the import ---- */

static int64_t number(const json_t *doc, const char *key)
{
	return json_integer_value(json_object_get(doc, key));
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void on_reply(void *arg, int status, const char *type, struct span body)
{
	struct cli_inventory *i = arg;
	json_error_t why;
	json_t *doc = json_loadb((const char *)body.p, body.n, 0, &why);
	const json_t *first = json_array_get(json_object_get(doc, "errors"), 0);

	(void)type;
	i->busy = false;
	if (status != 200)
		first = json_object_get(doc, "error");
	log_ev(status == 200 && !first ? LOG_EV_INVENTORY : LOG_EV_INVENTORY_BAD,
	       LOG_S("path", i->path), LOG_I("added", number(doc, "added")),
	       LOG_I("changed", number(doc, "changed")), LOG_I("rejected", number(doc, "rejected")),
	       LOG_I("line", number(first, "line")), LOG_S("first", text_of(first, "msg")));
	json_decref(doc);
}

static void work(void *arg)
{
	struct cli_inventory *i = arg;

	i->ok = cli_input_read(i->path, LIMIT_API_BODY_BYTES, &i->file, &i->e);
}

static void on_read(void *arg)
{
	struct cli_inventory *i = arg;

	if (!i->ok) {
		log_err(LOG_EV_INVENTORY_BAD, &i->e,
			(const struct log_kv[]){ LOG_S("path", i->path), { 0 } });
		i->busy = false;
		return;
	}
	struct api_call call = { .method = "POST",
				 .path = "/v1/inventory",
				 .body = buf_span(&i->file),
				 .peer_uid = (unsigned)getuid() };
	api_handle(i->api, &call, on_reply, i);
	buf_deinit(&i->file);
}

/* ---- when ---- */

static const char *setting(struct cli_inventory *i, struct arena *a, enum engine_setting s)
{
	const struct engine_setting_row *row = engine_setting_row(s);
	const char *v;

	return store_setting_get(i->store, a, row->key, &v) ? v : row->def;
}

static void look(void *arg)
{
	struct cli_inventory *i = arg;
	struct arena a;
	int64_t interval_s = 0;

	arena_init(&a, 65536);
	const char *path = setting(i, &a, SETTING_INVENTORY_PATH);
	(void)str_to_i64(span_str(setting(i, &a, SETTING_INVENTORY_S)), 0, INT64_MAX, &interval_s,
			 NULL);
	bool other = !str_eq(path, i->path);
	bool due = path[0] && interval_s > 0 && !i->busy &&
		(!i->ran || other || clk_mono_ms() - i->last_mono_ms >= interval_s * 1000);
	if (due) {
		(void)str_copy(i->path, sizeof i->path, span_str(path));
		i->ran = i->busy = true;
		i->last_mono_ms = clk_mono_ms();
		err_clear(&i->e);
		net_loop_work(i->loop, work, on_read, i);
	}
	arena_deinit(&a);
	again(i);
}

struct cli_inventory *cli_inventory_new(struct net_loop *l, struct store *s, struct api *a)
{
	struct cli_inventory *i = MEM_NEW(struct cli_inventory);

	i->loop = l;
	i->store = s;
	i->api = a;
	again(i);
	return i;
}

void cli_inventory_free(struct cli_inventory *i)
{
	if (!i)
		return;
	sched_cancel(i->timer);
	mem_free(i);
}
