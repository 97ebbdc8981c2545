/* key usb: writes setup.bin for a stick. The order is: refuse what PCs would refuse, store the pairs
 * in the service, and only then write the file, in one piece. Passwords and PPS are in that file and
 * nowhere else; it has mode 0600. */
#include "base/mem.h"
#include "base/fd.h"
#include "base/str.h"
#include "cli/key_pairs.h"
#include "pki/chain.h"
#include "pki/preflight.h"
#include "wire/psk.h"
#include "wire/setupbin.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_MAX  10000
#define FILE_BYTES ((size_t)(COUNT_MAX + 1) * WIRE_SETUPBIN_CHUNK)
#define MEM_BYTES  ((size_t)128 * 1024 * 1024)
#define PEM_BYTES  ((size_t)64 * 1024)

struct usb {
	struct cli_stick stick;
	struct cli_key_pairs keys;
	struct arena arena; /* holds secrets */
	const char *path;
	unsigned count;
	bool no_psk, overwrite;
};

/* ---- options ---- */

static bool read_hash(struct cli_stick *s, const char *path, struct err *e)
{
	struct buf b;

	if (s->hash_count == CLI_STICK_HASHES) {
		err_set(e, ERR_LIMIT, "more than %d root certificates are given", CLI_STICK_HASHES);
		return err_want(e, "at most 3 before version 3 of the file");
	}
	if (!cli_input_read(path, PEM_BYTES, &b, e))
		return false;
	struct pki_chain *chain = pki_chain_load(buf_span(&b), NULL, e);
	buf_wipe(&b);
	if (!chain)
		return err_wrap(e, "%s", path);
	const struct pki_cert *root = &chain->certs[chain->count - 1];
	bool ok = chain->has_root;
	if (ok) {
		size_t i = s->hash_count++;
		size_t n = strlen(root->cn);
		memcpy(s->hashes[i].sha1, root->sha1, sizeof s->hashes[i].sha1);
		memcpy(s->hashes[i].sha256, root->sha256, sizeof s->hashes[i].sha256);
		(void)str_copy(s->hashes[i].name, sizeof s->hashes[i].name,
			       span_make(root->cn, n < 32 ? n : 32));
	} else {
		err_set(e, ERR_INVALID, "%s holds no root certificate", path);
		err_seen(e, "%s, issued by %s", root->subject, root->issuer);
		err_want(e, "one that is signed by itself: PCs compare the root");
	}
	pki_chain_free(chain);
	return ok;
}

static bool read_sets(struct cli *c, struct usb *u, struct err *e)
{
	struct cli_stick *s = &u->stick;
	const char *text;

	s->sets = ARENA_ARRAY(&u->arena, struct wire_setupbin_var, CLI_STICK_SETS);
	for (unsigned i = 0; (text = cli_args_nth(&c->args, "set", i)); i++) {
		if (s->set_count == CLI_STICK_SETS || !s->sets)
			return err_set(e, ERR_LIMIT, "--set is given more than %d times",
				       CLI_STICK_SETS);
		if (!wire_setupbin_parse_var(span_str(text), &u->arena, &s->sets[s->set_count++],
					     e))
			return err_wrap(e, "--set");
	}
	for (unsigned i = 0; (text = cli_args_nth(&c->args, "hash", i)); i++)
		if (!read_hash(s, text, e))
			return false;
	return true;
}

static bool read_passwords(struct cli *c, struct usb *u, struct err *e)
{
	const char *current = cli_args_value(&c->args, "current-mebx-password-file"),
		   *next = cli_args_value(&c->args, "mebx-password-file");

	if (current && !cli_input_password_file(current, &u->stick.current, e))
		return false;
	if (!current)
		secret_set(&u->stick.current, span_str("admin"));
	if (u->no_psk && !next) {
		err_set(e, ERR_USAGE, "--no-psk needs --mebx-password-file");
		return err_hint(
			e,
			"without a key pair the service cannot know which PC got which password: "
			"keep that file");
	}
	return !u->no_psk || cli_input_password_file(next, &u->stick.password, e);
}

static bool read_count(struct cli *c, struct usb *u, struct err *e)
{
	const char *count = cli_args_value(&c->args, "count");
	unsigned named = c->args.count - 1;
	uint32_t n = 1;

	if (count && !str_to_u32(span_str(count), 1, COUNT_MAX, &n, NULL)) {
		err_set(e, ERR_USAGE, "--count %s is no number of keys", count);
		return err_want(e, "1 to %d", COUNT_MAX);
	}
	if (named && (count || cli_args_has(&c->args, "mebx-password-file")))
		return err_set(e, ERR_USAGE,
			       "PIDs are named: --count and --mebx-password-file are for new keys");
	if (u->no_psk && (named || count))
		return err_set(e, ERR_USAGE, "--no-psk goes with neither PIDs nor --count");
	u->count = named ? named : n;
	if (u->stick.keep && u->count > 1) {
		err_set(e, ERR_USAGE, "with --unlimited PCs only ever read the first record");
		err_seen(e, "%u keys", u->count);
		return err_want(e, "one key pair, which all of them share");
	}
	return true;
}

static bool read_options(struct cli *c, struct usb *u, struct err *e)
{
	const char *version = cli_args_value(&c->args, "version");

	u->path = cli_operand(c, 0);
	u->overwrite = cli_args_has(&c->args, "overwrite");
	u->no_psk = cli_args_has(&c->args, "no-psk");
	u->stick.keep = cli_args_has(&c->args, "unlimited");
	u->stick.suffix = cli_args_value(&c->args, "suffix");
	if (version &&
	    !wire_setupbin_parse_version(span_str(version), &u->stick.version, &u->stick.minor, e))
		return err_wrap(e, "--version");
	if (u->stick.suffix && !pki_preflight_fqdn(span_str(u->stick.suffix), e))
		return err_wrap(e, "--suffix");
	return read_count(c, u, e) && read_passwords(c, u, e) && read_sets(c, u, e);
}

/* ---- the file ---- */

static bool may_write(struct cli *c, struct usb *u, struct err *e)
{
	struct stat st;

	if (stat(u->path, &st) == 0 && S_ISDIR(st.st_mode))
		u->path = arena_fmt(&c->arena, "%s/setup.bin", u->path);
	if (!u->overwrite && access(u->path, F_OK) == 0) {
		err_set(e, ERR_CONFLICT, "%s exists already", u->path);
		return err_hint(e,
				"name another file, or --overwrite: its keys stay in the service");
	}
	const char *slash = strrchr(u->path, '/');
	const char *folder = !slash ? "."
		: slash == u->path
		? "/"
		: arena_str(&c->arena, span_make(u->path, (size_t)(slash - u->path)));
	return access(folder, W_OK) == 0 || err_errno(e, ERR_IO, errno, folder);
}

/* A file system that cannot rename without replacing (FAT) was looked at before. */
static bool put_in_place(const struct usb *u, const char *next)
{
	if (!u->overwrite) {
		if (renameat2(AT_FDCWD, next, AT_FDCWD, u->path, RENAME_NOREPLACE) == 0)
			return true;
		if (errno != EINVAL && errno != ENOSYS)
			return false;
	}
	return rename(next, u->path) == 0;
}

static bool write_file(struct cli *c, const struct usb *u, struct span bytes, struct err *e)
{
	char *next = arena_fmt(&c->arena, "%s.XXXXXX", u->path);
	int fd = next ? mkostemp(next, O_CLOEXEC) : -1;

	if (fd < 0)
		return err_errno(e, ERR_IO, errno, next ? next : u->path);
	bool ok = fchmod(fd, 0600) == 0 || errno == EPERM;
	ok = ok && fd_write_all(fd, bytes) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok && put_in_place(u, next);
	if (!ok) {
		err_errno(e, ERR_IO, errno, u->path);
		(void)unlink(next);
	}
	if (!ok && !u->no_psk)
		err_hint(e, "its keys are in the service, unused: 'outband key usb FILE PID...'");
	return ok;
}

/* ---- pairs ---- */

/* What PCs would refuse is refused before a key is made: tried with a pair that is nobody's. */
static bool try_options(struct usb *u, struct err *e)
{
	struct cli_key_pair pair = { .pid = "0000037M",
				     .pps = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ",
				     .password = "Tried-before-1" };
	struct cli_key_pairs one = { 1, &pair };
	struct cli_stick s = u->stick;
	struct buf b;
	struct out o;

	buf_init(&b, FILE_BYTES);
	out_init_buf(&o, &b);
	bool ok = cli_stick_make(&s, u->no_psk ? NULL : &one, &u->arena, &o, e);
	buf_wipe(&b);
	return ok;
}

static bool group_fits(const struct usb *u, struct err *e)
{
	if (!u->stick.keep || u->keys.pairs[0].group)
		return true;
	err_set(e, ERR_CONFLICT, "key %s is for one PC, the stick would give it to many",
		u->keys.pairs[0].pid);
	err_want(e, "a group key");
	err_rule(e, "D044");
	return err_hint(e, "leave the PID out: --unlimited then makes a group key");
}

static bool get_pairs(struct cli *c, struct usb *u, struct err *e)
{
	const char *const *pids = c->args.operands + 1;
	struct cli_key_wish wish = {
		.count = u->count,
		.group = u->stick.keep,
		.use = "usb",
		.password_file = cli_args_value(&c->args, "mebx-password-file"),
	};
	bool made = c->args.count == 1;

	if (made && !cli_key_make(c, &wish, &pids, e))
		return false;
	if (!cli_key_pairs_get(c, "usb", pids, u->count, &u->keys, e))
		return false;
	for (unsigned i = 0; !made && i < u->count; i++)
		if (u->keys.pairs[i].was_on_stick && !u->keys.pairs[i].group)
			cli_note("key %s was made for a stick: see that no other still carries it",
				 u->keys.pairs[i].pid);
	return group_fits(u, e);
}

static void say(struct cli *c, const struct usb *u)
{
	const struct cli_stick *s = &u->stick;
	json_t *pids = json_array();
	char pid[10];

	for (unsigned i = 0; i < u->keys.count; i++) {
		wire_psk_print_pid(u->keys.pairs[i].pid, pid);
		json_array_append_new(pids, json_string(pid));
		cli_writer_say(c->writer, "record %u  %s", i + 1, pid);
	}
	unsigned count = u->no_psk ? 1 : u->keys.count;
	cli_writer_say(c->writer, "%s: version %u%s, %u record%s%s", u->path, s->version,
		       s->minor ? ".1" : "", count, count == 1 ? "" : "s",
		       s->keep ? ", for any number of PCs" : ", one PC each");
	json_t *doc = json_pack("{s:s, s:i, s:i, s:i, s:b, s:o}", "file", u->path, "version",
				(int)s->version, "minor", (int)s->minor, "records", (int)count,
				"unlimited", s->keep, "pids", pids);
	cli_writer_json(c->writer, doc);
	json_decref(doc);
	if (c->json)
		return;
	cli_writer_flush(c->writer);
	if (s->keep && !u->no_psk)
		cli_note("one key for many PCs: it proves the group, not the PC, and whoever gets "
			 "the stick has it");
	cli_note("copy it as setup.bin, first file on an empty stick with FAT; it holds passwords");
}

bool cli_cmd_key_usb(struct cli *c, struct err *e)
{
	struct usb u = { 0 };
	struct buf b;
	struct out o;

	arena_init(&u.arena, MEM_BYTES);
	buf_init(&b, FILE_BYTES);
	out_init_buf(&o, &b);
	bool ok = read_options(c, &u, e) && may_write(c, &u, e) && try_options(&u, e) &&
		(u.no_psk || get_pairs(c, &u, e)) &&
		cli_stick_make(&u.stick, u.no_psk ? NULL : &u.keys, &u.arena, &o, e) &&
		write_file(c, &u, buf_span(&b), e);
	if (ok)
		say(c, &u);
	buf_wipe(&b);
	cli_key_pairs_wipe(&u.keys);
	secret_deinit(&u.stick.current);
	secret_deinit(&u.stick.password);
	arena_wipe(&u.arena);
	return ok;
}
