/* `sim ctl usb`: puts a file setup.bin into a virtual PC, as a stick, and starts the PC. The file is
 * written back as a BIOS does it: beside itself and renamed, so that no half of it is ever seen.
 * Called by ctl.c. */
#include "sim/ctl_priv.h"
#include "base/fd.h"
#include "sim/fleet_priv.h"
#include "wire/setupbin.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_BYTES ((size_t)8 * 1024 * 1024)

static bool write_back(void *arg, struct span file, struct err *e)
{
	const char *path = arg;
	char next[PATH_MAX];
	int n = snprintf(next, sizeof next, "%s.new", path);

	if (n < 0 || (size_t)n >= sizeof next)
		return err_set(e, ERR_LIMIT, "the path of the stick is too long");
	int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, ERR_IO, errno, next);
	bool ok = fd_write_all(fd, file) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok && rename(next, path) == 0;
	if (!ok) {
		err_errno(e, ERR_IO, errno, path);
		(void)unlink(next);
	}
	return ok;
}

bool sim_ctl_usb(struct sim_dev *d, const char *path, struct out *o, struct err *e)
{
	struct sim_usb io = { write_back, (char *)path };
	struct sim_usb_took took;
	struct buf b = { 0 };

	if (!sim_fleet_file_read(path, FILE_BYTES, &b, e))
		return false;
	bool ok = sim_dev_usb(d, buf_span(&b), &io, &took, e);
	buf_wipe(&b);
	if (!ok)
		return err_wrap(e, "device %u", sim_dev_index(d));
	out_fmt(o, "index=%u state=%s record=%u", sim_dev_index(d),
		sim_dev_state_name(sim_dev_state(d)), took.record);
	if (took.keep)
		out_str(o, " left=all\n");
	else
		out_fmt(o, " left=%u\n", took.left);
	return true;
}
