/* Profiles: whatever stands in the text, the answer is a record in which nothing is out of range,
 * or an error that names a line. */
#include "engine/profile.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct engine_profile p;
	struct err e = { 0 };
	bool ok = engine_profile_parse("fuzz", 1, span_make(data, size), &p, &e);
	if (ok &&
	    (p.admin_pw == ENGINE_PW_LEAVE || p.sol > ENGINE_ON || p.kvm > ENGINE_ON ||
	     (p.admin_pw == ENGINE_PW_SECRET && !p.admin_secret[0])))
		abort();
	if (!ok && (e.code == ERR_NONE || (e.code == ERR_INVALID && !strstr(e.msg, ": line "))))
		abort();
	return 0;
}
