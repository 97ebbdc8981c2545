/* How long a page of the list of PCs takes with a million of them: fills a database, then asks as
 * the API does, from random places. Prints a line per kind of page and asserts nothing.
 *   store_pages [DEVICES] [DATABASE]    (default 1000000, and a file that is removed at the end) */
#include "base/arena.h"
#include "base/clk.h"
#include "base/log.h"
#include "base/rng.h"
#include "store/store.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TRIES = 1000, PAGE = 101 };

static void give_up(const char *what, const char *why)
{
	fprintf(stderr, "store_pages: %s: %s\n", what, why);
	exit(1);
}

static struct store *open_store(const char *path)
{
	struct store_conf c = { .path = path };
	struct err e = { 0 };
	struct store *s = store_open(&c, &e);
	if (!s)
		give_up(path, e.msg);
	return s;
}

/* One in ten is new, the rest configured; each has a job that is done. */
static void fill(const char *path, unsigned count)
{
	static const char text[] =
		"pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -262144; begin;"
		"create temp table ids as with recursive n(i) as (select 0 union all select i + 1 from n"
		" where i + 1 < %u) select i, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||"
		" substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' ||"
		" hex(randomblob(6))) as uuid from n;"
		"insert into device (uuid, fqdn, fqdn_key, state, kind, pid, address, version, first_seen_ms,"
		" last_hello_ms, hello_count, hello_retry_count, approved, facts, hello_raw) select uuid,"
		" printf('pc%%07d.example.com', i), printf('pc%%07d.example.com', i),"
		" case i %% 10 when 0 then 'new' else 'configured' end, 'pki', '',"
		" printf('10.%%d.%%d.%%d', i / 65536, i / 256 %% 256, i %% 256), '16.1.25', i, i, 1, 0, 1,"
		" printf('%%.*c', 1200, 'f'), randomblob(807) from ids order by i;"
		"insert into job (id, uuid, kind, ended, state, priority, not_before_ms, attempt, lease_owner,"
		" lease_until_ms, plan_version, stage, err_code, err_rule, err_msg, err_seen, err_want,"
		" err_hint, stats, created_ms, changed_ms) select printf('j-%%024x', i), uuid, 'configure',"
		" printf('j-%%024x', i), 'done', 10, 0, 1, '', 0, 1, '', '', '', '', '', '', '', '', i, i"
		" from ids order by i;"
		"insert or replace into counter (name, state, amount)"
		" select 'device', state, count(*) from device group by state"
		" union all select 'job', state, count(*) from job group by state; commit;";
	sqlite3 *h;
	char *sql = sqlite3_mprintf(text, count);
	if (sqlite3_open(path, &h) != SQLITE_OK ||
	    sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		give_up("filling the database", sqlite3_errmsg(h));
	sqlite3_free(sql);
	(void)sqlite3_close(h);
}

struct bench {
	struct store *s;
	struct arena a;
	struct rng rng;
	unsigned count;
	char text[64];
};

static const char *random_uuid(struct bench *b)
{
	(void)snprintf(b->text, sizeof b->text, "%08x", (unsigned)(rng_u64(&b->rng) & 0xffffffffu));
	return b->text;
}

static void page(struct bench *b, const struct store_device_query *q)
{
	struct store_device *rows = ARENA_ARRAY(&b->a, struct store_device, PAGE);
	struct store_device_query query = *q;
	query.limit = PAGE;
	(void)store_device_list(b->s, &b->a, &query, rows);
}

static void list(struct bench *b)
{
	page(b, &(struct store_device_query){ .after_uuid = random_uuid(b) });
}

static void list_common_state(struct bench *b)
{
	page(b,
	     &(struct store_device_query){ .after_uuid = random_uuid(b), .state = "configured" });
}

static void list_rare_state(struct bench *b)
{
	page(b, &(struct store_device_query){ .after_uuid = random_uuid(b), .state = "new" });
}

static void search_name(struct bench *b)
{
	char name[24];
	(void)snprintf(name, sizeof name, "pc%06u", (unsigned)(rng_u64(&b->rng) % b->count) / 10);
	page(b, &(struct store_device_query){ .search = name });
}

static void search_many(struct bench *b)
{
	page(b, &(struct store_device_query){ .after_uuid = random_uuid(b), .search = "pc0" });
}

/* One in a hundred with a million. */
static void search_some(struct bench *b)
{
	char name[24];
	(void)snprintf(name, sizeof name, "pc0%u", 10 + (unsigned)(rng_u64(&b->rng) % 90));
	page(b, &(struct store_device_query){ .after_uuid = random_uuid(b), .search = name });
}

static void search_network(struct bench *b)
{
	char name[24];
	(void)snprintf(name, sizeof name, "10.%u.%u.", (unsigned)(rng_u64(&b->rng) % 10),
		       (unsigned)(rng_u64(&b->rng) % 256));
	page(b, &(struct store_device_query){ .search = name });
}

static void search_nothing(struct bench *b)
{
	page(b, &(struct store_device_query){ .search = "no such name", .state = "configured" });
}

static void jobs(struct bench *b)
{
	struct store_job *rows = ARENA_ARRAY(&b->a, struct store_job, PAGE);
	char id[40];
	(void)snprintf(id, sizeof id, "j-%024x", (unsigned)(rng_u64(&b->rng) % b->count));
	(void)store_job_list(b->s, &b->a, "done", NULL, id, PAGE, rows);
}

static void status(struct bench *b)
{
	(void)store_device_count(b->s, NULL);
	for (unsigned i = 0; i < STORE_DEVICE_STATE_COUNT; i++)
		(void)store_device_count(b->s, store_device_state_name((enum store_device_state)i));
	for (unsigned i = 0; i < STORE_JOB_STATE_COUNT; i++)
		(void)store_job_count(b->s, store_job_state_name((enum store_job_state)i));
	(void)store_psk_count(b->s, "unused");
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void run(struct bench *b, const char *what, void (*ask)(struct bench *b))
{
	int64_t us[TRIES], cpu_us[TRIES]; /* CPU: what a busy machine does not disturb */
	for (unsigned i = 0; i < TRIES; i++) {
		int64_t start = clk_mono_us(), cpu = clk_cpu_us();
		ask(b);
		us[i] = clk_mono_us() - start;
		cpu_us[i] = clk_cpu_us() - cpu;
		arena_reset(&b->a);
	}
	qsort(us, TRIES, sizeof *us, by_size);
	qsort(cpu_us, TRIES, sizeof *cpu_us, by_size);
	printf("%-44s %9.2f %9.2f %9.2f %9.2f\n", what, (double)us[TRIES / 2] / 1000,
	       (double)us[TRIES * 99 / 100] / 1000, (double)us[TRIES - 1] / 1000,
	       (double)cpu_us[TRIES * 99 / 100] / 1000);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/outband-pages-XXXXXX", own[64];
	const char *path = argc > 2 ? argv[2] : own;
	struct bench b = { .count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000000 };
	if (argc <= 2 && !mkdtemp(dir))
		give_up(dir, "cannot be made");
	(void)snprintf(own, sizeof own, "%s/db", dir);
	store_close(open_store(path));
	fill(path, b.count);
	b.s = open_store(path);
	arena_init(&b.a, 64u * 1024 * 1024);
	rng_seed(&b.rng, 1);
	printf("%-44s %9s %9s %9s %9s\n", "page of 100, of this many PCs and jobs", "p50 ms",
	       "p99 ms", "max ms", "p99 CPU");
	printf("%u\n", b.count);
	run(&b, "list", list);
	run(&b, "list, state of most", list_common_state);
	run(&b, "list, state of a tenth", list_rare_state);
	run(&b, "search, name that ten have", search_name);
	run(&b, "search, name that all have", search_many);
	run(&b, "search, name that one in a hundred has", search_some);
	run(&b, "search, network of 256", search_network);
	run(&b, "search, nothing found, with a state", search_nothing);
	run(&b, "jobs that are done", jobs);
	run(&b, "status: all counts", status);
	arena_deinit(&b.a);
	store_close(b.s);
	if (argc <= 2) {
		static const char *const suffixes[] = { "", "-wal", "-shm", ".lock" };
		for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
			char name[96];
			(void)snprintf(name, sizeof name, "%s%s", own, suffixes[i]);
			(void)unlink(name);
		}
		(void)rmdir(dir);
	}
	return 0;
}
