/* Tells an operator what a device waits for and what moves it on. Used by device show. Pure: the
 * caller gives the rows and the time. Never trusts the hello schedule for a decision, only for the
 * words. */
#include "api/next_step.h"
#include "base/clk.h"
#include "base/rules.h"
#include "base/str.h"

/* After the first hour a PC in setup mode says hello hourly; two of these may be lost. */
#define SILENT_MS       (3LL * 3600 * 1000)
#define FIRST_WINDOW_MS (24LL * 3600 * 1000)

const char *api_client_state_name(enum api_client_state s)
{
	static const char *const names[] = {
#define X(name, text) text,
		API_CLIENT_STATES(X)
#undef X
	};
	return names[s];
}

enum api_client_state api_client_state_of(const struct store_device *d, int64_t now_unix_ms)
{
	if (str_eq(d->state, "configured") && d->last_hello_unix_ms <= d->configured_unix_ms)
		return API_CLIENT_CONFIGURED;
	if (now_unix_ms - d->last_hello_unix_ms > SILENT_MS)
		return API_CLIENT_SILENT;
	return str_eq(d->kind, "psk") ? API_CLIENT_PSK : API_CLIENT_PKI;
}

static void print_ago(struct out *o, int64_t ms)
{
	int64_t min = ms / 60000;

	if (min < 2)
		out_fmt(o, "%lld s", (long long)(ms / 1000));
	else if (min < 120)
		out_fmt(o, "%lld minutes", (long long)min);
	else if (min < 2880)
		out_fmt(o, "%lld hours", (long long)(min / 60));
	else
		out_fmt(o, "%lld days", (long long)(min / 60 / 24));
}

static void print_at(struct out *o, int64_t unix_ms)
{
	char text[CLK_TEXT_SIZE];

	clk_print_unix_ms(unix_ms, text);
	out_fmt(o, "%.19sZ", text);
}

static void print_hello(const struct store_device *d, int64_t now, struct out *o)
{
	int64_t end = d->first_seen_unix_ms + FIRST_WINDOW_MS;

	if (api_client_state_of(d, now) == API_CLIENT_CONFIGURED || d->last_hello_unix_ms == 0)
		return;
	out_str(o, " The last hello came ");
	print_ago(o, now - d->last_hello_unix_ms);
	out_str(o, " ago, at ");
	print_at(o, d->last_hello_unix_ms);
	if (api_client_state_of(d, now) != API_CLIENT_SILENT) {
		out_str(o,
			"; the PC says hello until it is configured or its window ends (24 h "
			"after the first start, 6 h after later ones).");
		return;
	}
	out_str(o,
		": the PC is off, moved away, or stopped saying hello. By the published "
		"schedule it says hello every minute for 5 minutes, every 5 minutes for an "
		"hour, then hourly, and ends 24 h after the first start (");
	print_at(o, end);
	out_str(o,
		" counted from the first hello seen here) or 6 h after a later one. To make it "
		"start again: take all power from it, mains and battery (G3), for half a "
		"minute; or start configuration with the local agent; or in MEBx (Ctrl+P).");
}

static void print_failure(const struct store_job *job, struct out *o)
{
	const struct rules_row *rule = rules_find(job->err_rule);
	const char *hint = job->err_hint[0] ? job->err_hint : rule ? rule->fix : "";

	if (!job->err_msg[0])
		return;
	out_fmt(o, " The last try failed: %s%s%s%s.", job->err_msg, job->err_rule[0] ? " (" : "",
		job->err_rule, job->err_rule[0] ? ")" : "");
	if (hint[0])
		out_fmt(o, " To do: %s.", hint);
}

static const char *name_of(const struct store_device *d)
{
	return d->fqdn[0] ? d->fqdn : d->uuid;
}

static void print_job(const struct store_device *d, const struct store_job *job, struct out *o)
{
	if (str_eq(job->kind, "adopt") && str_eq(job->state, "running")) {
		out_str(o, "It is being taken over now; nothing in it is changed.");
	} else if (str_eq(job->state, "running")) {
		out_fmt(o, "It is being configured now%s%s; nothing is to be done.",
			job->stage[0] ? ", stage " : "", job->stage);
	} else if (str_eq(job->state, "queued")) {
		out_str(o, "Its job waits for a free worker; nothing is to be done.");
		print_failure(job, o);
	} else if (str_eq(job->state, "delayed")) {
		out_str(o, "The next try is made at ");
		print_at(o, job->not_before_unix_ms);
		out_fmt(o, "; 'outband job retry %s' tries now.", job->id);
		print_failure(job, o);
	} else if (str_eq(job->state, "paused")) {
		out_fmt(o, "Its job is paused; 'outband job retry %s' goes on.", job->id);
		print_failure(job, o);
	} else {
		out_fmt(o, "Nothing is queued; 'outband device apply %s' configures it.",
			name_of(d));
		print_failure(job, o);
	}
}

static void print_refused(const struct store_device *d, struct out *o)
{
	const struct rules_row *rule = rules_find(d->health_rule);

	out_fmt(o, "It was refused: %s%s%s%s.", d->health[0] ? d->health : "see its events",
		d->health_rule[0] ? " (" : "", d->health_rule, d->health_rule[0] ? ")" : "");
	if (rule)
		out_fmt(o, " To do: %s.", rule->fix);
}

void api_next_step_print(const struct store_device *d, const struct store_job *job,
			 int64_t now_unix_ms, struct out *o)
{
	bool active = job && !str_eq(job->state, "done") && !str_eq(job->state, "cancelled");
	bool settled = str_eq(d->state, "configured") || str_eq(d->state, "refused");

	if (str_eq(d->state, "approval")) {
		out_fmt(o, "It waits for an operator: 'outband device approve %s'.", name_of(d));
	} else if (str_eq(d->state, "unconfigured") && !active) {
		out_fmt(o,
			"It was unconfigured and is held: 'outband device approve %s' lets its next "
			"hello configure it.",
			name_of(d));
	} else if (str_eq(d->state, "adopted") && !active) {
		out_fmt(o,
			"Others configured it and nothing was changed: 'outband device owner %s' "
			"shows them, 'outband device plan %s' what its profile would change, "
			"'outband device apply %s' makes it ours.",
			name_of(d), name_of(d), name_of(d));
	} else if (active || (job && !settled)) {
		print_job(d, job, o);
	} else if (str_eq(d->state, "configured")) {
		out_fmt(o,
			"It is configured; 'outband device plan %s' shows what its profile "
			"would change.",
			name_of(d));
		if (d->last_hello_unix_ms > d->configured_unix_ms)
			out_fmt(o,
				" It said hello again after that, as a PC does that lost its "
				"setup: 'outband device apply %s' configures it anew.",
				name_of(d));
	} else if (str_eq(d->state, "refused")) {
		print_refused(d, o);
		out_fmt(o, " Then 'outband device apply %s'.", name_of(d));
	} else {
		out_fmt(o, "Nothing is queued; 'outband device apply %s' configures it.",
			name_of(d));
	}
	print_hello(d, now_unix_ms, o);
}
