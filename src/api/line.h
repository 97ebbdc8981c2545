/* Tunnels between a client on this machine and the redirection ports of PCs (virtual media, KVM). A
 * client asks for tickets (POST /v1/lines, audited), then connects to the socket beside that of the API,
 * named with ".line" behind it, and sends a ticket and a line feed. The answer is "ok" and a line feed,
 * and from then on the bytes of the session, logged in; or a line with the error as JSON. A ticket is
 * good for one connection after the other.
 * "TICKET watch" instead makes a connection beside it: the answer is "ok"; then the service asks "?" now
 * and then, and anything is an answer. Who does not answer any more (a stopped process) loses the lines of
 * that ticket, so that the PC is free. Why a line ended is told there, as a line of JSON. */
#pragma once
#include "api/api.h"

#define API_LINE_SUFFIX ".line"
struct api_lines;
struct api_lines *api_lines_new(struct api *a, struct err *e);
void api_lines_stop(struct api_lines *ls); /* all end, and are told that the service stops */
void api_lines_free(struct api_lines *ls); /* NULL is fine */
