/* Head of an HTTP/1.1 message: bytes to struct wire_http1_msg. Only http1.c calls this; it is a
 * file of its own so that the line syntax can be read without the push parser around it. */
#pragma once
#include "wire/http1.h"

/* head: start line to empty line, complete. The spans of out_m point into it. Requests must end
 * their lines with CRLF, replies may use LF alone. */
bool wire_http1_head_parse(struct span head, bool is_request, struct wire_http1_msg *out_m,
			   struct err *e);
/* One line without its LF: true and without CR when the line end is one that we take. */
bool wire_http1_head_strip(struct span *line, bool is_request);
