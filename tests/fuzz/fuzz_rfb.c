/* What a viewer of KVM sends to the virtual PC, in two pieces: no bytes may upset it, the picture stays in
 * bounds, and it takes each byte once. */
#include "sim/rfb.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t reply[1 << 20];
	static const uint8_t challenge[16], wanted[16];
	if (size < 2)
		return 0;
	struct sim_rfb *f = sim_rfb_new("pc", data[0] & 1, challenge, wanted);
	size_t cut = data[1] % size, done = 2 > cut ? 2 : cut, at = 2;
	struct out o;

	for (int round = 0; round < 2; round++) {
		out_init(&o, reply, sizeof reply);
		size_t n = sim_rfb_take(f, span_make(data + at, done - at), &o);
		if (n > done - at)
			abort();
		at += n;
		for (int i = 0; i < 4 && sim_rfb_more(f, &o, 65536); i++)
			out_init(&o, reply, sizeof reply);
		done = size;
	}
	sim_rfb_free(f);
	return 0;
}
