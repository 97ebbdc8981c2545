/* key sheet: key pairs on paper, for MEBx. Only with --reveal, and the audit log of the service says
 * who printed which before one leaves it. */
#include "base/str.h"
#include "base/fd.h"
#include "cli/key_pairs.h"
#include <errno.h>
#include <unistd.h>

#define SHEET_BYTES ((size_t)64 * 1024 * 1024)

static bool choose(struct cli *c, const char *const **out_pids, unsigned *out_count, struct err *e)
{
	const char *state = cli_args_value(&c->args, "state");

	if (c->args.count && state)
		return err_set(e, ERR_USAGE, "name PIDs or a --state, not both");
	if (c->args.count) {
		*out_pids = c->args.operands;
		*out_count = c->args.count;
		return true;
	}
	if (!cli_key_pids(c, state ? state : "unused", out_pids, out_count, e))
		return false;
	if (*out_count)
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no key in state %s", state ? state : "unused");
	return err_hint(e, "'outband key generate' makes keys, --state chooses others");
}

static bool print_to(struct cli *c, int fd, const char *path, struct err *e)
{
	struct cli_key_pairs keys = { 0 };
	const char *const *pids = NULL;
	unsigned count = 0;
	struct buf b;
	struct out o;

	if (!choose(c, &pids, &count, e) || !cli_key_pairs_get(c, "sheet", pids, count, &keys, e))
		return false;
	buf_init(&b, SHEET_BYTES);
	out_init_buf(&o, &b);
	if (cli_args_has(&c->args, "html"))
		cli_key_sheet_html(&o, &keys);
	else
		cli_key_sheet_text(&o, &keys);
	bool ok =
		!o.bad || err_set(e, ERR_LIMIT, "the sheet is longer than %zu bytes", SHEET_BYTES);
	ok = ok && (fd_write_all(fd, buf_span(&b)) || err_errno(e, ERR_IO, errno, path));
	buf_wipe(&b);
	cli_key_pairs_wipe(&keys);
	return ok;
}

bool cli_cmd_key_sheet(struct cli *c, struct err *e)
{
	const char *path = cli_args_value(&c->args, "output");
	int fd = STDOUT_FILENO;

	if (c->json)
		return err_set(e, ERR_USAGE,
			       "a sheet is for paper; 'outband key list --json' gives JSON");
	if (!cli_args_has(&c->args, "reveal")) {
		err_set(e, ERR_USAGE, "a sheet shows PPS and passwords");
		return err_hint(e, "add --reveal; the audit log records it");
	}
	/* The file first: secrets must not be revealed for nothing. */
	if (path && !cli_input_create(path, &fd, e))
		return false;
	bool ok = print_to(c, fd, path ? path : "standard output", e);
	if (path && close(fd) != 0 && ok)
		ok = err_errno(e, ERR_IO, errno, path);
	if (path && !ok)
		(void)unlink(path);
	return ok;
}
