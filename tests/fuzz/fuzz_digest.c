/* Digest values, challenge and response; an emitted answer always parses and checks. */
#include "wire/digest.h"
#include <stdlib.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t ha1[16] = { 1 };
	struct span in = { data, size };
	struct wire_digest_use use = { size % 3, 7, "c", "POST", "/wsman", in };
	struct wire_digest_challenge c;
	struct wire_digest_response r;
	struct out o;
	char text[1024];
	if (wire_digest_parse_response(in, &r, NULL))
		(void)wire_digest_check(&r, ha1, "POST", in);
	if (!wire_digest_parse_challenge(in, &c, NULL))
		return 0;
	out_init(&o, text, sizeof text);
	wire_digest_emit(&o, "admin", ha1, &c, &use);
	if (!wire_digest_parse_response(out_span(&o), &r, NULL) || strcmp(r.realm, c.realm) != 0 ||
	    !wire_digest_check(&r, ha1, "POST", in))
		abort();
	return 0;
}
