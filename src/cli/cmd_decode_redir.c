/* decode redir: one direction, or both after each other, of a session on port 16994 as captured. Which
 * kind of session it is comes from the bytes, or from --session. Works on files only. */
#include "base/str.h"
#include "cli/cmd_decode.h"
#include "wire/redir.h"

struct redir_file {
	struct span bytes;
	enum wire_redir_session session;
	bool secrets;
};

/* The session that a message belongs to when none is known yet. */
static enum wire_redir_session guess(struct span in, enum wire_redir_session s)
{
	if (s != WIRE_REDIR_NONE || in.n == 0 || in.p[0] < WIRE_REDIR_SOL_OPEN)
		return s;
	return in.p[0] < WIRE_REDIR_IDER_OPEN ? WIRE_REDIR_SOL : WIRE_REDIR_IDER;
}

/* One message; *rest begins behind it. The bytes of KVM behind its opening are another protocol. */
static enum wire_got next(struct span *rest, enum wire_redir_session *s, struct wire_redir_msg *m,
			  struct err *e)
{
	size_t used;

	*s = guess(*rest, *s);
	enum wire_got got = wire_redir_parse(*rest, *s, m, &used, e);
	if (got != WIRE_DONE)
		return got;
	if (m->type == WIRE_REDIR_START)
		*s = wire_redir_session_of(m->kind);
	*rest = span_make(rest->p + used, rest->n - used);
	return WIRE_DONE;
}

static bool is_rfb(enum wire_redir_session s, const struct wire_redir_msg *m)
{
	return s == WIRE_REDIR_KVM && m->type >= WIRE_REDIR_KVM_OPEN;
}

static bool check(const struct redir_file *f, struct err *e)
{
	struct span rest = f->bytes;
	enum wire_redir_session s = f->session;
	struct wire_redir_msg m;

	while (rest.n) {
		size_t at = f->bytes.n - rest.n;
		enum wire_got got = next(&rest, &s, &m, e);
		if (got == WIRE_MORE) {
			err_set(e, ERR_MALFORMED,
				"the redirection message at offset %zu is cut after %zu bytes", at,
				rest.n);
			return err_want(e, "%s", wire_redir_find(rest.p[0], s)->name);
		}
		if (got == WIRE_BAD)
			return err_wrap(e, "offset %zu", at);
		if (is_rfb(s, &m))
			break;
	}
	return true;
}

static void print_all(struct wire_show *show, const void *msg)
{
	const struct redir_file *f = msg;
	struct span rest = f->bytes;
	enum wire_redir_session s = f->session;
	struct wire_redir_msg m;

	wire_show_list_open(show, NULL);
	while (rest.n && next(&rest, &s, &m, NULL) == WIRE_DONE) {
		wire_redir_print(show, &m, f->secrets);
		if (is_rfb(s, &m) && rest.n) {
			wire_show_open(show, NULL, "RFB");
			wire_show_num(show, "rfb_bytes", rest.n);
			wire_show_close(show);
			break;
		}
	}
	wire_show_list_close(show);
}

static bool parse_session(const char *text, enum wire_redir_session *out_s, struct err *e)
{
	static const char *const names[] = { "", "sol", "ider", "kvm" };

	*out_s = WIRE_REDIR_NONE;
	if (!text)
		return true;
	for (unsigned i = WIRE_REDIR_SOL; i < WIRE_REDIR_SESSIONS; i++)
		if (str_eq(names[i], text))
			*out_s = (enum wire_redir_session)i;
	if (*out_s != WIRE_REDIR_NONE)
		return true;
	err_set(e, ERR_USAGE, "--session %s is no kind of session", text);
	return err_want(e, "sol, ider or kvm");
}

bool cli_cmd_decode_redir(struct cli *c, struct err *e)
{
	struct cli_decode in = { 0 };
	struct redir_file f = { .secrets = cli_args_has(&c->args, "show-secrets") };
	bool ok = parse_session(cli_args_value(&c->args, "session"), &f.session, e) &&
		cli_decode_open(c, &in, e);

	f.bytes = in.bytes;
	if (ok && !check(&f, e))
		ok = cli_decode_explain(&in, e);
	if (ok)
		ok = cli_decode_show(c, print_all, &f, e);
	cli_decode_close(&in);
	return ok;
}
