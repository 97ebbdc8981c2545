/* Blocking HTTP client on the service's Unix socket. Called by the commands that need the service.
 * Never talks to anything but that socket. */
#include "cli/rpc.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/rules.h"
#include "base/str.h"
#include "wire/http1.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_BYTES ((size_t)256 * 1024 * 1024)
#define ANSWER_S    120 /* an import of many rows takes its time */

const char *cli_rpc_socket_path(const struct cli *c, struct arena *a)
{
	const char *given = cli_args_value(&c->args, "socket");
	const char *env = getenv("OUTBAND_SOCKET"), *run = getenv("XDG_RUNTIME_DIR");

	if (given)
		return given;
	if (env && *env)
		return env;
	if (run && *run && geteuid() != 0)
		return arena_fmt(a, "%s/outband.sock", run);
	return "/run/outband/outband.sock";
}

static bool not_running(const char *path, const char *why, struct err *e)
{
	err_set(e, ERR_SERVICE_DOWN, "the service does not answer on %s: %s", path, why);
	return err_hint(
		e,
		"start it with 'outband serve', or name its socket with --socket or OUTBAND_SOCKET");
}

static bool dial(const char *path, int *out_fd, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = ANSWER_S };

	if (!str_copy(to.sun_path, sizeof to.sun_path, span_str(path)))
		return err_set(e, ERR_INVALID, "the socket path %s is longer than %zu bytes", path,
			       sizeof to.sun_path - 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_errno(e, ERR_IO, errno, "making a socket");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		int why = errno;
		(void)close(fd);
		if (why == ENOENT)
			return not_running(path, "there is no such socket", e);
		if (why == ECONNREFUSED)
			return not_running(path, "nobody listens there", e);
		if (why == EACCES || why == EPERM) {
			err_set(e, ERR_DENIED, "you may not use the service's socket %s", path);
			return err_hint(
				e, "run the command as the user that runs the service, or as root");
		}
		return err_errno(e, ERR_SERVICE_DOWN, why, path);
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	*out_fd = fd;
	return true;
}

static bool lost(int why, struct err *e)
{
	if (why == EAGAIN || why == EWOULDBLOCK)
		return err_set(e, ERR_TIMEOUT, "the service did not answer within %d s", ANSWER_S);
	err_set(e, ERR_SERVICE_DOWN, "the service ended the connection before it answered");
	return err_hint(e, "look into the service's log; it may have been stopped");
}

static bool send_all(int fd, struct span s, struct err *e)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return lost(errno, e);
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

static bool receive(int fd, struct wire_http1 *p, struct err *e)
{
	uint8_t part[65536];

	for (;;) {
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return lost(errno, e);
		size_t used;
		enum wire_got got = n == 0
			? wire_http1_eof(p, e)
			: wire_http1_feed(p, span_make(part, (size_t)n), &used, e);
		mem_wipe(part, (size_t)n);
		if (got == WIRE_BAD)
			return err_wrap(e, "answer of the service");
		if (got == WIRE_DONE)
			return true;
		if (n == 0)
			return lost(0, e);
	}
}

static const char *member(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

const char *cli_rpc_rule(const char *id)
{
	const struct rules_row *r = rules_find(id);

	return r ? r->id : NULL;
}

/* The service's error becomes ours. */
void cli_rpc_error(const json_t *o, struct err *e)
{
	enum err_code code = ERR_INTERNAL;
	const char *msg = member(o, "msg");

	if (!err_from_name(member(o, "code"), &code) || code == ERR_NONE)
		code = ERR_INTERNAL;
	err_set(e, code, "%s", *msg ? msg : "the service refused without saying why");
	err_seen(e, "%s", member(o, "seen"));
	err_want(e, "%s", member(o, "want"));
	err_hint(e, "%s", member(o, "hint"));
	e->rule = cli_rpc_rule(member(o, "rule"));
}

static bool refused(unsigned status, struct span body, struct err *e)
{
	json_t *doc = json_loadb((const char *)body.p, body.n, 0, NULL);
	const json_t *o = json_object_get(doc, "error");

	if (!o) {
		err_set(e, status == 404 ? ERR_UNSUPPORTED : ERR_INTERNAL,
			"the service answered HTTP %u without an explanation", status);
		json_decref(doc);
		return err_hint(
			e,
			"check that 'outband version' and the version in 'outband status' are the same");
	}
	cli_rpc_error(o, e);
	json_decref(doc);
	return false;
}

bool cli_rpc_take(const struct wire_http1 *p, json_t **out_json, struct err *e)
{
	const struct wire_http1_msg *m = wire_http1_msg(p);
	struct span body = wire_http1_body(p);

	if (m->status >= 400)
		return refused(m->status, body, e);
	*out_json = json_loadb(body.n ? (const char *)body.p : "", body.n, JSON_ALLOW_NUL, NULL);
	return *out_json || err_set(e, ERR_MALFORMED, "the service's answer is no JSON");
}

static bool exchange(int fd, const struct cli_rpc_req *req, struct wire_http1 *p, struct err *e)
{
	struct buf b;
	struct out o;

	buf_init(&b, (size_t)LIMIT_API_BODY_BYTES + LIMIT_HTTP_HEAD_BYTES);
	out_init_buf(&o, &b);
	wire_http1_emit_request(&o, req->method, req->target, "outband", "Connection: close\r\n",
				req->type ? req->type : "application/json", req->body);
	bool ok = !o.bad && !b.bad;
	if (!ok) {
		err_set(e, ERR_LIMIT, "the request has more than %d bytes", LIMIT_API_BODY_BYTES);
		err_hint(e, "split the file into several");
	}
	ok = ok && send_all(fd, buf_span(&b), e) && receive(fd, p, e);
	buf_wipe(&b);
	return ok;
}

/* A name that is empty, or has a slash, would ask for something else than it names. */
static bool names_are_sound(const char *target, struct err *e)
{
	struct span path = span_make(target, strcspn(target, "?"));

	for (size_t i = 0; i < path.n; i++) {
		struct span left = span_make(path.p + i, path.n - i);
		if (span_starts(left, "%2F")) {
			err_set(e, ERR_INVALID, "a name has a slash, which no name has");
			err_seen(e, "%.*s", (int)path.n, (const char *)path.p);
			return err_want(e, "one name; ranges of addresses go to operations");
		}
		if (span_starts(left, "//") || span_eq_str(left, "/")) {
			err_set(e, ERR_USAGE, "a name is empty");
			return err_hint(e, "is a variable of a script not set?");
		}
	}
	return true;
}

bool cli_rpc_raw(const struct cli *c, const struct cli_rpc_req *req, struct buf *out_b,
		 struct err *e)
{
	struct arena a;
	int fd = -1;

	buf_init(out_b, REPLY_BYTES);
	if (!names_are_sound(req->target, e))
		return false;
	arena_init(&a, 65536);
	bool ok = dial(cli_rpc_socket_path(c, &a), &fd, e);
	arena_deinit(&a);
	if (!ok)
		return false;
	struct wire_http1 *p = wire_http1_new(false, REPLY_BYTES);
	ok = exchange(fd, req, p, e);
	(void)close(fd);
	if (ok) {
		const struct wire_http1_msg *m = wire_http1_msg(p);
		ok = m->status < 400 ? buf_add(out_b, wire_http1_body(p))
				     : refused(m->status, wire_http1_body(p), e);
	}
	wire_http1_free(p);
	if (!ok)
		buf_wipe(out_b);
	return ok;
}

bool cli_rpc_call(const struct cli *c, const struct cli_rpc_req *req, json_t **out_json,
		  struct err *e)
{
	struct buf b;

	if (out_json)
		*out_json = NULL;
	if (!cli_rpc_raw(c, req, &b, e))
		return false;
	if (out_json) {
		*out_json = json_loadb(b.p ? (const char *)b.p : "", b.n, JSON_ALLOW_NUL, NULL);
		if (!*out_json)
			err_set(e, ERR_MALFORMED, "the service's answer to %s %s is no JSON",
				req->method, req->target);
	}
	buf_wipe(&b);
	return !out_json || *out_json;
}

bool cli_rpc_get(const struct cli *c, const char *target, json_t **out_json, struct err *e)
{
	return cli_rpc_call(c, &(struct cli_rpc_req){ .method = "GET", .target = target }, out_json,
			    e);
}

static int add(const char *bytes, size_t n, void *arg)
{
	return buf_add(arg, span_make(bytes, n)) ? 0 : -1;
}

bool cli_rpc_send(const struct cli *c, const char *method, const char *target, json_t *body,
		  json_t **out_json, struct err *e)
{
	struct buf b;

	buf_init(&b, (size_t)LIMIT_API_BODY_BYTES);
	bool ok = json_dump_callback(body, add, &b, JSON_COMPACT) == 0;
	json_decref(body);
	if (!ok)
		err_set(e, ERR_LIMIT, "the request has more than %d bytes", LIMIT_API_BODY_BYTES);
	ok = ok &&
		cli_rpc_call(c,
			     &(struct cli_rpc_req){
				     .method = method, .target = target, .body = buf_span(&b) },
			     out_json, e);
	buf_wipe(&b);
	return ok;
}

static void escape(struct out *o, const char *s)
{
	for (; *s; s++) {
		bool plain = (*s >= '0' && *s <= '9') ||
			((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z') || strchr("-._~", *s);
		if (plain)
			out_u8(o, (uint8_t)*s);
		else
			out_fmt(o, "%%%02X", (unsigned)(uint8_t)*s);
	}
}

const char *cli_rpc_target(struct arena *a, const char *pattern, ...)
{
	struct buf b;
	struct out o;
	va_list ap;
	bool first = true;

	buf_init(&b, 4096);
	out_init_buf(&o, &b);
	va_start(ap, pattern);
	const char *query = strchr(pattern, '?');
	const char *p = pattern;
	for (; *p && p != query; p++) {
		if (*p == '%')
			escape(&o, va_arg(ap, const char *));
		else
			out_u8(&o, (uint8_t)*p);
	}
	while (p && *p) { /* at ? or &: one key=% */
		size_t n = strcspn(++p, "=&");
		const char *value = va_arg(ap, const char *);
		if (value) {
			out_str(&o, first ? "?" : "&");
			out_bytes(&o, span_make(p, n + 1));
			escape(&o, value);
			first = false;
		}
		p = strchr(p, '&');
	}
	va_end(ap);
	const char *target = arena_str(a, buf_span(&b));
	buf_deinit(&b);
	return target && !o.bad ? target : "/v1/too-long";
}

#define NOTED 10
void cli_rpc_note_unknown(const json_t *names)
{
	size_t n = json_array_size(names);

	for (size_t i = 0; i < n && i < NOTED; i++)
		cli_note("no PC is known as %s until now",
			 json_string_value(json_array_get(names, i)));
	if (n > NOTED)
		cli_note("and %zu more", n - NOTED);
}

bool cli_rpc_list(const struct cli *c, const char *target, const struct cli_col *cols,
		  unsigned count, const char *none, struct err *e)
{
	struct arena a;
	json_t *page = NULL, *row;
	char after[256] = "";
	size_t i;
	bool ok, begun = false;

	arena_init(&a, 1048576);
	do {
		const char *sep = strchr(target, '?') ? "&" : "?";
		arena_reset(&a);
		const char *key = cli_rpc_target(&a, "?after=%", *after ? after : NULL);
		const char *url = arena_fmt(&a, "%s%slimit=1000%s%s", target, sep, *key ? "&" : "",
					    *key ? key + 1 : "");
		ok = cli_rpc_get(c, url, &page, e);
		if (!ok)
			break;
		if (!begun)
			cli_writer_list_begin(c->writer, cols, count);
		begun = true;
		json_array_foreach(json_object_get(page, "items"), i, row)
			cli_writer_list_row(c->writer, row);
		const char *next = member(page, "next");
		/* A service that gives the same key again would keep us here for ever. */
		bool more = *next && strcmp(next, after) != 0;
		(void)str_copy(after, sizeof after, span_str(more ? next : ""));
		json_decref(page);
	} while (*after);
	arena_deinit(&a);
	if (begun)
		cli_writer_list_end(c->writer, none);
	return ok;
}
