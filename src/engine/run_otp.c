/* The one-time password of a setup (setup-and-configuration 3.6): an agent on the PC writes it into
 * the firmware and reports it here, as the secret otp.UUID; during setup the firmware shows it, which
 * tells that this is the PC. Compared before anything secret is sent. Never with PSK. What the bytes
 * are, ASCII with zeros behind it, is read from other programs' ways (source S). */
#include "engine/run_otp.h"
#include "engine/run_priv.h"

#include <stdio.h>

bool engine_run_otp_load(struct engine_run *r, struct err *e)
{
	struct arena a;
	struct span sealed;
	char name[64], label[80];
	if (r->en->set.otp == ENGINE_OTP_OFF)
		return true;
	snprintf(name, sizeof name, "otp.%s", r->uuid);
	snprintf(label, sizeof label, "secret:%s", name);
	arena_init(&a, 65536);
	bool found = store_secret_get(r->en->conf.store, &a, name, &sealed);
	bool ok = !found || engine_unseal(r->en, label, sealed, &r->otp, e);
	arena_deinit(&a);
	if (!ok)
		return err_wrap(e, "one-time password of device %s", r->uuid);
	if (found || r->en->set.otp == ENGINE_OTP_OPTIONAL)
		return true;
	err_set(e, ERR_PREFLIGHT, "no one-time password was reported for device %s", r->uuid);
	err_seen(e, "pki.otp = required");
	err_want(e, "the secret %s", name);
	return err_hint(e, "the agent on the PC reports it with 'outband secret set %s'", name);
}

bool engine_run_otp_check(struct engine_run *r, struct err *e)
{
	if (r->facts.otp == ENGINE_OTP_FITS ||
	    (r->facts.otp == ENGINE_OTP_NONE && r->en->set.otp != ENGINE_OTP_REQUIRED))
		return true;
	err_set(e, ERR_PREFLIGHT,
		"device %s does not show the one-time password that was reported for it; nothing "
		"secret was sent",
		r->uuid);
	err_seen(e, "%s", r->facts.otp == ENGINE_OTP_NONE ? "none" : "another one");
	err_want(e, "the one of the secret otp.%s", r->uuid);
	return err_hint(
		e,
		"let the agent write and report a new one; if it did, another PC may answer "
		"at %s",
		r->address);
}
