/* The boot loader of the virtual PC: reads the ISO 9660 volume in its virtual CD drive, and says what
 * it found, as a real one would on the screen: the volume's name, every file with its size and
 * SHA-256, and the rate. It knows nothing but blocks that come over the redirection session
 * (sim_ider_run). Started by a start of the PC from the virtual CD. What a disc says is never
 * trusted: depth, number and size of directories are bounded, and loops end. */
#include "base/clk.h"
#include "base/hash.h"
#include "base/str.h"
#include "sim/ider_priv.h"
#include "sim/machine_priv.h"
#include "sim/media.h"

#define BLOCK       2048u
#define BLOCKS_ONCE 128u
#define DESCRIPTORS 16u
#define LAST_DESCR  32u
#define DIR_MAX     (1u << 20)
#define DIRS_MAX    1024u
#define FILES_MAX   10000u
#define SAID_MAX    ((size_t)56 * 1024) /* fits into one reply of the control socket */
#define SAID_LAST   ((size_t)1024)      /* of it, kept for how it ended */
#define PATH_SIZE   512
#define RETRY_MS    500
#define WAIT_MS     60000
#define ATTENTIONS  8

struct dir {
	struct dir *next;
	uint32_t at, size;
	char path[PATH_SIZE];
};
struct file { /* whose bytes are read now */
	uint32_t at;
	uint64_t size, done;
	struct hash_run *hash;
	char path[PATH_SIZE];
};
enum step { STEP_READY, STEP_DESCRIPTOR, STEP_DIR, STEP_FILE, STEP_DONE };
struct sim_loader {
	struct sim_dev *d;
	enum step step;
	struct sched_timer *again;
	int64_t began_mono_ms, quiet_since_ms; /* quiet: nothing could be read since; 0: it can */
	unsigned attentions;
	uint32_t descriptor, want_blocks;
	struct dir *dirs, *dir; /* to do, and the one that is read */
	unsigned dir_count, file_count;
	struct buf list; /* the directory, whole */
	size_t list_at;
	struct file file;
	uint64_t bytes;
	struct buf said;
	unsigned unsaid;    /* lines */
	bool on_screen, ok; /* the machine is at this, and shows it */
	size_t shown;       /* of said */
	struct sched_timer *screen;
};

struct sim_media *sim_media_of(struct sim_dev *d)
{
	if (!d->media)
		d->media = MEM_NEW(struct sim_media);
	return d->media;
}

/* ---- what it says ---- */

/* New lines on the machine's console, and when it has ended, that. */
static void on_screen(void *arg)
{
	struct sim_loader *l = arg;
	char line[PATH_SIZE + 128];

	l->screen = NULL;
	while (l->shown < l->said.n) {
		struct span rest = span_make(l->said.p + l->shown, l->said.n - l->shown);
		size_t n = span_find(rest, '\n');
		struct out o;
		out_init(&o, line, sizeof line);
		out_bytes(&o, span_make(rest.p, n < sizeof line - 3 ? n : sizeof line - 3));
		out_str(&o, "\r\n");
		l->shown += n + (n < rest.n);
		sim_machine_say(l->d, line);
	}
	if (l->step == STEP_DONE) {
		l->on_screen = false;
		sim_machine_storage_done(l->d, l->ok);
	}
}

static void show_soon(struct sim_loader *l)
{
	if (l->on_screen && !l->screen)
		l->screen = sched_after(l->d->env->sched, 0, on_screen, l);
}

void sim_machine_storage(struct sim_dev *d)
{
	struct sim_loader *l = sim_media_of(d)->loader;

	if (!l) { /* a floppy, from which this loader reads nothing */
		sim_machine_say(d, "no CD is redirected\r\n");
		sim_machine_storage_done(d, false);
		return;
	}
	l->on_screen = true;
	show_soon(l);
}

static void __attribute__((format(printf, 2, 3))) say(struct sim_loader *l, const char *fmt, ...)
{
	struct out o;
	va_list ap;

	if (l->said.n > SAID_MAX - SAID_LAST && l->step != STEP_DONE) {
		l->unsaid++;
		return;
	}
	va_start(ap, fmt);
	out_init_buf(&o, &l->said);
	out_vfmt(&o, fmt, ap);
	out_str(&o, "\n");
	va_end(ap);
	show_soon(l);
}

static void end(struct sim_loader *l, bool ok, const char *why)
{
	int64_t ms = clk_mono_ms() - l->began_mono_ms;

	l->step = STEP_DONE;
	l->ok = ok;
	if (l->unsaid)
		say(l, "lines left out: %u", l->unsaid);
	if (!ok) {
		say(l, "boot failed: %s", why);
		return;
	}
	say(l, "boot done: files=%u bytes=%llu ms=%lld", l->file_count,
	    (unsigned long long)l->bytes, (long long)ms);
}

/* ---- reading ---- */

static void go_on(struct sim_loader *l);

static void on_again(void *arg)
{
	struct sim_loader *l = arg;

	l->again = NULL;
	go_on(l);
}

/* The drives are not there (yet, or any more): for a while somebody may bring them back. */
static void try_again(struct sim_loader *l, const struct wire_scsi_sense *why)
{
	int64_t now = clk_mono_ms();

	if (!l->quiet_since_ms) {
		l->quiet_since_ms = now;
		if (why)
			say(l, "waiting for the drive: sense=%02x/%02x/%02x", why->key, why->asc,
			    why->ascq);
		else
			say(l, "waiting for the drive");
	}
	if (now - l->quiet_since_ms > WAIT_MS)
		end(l, false, "no drive with a disc");
	else
		l->again = sched_after(l->d->env->sched, RETRY_MS, on_again, l);
}

static void take(struct sim_loader *l, struct span data);

static void on_reply(void *arg, const struct sim_ider_reply *r)
{
	struct sim_loader *l = arg;

	if (r->ok && !r->sense.key) {
		l->quiet_since_ms = 0;
		l->attentions = 0;
		take(l, r->data);
		if (l->step != STEP_DONE && !l->again)
			go_on(l);
	} else if (r->ok && r->sense.key == 6 && l->attentions++ < ATTENTIONS) {
		go_on(l); /* unit attention: asked again */
	} else if (r->ok && r->sense.key != 2) {
		say(l, "read failed: sense=%02x/%02x/%02x", r->sense.key, r->sense.asc,
		    r->sense.ascq);
		end(l, false, "the disc cannot be read");
	} else {
		try_again(l, r->ok ? &r->sense : NULL);
	}
}

static void ask(struct sim_loader *l, uint8_t op, uint32_t block, uint32_t count)
{
	struct sim_ider_request q = { .cd = true, .dma = true };

	q.cdb[0] = op;
	if (op == 0x28) {
		const uint8_t rest[] = { 0,
					 (uint8_t)(block >> 24),
					 (uint8_t)(block >> 16),
					 (uint8_t)(block >> 8),
					 (uint8_t)block,
					 0,
					 (uint8_t)(count >> 8),
					 (uint8_t)count };
		memcpy(q.cdb + 1, rest, sizeof rest);
		q.expect = (size_t)count * BLOCK;
	}
	if (!sim_ider_run(l->d, &q, on_reply, l))
		try_again(l, NULL);
}

static uint32_t blocks_of(uint64_t bytes)
{
	uint64_t n = (bytes + BLOCK - 1) / BLOCK;

	return n < BLOCKS_ONCE ? (uint32_t)n : BLOCKS_ONCE;
}

/* ---- the volume ---- */

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void add_dir(struct sim_loader *l, uint32_t at, uint32_t size, const char *path)
{
	struct dir *n, **tail = &l->dirs;

	if (size > DIR_MAX || l->dir_count >= DIRS_MAX) {
		say(l, "directory left out: %s", path);
		return;
	}
	l->dir_count++;
	n = MEM_NEW(struct dir);
	n->at = at;
	n->size = size;
	(void)str_copy(n->path, sizeof n->path, span_str(path));
	while (*tail)
		tail = &(*tail)->next;
	*tail = n;
}

static void take_descriptor(struct sim_loader *l, struct span s)
{
	char name[33], safe[132];
	struct out o;

	if (s.n < BLOCK || memcmp(s.p + 1, "CD001", 5) != 0) {
		end(l, false, "this is no ISO 9660 disc");
	} else if (s.p[0] == 1) {
		(void)str_copy(name, sizeof name, span_trim(span_make(s.p + 40, 32)));
		out_init(&o, safe, sizeof safe);
		out_safe(&o, span_str(name));
		say(l, "volume %s", safe);
		add_dir(l, le32(s.p + 156 + 2), le32(s.p + 156 + 10), "");
		l->step = STEP_DIR;
	} else if (s.p[0] == 255 || l->descriptor >= LAST_DESCR) {
		end(l, false, "the disc has no volume descriptor");
	} else {
		l->descriptor++;
	}
}

/* The name that Rock Ridge has, in its entry NM; else that of the record without its version. */
static void name_of(struct span rec, char *out_name, size_t cap)
{
	size_t n = rec.p[32], at = 33 + n + (n % 2 == 0);
	struct span plain = span_make(rec.p + 33, n);

	while (at + 5 <= rec.n && rec.p[at + 2] >= 5 && at + rec.p[at + 2] <= rec.n) {
		if (rec.p[at] == 'N' && rec.p[at + 1] == 'M') {
			(void)str_copy(out_name, cap,
				       span_make(rec.p + at + 5, rec.p[at + 2] - 5u));
			return;
		}
		at += rec.p[at + 2];
	}
	plain.n = span_find(plain, ';');
	(void)str_copy(out_name, cap, plain);
}

static void begin_file(struct sim_loader *l, const uint8_t *rec, const char *path)
{
	l->file = (struct file){ .at = le32(rec + 2),
				 .size = le32(rec + 10),
				 .hash = hash_run_new(HASH_SHA256) };
	(void)str_copy(l->file.path, sizeof l->file.path, span_str(path));
	l->step = STEP_FILE;
}

/* The next record of the directory; false when it has no more. */
static bool next_record(struct sim_loader *l)
{
	char name[256], path[PATH_SIZE], safe[PATH_SIZE];
	struct out o;

	while (l->list_at + 33 < l->list.n) {
		const uint8_t *p = l->list.p + l->list_at;
		size_t left = l->list.n - l->list_at, n = p[0];
		if (n == 0) { /* records do not cross blocks */
			l->list_at = (l->list_at / BLOCK + 1) * BLOCK;
			continue;
		}
		if (n < 34 || n > left || 33u + p[32] > n)
			return false;
		l->list_at += n;
		if (p[32] == 1 && p[33] <= 1)
			continue; /* itself, and its parent */
		name_of(span_make(p, n), name, sizeof name);
		out_init(&o, safe, sizeof safe);
		out_safe(&o, span_str(name));
		out_init(&o, path, sizeof path);
		out_fmt(&o, "%s/%s", l->dir->path, safe);
		if (p[25] & 2) {
			add_dir(l, le32(p + 2), le32(p + 10), path);
			continue;
		}
		if (l->file_count++ >= FILES_MAX)
			return false;
		begin_file(l, p, path);
		return true;
	}
	return false;
}

static void take_dir(struct sim_loader *l, struct span data)
{
	(void)buf_add(&l->list, data);
}

static void end_file(struct sim_loader *l)
{
	char hex[65];
	uint8_t digest[HASH_MAX_SIZE];
	struct out o;

	hash_run_end(l->file.hash, digest);
	l->file.hash = NULL;
	out_init(&o, hex, sizeof hex);
	out_hex(&o, span_make(digest, 32));
	say(l, "file %s %llu %s", l->file.path, (unsigned long long)l->file.size, hex);
	l->step = STEP_DIR;
}

static void take_file(struct sim_loader *l, struct span data)
{
	uint64_t left = l->file.size - l->file.done;

	if (data.n > left)
		data.n = (size_t)left;
	hash_run_add(l->file.hash, data);
	l->file.done += data.n;
	l->bytes += data.n;
}

/* ---- steps ---- */

static void take(struct sim_loader *l, struct span data)
{
	switch (l->step) {
	case STEP_READY:
		l->step = STEP_DESCRIPTOR;
		break;
	case STEP_DESCRIPTOR:
		take_descriptor(l, data);
		break;
	case STEP_DIR:
		take_dir(l, data);
		break;
	case STEP_FILE:
		take_file(l, data);
		break;
	case STEP_DONE:
		break;
	}
}

/* Until something is to be read. */
static void go_dir(struct sim_loader *l)
{
	while (l->step == STEP_DIR) {
		if (!l->dir) {
			l->dir = l->dirs;
			if (!l->dir) {
				end(l, true, NULL);
				return;
			}
			l->dirs = l->dir->next;
			buf_clear(&l->list);
			l->list_at = 0;
		}
		if (l->list.n < l->dir->size) {
			ask(l, 0x28, l->dir->at + (uint32_t)(l->list.n / BLOCK),
			    blocks_of(l->dir->size - l->list.n));
			return;
		}
		if (next_record(l))
			return;
		mem_free(l->dir);
		l->dir = NULL;
	}
}

static void go_on(struct sim_loader *l)
{
	if (l->step == STEP_READY) {
		ask(l, 0x00, 0, 0);
		return;
	}
	if (l->step == STEP_DESCRIPTOR) {
		ask(l, 0x28, l->descriptor, 1);
		return;
	}
	while (l->step == STEP_DIR || l->step == STEP_FILE) {
		struct file *f = &l->file;
		if (l->step == STEP_DIR) {
			go_dir(l);
			if (l->step != STEP_FILE)
				return;
		}
		if (f->done < f->size) {
			ask(l, 0x28, f->at + (uint32_t)(f->done / BLOCK),
			    blocks_of(f->size - f->done));
			return;
		}
		end_file(l);
	}
}

/* ---- life ---- */

static void loader_free(struct sim_loader *l)
{
	struct dir *next;

	if (!l)
		return;
	sched_cancel(l->again);
	sched_cancel(l->screen);
	sim_ider_forget(l->d, l);
	for (struct dir *n = l->dirs; n; n = next) {
		next = n->next;
		mem_free(n);
	}
	mem_free(l->dir);
	if (l->file.hash)
		hash_run_end(l->file.hash, NULL);
	buf_deinit(&l->list);
	buf_deinit(&l->said);
	mem_free(l);
}

void sim_media_free(struct sim_dev *d)
{
	if (!d->media)
		return;
	loader_free(d->media->loader);
	mem_free(d->media);
	d->media = NULL;
}

void sim_media_host_starts(struct sim_dev *d, bool from_cd)
{
	struct sim_media *media = sim_media_of(d);
	struct sim_loader *l;

	loader_free(media->loader);
	media->loader = NULL;
	sim_ider_host_starts(d);
	if (!from_cd)
		return;
	l = media->loader = MEM_NEW(struct sim_loader);
	*l = (struct sim_loader){ .d = d, .descriptor = DESCRIPTORS };
	l->began_mono_ms = clk_mono_ms();
	buf_init(&l->list, DIR_MAX + BLOCK * BLOCKS_ONCE);
	buf_init(&l->said, SAID_MAX);
	say(l, "booting from the virtual CD");
	l->again = sched_after(d->env->sched, 0, on_again, l);
}

void sim_dev_print_media(struct sim_dev *d, struct out *o)
{
	const struct sim_loader *l = sim_media_of(d)->loader;

	sim_ider_print(d, o);
	if (l)
		out_bytes(o, buf_span(&l->said));
}
