/* Hellos that are handed over to another server (hello.forward): all, or those of PCs that are not
 * known here. For PCs whose MEBx names this address although another server configures them (D031).
 * One try each, so many at once; a hello that is lost is said again by its PC. */
#include "engine/engine_priv.h"
#include "engine/outside.h"

#include "base/mem.h"
#include "wire/proxy.h"

struct engine_forwarding {
	struct engine *en; /* NULL: it is gone */
	struct engine_forwarding *next;
	char uuid[UUID_TEXT_SIZE], address[64], to[80];
};

static void on_forwarded(void *arg, const struct err *e)
{
	static struct log_rate limit;
	struct engine_forwarding *f = arg;
	struct engine *en = f->en;
	if (en) {
		for (struct engine_forwarding **p = &en->forwards; *p; p = &(*p)->next) {
			if (*p == f) {
				*p = f->next;
				break;
			}
		}
		en->forward_count--;
	}
	if (en && log_rate_ok(&limit, 10)) {
		struct store_tx *tx = store_tx_new(en->conf.store);
		ENGINE_EVENT(en, tx, "", e ? LOG_EV_FORWARD_FAILED : LOG_EV_FORWARDED, e,
			     LOG_S("device", f->uuid), LOG_S("address", f->address),
			     LOG_S("server", f->to));
		store_tx_commit(tx, NULL, NULL);
	}
	mem_free(f);
}

static bool is_unknown(struct engine *en, const char *uuid)
{
	struct arena a;
	struct store_device d;
	struct store_name n;
	arena_init(&a, 1 << 18);
	bool known = store_device_get(en->conf.store, &a, uuid, &d) ||
		store_name_get(en->conf.store, &a, uuid, &n);
	arena_deinit(&a);
	return !known;
}

bool engine_forward(struct engine *en, const char *uuid, struct span hello, const char *address)
{
	uint8_t bytes[LIMIT_HELLO_BYTES + WIRE_PROXY_MAX + 1];
	struct out o;
	if (!en->set.forward[0] || !en->conf.outside ||
	    (!en->set.forward_all && !is_unknown(en, uuid)))
		return false;
	if (en->forward_count >= LIMIT_FORWARDS) {
		static struct log_rate limit;
		if (log_rate_ok(&limit, 1))
			log_ev(LOG_EV_HELLO_LIMITED, LOG_S("address", address),
			       LOG_I("dropped_count", limit.dropped + 1));
		return true; /* it is not ours; its PC says it again */
	}
	struct engine_forwarding *f = MEM_NEW(struct engine_forwarding);
	f->en = en;
	str_copy(f->uuid, sizeof f->uuid, span_str(uuid));
	str_copy(f->address, sizeof f->address, span_str(address));
	str_copy(f->to, sizeof f->to, span_str(en->set.forward));
	f->next = en->forwards;
	en->forwards = f;
	en->forward_count++;
	out_init(&o, bytes, sizeof bytes);
	if (en->set.forward_proxy)
		wire_proxy_emit(&o, address);
	out_bytes(&o, hello);
	en->conf.outside->forward(en->conf.outside->ctx, f->to, out_span(&o), on_forwarded, f);
	return true;
}

void engine_forward_orphan(struct engine *en)
{
	for (struct engine_forwarding *f = en->forwards; f; f = f->next)
		f->en = NULL;
	en->forwards = NULL;
}

bool engine_trusts_proxy(const struct engine *en, const char *address)
{
	struct span rest = span_str(en->set.proxies);
	while (rest.n) {
		size_t n = span_find(rest, ',');
		if (span_eq_str(span_trim(span_make(rest.p, n)), address))
			return true;
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	return false;
}
