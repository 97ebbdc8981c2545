/* wsman ... --direct: one call on one PC without the service. The way in (address, TLS, login) comes
 * from the options; with TLS the modern versions are tried first, then those of old firmware. A
 * wrong password is sent once and never again: PCs lock. */
#include "cli/cmd_wsman.h"
#include "cli/direct.h"

struct run {
	struct cli_wsman_call call;
	struct cli_direct d;
	bool read_done; /* put: the instance was read */
	struct err *e;
};

/* --- the call --- */

static void start_call(void *arg);

static void complain(struct run *r, const struct err *e)
{
	*r->e = *e;
	if (e->code == ERR_HTTP && strstr(e->seen, "HTTP 404")) {
		err_rule(r->e, "D015");
		err_hint(r->e,
			 "firmware before 3.2.1 speaks only the old SOAP interface: see 'outband "
			 "pc info'");
	}
	if (!r->e->hint[0])
		err_hint(r->e, "%s", cli_direct_hint(&r->d, e));
	if (e->code == ERR_FAULT || e->code == ERR_MALFORMED || e->code == ERR_HTTP)
		err_wrap(r->e, "%s%s%s on %s", r->call.c->cmd->sub, r->call.class_name ? " " : "",
			 r->call.class_name ? r->call.class_name : "", r->d.way.address);
}

static void on_reply(void *arg, const struct amt_reply *reply, const struct err *e)
{
	struct run *r = arg;

	if (reply->http_status)
		cli_direct_show_peer(&r->d, reply->peer);
	if (e->code != ERR_NONE) {
		if (!reply->sent && cli_direct_next_rung(&r->d, e)) {
			start_call(r);
			return;
		}
		/* Output of a method that failed still says what it said. */
		if (reply->msg && e->code == ERR_PT_STATUS)
			cli_wsman_show(&r->call, reply);
		complain(r, e);
		cli_direct_finish(&r->d, false);
		return;
	}
	if (r->call.op == WSMAN_OP_PUT && !r->read_done) {
		struct wsman_req put = { .op = WSMAN_OP_PUT,
					 .resource_uri = r->call.uri,
					 .selectors = r->call.selectors };
		put.obj = cli_wsman_change(&r->call, reply->msg, r->e);
		r->read_done = true;
		if (put.obj)
			amt_client_call(r->d.client, &put, false, 0, on_reply, r);
		else
			cli_direct_finish(&r->d, false);
		return;
	}
	cli_wsman_show(&r->call, reply);
	cli_direct_finish(&r->d, true);
}

static void start_call(void *arg)
{
	struct run *r = arg;
	const struct cli_wsman_call *k = &r->call;
	struct wsman_req req = {
		.op = k->op, .resource_uri = k->uri, .method = k->method, .selectors = k->selectors
	};

	if (k->op == WSMAN_OP_ENUMERATE) {
		amt_client_enumerate(r->d.client, k->uri, on_reply, r);
		return;
	}
	if (k->op == WSMAN_OP_PUT)
		req.op = WSMAN_OP_GET;
	if (k->op == WSMAN_OP_INVOKE)
		req.obj = cli_wsman_input(k, r->e);
	if (k->op == WSMAN_OP_CREATE)
		req.obj = cli_wsman_instance(k, r->e);
	amt_client_call(r->d.client, &req, req.op == WSMAN_OP_GET || req.op == WSMAN_OP_IDENTIFY, 0,
			on_reply, r);
}

bool cli_cmd_wsman(struct cli *c, struct err *e)
{
	struct run r = { .e = e };
	bool ok = cli_wsman_prepare(c, &r.call, e) && cli_direct_init(&r.d, c, e);

	/* who identifies itself asks for no password: that proves none */
	r.d.judged_later = r.call.op == WSMAN_OP_IDENTIFY;
	ok = ok && cli_direct_run(&r.d, start_call, &r, e);
	if (!ok && r.d.judged_later)
		(void)cli_direct_judge(&r.d, false, e);

	cli_direct_deinit(&r.d);
	return ok;
}
