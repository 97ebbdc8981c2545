/* Tests of backup and restore: consistency under load, what is refused, what is kept. */
#include "store/store_backup.h"
#include "store/test_rows.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static const char key[] = "1a2b-3c4d-5e6f-7a8b";

struct place {
	char dir[96], file[112], db[112];
};

static int begin(void **state)
{
	struct place *p = MEM_NEW(struct place);
	const char *top = getenv("TMPDIR");
	log_set_fd(-1);
	(void)snprintf(p->dir, sizeof p->dir, "%s/outband-backup-XXXXXX", top ? top : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	(void)snprintf(p->file, sizeof p->file, "%s/b.outband", p->dir);
	(void)snprintf(p->db, sizeof p->db, "%s/db", p->dir);
	*state = p;
	return 0;
}

static int end(void **state)
{
	struct place *p = *state;
	char command[128];
	(void)snprintf(command, sizeof command, "rm -r '%s'", p->dir);
	assert_int_equal(system(command), 0);
	mem_free(p);
	return 0;
}

static struct store *open_db(const char *path)
{
	struct store_conf c = { .path = path };
	struct err e = { 0 };
	struct store *s = store_open(&c, &e);
	if (!s)
		fail_msg("%s: %s", path, e.msg);
	return s;
}

static void script(const char *path, const char *sql)
{
	sqlite3 *h;
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	if (sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(h));
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

static void add(struct store *s, int i)
{
	char id[16], uuid[16];
	struct store_tx *tx = store_tx_new(s);
	(void)snprintf(id, sizeof id, "j%d", i);
	(void)snprintf(uuid, sizeof uuid, "u%d", i);
	world_add_hello(tx, uuid, "10.0.0.1", T0);
	world_add_job(tx, id, uuid);
	store_tx_commit(tx, NULL, NULL);
}

/* A database with a running job, closed. */
static void make_db(const char *path)
{
	struct store *s = open_db(path);
	for (int i = 0; i < 5; i++)
		add(s, i);
	struct store_tx *tx = store_tx_new(s);
	store_tx_job_lease(tx, "j1", "other:1", T0, T0 + 1000000);
	store_tx_audit(tx, "uid:0", "made", "it", T0);
	store_tx_commit(tx, NULL, NULL);
	store_close(s);
}

static void backup(struct place *p, struct store_backup *b)
{
	struct err e = { 0 };
	if (!store_backup_write(p->db, p->file, false, key, b, &e))
		fail_msg("%s", e.msg);
}

/* Each transaction adds a PC and a job: a state in between would have unequal numbers. */
static void one_state_while_others_write(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	struct err e = { 0 };
	struct store *s = open_db(p->db);
	int64_t last = 0;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 400; i++)
			add(s, round * 400 + i);
		if (!store_backup_write(p->db, p->file, round > 0, key, &b, &e))
			fail_msg("%s", e.msg);
		assert_int_equal(b.devices, b.jobs);
		assert_true(b.devices >= last);
		last = b.devices;
		store_poll(s);
	}
	store_close(s);
	assert_true(store_backup_write(p->db, p->file, true, key, &b, &e));
	assert_int_equal(b.devices, 2000);
	assert_int_equal(b.rows, 2000 + 2000 + 2 /* settings */);
	assert_int_equal(b.schema, store_schema_file_count);
	assert_string_equal(b.key, key);
	assert_true(b.at_unix_ms > T0);
}

static unsigned entries(const char *dir)
{
	char command[160], line[16] = "";
	(void)snprintf(command, sizeof command, "ls -A '%s' | wc -l", dir);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	(void)pclose(f);
	return (unsigned)strtoul(line, NULL, 10);
}

static void one_private_file_that_is_not_overwritten(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	struct err e = { 0 };
	struct stat st, again;
	make_db(p->db);
	unsigned before = entries(p->dir);
	backup(p, &b);
	assert_int_equal(entries(p->dir), before + 1);
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, b.bytes);
	assert_int_equal(b.jobs_running, 1);
	assert_false(store_backup_write(p->db, p->file, false, key, &b, &e));
	assert_int_equal(e.code, ERR_CONFLICT);
	assert_non_null(strstr(e.hint, "--overwrite"));
	assert_int_equal(stat(p->file, &again), 0);
	assert_int_equal(st.st_ino, again.st_ino);
	assert_int_equal(entries(p->dir), before + 1);
}

static void leaves_nothing_behind_when_it_fails(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	struct err e = { 0 };
	char none[128];
	assert_false(store_backup_write(p->db, p->file, false, key, &b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	script(p->db, "create table other (n)");
	assert_false(store_backup_write(p->db, p->file, false, key, &b, &e));
	assert_non_null(strstr(e.msg, "belongs to another program"));
	assert_int_equal(entries(p->dir), 1);
	(void)snprintf(none, sizeof none, "%s/none/b", p->dir);
	assert_false(store_backup_write(p->db, none, false, key, &b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void damage(const struct place *p, const char *how)
{
	struct stat st;
	int fd = open(p->file, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	if (str_eq(how, "cut"))
		assert_int_equal(ftruncate(fd, st.st_size / 2), 0);
	else if (str_eq(how, "cut in a page"))
		assert_int_equal(ftruncate(fd, st.st_size - 1000), 0);
	else if (str_eq(how, "emptied"))
		assert_int_equal(ftruncate(fd, 0), 0);
	else if (str_eq(how, "text"))
		assert_int_equal(pwrite(fd, "this is no database", 19, 0), 19);
	else
		for (off_t at = 4096; at < st.st_size; at += 4096)
			assert_int_equal(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, at), 8);
	close(fd);
}

static void refuses_files_that_are_no_backup(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *name, *sql, *msg;
	} cases[] = {
		{ "cut", NULL, "damaged" },
		{ "cut in a page", NULL, "damaged" },
		{ "emptied", NULL, "is empty" },
		{ "text", NULL, "is not a database" },
		{ "overwritten", NULL, "damaged" },
		{ "newer", "insert into schema_version values (9999, 1)", "newer outband" },
		{ "another program's", "drop table schema_version", "belongs to another program" },
	};
	make_db(p->db);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_backup b;
		struct err e = { 0 };
		struct stat before, after;
		backup(p, &b);
		if (cases[i].sql)
			script(p->file, cases[i].sql);
		else
			damage(p, cases[i].name);
		assert_int_equal(stat(p->db, &before), 0);
		struct store_restore *r = store_restore_begin(p->file, p->db, &b, &e);
		if (r || !strstr(e.msg, cases[i].msg) || !e.hint[0])
			fail_msg("%s: %s (%s)", cases[i].name, r ? "taken" : e.msg, e.hint);
		assert_int_equal(stat(p->db, &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
		assert_int_equal(unlink(p->file), 0);
	}
	store_close(open_db(p->db));
}

static void refuses_while_a_service_is_there(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	struct err e = { 0 };
	make_db(p->db);
	backup(p, &b);
	struct store *s = open_db(p->db);
	assert_null(store_restore_begin(p->file, p->db, &b, &e));
	assert_int_equal(e.code, ERR_STORE_BUSY);
	char want[32];
	(void)snprintf(want, sizeof want, "process %ld on ", (long)getpid());
	assert_non_null(strstr(e.seen, want));
	store_close(s);
}

static void restore(struct place *p, char former[256])
{
	struct store_backup b;
	struct err e = { 0 };
	struct store_restore *r = store_restore_begin(p->file, p->db, &b, &e);
	if (!r || !store_restore_finish(r, "uid:7", former, 256, &e))
		fail_msg("%s", e.msg);
	store_restore_free(r);
}

static void brings_back_what_was_there(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	char former[256];
	struct arena a;
	struct store_job j;
	struct store_audit audit[4];
	int64_t bad;
	arena_init(&a, 1 << 20);
	make_db(p->db);
	backup(p, &b);
	struct store *s = open_db(p->db);
	add(s, 77);
	store_close(s);
	restore(p, former);
	s = open_db(p->db);
	assert_int_equal(store_job_count(s, NULL), 5);
	/* What ran then does not run now: nobody holds it, and the next service takes it. */
	assert_true(store_job_get(s, &a, "j1", &j));
	assert_string_equal(j.state, "queued");
	assert_string_equal(j.lease_owner, "");
	assert_int_equal(store_audit_list(s, &a, 0, 4, audit), 2);
	assert_string_equal(audit[1].action, "restore");
	assert_string_equal(audit[1].actor, "uid:7");
	assert_true(store_audit_verify(s, &bad, NULL));
	store_close(s);
	/* The former one is whole and has what came after the backup. */
	assert_non_null(strstr(former, "/db.before-restore-"));
	s = open_db(former);
	assert_int_equal(store_job_count(s, NULL), 6);
	store_close(s);
	arena_deinit(&a);
}

static void dropped_one_changes_nothing(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	struct err e = { 0 };
	make_db(p->db);
	backup(p, &b);
	unsigned before = entries(p->dir);
	struct store_restore *r = store_restore_begin(p->file, p->db, &b, &e);
	assert_non_null(r);
	assert_int_equal(entries(p->dir), before + 1);
	store_restore_free(r);
	assert_int_equal(entries(p->dir), before);
	store_close(open_db(p->db)); /* the lock is free again */
}

static void replaces_a_damaged_database(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	char former[256], wal[320];
	make_db(p->db);
	backup(p, &b);
	(void)snprintf(wal, sizeof wal, "%s-wal", p->db);
	for (int i = 0; i < 2; i++) {
		int fd = open(i ? wal : p->db, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, "rubbish of some length, no database", 35), 35);
		close(fd);
	}
	restore(p, former);
	assert_int_equal(access(wal, F_OK), -1);
	assert_int_equal(access(former, F_OK), 0);
	struct store *s = open_db(p->db);
	assert_int_equal(store_job_count(s, NULL), 5);
	store_close(s);
}

/* A log without its database must not be played into the one that comes. */
static void a_log_left_alone_is_moved_away(void **state)
{
	struct place *p = *state;
	struct store_backup b;
	char former[256], wal[128];
	make_db(p->db);
	backup(p, &b);
	assert_int_equal(unlink(p->db), 0);
	(void)snprintf(wal, sizeof wal, "%s-wal", p->db);
	int fd = open(wal, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	restore(p, former);
	assert_string_equal(former, "");
	assert_int_equal(access(wal, F_OK), -1);
	struct store *s = open_db(p->db);
	assert_int_equal(store_job_count(s, NULL), 5);
	store_close(s);
}

struct seen {
	unsigned count;
	char labels[512];
};

static bool see(void *arg, const char *label, struct span sealed)
{
	struct seen *s = arg;
	s->count += sealed.n > 0;
	(void)snprintf(s->labels + strlen(s->labels), sizeof s->labels - strlen(s->labels), "%s ",
		       label);
	return true;
}

static void finds_every_sealed_value(void **state)
{
	struct place *p = *state;
	struct err e = { 0 };
	struct seen seen = { 0 };
	struct store *s = open_db(p->db);
	struct store_tx *tx = store_tx_new(s);
	store_tx_psk_add(tx, &(struct store_psk){ .pid = "P", .sealed_pps = span_str("1") });
	store_tx_cert_put(tx, &(struct store_cert){ .id = "ca", .sealed_key = span_str("2") });
	store_tx_cert_put(tx, &(struct store_cert){ .id = "leaf" });
	store_tx_secret_set(tx, "wifi", span_str("3"));
	store_tx_credential_add(
		tx,
		&(struct store_credential){
			.id = "c", .uuid = "u", .kind = "admin", .sealed = span_str("4") });
	store_tx_commit(tx, NULL, NULL);
	store_close(s);
	assert_true(store_backup_each_sealed(p->db, see, &seen, &e));
	assert_int_equal(seen.count, 4);
	static const char *const want[] = { "cert:ca ", "secret:wifi ", "psk:P ",
					    "credential:u:admin " };
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_non_null(strstr(seen.labels, want[i]));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_state_while_others_write),
		TEST(one_private_file_that_is_not_overwritten),
		TEST(leaves_nothing_behind_when_it_fails),
		TEST(refuses_files_that_are_no_backup),
		TEST(refuses_while_a_service_is_there),
		TEST(brings_back_what_was_there),
		TEST(dropped_one_changes_nothing),
		TEST(replaces_a_damaged_database),
		TEST(a_log_left_alone_is_moved_away),
		TEST(finds_every_sealed_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
