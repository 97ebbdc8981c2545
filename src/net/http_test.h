/* The world of the http tests: one conversation with a scripted server under the fake clock, and
 * what it told. */
#pragma once
#include "net/http_script_test.h"

static struct net_stream *dial(struct net_dialer *d, const struct net_target *t)
{
	static const struct net_stream_events ev = { sv_up, sv_data, sv_down };
	struct world *w = NET_OWNER(d, struct world, dialer);
	struct net_stream *client;
	struct server *sv;

	assert_string_equal(t->address, "127.1.0.1");
	note(w, '|');
	if (w->dial_fails_after_ms >= 0)
		return net_stream_mem_dead(w->sched, w->dial_fails_after_ms, &w->dial_err);
	sv = MEM_NEW(struct server);
	sv->w = w;
	sv->next = w->servers;
	w->servers = sv;
	sv->parser = wire_http1_new(true, 65536);
	net_stream_mem_pair(w->sched, 5, &client, &sv->s);
	net_stream_start(sv->s, &ev, sv);
	return client;
}

static void set_login(struct world *w, const char *user, const char *password, const char *realm)
{
	struct secret p = secret_make(span_str(password));
	struct net_http_cred cred = { user, &p, realm };
	struct net_target t = { .address = "127.1.0.1", .port = 16992 };

	net_http_set(w->h, &t, &cred);
	secret_deinit(&p);
}

static struct world *world_new(const struct step *steps)
{
	struct world *w = MEM_NEW(struct world);
	struct net_http_conf c = {
		.dialer = &w->dialer,
		.rng = &w->rng,
		.up_ms = 1000,
		.first_byte_ms = 2000,
		.whole_ms = 3000,
	};

	clk_fake_start(1000000000000);
	w->dialer.dial = dial;
	w->sched = c.sched = sched_new(NULL, NULL);
	rng_seed(&w->rng, 1);
	w->steps = steps;
	w->dial_fails_after_ms = -1;
	w->h = net_http_new(&c);
	set_login(w, "admin", "P@ssw0rd", NULL);
	return w;
}

static void world_free(struct world *w)
{
	net_http_free(w->h);
	while (sched_fake_step(w->sched, clk_mono_ms() + 100000))
		;
	while (w->servers) {
		struct server *sv = w->servers;
		w->servers = sv->next;
		net_stream_close(sv->s);
		wire_http1_free(sv->parser);
		mem_free(sv);
	}
	assert_int_equal(sched_next_mono_ms(w->sched), -1); /* nothing keeps a timer */
	sched_free(w->sched);
	clk_fake_stop();
	mem_free(w);
}

static void on_done(void *arg, const struct net_http_reply *r, bool sent, const struct err *e)
{
	struct world *w = arg;

	assert_false(w->starting); /* never inside the call */
	w->calls++;
	w->ok = r != NULL;
	w->sent = sent;
	w->e = *e;
	if (!r)
		return;
	assert_non_null(r->facts);
	w->authenticated = r->authenticated;
	w->status = r->msg ? r->msg->status : 0;
	str_copy(w->body, sizeof w->body, r->body);
}

static struct net_http_op *start(struct world *w, bool repeatable)
{
	struct net_http_req req = {
		"POST", "/wsman", "text/xml", span_str("<body/>"), repeatable, 0, NULL
	};
	struct net_http_op *op;

	w->starting = true;
	op = net_http_start(w->h, &req, on_done, w);
	w->starting = false;
	return op;
}

static void run_for(struct world *w, int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;

	while (sched_fake_step(w->sched, until))
		;
}

static void exchange(struct world *w, bool repeatable)
{
	unsigned before = w->calls;

	start(w, repeatable);
	run_for(w, 20000);
	assert_int_equal(w->calls, before + 1);
}
