/* One redirection session with a PC (ports 16994, 16995): start of serial over LAN, storage or KVM, and
 * the login; from then on the stream is the caller's, byte by byte. For KVM its opening is done too, so
 * that the bytes are RFB. A wrong password is sent once and never again: the PC locks (M19). */
#pragma once
#include "amt/client.h"
#include "net/stream.h"
#include "wire/redir.h"

/* What passes, for traces: the start, the login without what proves it, the end; not the session's bytes.
 * Valid only inside of watch, which calls nothing here. */
enum amt_redir_seen { AMT_REDIR_UP, AMT_REDIR_SENT, AMT_REDIR_GOT, AMT_REDIR_DOWN };
struct amt_redir_event {
	enum amt_redir_seen what;
	enum wire_redir_session kind;
	const char *address;
	uint16_t port;
	const struct net_tls_facts *facts;  /* AMT_REDIR_UP */
	const struct wire_redir_msg *msg;   /* SENT, GOT */
	const struct err *why;              /* DOWN; ERR_NONE: it was ended */
	uint64_t in, out;                   /* DOWN: bytes of the session behind its start */
};
struct amt_redir_conf {
	struct net_dialer *dialer;
	struct sched *sched;
	struct rng *rng;
	const struct amt_way *way;  /* copied; port as for WS-MAN (16992, 16993): the session's is 2 above */
	enum wire_redir_session kind;
	bool allow_clear_password;  /* when the PC offers nothing better; else it is refused (D) */
	uint32_t answer_ms;         /* longest wait for each answer; 0: 10 s */
	/* Asked before a login leaves that may count as a wrong one; NULL: always. */
	bool (*may_login)(void *arg);
	void (*watch)(void *arg, const struct amt_redir_event *ev); /* NULL: nobody looks */
	void *watch_arg;
};
struct amt_redir_events {
	void (*on_open)(void *arg);
	void (*on_data)(void *arg, struct span bytes);
	void (*on_room)(void *arg); /* net_stream_on_room */
	/* At most once and last, never inside a call here. why: ERR_NONE when the PC ended it; ERR_AUTH
	 * wrong password; ERR_BUSY another console has this kind; ERR_DENIED switched off; ERR_REALM. */
	void (*on_down)(void *arg, const struct err *why);
};
struct amt_redir;
struct amt_redir *amt_redir_start(const struct amt_redir_conf *c, const struct amt_redir_events *ev, void *arg);
bool amt_redir_send(struct amt_redir *r, struct span bytes); /* behind on_open; false: down, or too much queued */
size_t amt_redir_queued(const struct amt_redir *r);
void amt_redir_pause(struct amt_redir *r, bool paused);
void amt_redir_end(struct amt_redir *r);  /* says the end, flushes; on_down follows */
void amt_redir_free(struct amt_redir *r); /* cuts; nothing is told any more; NULL is fine */
bool amt_redir_login_sent(const struct amt_redir *r); /* a login left that may count as a wrong one */
const char *amt_redir_realm(const struct amt_redir *r); /* of the challenge; "" */
/* What the connection showed; NULL before it is up. Valid as long as the session. */
const struct net_tls_facts *amt_redir_facts(const struct amt_redir *r);
