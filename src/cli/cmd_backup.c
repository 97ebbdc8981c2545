/* outband backup and outband restore: the database as one file. Both work on the data folder and
 * not over the socket, so that they do with and without a service. They see to it that the key file
 * fits, since a backup whose secrets do not open is none; they never copy or print the key. */
#include "base/clk.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/serve_place.h"
#include "pki/seal.h"
#include "store/store_backup.h"
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- does the key fit? ---- */

struct fit {
	const struct pki_seal *seal;
	int64_t opened, closed;
	char first_closed[160];
};

static bool try_one(void *arg, const char *label, struct span sealed)
{
	struct fit *f = arg;
	struct secret s = SECRET_NONE;

	if (pki_seal_reveal(f->seal, label, sealed, &s, NULL)) {
		f->opened++;
	} else {
		if (!f->closed)
			(void)snprintf(f->first_closed, sizeof f->first_closed, "%s", label);
		f->closed++;
	}
	secret_deinit(&s);
	return true;
}

/* kept: the fingerprint that the backup names; "" none. */
static bool check_fit(const char *db, const char *key_file, const char *kept, char *out_print,
		      struct err *e)
{
	struct fit f = { .seal = pki_seal_open(key_file, false, e) };

	if (!f.seal) {
		if (!e->hint[0])
			err_hint(e, "bring the key file there, or name it with --key-file");
		if (*kept)
			err_want(e, "the key with fingerprint %s", kept);
		return err_wrap(e, "key file");
	}
	pki_seal_fingerprint(f.seal, out_print);
	bool ok = store_backup_each_sealed(db, try_one, &f, e);
	pki_seal_free((struct pki_seal *)f.seal);
	if (!ok)
		return false;
	if (f.closed && !f.opened) {
		err_set(e, ERR_CONFLICT,
			"the key file %s is another one: no stored secret opens with it", key_file);
		err_seen(e, "fingerprint %s", out_print);
		err_want(e, "%s%s", *kept ? "fingerprint " : "the key that sealed them", kept);
		return err_hint(
			e,
			"bring the key file that belongs to this database (--key-file); without "
			"it no PC can be opened");
	}
	if (f.closed)
		cli_note(
			"outband: %lld of %lld stored secrets do not open with this key, the first is %s",
			(long long)f.closed, (long long)f.opened + (long long)f.closed,
			f.first_closed);
	return true;
}

/* ---- what is printed ---- */

static const struct cli_col cols[] = {
	{ "file", "file", CLI_FORM_TEXT },
	{ "at", "made", CLI_FORM_TIME },
	{ "bytes", "bytes", CLI_FORM_NUMBER },
	{ "schema", "schema", CLI_FORM_NUMBER },
	{ "rows", "rows", CLI_FORM_NUMBER },
	{ "devices", "PCs", CLI_FORM_NUMBER },
	{ "jobs", "jobs", CLI_FORM_NUMBER },
	{ "jobs_running", "jobs under way", CLI_FORM_NUMBER },
	{ "credentials", "credentials", CLI_FORM_NUMBER },
	{ "keys", "setup keys", CLI_FORM_NUMBER },
	{ "certs", "certificates", CLI_FORM_NUMBER },
	{ "names", "names", CLI_FORM_NUMBER },
	{ "profiles", "profiles", CLI_FORM_NUMBER },
	{ "events", "events", CLI_FORM_NUMBER },
	{ "audit", "audit rows", CLI_FORM_NUMBER },
	{ "integrity", "integrity", CLI_FORM_TEXT },
	{ "database", "database", CLI_FORM_TEXT },
	{ "former", "former database", CLI_FORM_TEXT },
	{ "key_file", "key file", CLI_FORM_TEXT },
	{ "key_fingerprint", "fingerprint of the key", CLI_FORM_TEXT },
};

static void print(struct cli *c, const struct store_backup *b, const char *file,
		  const struct cli_serve_places *at, const char *former, const char *key)
{
	json_t *doc = json_object();
	char when[CLK_TEXT_SIZE];

#define X(name) json_object_set_new(doc, #name, json_integer(b->name));
	STORE_BACKUP_COUNTS(X)
#undef X
	if (b->at_unix_ms) {
		clk_print_unix_ms(b->at_unix_ms, when);
		json_object_set_new(doc, "at", json_string(when));
	}
	json_object_set_new(doc, "schema", json_integer(b->schema));
	json_object_set_new(doc, "bytes", json_integer(b->bytes));
	json_object_set_new(doc, "file", json_string(file));
	json_object_set_new(doc, "integrity", json_string("ok"));
	json_object_set_new(doc, "database", json_string(at->db));
	if (former)
		json_object_set_new(doc, "former", json_string(former));
	json_object_set_new(doc, "key_file", json_string(at->key_file));
	json_object_set_new(doc, "key_fingerprint", json_string(key));
	cli_writer_record(c->writer, cols, sizeof cols / sizeof *cols, doc);
	json_decref(doc);
}

/* ---- the commands ---- */

bool cli_cmd_backup(struct cli *c, struct err *e)
{
	const char *file = cli_operand(c, 0);
	struct cli_serve_places at;
	struct store_backup b;
	char key[PKI_SEAL_PRINT_SIZE];

	(void)umask(077);
	cli_serve_find(c, &at);
	if (access(at.db, F_OK) != 0) {
		err_set(e, ERR_NOT_FOUND, "there is no database %s", at.db);
		return err_hint(e, "name the data folder of the service with --data");
	}
	if (!check_fit(at.db, at.key_file, "", key, e) ||
	    !store_backup_write(at.db, file, cli_args_has(&c->args, "overwrite"), key, &b, e))
		return false;
	print(c, &b, file, &at, NULL, key);
	cli_writer_say(
		c->writer,
		"Keep the key file %s as well, in another place than the backup: the\n"
		"passwords and keys in the backup are sealed with it, and without it no PC can be\n"
		"opened again. Nothing else is needed.",
		at.key_file);
	return true;
}

static bool ask(struct cli *c, const struct store_backup *b, const struct cli_serve_places *at,
		struct err *e)
{
	char when[CLK_TEXT_SIZE] = "unknown time", question[512];

	if (access(at->db, F_OK) != 0)
		return true;
	if (b->at_unix_ms)
		clk_print_unix_ms(b->at_unix_ms, when);
	(void)snprintf(question, sizeof question,
		       "Replace %s with the backup of %s (%lld PCs)? The former one is kept.",
		       at->db, when, (long long)b->devices);
	return cli_ask(c, question, e);
}

bool cli_cmd_restore(struct cli *c, struct err *e)
{
	const char *file = cli_operand(c, 0);
	struct cli_serve_places at;
	struct store_backup b;
	char key[PKI_SEAL_PRINT_SIZE], former[4200], actor[32];

	(void)umask(077);
	cli_serve_find(c, &at);
	struct store_restore *r = store_restore_begin(file, at.db, &b, e);
	if (!r)
		return false;
	(void)snprintf(actor, sizeof actor, "uid:%ld", (long)geteuid());
	bool ok = check_fit(store_restore_path(r), at.key_file, b.key, key, e) &&
		ask(c, &b, &at, e) && store_restore_finish(r, actor, former, sizeof former, e);
	store_restore_free(r);
	if (!ok)
		return false;
	print(c, &b, file, &at, *former ? former : NULL, key);
	cli_writer_say(
		c->writer,
		"Restored. Before the service starts, see to it that no other one works with "
		"these\nPCs. What changed at them since the backup is found out as they are "
		"looked at.");
	return true;
}
