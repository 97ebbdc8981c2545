/* Digest logins and the lock-out. fw_http.c asks before it does anything for a peer. Nonces carry
 * their own proof, so none is stored; a wrong digest counts, an unknown nonce does not. */
#include "base/hash.h"
#include "base/str.h"
#include "sim/fw_http_priv.h"
#include "sim/audit.h"
#include "sim/events.h"
#include "sim/fw_users_priv.h"
#include "wire/digest.h"

#define LOCK_FAILS     5
#define LOCK_MS        60000
#define FAIL_WINDOW_MS 600000
#define NONCE_BYTES    24

static void nonce_proof(const struct sim_dev *d, const uint8_t *head12, uint8_t out_proof[12])
{
	uint8_t digest[HASH_MAX_SIZE];
	const struct span parts[] = { { d->nonce_key, sizeof d->nonce_key }, { head12, 12 } };

	hash_of_parts(HASH_SHA256, parts, 2, digest);
	memcpy(out_proof, digest, 12);
}

/* 4 random bytes, 8 of a counter (the epoch is in its upper half), 12 opaque ones. */
void sim_fw_nonce_make(struct sim_dev *d, char out_text[SIM_NONCE_TEXT + 1])
{
	uint8_t b[NONCE_BYTES];
	struct out o;

	out_init(&o, b, sizeof b);
	rng_fill(&d->rng, b, 4);
	o.n = 4;
	out_le32(&o, (uint32_t)++d->nonce_count);
	out_le32(&o, d->nonce_epoch);
	nonce_proof(d, b, b + 12);
	out_init(&o, out_text, SIM_NONCE_TEXT + 1);
	out_b64(&o, span_make(b, sizeof b));
}

bool sim_fw_nonce_known(const struct sim_dev *d, const char *text)
{
	uint8_t b[NONCE_BYTES + 3], proof[12];
	size_t n;

	if (!b64_decode(span_str(text), b, sizeof b, &n) || n != NONCE_BYTES)
		return false;
	nonce_proof(d, b, proof);
	struct cur c = cur_make(span_make(b + 8, 4));
	return memcmp(proof, b + 12, sizeof proof) == 0 && cur_le32(&c) == d->nonce_epoch;
}

void sim_fw_challenge(struct sim_dev *d, int64_t now_mono_ms, struct out *o)
{
	char nonce[SIM_NONCE_TEXT + 1];

	(void)now_mono_ms;
	sim_fw_nonce_make(d, nonce);
	out_fmt(o, "Digest realm=\"%s\", nonce=\"%s\",stale=\"false\",qop=\"%s\"", d->realm, nonce,
		sim_gen_auth_int(d) ? "auth-int, auth" : "auth");
}

void sim_fw_count_fail(struct sim_dev *d, int64_t now)
{
	unsigned in_window = 1;

	memmove(&d->fail_mono_ms[1], &d->fail_mono_ms[0],
		(SIM_FAILS_KEPT - 1) * sizeof d->fail_mono_ms[0]);
	d->fail_mono_ms[0] = now;
	for (unsigned i = 1; i < SIM_FAILS_KEPT && d->stats.failed_logins >= i; i++)
		in_window += now - d->fail_mono_ms[i] < FAIL_WINDOW_MS;
	d->stats.failed_logins++;
	sim_audit(d, NULL, 16, 5, span_make("", 1)); /* at the ME, not in MEBx */
	if (in_window > d->stats.max_failed_in_window)
		d->stats.max_failed_in_window = in_window;
	if (++d->fails % LOCK_FAILS == 0)
		sim_event(d, SIM_EV_LOGIN_FAILURES, d->fails);
	if (d->fails < LOCK_FAILS || !sim_switches_is(&d->sw, SIM_SW_LOCKOUT, "on"))
		return;
	d->fails = 0;
	d->locked_until_mono_ms = now + sim_dev_scale_ms(d, LOCK_MS);
}

static bool right(const struct sim_dev *d, const struct fw_login_in *in,
		  const struct wire_digest_response *r, uint32_t *out_user)
{
	char method[16];
	uint8_t ha1[16];

	if (!str_copy(method, sizeof method, in->method))
		return false;
	if (!str_eq(r->realm, d->realm))
		return false;
	*out_user = 0;
	memcpy(ha1, d->ha1, sizeof ha1);
	if (!str_eq(r->user, d->admin_user) && !(*out_user = sim_fw_users_login(d, r->user, ha1)))
		return false;
	if (!span_eq_str(in->target, r->target))
		return false;
	if (sim_switches_is(&d->sw, SIM_SW_QOP, "auth-int") && sim_gen_auth_int(d) &&
	    r->qop != WIRE_DIGEST_AUTH_INT)
		return false;
	if (r->qop == WIRE_DIGEST_AUTH_INT && !sim_gen_auth_int(d))
		return false;
	return wire_digest_check(r, ha1, method, in->body);
}

/* Whether this session is judged by digest at all (setup-and-configuration 3.1, 3.9). */
static bool needs_digest(const struct sim_dev *d, const struct fw_login_in *in)
{
	return in->session != SIM_SESSION_PKI ||
		sim_switches_is(&d->sw, SIM_SW_PKI_DIGEST, "strict");
}

/* Clients that know digest only as an answer knock without login and body first, and send what they
 * want after the challenge; any login will do then. */
static bool asks_first(const struct fw_login_in *in)
{
	return in->authorization.n == 0 && in->body.n == 0;
}

enum fw_login sim_fw_login(struct sim_dev *d, const struct fw_login_in *in, uint32_t *out_user)
{
	struct wire_digest_response r;
	struct err e = { 0 };

	*out_user = 0;
	if (in->session == SIM_SESSION_CLEAR && d->state != SIM_CONFIGURED)
		return FW_LOGIN_CHALLENGE; /* without a key or a chain nobody gets in */
	if (!needs_digest(d, in))
		return asks_first(in) ? FW_LOGIN_CHALLENGE : FW_LOGIN_OK;
	if (in->now_mono_ms < d->locked_until_mono_ms)
		return FW_LOGIN_LOCKED;
	bool cached = in->unlocked && sim_switches_is(&d->sw, SIM_SW_TLS_CACHE, "on") &&
		d->gen->tls_cache.is && !sim_fault_has(d, SIM_FAULT_STALE_NONCE);
	if (cached)
		*out_user = in->user;
	if (in->authorization.n == 0)
		return cached ? FW_LOGIN_OK : FW_LOGIN_CHALLENGE;
	if (!wire_digest_parse_response(in->authorization, &r, &e))
		return FW_LOGIN_CHALLENGE;
	if (!sim_fw_nonce_known(d, r.nonce))
		return cached ? FW_LOGIN_OK : FW_LOGIN_CHALLENGE;
	if (!right(d, in, &r, out_user)) {
		sim_fw_count_fail(d, in->now_mono_ms);
		return FW_LOGIN_FAILED;
	}
	/* The request that meets an expired nonce is refused like one without login. */
	if (sim_fault_hit(d, SIM_FAULT_STALE_NONCE, NULL)) {
		d->nonce_epoch++;
		return FW_LOGIN_CHALLENGE;
	}
	d->fails = 0;
	return FW_LOGIN_OK;
}
