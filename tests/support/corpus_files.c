/* Captured files for the corpus tests. The captures are never part of the checkout; a test that
 * does not find them ends as skipped. */
#include "corpus_files.h"
#include "base/limits.h"
#include "base/str.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

const char *corpus_root(void)
{
	static char root[CORPUS_PATH_MAX];
	const char *shared = getenv("OUTBAND_SHARED");
	struct stat st;
	if (shared && snprintf(root, sizeof root, "%s/corpus", shared) < (int)sizeof root &&
	    stat(root, &st) == 0 && S_ISDIR(st.st_mode))
		return root;
	fprintf(stderr, "no captures: OUTBAND_SHARED does not name a folder with corpus/\n");
	return NULL;
}

static bool full_path(const char *path, char *dst, size_t cap)
{
	return snprintf(dst, cap, "%s/%s", corpus_root(), path) < (int)cap;
}

bool corpus_read(const char *path, struct buf *into)
{
	char full[2 * CORPUS_PATH_MAX];
	uint8_t piece[4096];
	size_t n;
	buf_init(into, LIMIT_XML_BYTES);
	FILE *f = full_path(path, full, sizeof full) ? fopen(full, "rb") : NULL;
	if (!f)
		return false;
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(into, span_make(piece, n));
	fclose(f);
	return !into->bad;
}

void corpus_each(const char *dir, const char *suffix, void (*fn)(const char *path, void *arg),
		 void *arg)
{
	char full[2 * CORPUS_PATH_MAX], sub[CORPUS_PATH_MAX];
	struct dirent **list = NULL;
	struct stat st;
	int n = full_path(dir, full, sizeof full) ? scandir(full, &list, NULL, alphasort) : -1;
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (name[0] != '.' &&
		    snprintf(sub, sizeof sub, "%s/%s", dir, name) < (int)sizeof sub &&
		    full_path(sub, full, sizeof full) && stat(full, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				corpus_each(sub, suffix, fn, arg);
			else if (str_ends_nocase(name, suffix))
				fn(sub, arg);
		}
		free(list[i]);
	}
	free(list);
}

bool corpus_http_body(struct span message, struct buf *body)
{
	const char *head = memmem(message.p, message.n, "\r\n\r\n", 4);
	buf_init(body, LIMIT_XML_BYTES);
	if (!head)
		return false;
	struct cur c = cur_make(message);
	(void)cur_take(&c, (size_t)((const uint8_t *)head - message.p) + 4);
	while (!c.bad) {
		struct span rest = span_make(message.p + c.at, message.n - c.at);
		size_t size =
			strtoul((const char *)cur_take(&c, span_find(rest, '\r')).p, NULL, 16);
		(void)cur_take(&c, 2);
		if (c.bad || size == 0)
			return !c.bad;
		buf_add(body, cur_take(&c, size));
		(void)cur_take(&c, 2);
	}
	return false;
}

bool corpus_listed(const char *list, const char *path)
{
	struct buf b;
	bool found = false;
	if (corpus_read(list, &b))
		for (struct cur c = cur_make(buf_span(&b)); !found && cur_left(&c);) {
			struct span line = cur_take(
				&c, span_find(span_make(c.in.p + c.at, cur_left(&c)), '\n'));
			(void)cur_take(&c, cur_left(&c) ? 1 : 0);
			found = line.n && span_eq_str(line, path);
		}
	buf_deinit(&b);
	return found;
}
