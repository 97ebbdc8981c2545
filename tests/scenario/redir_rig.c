/* See redir_rig.h. */
#include "redir_rig.h"
#include "base/clk.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct net_stream *dial(struct net_dialer *d, const struct net_target *t)
{
	struct rig *g = (struct rig *)(void *)((char *)d - offsetof(struct rig, dialer));
	struct pki_tls_server conf;
	struct net_stream *own, *far;
	struct err e = { 0 };

	g->dials++;
	if (sim_dev_accept(g->dev, t->port, &conf) != SIM_ACCEPT_CLEAR) {
		err_set(&e, ERR_REFUSED, "connect to %s:%u refused", t->address, t->port);
		return net_stream_mem_dead(g->sched, 1, &e);
	}
	net_stream_mem_pair(g->sched, g->latency_ms, &own, &far);
	sim_dev_serve(g->dev, t->port, far);
	return g->pieces ? rig_relay(g, own) : own;
}

void rig_init(struct rig *g, const char *generation, const char *redirection, const char *switches,
	      const char *fault, uint64_t seed)
{
	struct sim_dev_conf c = { .generation = sim_generation_find(generation),
				  .state = SIM_CONFIGURED,
				  .admin_password = RIG_PASSWORD,
				  .host_name = "pc7",
				  .redirection = redirection,
				  .switches = switches,
				  .fault = fault };
	struct err e = { 0 };

	*g = (struct rig){ .dialer = { dial }, .latency_ms = 5 };
	clk_fake_start(1700000000000);
	g->sched = sched_new(NULL, NULL);
	g->env = (struct sim_env){ .sched = g->sched, .seed = seed, .speed = 1 };
	g->dev = sim_dev_new(&g->env, &c, &e);
	if (!g->dev)
		fail_msg("no device: %s", e.msg);
	rng_seed(&g->rng, seed);
	g->way = (struct amt_way){
		.address = "127.1.0.7", .port = 16992, .clear = true, .user = "admin"
	};
	rig_set_password(g, RIG_PASSWORD);
}

void rig_deinit(struct rig *g)
{
	rig_cut(g);
	amt_way_deinit(&g->way);
	sim_dev_free(g->dev);
	sched_free(g->sched);
	clk_fake_stop();
}

void rig_run_ms(struct rig *g, int64_t ms)
{
	int64_t until = clk_mono_ms() + ms;

	while (sched_fake_step(g->sched, until))
		continue;
}

void rig_set_password(struct rig *g, const char *password)
{
	secret_set(&g->way.password, span_str(password));
}

static void on_open(void *arg)
{
	struct rig_session *s = arg;

	assert_int_equal(s->downs, 0);
	s->opens++;
}

static void on_data(void *arg, struct span bytes)
{
	struct rig_session *s = arg;

	assert_int_equal(s->opens, 1);
	assert_true(buf_add(&s->got, bytes));
}

static void on_down(void *arg, const struct err *why)
{
	struct rig_session *s = arg;

	assert_int_equal(s->downs, 0);
	s->downs++;
	s->why = *why;
}

void rig_open(struct rig *g, struct rig_session *s, enum wire_redir_session kind)
{
	const struct amt_redir_conf c = { .dialer = &g->dialer,
					  .sched = g->sched,
					  .rng = &g->rng,
					  .way = &g->way,
					  .kind = kind };

	rig_open_with(g, s, &c);
}

void rig_open_with(struct rig *g, struct rig_session *s, const struct amt_redir_conf *c)
{
	static const struct amt_redir_events events = { on_open, on_data, NULL, on_down };

	(void)g;
	*s = (struct rig_session){ 0 };
	buf_init(&s->got, (size_t)16 * 1024 * 1024);
	s->r = amt_redir_start(c, &events, s);
}

void rig_close(struct rig_session *s)
{
	amt_redir_free(s->r);
	s->r = NULL;
	buf_deinit(&s->got);
}
