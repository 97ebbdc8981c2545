/* The part that all kinds of streams share: the calls of net/stream.h, and the rule that the
 * memory outlives a callback in which the owner closed the stream. Never waits, never allocates. */
#include "net/stream.h"
#include "net/stream_priv.h"
#include "base/clk.h"
#include <assert.h>
#include <stdio.h>

void net_stream_enter_priv(struct net_stream *s)
{
	s->busy++;
}

bool net_stream_leave_priv(struct net_stream *s)
{
	bool open = !s->closed;

	if (--s->busy == 0 && !open)
		s->ops->destroy(s);
	return open;
}

bool net_stream_emit_up_priv(struct net_stream *s, const struct net_tls_facts *f)
{
	assert(s->started && !s->up && !s->down);
	net_stream_enter_priv(s);
	s->up = true;
	if (!s->closed && !s->silent)
		s->ev.on_up(s->arg, f);
	return net_stream_leave_priv(s);
}

bool net_stream_emit_data_priv(struct net_stream *s, struct span bytes)
{
	assert(s->up && !s->down);
	net_stream_enter_priv(s);
	if (!s->closed && !s->silent)
		s->ev.on_data(s->arg, bytes);
	return net_stream_leave_priv(s);
}

bool net_stream_emit_down_priv(struct net_stream *s, const struct err *why)
{
	assert(s->started && !s->down);
	net_stream_enter_priv(s);
	s->down = true;
	if (!s->closed && !s->silent)
		s->ev.on_down(s->arg, why);
	return net_stream_leave_priv(s);
}

bool net_stream_emit_room_priv(struct net_stream *s)
{
	if (!s->full || s->closed || s->down || s->ops->queued(s) > NET_STREAM_ROOM)
		return !s->closed;
	s->full = false;
	net_stream_enter_priv(s);
	if (s->on_room && !s->silent)
		s->on_room(s->arg);
	return net_stream_leave_priv(s);
}

void net_stream_start(struct net_stream *s, const struct net_stream_events *ev, void *arg)
{
	assert(!s->started && ev->on_up && ev->on_data && ev->on_down);
	s->started = true;
	s->ev = *ev;
	s->arg = arg;
	s->ops->start(s);
}

bool net_stream_send(struct net_stream *s, struct span bytes)
{
	if (!s->up || s->down || s->silent)
		return false;
	if (bytes.n == 0)
		return true;
	bool ok = s->ops->send(s, bytes);
	if (s->on_room && !s->down)
		s->full = s->full || s->ops->queued(s) > NET_STREAM_ROOM;
	return ok;
}

size_t net_stream_queued(const struct net_stream *s)
{
	return s->up && !s->down && !s->silent && !s->closed ? s->ops->queued(s) : 0;
}

void net_stream_on_room(struct net_stream *s, void (*fn)(void *arg))
{
	s->on_room = fn;
}

void net_stream_end(struct net_stream *s)
{
	if (s->started && !s->down && !s->silent)
		s->ops->end(s);
}

void net_stream_reset(struct net_stream *s)
{
	if (s->silent)
		return;
	s->silent = true;
	s->ops->reset(s);
}

void net_stream_close(struct net_stream *s)
{
	if (!s)
		return;
	assert(!s->closed);
	net_stream_enter_priv(s);
	s->closed = true;
	s->ops->close(s);
	(void)net_stream_leave_priv(s);
}

void net_stream_pause(struct net_stream *s, bool paused)
{
	if (!s->down && !s->silent)
		s->ops->pause(s, paused);
}

int64_t net_stream_queued_ms(const struct net_stream *s)
{
	return s->queued_ms + (s->queued_since_ms ? clk_mono_ms() - s->queued_since_ms : 0);
}

const char *net_stream_peer(const struct net_stream *s)
{
	return s->up ? s->peer : "";
}

void net_where_priv(char out_text[NET_WHERE_SIZE], const char *address, unsigned port)
{
	if (port == 0)
		(void)snprintf(out_text, NET_WHERE_SIZE, "%.64s", address);
	else if (strchr(address, ':'))
		(void)snprintf(out_text, NET_WHERE_SIZE, "[%.64s]:%u", address, port);
	else
		(void)snprintf(out_text, NET_WHERE_SIZE, "%.64s:%u", address, port);
}

bool net_tls_wrong_peer_priv(const char *where, const struct net_tls_facts *f,
			     const uint8_t pin[32], struct err *e)
{
	char hex[2][65];

	for (size_t i = 0; i < 32; i++) {
		(void)snprintf(hex[0] + 2 * i, 3, "%02x", f->peer_sha256[i]);
		(void)snprintf(hex[1] + 2 * i, 3, "%02x", pin[i]);
	}
	err_set(e, ERR_TLS_PEER, "%s shows a certificate that is not the pinned one", where);
	if (f->peer_count)
		err_seen(e, "sha256 %s", hex[0]);
	else
		err_seen(e, "no certificate");
	err_want(e, "sha256 %s", hex[1]);
	return err_hint(e,
			"another machine answers at this address, or the certificate was replaced");
}
