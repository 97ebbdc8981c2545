/* Every platform event, audit event and alert of the reference (wsman 3.1 and 3.2, discovery 7.3) comes
 * from something that is done to a virtual device, or stands here with the reason why nothing does. The
 * actions are done, and what they are to leave in the logs and to tell must be there. A row that is
 * added to a table of the product without its action fails here. */
#include "sim/test_actions.c"

/* makes: e:WORD of the event log, a:APPLICATION/EVENT of the audit log, n:MESSAGE or n:MESSAGE-ARGUMENT */
static const struct action {
	const char *name, *gen, *switches;
	void (*run)(struct peer *p);
	const char *makes;
} actions[] = {
	{ "reset", "16.1", "", reset, "e:firmware-started e:firmware-progress" },
	{ "parts taken out", "16.1", "", no_memory,
	  "e:intrusion e:firmware-error e:post-watchdog" },
	{ "start without a disk", "16.1", "", no_disk, "e:no-boot-media" },
	{ "start from a CD that is not there", "16.1", "", boot_cd, "e:firmware-error" },
	{ "HTTPS boot that nobody answers", "16.1", "", boot_https,
	  "e:recovery e:recovery-error e:boot-failure" },
	{ "WinRE boot", "16.1", "", boot_winre, "e:recovery" },
	{ "secure erase", "16.1", "", boot_erase, "e:erase" },
	{ "secure erase of nothing", "16.1", "", boot_erase_none, "e:erase-error" },
	{ "wrong logins", "9.0", "lockout=off", wrong_logins, "e:login-failures a:16/5" },
	{ "power cut", "16.1", "", lose_power, "e:os-hang n:61" },
	{ "stick that cannot be read", "16.1", "", bad_stick, "e:bad-data" },
	{ "agents over starts, sleep and hang", "16.1", "host_agent=runs", agents,
	  "e:agent e:policy-invoked n:2 n:3 n:4 n:5 n:6 n:50-16" },
	{ "what host and network do", "16.1", "", by_hand,
	  "e:filter-match e:eac-error e:asset-error e:remote-request n:1 n:26 n:36 n:53-52 "
	  "n:50-17 n:50-18 n:50-19" },
	{ "call for help with a rule for it", "16.1", "", help_with_rule, "n:53-50" },
	{ "serial over LAN", "7.1", "", serial, "e:redirection a:18/4 a:18/5 n:50-48 n:50-49" },
	{ "storage redirection", "7.1", "", storage, "a:18/0 a:18/1 n:50-50 n:50-51" },
	{ "KVM", "7.1", "", viewer, "a:18/8 a:18/9 n:52-0 n:52-1 n:52-2" },
	{ "VNC password wrong three times", "7.1", "", wrong_viewers, "a:18/12" },
	{ "consent", "16.1", "", consent_right,
	  "a:29/3 a:30/1 a:30/2 n:64-1 n:64-2 n:64-3 n:51-0 n:51-1" },
	{ "consent refused", "16.1", "", consent_wrong, "a:29/4 a:30/1 n:64-2" },
	{ "consent not given in time", "16.1", "", consent_late, "n:51-2 n:64-2" },
	{ "consent policy", "16.1", "", consent_policy, "a:30/0 n:64-4" },
	{ "graceful power", "16.1", "host_agent=runs", graceful,
	  "a:17/5 a:17/6 a:17/7 a:17/8 n:67-0 n:67-1 n:67-2 n:67-3" },
	{ "KVM switched", "16.1", "", kvm_switch, "a:18/10 a:18/11 n:59-0 n:59-1" },
	{ "CMOS cleared", "16.1", "", clear_cmos, "a:20/5 n:55-3 n:38-0" },
	{ "AMT switched off", "16.1", "", switch_off_amt, "n:71" },
	{ "unprovisioned", "16.1", "", unprovision, "a:16/19 n:55-3 n:38-3" },
	{ "provisioned", "16.1", "", become_configured, "n:55-2" },
	{ "hello", "16.1", "", say_hello, "a:16/0" },
	{ "firmware update", "16.1", "", updates, "a:19/0 a:19/1 n:34 n:35 n:61" },
	{ "network settings", "16.1", "", network, "a:22/0 a:22/3 n:57 n:62-0 n:62-1" },
	{ "wireless settings", "16.1", "wlan=card,wifi_uefi=all", wireless,
	  "a:27/3 a:27/4 a:27/5 n:50-67 n:50-69 n:54 n:66" },
	{ "System Defense", "16.1", "", defense, "a:25/2 n:56" },
	{ "audit log that fills", "16.1", "", fill_audit, "n:29 n:30 n:31 n:32 n:33" },
	{ "receivers over TLS", "16.1", "", receivers, "n:15 n:16 n:17" },
	{ "data stored", "16.1", "", store, "a:23/3" },
	{ "remote access rule", "16.1", "", remote_rule, "n:53-53" },
};

/* What nothing that a virtual device does can cause. */
static const struct {
	const char *what, *why;
} without[] = {
	{ "a:16/15", "no class has a method that resets flash wear-out counters" },
	{ "a:16/17", "no class has a method that sets the authentication mode of a realm" },
	{ "a:16/18", "host-based setup is not served" },
	{ "a:22/5", "IPS_IPv6PortSettings is not served" },
	{ "a:23/0 a:23/1 a:23/2",
	  "administration of storage has no class that a reference describes" },
	{ "a:25/5 a:25/6 n:10 n:11 n:12 n:13", "heuristics have no class in the reference" },
	{ "a:28/0 a:28/1 a:28/2 a:28/3 a:28/4 n:27 n:28 n:50-32",
	  "AMT_EndpointAccessControlService is not served" },
	{ "a:33/1 a:33/2", "IPS_WatchDogAction is not served" },
	{ "n:7 n:8", "the link is the host's; no host is played" },
	{ "n:9", "goes with a:16/15" },
	{ "n:14", "a receiver's certificate has no general error" },
	{ "n:18", "no list of revoked receivers is known" },
	{ "n:19 n:20", "any key of a receiver is taken" },
	{ "n:21", "any digest of a receiver is taken" },
	{ "n:22", "a name of any length is taken" },
	{ "n:23", "key usage of a receiver is not looked at" },
	{ "n:24", "a handshake that fails: alert_client.c, over real sockets" },
	{ "n:25", "no switch with 802.1X is played" },
	{ "n:37 n:80", "nobody says when it is sent" },
	{ "n:38-1 n:38-2", "no software of the host unprovisions; it is not played" },
	{ "n:50-66 n:50-68", "the wireless profiles of the host are not played" },
	{ "n:52-3", "data channels of KVM are not played" },
	{ "n:55-0 n:55-1", "a device in setup has no subscriptions" },
	{ "n:58-0 n:58-1", "tunnels to a server are not played" },
	{ "n:60", "IPS_ScreenConfigurationService is not served" },
	{ "n:63-0 n:63-1", "SyncEnabled of IPS_HTTPProxyService cannot be changed" },
	{ "n:68", "nobody says in what it differs from 66" },
	{ "n:69", "no software of the host sets the clock; it is not played" },
};

/* ---- checks ---- */

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += n)
		if ((at == text || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* What the device has in its logs, and has told, as words. */
static void list_done(struct buf *b)
{
	uint8_t bytes[1024];
	struct out o;
	size_t n, used;

	out_init_buf(&o, b);
	for (unsigned i = 0; i < sim_event_count(dev); i++) {
		struct wire_event_record ev;
		assert_true(sim_event_at(dev, i, bytes));
		assert_int_equal(wire_event_record_parse(span_make(bytes, WIRE_EVENT_RECORD_BYTES),
							 &ev, &used, NULL),
				 WIRE_DONE);
		out_fmt(&o, "e:%s ", sim_event_like(&ev));
	}
	for (unsigned i = 0; i < sim_audit_count(dev); i++) {
		struct wire_audit_record r;
		assert_true(b64_decode(sim_audit_at(dev, i), bytes, sizeof bytes, &n));
		assert_int_equal(wire_audit_record_parse(span_make(bytes, n), &r, &used, NULL),
				 WIRE_DONE);
		out_fmt(&o, "a:%u/%u ", r.app, r.event);
	}
	out_bytes(&o, buf_span(&heard));
	out_u8(&o, '\0');
}

static void each_action_leaves_its_traces(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(actions); i++) {
		const struct action *a = &actions[i];
		struct peer p;
		struct buf done;
		char word[40];

		buf_init(&heard, 1 << 20);
		buf_init(&done, 1 << 20);
		env.on_alert = on_alert;
		log_in(&p, a->gen, a->switches);
		subscribe();
		record_all();
		if (a->run ==
		    become_configured) /* it comes from setup, and was told whom to tell */
			sim_dev_set_state(dev, SIM_SETUP_PKI);
		a->run(&p);
		list_done(&done);
		for (const char *at = a->makes; *at; at += *at == ' ') {
			size_t n = strcspn(at, " ");
			assert_true(str_copy(word, sizeof word, span_make(at, n)));
			if (!has_word((const char *)done.p, word))
				fail_msg("%s: no %s in: %s", a->name, word, (const char *)done.p);
			at += n;
		}
		hang_up(&p);
		buf_deinit(&done);
		buf_deinit(&heard);
		env.on_alert = NULL;
	}
}

static const char *reason(const char *what)
{
	for (size_t i = 0; i < ROWS(without); i++)
		if (has_word(without[i].what, what))
			return without[i].why;
	return NULL;
}

static bool is_made(const char *what)
{
	for (size_t i = 0; i < ROWS(actions); i++)
		if (has_word(actions[i].makes, what))
			return true;
	return false;
}

static bool can(const struct fw_class *c, enum wsman_op op, const char *method)
{
	const struct fw_method *lists[] = { c->methods, c->more_methods };

	for (size_t i = 0; method && i < 2; i++)
		for (const struct fw_method *m = lists[i]; m && m->name; m++)
			if (str_eq(m->name, method))
				return true;
	switch (op) {
	case WSMAN_OP_PUT:
		return c->can_put;
	case WSMAN_OP_CREATE:
		return c->create;
	case WSMAN_OP_DELETE:
		return c->del;
	case WSMAN_OP_SUBSCRIBE:
		return c->subscribe;
	case WSMAN_OP_UNSUBSCRIBE:
		return c->unsubscribe;
	default:
		return false;
	}
}

/* A request that a class takes is that event (fw_audit_note.c). */
static bool is_requested(const struct wire_audit_event *ev)
{
	const char *cls, *method;
	enum wsman_op op;
	uint16_t is[2];
	bool found = false;

	for (unsigned i = 0; sim_fw_audit_request(i, &cls, &op, &method, is); i++) {
		if (is[0] != ev->app || is[1] != ev->event)
			continue;
		const struct fw_class *c = sim_fw_class_find(cls);
		found |= c && can(c, op, method);
	}
	return found;
}

static void every_row_has_an_action(void **state)
{
	const struct wire_audit_event *ev;
	unsigned id, missing = 0;
	char what[40];
	int argument;

	(void)state;
	for (int i = 0; i < SIM_EVENT_COUNT; i++) {
		(void)snprintf(what, sizeof what, "e:%s", sim_event_word((enum sim_event)i));
		if (is_made(what) == (reason(what) != NULL))
			missing += printf("%s\n", what) > 0;
	}
	for (unsigned i = 0; (ev = wire_audit_events_at(i)); i++) {
		(void)snprintf(what, sizeof what, "a:%u/%u", ev->app, ev->event);
		if ((is_made(what) || is_requested(ev)) == (reason(what) != NULL))
			missing += printf("%s, %s\n", what, ev->name) > 0;
	}
	for (unsigned i = 0; wsman_notice_at(i, &id, &argument); i++) {
		(void)snprintf(what, sizeof what, argument < 0 ? "n:%u" : "n:%u-%d", id, argument);
		if (is_made(what) == (reason(what) != NULL))
			missing += printf("%s\n", what) > 0;
	}
	if (missing)
		fail_msg("%u rows have no action and no reason, or both", missing);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, world_up, world_down)
	const struct CMUnitTest tests[] = {
		T(each_action_leaves_its_traces),
		T(every_row_has_an_action),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
