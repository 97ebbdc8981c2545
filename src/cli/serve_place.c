/* Folders, log and process limits of the service (cli/serve_place.h). Secrets pass through its
 * memory: no core dumps, no debugger of other users, and files for nobody else. */
#include "cli/serve_place.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/hello_listener.h"
#include "cli/rpc.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_DATA "/var/lib/outband"

static const char *default_data(struct arena *a)
{
	const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (geteuid() == 0)
		return ROOT_DATA;
	if (xdg && *xdg)
		return arena_fmt(a, "%s/outband", xdg);
	return home && *home ? arena_fmt(a, "%s/.local/share/outband", home) : ROOT_DATA;
}

static bool make_dir(const char *path, const char *option, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return true;
	if (errno == EEXIST && stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return true;
		err_set(e, ERR_INVALID, "%s is no folder", path);
		return err_hint(e, "name another one with %s", option);
	}
	err_errno(e, errno == EACCES || errno == EROFS ? ERR_DENIED : ERR_IO, errno, path);
	err_wrap(e, "making a folder");
	return err_hint(e, "name a folder that you may write to with %s", option);
}

/* With everything above it. */
static bool make_dirs(struct arena *a, const char *path, const char *option, struct err *e)
{
	char *p = arena_str(a, span_str(path));

	for (size_t i = 1; p[i]; i++) {
		if (p[i] != '/')
			continue;
		p[i] = 0;
		struct stat st;
		bool ok = stat(p, &st) == 0 || make_dir(p, option, e);
		p[i] = '/';
		if (!ok)
			return false;
	}
	return make_dir(path, option, e);
}

/* The folder of the socket, which after a start of the machine is gone from /run. */
static bool make_parent(struct arena *a, const char *path, struct err *e)
{
	char *p = arena_str(a, span_str(path)), *slash = strrchr(p, '/');

	if (!slash || slash == p)
		return true;
	*slash = 0;
	return make_dirs(a, p, "OUTBAND_SOCKET (or --socket, with each command)", e);
}

static void harden(void)
{
	struct rlimit none = { 0, 0 };

	(void)umask(077);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

bool cli_serve_open_log(struct cli *c, struct err *e)
{
	static int current = -1;
	const char *path = cli_args_value(&c->args, "log-file");

	if (!path)
		return true;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0) {
		err_errno(e, ERR_IO, errno, path);
		return err_wrap(e, "--log-file");
	}
	log_set_fd(fd);
	if (current >= 0)
		(void)close(current);
	current = fd;
	return true;
}

bool cli_serve_log_level(struct cli *c, struct err *e)
{
	const char *name = cli_args_value(&c->args, "log-level");
	enum log_level level;

	if (!name)
		return true;
	if (!log_level_parse(name, &level)) {
		err_set(e, ERR_USAGE, "--log-level %s is no level", name);
		return err_want(e, "error, warn, info or debug");
	}
	log_set_level(level);
	return true;
}

/* A new key opens nothing of an old database: better no service than one without its secrets. */
static bool check_key(const struct cli_serve_places *at, struct err *e)
{
	if (access(at->db, F_OK) != 0 || access(at->key_file, F_OK) == 0)
		return true;
	err_set(e, ERR_NOT_FOUND, "the database %s is there, and its key file %s is not", at->db,
		at->key_file);
	return err_hint(
		e,
		"bring the key file back (--key-file); without it the stored secrets are lost, and "
		"the database has to go too");
}

void cli_serve_find(struct cli *c, struct cli_serve_places *out_at)
{
	const struct cli_args *args = &c->args;
	const char *data = cli_args_value(args, "data"), *db = cli_args_value(args, "db");
	const char *key = cli_args_value(args, "key-file");
	struct arena *a = &c->arena;

	out_at->data = data ? data : default_data(a);
	out_at->db = db ? db : arena_fmt(a, "%s/outband.db", out_at->data);
	out_at->key_file = key ? key : arena_fmt(a, "%s/seal.key", out_at->data);
	out_at->socket = cli_rpc_socket_path(c, a);
}

bool cli_serve_prepare(struct cli *c, struct cli_serve_places *out_at, struct err *e)
{
	const struct cli_args *args = &c->args;
	const char *place;
	struct arena *a = &c->arena;

	/* Everything about the arguments first: nothing is made for a command line that is wrong. */
	for (unsigned i = 0; (place = cli_args_nth(args, "hello", i)); i++)
		if (!cli_hello_check(place, e))
			return false;
	log_set_level(LOG_INFO);
	if (!cli_serve_log_level(c, e))
		return false;
	harden();
	cli_serve_find(c, out_at);
	if ((!cli_args_value(args, "db") || !cli_args_value(args, "key-file")) &&
	    !make_dirs(a, out_at->data, "--data", e))
		return false;
	return check_key(out_at, e) && make_parent(a, out_at->socket, e) &&
		cli_serve_open_log(c, e);
}
