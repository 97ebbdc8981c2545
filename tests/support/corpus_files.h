/* Captured files beside the checkout (environment OUTBAND_SHARED), for the corpus tests. */
#pragma once
#include "base/buf.h"

#define CORPUS_PATH_MAX 512
/* Where the captures are; NULL (and a line that says so) when they are not there. */
const char *corpus_root(void);
/* Reads a file below corpus_root(); false when it cannot be read. */
bool corpus_read(const char *path, struct buf *into);
/* Calls fn for every file below dir whose name ends with suffix, in order of names. path is
 * relative to corpus_root(). */
void corpus_each(const char *dir, const char *suffix, void (*fn)(const char *path, void *arg),
		 void *arg);
/* Body of a captured HTTP message, chunks joined; false when it is cut short. */
bool corpus_http_body(struct span message, struct buf *body);
/* Is path named in the list file (one path a line)? */
bool corpus_listed(const char *list, const char *path);
