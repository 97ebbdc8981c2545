/* For the tests of this folder: reads real captures from $OUTBAND_SHARED/corpus. A test that
 * finds none calls skip(), which is seen in its report. Never part of the library. */
#pragma once
#include "base/buf.h"
#include "base/out.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CORPUS_MAX 65536
typedef void corpus_fn(const char *name, struct span bytes);

static inline bool corpus_read(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	buf_reserve(b, CORPUS_MAX);
	b->n = fread(b->p, 1, CORPUS_MAX, f);
	fclose(f);
	return true;
}

/* Calls fn for each file of that folder and name ending, in an exact heap block; gives how many. */
static inline unsigned corpus_each(const char *folder, const char *ending, corpus_fn *fn)
{
	const char *shared = getenv("OUTBAND_SHARED");
	char path[1024];
	unsigned count = 0;
	DIR *d;

	snprintf(path, sizeof path, "%s/corpus/%s", shared ? shared : "", folder);
	d = shared ? opendir(path) : NULL;
	if (!d)
		return 0;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		size_t n = strlen(e->d_name), m = strlen(ending);
		struct buf b;
		if (n < m || strcmp(e->d_name + n - m, ending) != 0)
			continue;
		buf_init(&b, CORPUS_MAX);
		snprintf(path, sizeof path, "%s/corpus/%s/%s", shared, folder, e->d_name);
		if (!corpus_read(path, &b))
			fail_msg("%s cannot be read", path);
		fn(e->d_name, buf_span(&b));
		buf_deinit(&b);
		count++;
	}
	closedir(d);
	return count;
}
