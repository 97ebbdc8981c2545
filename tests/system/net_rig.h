/* Bench for real streams on loopback: a loop that is stepped, a server that echoes or answers
 * HTTP, a client that notes what it is told, certificates, child programs. For the net_*.c
 * programs of this folder. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/stream.h"
#include "pki/chain.h"

#define RIG_WAIT_MS 120000 /* ends what hangs */

/* What one end was told. */
struct rig_end {
	struct net_stream *s;
	struct rig_srv *srv;
	struct rig_end *next;
	unsigned ups, downs;
	size_t bytes;
	uint8_t sum;
	struct net_tls_facts facts; /* peer_der point into ders */
	uint8_t ders[8 * 4096];
	struct err why;
	struct wire_http1 *parser;
	bool keep_open;             /* do not close in on_down */
};

enum rig_mode { RIG_NOTE, RIG_ECHO, RIG_HTTP };
struct rig_srv {
	struct net_loop *l;
	struct net_listen *ls;
	uint16_t port;
	enum rig_mode mode;
	const struct pki_tls_server *tls; /* NULL: clear */
	bool reset_all, hold;             /* hold: keep the connection without a stream */
	unsigned accepts, requests;
	struct rig_end *ends;             /* newest first */
	struct net_conn *held;
	char local[64], peer[64];
};

struct net_loop *rig_loop(void);
bool rig_until(struct net_loop *l, bool (*is)(void *arg), void *arg, int ms); /* false: too late */
void rig_spin(struct net_loop *l, int ms);
void rig_end_loop(struct net_loop *l); /* stops, drains, frees */

void rig_srv_open(struct rig_srv *s, struct net_loop *l, const struct pki_tls_server *tls,
		  enum rig_mode mode);
void rig_srv_close(struct rig_srv *s);
/* Dials and waits until up or down. */
void rig_dial(struct rig_end *c, struct net_loop *l, const char *address, uint16_t port,
	      const struct pki_tls_client *tls);
void rig_start(struct rig_end *c, struct net_stream *s);
bool rig_wait_down(struct net_loop *l, struct rig_end *c);
bool rig_wait_bytes(struct net_loop *l, struct rig_end *c, size_t n);
void rig_close(struct rig_end *c);

/* One HTTP exchange, waited for. */
struct rig_reply {
	unsigned calls, status;
	bool ok, sent, authenticated;
	char body[256];
	struct err e;
};
void rig_exchange(struct net_loop *l, struct net_http *h, const char *method, const char *target,
		  const char *body, struct rig_reply *out_r);

/* Certificates, made once per program. */
struct rig_pki {
	struct pki_chain *ours[2];    /* leaf, intermediate, root, with key; two identities */
	struct pki_chain *device[2];  /* self-signed */
};
const struct rig_pki *rig_pki(void);
void rig_pki_free(void);
void rig_server_cert(struct pki_tls_server *s, unsigned device);

/* Child programs: ended by pid. -1 when the program is missing. */
int rig_spawn(const char *const argv[], const char *input);
void rig_kill(int pid);
uint16_t rig_free_port(void);
bool rig_wait_port(struct net_loop *l, uint16_t port);
bool rig_has(const char *program);
