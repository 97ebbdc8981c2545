/* Whether a PC trusts the receiver of its events that came over TLS: its chain must lead to a trusted root
 * that was given to the PC, be valid by the PC's clock, be one of a server and name the host of
 * the url (a guess but for the alerts, discovery 7.3, that say what is wrong). Asked by alert_client.c. */
#include "base/arena.h"
#include "base/clk.h"
#include "pki/cert.h"
#include "sim/alerts.h"
#include "sim/dev_priv.h"

#define ALERT_GENERAL 14
#define ALERT_EXPIRED 15
#define ALERT_NO_ROOT 16
#define ALERT_USAGE   17
#define ARENA_BYTES   ((size_t)512 * 1024)

static bool is_root(const struct sim_dev *d, const struct pki_cert *c, struct arena *a)
{
	struct pki_cert root;
	struct err e = { 0 };

	for (unsigned i = 0; i < d->cert_count; i++) {
		struct span der = span_make(d->certs[i].der, d->certs[i].der_n);
		if (!d->certs[i].trusted_root)
			continue;
		if (span_eq(der, c->der))
			return true;
		if (pki_cert_parse(der, a, &root, &e) && span_eq(root.subject_der, c->issuer_der) &&
		    pki_cert_signed_by(c, &root))
			return true;
	}
	return false;
}

/* The number of the alert that tells what is wrong; 0: nothing. */
static unsigned judge(const struct sim_dev *d, const char *host, const struct span *ders,
		      unsigned count, struct arena *a)
{
	int64_t now = clk_unix_ms() + d->clock_offset_ms;
	struct pki_cert c, above;
	struct err e = { 0 };

	if (!count || !pki_cert_parse(ders[0], a, &c, &e))
		return ALERT_NO_ROOT;
	if (!c.eku_server_auth)
		return ALERT_USAGE;
	bool named = pki_cert_is_for(&c, host);
	for (unsigned i = 0; i < count; i++, c = above) {
		if (now < c.not_before_unix_ms || now > c.not_after_unix_ms)
			return ALERT_EXPIRED;
		if (is_root(d, &c, a))
			return named || sim_switches_is(&d->sw, SIM_SW_EVENT_TLS, "chain")
				? 0
				: ALERT_GENERAL;
		if (i + 1 == count || !pki_cert_parse(ders[i + 1], a, &above, &e) || !above.is_ca ||
		    !pki_cert_signed_by(&c, &above))
			return ALERT_NO_ROOT;
	}
	return ALERT_NO_ROOT;
}

bool sim_alerts_trusts(struct sim_dev *d, const char *host, const struct span *ders, unsigned count,
		       bool tell)
{
	struct arena a;

	arena_init(&a, ARENA_BYTES);
	unsigned wrong = sim_switches_is(&d->sw, SIM_SW_EVENT_TLS, "any")
		? 0
		: judge(d, host, ders, count, &a);
	arena_deinit(&a);
	if (wrong && tell)
		sim_alerts_message(d, wrong, -1, 5);
	return !wrong;
}
