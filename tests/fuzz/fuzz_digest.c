/* Digest values, challenge and response; an emitted answer always parses and checks, and a 401 is
 * answered to the same realm only. */
#include "wire/digest.h"
#include <stdlib.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t ha1[16];
	struct span in = { data, size };
	struct wire_digest_use use = { size % 3, 7, "c", "POST", "/wsman", in };
	struct wire_digest_challenge c;
	struct wire_digest_response r;
	struct out o;
	char text[1024];
	wire_digest_ha1("admin", "realm", in, ha1);
	if (wire_digest_parse_response(in, &r, NULL))
		(void)wire_digest_check(&r, ha1, "POST", in);
	if (!wire_digest_parse_challenge(in, &c, NULL))
		return 0;
	out_init(&o, text, sizeof text);
	wire_digest_emit(&o, "admin", ha1, &c, &use);
	if (!wire_digest_parse_response(out_span(&o), &r, NULL) || strcmp(r.realm, c.realm) != 0 ||
	    !wire_digest_check(&r, ha1, "POST", in))
		abort();
	if (wire_digest_on_401(WIRE_DIGEST_SENT_NOTHING, NULL, &c) != WIRE_DIGEST_ANSWER ||
	    wire_digest_on_401(WIRE_DIGEST_SENT_OLD_NONCE, "realm", &c) !=
		    (strcmp(c.realm, "realm") ? WIRE_DIGEST_STOP_REALM : WIRE_DIGEST_ANSWER) ||
	    wire_digest_on_401(WIRE_DIGEST_SENT_FRESH, c.realm, &c) != WIRE_DIGEST_STOP_AUTH)
		abort();
	use.target = "/no blanks";
	wire_digest_emit(&o, "admin", ha1, &c, &use);
	return o.bad ? 0 : (abort(), 0);
}
