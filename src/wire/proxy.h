/* The line that a forwarder puts before bytes of another (PROXY protocol, version 1): where they came
 * from. "PROXY TCP4 10.1.2.3 10.0.0.1 40000 9971\r\n"; at most 107 bytes. Only the first address
 * matters here. */
#pragma once
#include "wire/hello.h"

#define WIRE_PROXY_MAX 107
/* WIRE_MORE while it may still become one; WIRE_BAD: it is none. */
enum wire_got wire_proxy_parse(struct span in, char out_address[64], size_t *out_used);
bool wire_proxy_emit(struct out *o, const char *address); /* to an unknown address; false: o is full */
