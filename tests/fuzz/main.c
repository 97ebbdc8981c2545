/* Replays inputs through one fuzz target without a fuzzer, so that every build
 * and every compiler runs the corpus and the regressions. Linked with each
 * tests/fuzz/fuzz_<name>.c by tests/meson.build. A directory that is not there
 * is nothing to replay; the empty input always is. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned replayed_count;

static void feed(const uint8_t *data, size_t size)
{
	/* An exact heap block, so that a sanitizer sees the first byte read past it. */
	uint8_t *copy = calloc(1, size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	replayed_count++;
}

static int replay_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);
	int status = 1;
	if (!data)
		abort();
	if (!f || fread(data, 1, size, f) != size) {
		fprintf(stderr, "cannot read %s: %s\n", path, strerror(errno));
		goto out;
	}
	/* Named before it runs: after a crash this is the last line. */
	fprintf(stderr, "replay %s (%zu bytes)\n", path, size);
	feed(data, size);
	status = 0;
out:
	free(data);
	if (f)
		fclose(f);
	return status;
}

static int replay_path(const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		fprintf(stderr, "cannot read %s: %s\n", path, strerror(errno));
		return 1;
	}
	if (!S_ISDIR(st.st_mode))
		return replay_file(path, (size_t)st.st_size);

	struct dirent **list = NULL;
	int n = scandir(path, &list, NULL, alphasort);
	int status = n < 0;
	for (int i = 0; i < n; i++) {
		char sub[4096];
		if (list[i]->d_name[0] != '.') {
			snprintf(sub, sizeof sub, "%s/%s", path, list[i]->d_name);
			status |= replay_path(sub);
		}
		free(list[i]);
	}
	free(list);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;
	feed(NULL, 0);
	for (int i = 1; i < argc; i++)
		status |= replay_path(argv[i]);
	printf("replayed %u inputs\n", replayed_count);
	return status;
}
