/* Logins on the redirection ports: the same accounts, lock-out and nonces as over HTTP. A wrong digest
 * counts, an unknown nonce does not; who lacks the redirection realm fails without being counted. */
#include "base/str.h"
#include "sim/fw_http_priv.h"
#include "sim/fw_users_priv.h"
#include "wire/digest.h"
#include "wire/redir_auth.h"

#define REALM_REDIRECTION 2

/* Digest of who wants to come in; false: nobody has that name. */
static bool account(const struct sim_dev *d, struct span user, uint8_t out_ha1[16],
		    uint32_t *out_user)
{
	char name[SIM_ADMIN_USER];

	*out_user = 0;
	memcpy(out_ha1, d->ha1, 16);
	if (!str_copy(name, sizeof name, user))
		return false;
	if (str_eq(name, d->admin_user))
		return true;
	*out_user = sim_fw_users_login(d, name, out_ha1);
	return *out_user != 0;
}

static bool right_password(const struct sim_dev *d, const struct wire_redir_auth *a,
			   const uint8_t ha1[16])
{
	char name[SIM_ADMIN_USER];
	uint8_t given[16];

	if (!str_copy(name, sizeof name, a->user))
		return false;
	wire_digest_ha1(name, d->realm, a->password, given);
	return memcmp(given, ha1, sizeof given) == 0;
}

static bool right_digest(const struct sim_dev *d, const struct wire_redir_auth *a,
			 const uint8_t ha1[16])
{
	char want[33];

	if (!span_eq_str(a->realm, d->realm) || !span_eq_str(a->uri, WIRE_REDIR_URI))
		return false;
	wire_redir_digest(ha1, a, want);
	return span_eq_str(a->response, want);
}

enum fw_login sim_fw_redir_login(struct sim_dev *d, const struct wire_redir_auth *a,
				 int64_t now_mono_ms, uint32_t *out_user)
{
	bool basic = a->method == WIRE_REDIR_BASIC;
	char nonce[64];
	uint8_t ha1[16];

	*out_user = 0;
	if (now_mono_ms < d->locked_until_mono_ms)
		return FW_LOGIN_LOCKED;
	if (!basic &&
	    (a->response.n == 0 || !str_copy(nonce, sizeof nonce, a->nonce) ||
	     !sim_fw_nonce_known(d, nonce)))
		return FW_LOGIN_CHALLENGE;
	if (!account(d, a->user, ha1, out_user) ||
	    !(basic ? right_password(d, a, ha1) : right_digest(d, a, ha1))) {
		sim_fw_count_fail(d, now_mono_ms);
		return FW_LOGIN_FAILED;
	}
	if (!sim_fw_users_has(d, *out_user, REALM_REDIRECTION))
		return FW_LOGIN_FAILED;
	d->fails = 0;
	return FW_LOGIN_OK;
}
