/* device trace: every message of the service with one PC, without secrets. Over the service's socket. */
#include "base/str.h"
#include "cli/rpc.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *target(struct cli *c, const char *format)
{
	return cli_rpc_target(&c->arena, "/v1/devices/%/trace?format=%", cli_operand(c, 0), format);
}

static bool fetch(struct cli *c, const char *format, struct buf *b, struct err *e)
{
	struct cli_rpc_req req = { .method = "GET", .target = target(c, format) };

	return cli_rpc_raw(c, &req, b, e);
}

static bool state(struct cli *c, const json_t *doc)
{
	static const struct cli_col cols[] = {
		{ "on", "on", CLI_FORM_TEXT },
		{ "since", "since", CLI_FORM_TIME },
		{ "messages", "messages", CLI_FORM_NUMBER },
		{ "dropped", "gone", CLI_FORM_NUMBER },
		{ "bytes", "bytes", CLI_FORM_NUMBER },
		{ "keys", "TLS keys", CLI_FORM_TEXT },
		{ "uuid", "UUID", CLI_FORM_TEXT },
	};

	cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, doc);
	return true;
}

static bool turn(struct cli *c, bool on, struct err *e)
{
	json_t *doc = NULL;
	const char *device = cli_operand(c, 0);
	bool keys = cli_args_has(&c->args, "keys");

	if (!cli_rpc_send(c, "PUT", cli_rpc_target(&c->arena, "/v1/devices/%/trace", device),
			  json_pack("{s:b, s:b}", "on", on, "keys", keys), &doc, e))
		return false;
	if (on)
		cli_writer_done(
			c->writer, "device", device,
			"%s is traced until 'device trace %s off', or until the service ends%s.",
			device, device, keys ? "; its TLS keys are kept" : "");
	else
		cli_writer_done(c->writer, "device", device,
				"%s is traced no more; 'show' and 'export' give what was seen.",
				device);
	json_decref(doc);
	return true;
}

static bool show(struct cli *c, struct err *e)
{
	json_t *doc = NULL;
	struct buf b;

	if (cli_writer_kind(c->writer) != CLI_WRITER_TEXT) {
		if (!cli_rpc_get(
			    c, cli_rpc_target(&c->arena, "/v1/devices/%/trace", cli_operand(c, 0)),
			    &doc, e))
			return false;
		bool ok = state(c, doc);
		json_decref(doc);
		return ok;
	}
	if (!fetch(c, "text", &b, e))
		return false;
	if (b.n)
		cli_writer_text(c->writer, buf_span(&b));
	else
		cli_writer_say(c->writer, "Nothing has passed yet.");
	buf_deinit(&b);
	return true;
}

static bool write_new(const char *path, struct span bytes, struct err *e)
{
	int fd;

	if (!cli_input_create(path, &fd, e))
		return false;
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			err_errno(e, ERR_IO, errno, path);
			close(fd);
			return false;
		}
		bytes = span_make(bytes.p + n, bytes.n - (size_t)n);
	}
	return close(fd) == 0 || err_errno(e, ERR_IO, errno, path);
}

static bool save(struct cli *c, const char *format, const char *path, struct err *e)
{
	struct buf b;

	if (!fetch(c, format, &b, e))
		return false;
	bool ok = write_new(path, buf_span(&b), e);
	if (ok)
		cli_writer_done(c->writer, "file", path, "Wrote %zu bytes to %s.", b.n, path);
	buf_wipe(&b);
	return ok;
}

/* With --pcap and --keys both, the keys go to a file beside the capture. */
static bool export_it(struct cli *c, struct err *e)
{
	const char *pcap = cli_args_value(&c->args, "pcap");
	bool keys = cli_args_has(&c->args, "keys");
	struct buf b;

	if (pcap)
		return save(c, "pcap", pcap, e) &&
			(!keys || save(c, "keys", arena_fmt(&c->arena, "%s.keys", pcap), e));
	if (!keys)
		return show(c, e);
	if (!fetch(c, "keys", &b, e))
		return false;
	cli_writer_text(c->writer, buf_span(&b));
	buf_wipe(&b);
	return true;
}

bool cli_cmd_device_trace(struct cli *c, struct err *e)
{
	const char *action = cli_operand(c, 1);

	if (str_eq(action, "on") || str_eq(action, "off"))
		return turn(c, str_eq(action, "on"), e);
	if (!action || str_eq(action, "show"))
		return show(c, e);
	if (str_eq(action, "export"))
		return export_it(c, e);
	err_set(e, ERR_USAGE, "'outband device trace' cannot do that");
	err_seen(e, "%.60s", action);
	return err_want(e, "on, off, show or export");
}
