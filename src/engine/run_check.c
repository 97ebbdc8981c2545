/* A job that only looks: reads what the profile names over the stored credential, and keeps what
 * differs (`device plan`, `device drift`). Changes nothing on the device. Called by run.c. */
#include "engine/alert_watch.h"
#include "engine/run_part_priv.h"

#include "base/clk.h"
#include "base/hash.h"

#define FIRST_LOOK_MS 1800000LL
#define TEXT_MAX      65536 /* of all lines */

static void on_checked(struct engine_run *r)
{
	r->en->st.jobs_done++;
	engine_run_ended(r);
}

static unsigned count_lines(struct span text)
{
	unsigned n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

int64_t engine_check_next(const struct engine *en, const char *uuid)
{
	int64_t every = en->set.check_h * 3600 * 1000;
	if (!every || en->set.repair == ENGINE_REPAIR_OFF)
		return INT64_MAX;
	/* spread, so that a fleet that was configured together is not looked at together */
	int64_t spread = (int64_t)(hash_mix64(span_str(uuid), 1) % (uint64_t)(every / 10));
	return clk_unix_ms() + every - spread;
}

/* Whose board it is is not asked in a setup, where each round trip counts: so a new PC is looked at
 * within the hour, and not only when another one may have its UUID (run_identity.c). */
static int64_t first_look(const struct engine_run *r)
{
	int64_t next = engine_check_next(r->en, r->uuid);
	int64_t soon = clk_unix_ms() + FIRST_LOOK_MS +
		(int64_t)(hash_mix64(span_str(r->uuid), 2) % (uint64_t)FIRST_LOOK_MS);
	bool known = r->has_mac || r->port_read;
	return known || next == INT64_MAX || next < soon ? next : soon;
}

/* What the PC lacks of the alerts that the profile wants; "" nothing. */
static const char *lacks_alerts(const struct engine_run *r)
{
	for (unsigned i = 0; r->parts && i < r->parts->count; i++)
		if (str_eq(r->parts->rows[i].part->name, "alerts"))
			return r->parts->rows[i].lacks;
	return "";
}

void engine_run_as_wanted(struct engine_run *r, struct store_tx *tx)
{
	store_tx_drift_put(tx,
			   &(struct store_drift){
				   .uuid = r->uuid,
				   .at_unix_ms = clk_unix_ms(),
				   .profile = r->profile.name,
				   .profile_version = r->profile.version,
				   .lines = "",
				   .notes = "",
				   .next_unix_ms = first_look(r),
			   });
	engine_alert_watch_checked(r->en, tx, r->uuid, &r->profile, r->version, "",
				   lacks_alerts(r));
}

static void write_down(struct engine_run *r, struct buf *lines, struct buf *notes)
{
	struct store_tx *tx = engine_run_tx(r);
	int64_t now = clk_unix_ms(), count = count_lines(buf_span(lines));
	char stats[200];
	buf_add(lines, span_make("", 1));
	buf_add(notes, span_make("", 1));
	store_tx_drift_put(
		tx,
		&(struct store_drift){
			.uuid = r->uuid,
			.at_unix_ms = now,
			.profile = r->profile.name,
			.profile_version = r->profile.version,
			.count = count,
			.lines = (const char *)buf_span(lines).p,
			.notes = (const char *)buf_span(notes).p,
			/* a PC that others configured is only looked at when somebody asks */
			.next_unix_ms =
				r->adopt.is_adopted ? INT64_MAX : engine_check_next(r->en, r->uuid),
		});
	engine_alert_watch_checked(r->en, tx, r->uuid, &r->profile, r->version,
				   (const char *)buf_span(lines).p,
				   (const char *)buf_span(notes).p);
	if (r->version[0])
		store_tx_device_text(tx, r->uuid, STORE_DEVICE_VERSION, r->version);
	engine_run_print_stats(r, stats, sizeof stats);
	ENGINE_EVENT(r->en, tx, r->uuid, count ? LOG_EV_DRIFT : LOG_EV_NO_DRIFT, NULL,
		     LOG_S("uuid", r->uuid), LOG_S("profile", r->profile.name),
		     LOG_I("differences", count));
	store_tx_job_end(tx, r->job, STORE_JOB_DONE, 0, NULL, stats, now);
	if (count && r->en->set.repair == ENGINE_REPAIR_AUTO && !r->adopt.is_adopted)
		engine_add_job(r->en, tx, r->uuid, "configure");
	engine_run_commit(r, tx, on_checked);
}

void engine_run_check(struct engine_run *r)
{
	struct buf lines, notes;
	struct out o, n;
	if (engine_run_parts_observe(r))
		return;
	buf_init(&lines, TEXT_MAX);
	buf_init(&notes, TEXT_MAX);
	out_init_buf(&o, &lines);
	out_init_buf(&n, &notes);
	engine_plan_lines(&r->in, &o);
	engine_run_parts_print(r, &o, &n);
	if (o.bad || n.bad) {
		struct err e = { 0 };
		err_set(&e, ERR_LIMIT, "device %s: more differs than can be kept", r->uuid);
		err_want(&e, "at most %d characters", TEXT_MAX);
		engine_run_fail(r, &e);
	} else {
		write_down(r, &lines, &notes);
	}
	buf_deinit(&lines);
	buf_deinit(&notes);
}
