/* Inside of images: what kinds of them there are (ops), and where the bytes of a cached one come from
 * (source), whose functions run on workers. For image*.c only. */
#pragma once
#include "net/image.h"

struct net_image_ops {
	struct span (*peek)(struct net_image *im, uint64_t at, size_t n);
	void (*wait)(struct net_image *im, struct net_image_wait *w, uint64_t at);
	void (*write)(struct net_image *im, struct net_image_wait *w, uint64_t at, struct span bytes);
	void (*forget)(struct net_image *im, struct net_image_wait *w);
	void (*stop)(struct net_image *im);
	void (*free)(struct net_image *im);
};
/* Calls with different lanes may run at once; bytes behind the end of the source are none of its
 * business. */
struct net_image_source {
	const char *name;        /* "file", "url" */
	unsigned lanes;
	unsigned ahead;          /* chunks to read before they are asked for */
	bool (*read)(void *src, unsigned lane, uint64_t at, uint8_t *to, size_t n, struct err *e);
	bool (*write)(void *src, uint64_t at, struct span bytes, struct err *e); /* NULL: cannot */
	void (*stop)(void *src);  /* reads that wait end soon; from the loop; NULL: they never wait for long */
	void (*close)(void *src);
};
struct net_image {           /* first member of every kind */
	const struct net_image_ops *ops;
	uint64_t bytes;
	char *name;
	bool writable, sticks;
	uint64_t real_bytes;
	struct net_image_stats stats;
};

void net_image_wait_add(struct net_image_wait **head, struct net_image_wait *w);
void net_image_wait_remove(struct net_image_wait *w);

/* image_source.c, on a worker: real_bytes is the size without padding. Caller closes. */
#define NET_IMAGE_LANES 3 /* and one more, for a copy */
bool net_image_file_open(const char *path, bool writable, void **out_src, uint64_t *out_bytes, struct err *e);
void *net_image_url_new(const char *url, const char *ca_file); /* on the loop */
bool net_image_url_size(void *src, uint64_t *out_bytes, struct err *e);
extern const struct net_image_source net_image_file_source, net_image_url_source;
/* image.c. Takes: src. */
struct net_image *net_image_cached(struct net_loop *l, const struct net_image_source *source, void *src,
				   uint64_t real_bytes, const struct net_image_conf *c);
/* For a copy: reads beside the cache, on a worker; holds the image meanwhile. */
bool net_image_read_plain(struct net_image *im, uint64_t at, uint8_t *to, size_t n, struct err *e);
struct net_loop *net_image_loop(struct net_image *im);
void net_image_hold(struct net_image *im, bool held);
