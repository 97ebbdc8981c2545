/* GET /v1/status: the service in figures. Called by the CLI's status and by monitoring, so it only
 * counts and never reads rows. */
#include "api/api_priv.h"
#include <unistd.h>

static void write_ports(struct api_req *r)
{
	struct span rest = span_str(r->api->conf.hello_ports);

	api_json_begin(&r->json, "hello_ports", '[');
	while (rest.n) {
		size_t n = 0;
		uint16_t port;
		while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != ',')
			n++;
		if (str_to_u16(span_make(rest.p, n), 0, 65535, &port, NULL))
			api_json_int(&r->json, NULL, port);
		n += n < rest.n;
		rest = span_make(rest.p + n, rest.n - n);
	}
	api_json_end(&r->json, ']');
}

static void write_counts(struct api_req *r)
{
	struct store *s = r->api->conf.store;
	struct api_json *j = &r->json;

	api_json_begin(j, "devices", '{');
	api_json_int(j, "total", store_device_count(s, NULL));
	for (unsigned i = 0; i < STORE_DEVICE_STATE_COUNT; i++) {
		const char *state = store_device_state_name((enum store_device_state)i);
		api_json_int(j, state, store_device_count(s, state));
	}
	api_json_end(j, '}');
	api_json_begin(j, "jobs", '{');
	for (unsigned i = 0; i < STORE_JOB_DONE; i++) {
		const char *state = store_job_state_name((enum store_job_state)i);
		api_json_int(j, state, store_job_count(s, state));
	}
	api_json_end(j, '}');
	api_json_begin(j, "keys", '{');
	api_json_int(j, "unused", store_psk_count(s, "unused") + store_psk_count(s, "released"));
	api_json_int(j, "used", store_psk_count(s, "used"));
	api_json_int(j, "group", store_psk_count(s, "group"));
	api_json_end(j, '}');
}

static void write_store(struct api_req *r)
{
	struct store *s = r->api->conf.store;

	api_json_begin(&r->json, "store", '{');
	api_json_int(&r->json, "waiting", store_queue_len(s));
	api_json_int(&r->json, "failed", store_failed_count(s));
	api_json_end(&r->json, '}');
}

static void write_engine(struct api_req *r)
{
	struct engine_status st = engine_get_status(r->api->conf.engine);
	struct api_hello_counts conns = { 0 };
	struct api_json *j = &r->json;

	if (r->api->conf.count_hellos)
		r->api->conf.count_hellos(r->api->conf.count_arg, &conns);
	api_json_begin(j, "workers", '{');
	api_json_int(j, "limit", st.workers);
	api_json_int(j, "running", st.running);
	api_json_int(j, "waiting", st.waiting);
	api_json_end(j, '}');
	api_json_begin(j, "hellos", '{');
	api_json_int(j, "received", st.hellos);
	api_json_int(j, "malformed", st.hellos_bad);
	api_json_int(j, "refused", st.hellos_refused);
	api_json_int(j, "open", conns.open);
	api_json_int(j, "dropped", conns.dropped);
	api_json_int(j, "held", conns.held);
	api_json_int(j, "held_ms", conns.held_ms);
	api_json_end(j, '}');
	api_json_begin(j, "certificates_end", '{');
	api_json_int(j, "ended", st.ends[0]);
	api_json_int(j, "in_7_days", st.ends[1]);
	api_json_int(j, "in_30_days", st.ends[2]);
	api_json_int(j, "in_60_days", st.ends[3]);
	api_json_int(j, "in_90_days", st.ends[4]);
	api_json_end(j, '}');
	api_json_begin(j, "alerts", '{');
	api_json_int(j, "waiting", st.alerts_waiting);
	api_json_int(j, "handed_on", st.alerts_sent);
	api_json_int(j, "failed", st.alerts_failed);
	api_json_int(j, "left_out", st.alerts_lost);
	api_json_end(j, '}');
	api_json_begin(j, "figures", '{');
	api_json_int(j, "round_trips", st.round_trips);
	api_json_int(j, "polls", st.polls);
	api_json_int(j, "challenges", st.challenges);
	api_json_int(j, "handshakes", st.handshakes);
	api_json_int(j, "imposed_wait_ms", st.imposed_wait_ms);
	api_json_int(j, "jobs_done", st.jobs_done);
	api_json_int(j, "jobs_failed", st.jobs_failed);
	api_json_int(j, "cpu_ms", clk_cpu_us() / 1000);
	api_json_end(j, '}');
}

void api_status_get(struct api_req *r)
{
	struct api_json *j = &r->json;

	api_json_begin(j, NULL, '{');
	api_json_str(j, "version", r->api->conf.version);
	api_json_int(j, "uptime_ms", clk_mono_ms() - r->api->conf.start_mono_ms);
	api_json_int(j, "pid", getpid());
	write_ports(r);
	api_json_str(j, "db", r->api->conf.db_path);
	write_counts(r);
	write_store(r);
	write_engine(r);
	api_json_end(j, '}');
	api_ok(r);
}
