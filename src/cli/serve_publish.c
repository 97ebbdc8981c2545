/* Writes the published files of the service, each whole or not at all: a reader never sees half a
 * list. Called by the engine on a worker thread; touches nothing but the folder. */
#include "cli/serve_publish.h"
#include "base/fd.h"
#include "base/err.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool put(const char *folder, const char *name, struct span bytes, struct err *e)
{
	char path[1024], tmp[1100];

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return err_set(e, ERR_INVALID, "the path of the folder %.100s is too long", folder);
	(void)snprintf(tmp, sizeof tmp, "%s.new", path);
	if (mkdir(folder, 0755) == 0)
		(void)chmod(folder, 0755); /* whatever the umask */
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_errno(e, ERR_IO, errno, tmp);
	bool ok = fchmod(fd, 0644) == 0 && fd_write_all(fd, bytes) && fsync(fd) == 0;
	int why = errno;
	(void)close(fd);
	if (ok && rename(tmp, path) == 0)
		return true;
	why = ok ? errno : why;
	(void)unlink(tmp);
	return err_errno(e, ERR_IO, why, path);
}

void cli_serve_publish(void *ctx, const char *name, struct span bytes)
{
	struct err e = { 0 };

	if (!put(ctx, name, bytes, &e))
		log_err(LOG_EV_SERVE_FAILED, &e,
			(const struct log_kv[]){ LOG_S("step", "publish"),
						 { LOG_KIND_END, NULL, NULL, 0 } });
}
