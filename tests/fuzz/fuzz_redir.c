/* A stream of redirection messages: the first byte is the kind of session. What parses prints, and
 * emits as the bytes that it came from; logins too. */
#include "wire/redir_auth.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t again[1 << 17], text[1 << 19];
	if (size == 0)
		return 0;
	struct span in = span_make(data + 1, size - 1);
	enum wire_redir_session session = (enum wire_redir_session)(data[0] % WIRE_REDIR_SESSIONS);
	struct wire_redir_msg m;
	struct out o, t;
	size_t used;

	while (wire_redir_parse(in, session, &m, &used, NULL) == WIRE_DONE) {
		struct wire_redir_auth a;
		out_init(&t, text, sizeof text);
		struct wire_show s = wire_show_make(&t, size % 2);
		wire_redir_print(&s, &m, size % 3 == 0);
		out_init(&o, again, sizeof again);
		if (!wire_redir_emit(&o, &m) || !span_eq(out_span(&o), span_make(in.p, used)))
			abort();
		out_init(&o, again, sizeof again);
		if ((m.type == WIRE_REDIR_AUTH || m.type == WIRE_REDIR_AUTH_REPLY) &&
		    wire_redir_auth_parse(&m, &a, NULL) &&
		    !(m.type == WIRE_REDIR_AUTH ? wire_redir_auth_emit(&o, &a)
						: wire_redir_auth_reply_emit(&o, m.head[0], &a)))
			abort();
		in = span_make(in.p + used, in.n - used);
	}
	return 0;
}
