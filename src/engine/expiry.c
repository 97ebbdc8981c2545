/* The radar of ends: provisioning certificates, the CAs, and the leaves that PCs show. An event for
 * each at 90, 60, 30 and 7 days and after the end, once; and the figures of the status. Looks every
 * six hours and when certificates were changed. Changes nothing but its own rows. */
#include "engine/engine_priv.h"

#include "base/clk.h"

#define DAY_MS   (24LL * 3600 * 1000)
#define FIRST_MS 5000
#define AGAIN_MS (6LL * 3600 * 1000)
#define MORE_MS  2000 /* when one look was not enough: what was told must be durable first */
#define PAGE     500

static const int bands[] = { 0, 7, 30, 60, 90 }; /* days; 0: it has ended */
#define BANDS (sizeof bands / sizeof *bands)

static const char *const kinds[] = { "provisioning", "ca", "root", "device" };
#define KINDS (sizeof kinds / sizeof *kinds)

static struct store_cert_ends span_of(const char *kind, size_t band, int64_t now)
{
	return (struct store_cert_ends){ kind, band ? now + bands[band - 1] * DAY_MS : 0,
					 now + bands[band] * DAY_MS };
}

/* What to do about it, and the rule that it is. */
static void explain(const struct store_cert *row, int64_t now, struct err *e)
{
	char at[CLK_TEXT_SIZE];
	clk_print_unix_ms(row->not_after_unix_ms, at);
	err_set(e, ERR_CERT, "%s '%.80s' %s %.10s",
		str_eq(row->kind, "device")                 ? "the certificate of"
			: str_eq(row->kind, "provisioning") ? "provisioning certificate"
							    : "CA",
		str_eq(row->kind, "device") ? row->subject : row->id,
		row->not_after_unix_ms <= now ? "ended" : "ends", at);
	if (str_eq(row->kind, "provisioning")) {
		err_rule(e, row->not_after_unix_ms <= now ? "D059" : "M03");
		err_hint(e, "order the next one: 'outband cert request %.60s --fqdn NAME'",
			 row->id);
	} else if (str_eq(row->kind, "device")) {
		err_hint(e, "'outband device renew %.80s', or the setting certificate.renew_days",
			 row->subject);
	} else {
		err_hint(e, "'outband cert renew-ca%s'",
			 str_eq(row->kind, "root") ? " --root" : "");
	}
}

static void warn(struct engine *en, struct store_tx *tx, const struct store_cert *row, int days,
		 int64_t now)
{
	struct err e = { 0 };
	int64_t left = row->not_after_unix_ms - now;
	explain(row, now, &e);
	ENGINE_EVENT(en, tx, row->uuid, days ? LOG_EV_CERT_ENDS : LOG_EV_CERT_ENDED, &e,
		     LOG_S("uuid", row->uuid), LOG_S("name", row->id), LOG_S("kind", row->kind),
		     LOG_I("days", left > 0 ? (left + DAY_MS - 1) / DAY_MS : 0));
	store_tx_cert_warn(tx, row->id, row->not_after_unix_ms, days);
}

/* True when there may be more. */
static bool warn_band(struct engine *en, struct store_tx **tx, const char *kind, size_t band,
		      int64_t now)
{
	struct arena a;
	struct store_cert_ends q = span_of(kind, band, now);
	arena_init(&a, 1 << 24);
	struct store_cert *rows = ARENA_ARRAY(&a, struct store_cert, PAGE);
	unsigned n =
		!rows ? 0 : store_cert_list_warn(en->conf.store, &a, &q, bands[band], PAGE, rows);
	if (n && !*tx)
		*tx = store_tx_new(en->conf.store);
	for (unsigned i = 0; i < n; i++)
		warn(en, *tx, &rows[i], bands[band], now);
	arena_deinit(&a);
	return n == PAGE;
}

static void count(struct engine *en, int64_t now)
{
	for (size_t b = 0; b < BANDS; b++) {
		en->st.ends[b] = 0;
		for (size_t k = 0; k < KINDS; k++) {
			struct store_cert_ends q = span_of(kinds[k], b, now);
			int64_t n = store_cert_count_end(en->conf.store, &q);
			en->st.ends[b] += n > 0 ? n : 0;
		}
	}
}

static void look(void *arg)
{
	struct engine *en = arg;
	struct store_tx *tx = NULL;
	int64_t now = clk_unix_ms();
	bool more = false;
	for (size_t k = 0; k < KINDS; k++)
		for (size_t b = 0; b < BANDS; b++)
			more |= warn_band(en, &tx, kinds[k], b, now);
	if (tx)
		store_tx_commit(tx, NULL, NULL);
	count(en, now);
	en->expiry_timer = sched_after(en->conf.sched, more ? MORE_MS : AGAIN_MS, look, en);
}

void engine_expiry_soon(struct engine *en)
{
	sched_cancel(en->expiry_timer);
	en->expiry_timer = sched_after(en->conf.sched, FIRST_MS, look, en);
}
