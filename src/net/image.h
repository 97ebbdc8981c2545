/* The bytes of a virtual medium: a file, a directory made into an ISO 9660 image, or a URL read by
 * ranges. One image serves many sessions: what one of them reads lies in a cache of bounded size for
 * all, and a little more is read ahead. Reading is done on workers, never on the loop. Used by
 * amt/ider.c and the command `media`. */
#pragma once
#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"

struct net_image_conf {
	const char *from;        /* path, or http:// or https:// URL. Copied */
	const char *label;       /* volume name of an image made of a directory; NULL: its name */
	const char *scratch;     /* directory for that image; NULL: /var/tmp */
	const char *ca_file;     /* certificates to trust for https; NULL: the system's */
	bool floppy;             /* blocks of 512 bytes, no file system is expected */
	bool writable;           /* a file only */
	size_t cache_bytes;      /* 0: NET_IMAGE_CACHE */
};
#define NET_IMAGE_CHUNK ((size_t)262144) /* what is read at once */
#define NET_IMAGE_CACHE ((size_t)33554432)

struct net_image;
struct net_image_op;
struct sched;
/* image NULL: e says why. Takes: image, by one net_image_free. */
typedef void net_image_open_fn(void *arg, struct net_image *image, const struct err *e);
/* Exactly one callback, never before this returns, unless cancelled. */
struct net_image_op *net_image_open(struct net_loop *l, const struct net_image_conf *c,
				    net_image_open_fn *fn, void *arg);
void net_image_open_cancel(struct net_image_op *op); /* NULL is fine */
/* An image in memory, for tests: no loop, no workers. Writes change bytes, which is borrowed. */
struct net_image_mem_conf {
	uint8_t *bytes;
	size_t n;
	bool writable;
	struct sched *sched;
	int64_t delay_ms;        /* 0: bytes need no wait */
	uint64_t broken_from;    /* reads and writes from here on fail; 0: none do */
};
struct net_image *net_image_mem(const struct net_image_mem_conf *c);
/* No more reads: those that wait for a web server end soon, as errors. Before a loop ends with workers at it. */
void net_image_stop(struct net_image *im);
void net_image_free(struct net_image *im); /* nobody waits any more; NULL is fine */

uint64_t net_image_bytes(const struct net_image *im);
const char *net_image_name(const struct net_image *im); /* as it was asked for */
bool net_image_is_writable(const struct net_image *im);
uint64_t net_image_real_bytes(const struct net_image *im); /* without what fills the last block */
bool net_image_starts_sticks(const struct net_image *im);  /* has a boot sector: fit for USB sticks */

/* Bytes at `at`, up to n of them: as many as lie together in memory, none while they have to be
 * waited for. Valid until the next call with this image. at < net_image_bytes. */
struct span net_image_peek(struct net_image *im, uint64_t at, size_t n);
/* A wait for bytes or for the end of a write, owned by the caller, one use at a time. */
struct net_image_wait {
	struct net_image_wait *next, **back; /* back NULL: not waiting */
	uint64_t at;
	void (*fn)(void *arg, const struct err *e); /* ERR_NONE: net_image_peek(at) has bytes, inside fn */
	void *arg;
};
/* Exactly one fn, never before this returns, unless net_image_forget is called. */
void net_image_wait(struct net_image *im, struct net_image_wait *w, uint64_t at);
/* bytes are copied; fn when they are written to the file. */
void net_image_write(struct net_image *im, struct net_image_wait *w, uint64_t at, struct span bytes);
void net_image_forget(struct net_image *im, struct net_image_wait *w);

struct net_image_stats {
	uint64_t fetched, fetches; /* bytes and reads from the source */
	uint64_t hits, misses;     /* peeks that found bytes, waits */
};
const struct net_image_stats *net_image_get_stats(const struct net_image *im);
/* SHA-256 and a copy: reads the whole source on a worker, not through the cache. to: path of a file
 * that must not exist, and is there only when it is whole (where the file system can do that); NULL for
 * the digest alone. Exactly one callback, in which the copy is gone. */
struct net_image_copy;
typedef void net_image_copy_fn(void *arg, const uint8_t sha256[32], uint64_t bytes, const struct err *e);
struct net_image_copy *net_image_copy(struct net_image *im, const char *to, net_image_copy_fn *fn, void *arg);
uint64_t net_image_copied(const struct net_image_copy *k); /* bytes so far */
void net_image_copy_stop(struct net_image_copy *k);        /* the callback comes, with ERR_CANCELLED */
