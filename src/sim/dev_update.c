/* Software on the virtual PC updates its firmware: the same release is written again, since what a device
 * is stays what its fleet says. Noted in the audit log and told by alerts; a firmware that was updated
 * starts again. Called by the control socket. */
#include "base/str.h"
#include "sim/alerts.h"
#include "sim/audit.h"
#include "sim/dev_priv.h"

#define APP_UPDATE    19
#define UPDATED       0
#define UPDATE_FAILED 1
#define ALERT_PARTIAL 34
#define ALERT_FAILED  35
#define OUTAGE_MS     5000

/* major, minor, hot fix, build: as the version is written. */
static void put_version(struct out *o, const char *text)
{
	struct span left = span_str(text);

	for (int i = 0; i < 4; i++) {
		size_t n = span_find(left, '.');
		uint32_t v = 0;
		(void)str_to_u32(span_make(left.p, n), 0, UINT16_MAX, &v, NULL);
		out_be16(o, (uint16_t)v);
		n += n < left.n;
		left = span_make(left.p + n, left.n - n);
	}
}

static void failed(struct sim_dev *d, uint32_t reason, unsigned alert)
{
	uint8_t data[8];
	struct out o;

	out_init(&o, data, sizeof data);
	out_be32(&o, 0);
	out_be32(&o, reason);
	sim_audit(d, NULL, APP_UPDATE, UPDATE_FAILED, out_span(&o));
	sim_alerts_message(d, alert, -1, 5);
}

bool sim_dev_update(struct sim_dev *d, struct span how, struct err *e)
{
	uint8_t data[16];
	struct out o;

	if (span_eq_str(how, "done")) {
		out_init(&o, data, sizeof data);
		put_version(&o, d->gen->version.text);
		put_version(&o, d->gen->version.text);
		sim_audit(d, NULL, APP_UPDATE, UPDATED, out_span(&o));
		sim_conn_reset_all(d, NULL);
		sim_dev_forget_ram(d);
		sim_dev_outage(d, sim_dev_scale_ms(d, OUTAGE_MS));
		return true;
	}
	if (span_eq_str(how, "partial")) {
		failed(d, 1, ALERT_PARTIAL);
		return true;
	}
	if (span_eq_str(how, "failed")) {
		failed(d, 2, ALERT_FAILED);
		return true;
	}
	err_set(e, ERR_INVALID, "'%.*s' is no end of a firmware update", (int)how.n,
		(const char *)how.p);
	return err_want(e, "done, partial or failed");
}
