/* The plan: each action wanted and not wanted, what is read before, the order of a whole setup, the
 * requests that get-modify-put makes, and the text for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/limits.h"
#include "base/str.h"
#include "engine/actions_priv.h"

struct fix {
	struct engine_profile p;
	struct engine_facts f;
	struct engine_plan_in in;
	struct secret admin, mebx;
};
#define ALL_KNOWN ((unsigned)FACTS_PORT * 2 - 1)
#define BIT(a)    ACT_BIT(a)

/* Everything is as the baseline profile wants it, in operation. */
static void all_right(struct fix *x)
{
	*x = (struct fix){ 0 };
	engine_profile_default(&x->p);
	x->f = (struct engine_facts){
		.known = ALL_KNOWN,
		.realm = "Digest:0",
		.host_name = "host1",
		.domain = "example.com",
		.ping = true,
		.tls_enabled = true,
		.context_exists = true,
		.redir_state = 32771,
		.redir_listener = true,
		.kvm_exists = true,
		.kvm_state = 2,
	};
	x->in = (struct engine_plan_in){
		.want = &x->p,
		.have = &x->f,
		.host = "host1",
		.domain = "example.com",
		.key_bits = 2048,
		.firmware_keys = true,
		.verified_identity = true,
		.now_unix_ms = 1795000000000,
	};
}

/* A device in setup as it comes from the factory. */
static void fresh(struct fix *x)
{
	all_right(x);
	x->in.setup = true;
	x->f = (struct engine_facts){
		.known = ALL_KNOWN & ~(unsigned)(FACTS_KVM | FACTS_WEBUI | FACTS_CONTEXT),
		.realm = "Digest:0",
		.clock_skew_ms = -90000,
		.redir_state = 32768,
		.webui_on = true,
	};
}

/* clang-format off */
static void nothing(struct fix *x) { (void)x; }
static void setup_done(struct fix *x) { x->in.setup = true; x->in.done = ~0u; }
static void setup_now(struct fix *x) { x->in.setup = true; }
static void skew_in(struct fix *x) { x->f.clock_skew_ms = ENGINE_CLOCK_SKEW_MS; }
static void skew_over(struct fix *x) { x->f.clock_skew_ms = -ENGINE_CLOCK_SKEW_MS - 1; }
static void clock_left(struct fix *x) { skew_over(x); x->p.clock = false; }
static void name_other(struct fix *x) { str_copy(x->f.host_name, sizeof x->f.host_name, span_str("other")); }
static void name_case(struct fix *x) { str_copy(x->f.host_name, sizeof x->f.host_name, span_str("HOST1")); }
static void name_left(struct fix *x) { name_other(x); x->p.names = false; }
static void domain_other(struct fix *x) { x->f.domain[0] = '\0'; }
static void name_sent(struct fix *x) { name_other(x); x->in.done = BIT(ACT_GENERAL); }
static void ping_off(struct fix *x) { x->f.ping = false; }
static void ping_left(struct fix *x) { x->f.ping = false; x->p.ping = ENGINE_LEAVE; }
static void old_fw(struct fix *x) { setup_now(x); x->in.firmware_keys = false; }
static void old_has_key(struct fix *x) { old_fw(x); x->in.has_key = true; }
static void key_made(struct fix *x)
{
	setup_now(x);
	str_copy(x->f.key_handle, sizeof x->f.key_handle, span_str("Intel(r) AMT Key: Handle: 1"));
	str_copy(x->f.key_public, sizeof x->f.key_public, span_str("AAAA"));
}
static void old_key_added(struct fix *x) { key_made(x); x->in.firmware_keys = false; x->in.has_key = true; }
static void leaf_made(struct fix *x) { key_made(x); x->in.leaf_der = span_str("leaf"); }
static void cert_in(struct fix *x)
{
	leaf_made(x);
	str_copy(x->f.cert_handle, sizeof x->f.cert_handle, span_str("Intel(r) AMT Certificate: Handle: 1"));
}
static void context_set(struct fix *x)
{
	cert_in(x);
	str_copy(x->f.context_cert, sizeof x->f.context_cert, span_str(x->f.cert_handle));
}
static void context_sent(struct fix *x) { cert_in(x); x->in.done = BIT(ACT_CONTEXT); }
static void tls_left(struct fix *x) { setup_now(x); x->p.tls = false; }
static void tls_off(struct fix *x) { x->f.tls_enabled = false; }
static void tls_off_left(struct fix *x) { tls_off(x); x->p.tls = false; }
static void tls_mutual(struct fix *x) { x->f.tls_mutual = true; }
static void clear_open(struct fix *x) { x->f.tls_accept_clear = true; }
static void clear_none(struct fix *x) { clear_open(x); x->f.tls_clear_known = true; }
static void clear_known(struct fix *x) { clear_none(x); x->f.tls_clear_supported = true; }
static void tls_sent(struct fix *x) { tls_off(x); x->in.done = BIT(ACT_TLS); }
static void sol_off(struct fix *x) { x->f.redir_state = 32769; }
static void sol_off_sent(struct fix *x) { sol_off(x); x->in.done = BIT(ACT_LISTENER); }
static void sol_left(struct fix *x) { sol_off(x); x->p.sol = ENGINE_LEAVE; }
static void listener_off(struct fix *x) { x->f.redir_listener = false; }
static void redir_left(struct fix *x) { listener_off(x); sol_left(x); x->p.ider = ENGINE_LEAVE; }
static void want_none(struct fix *x) { x->p.sol = x->p.ider = ENGINE_OFF; }
static void have_none(struct fix *x) { want_none(x); x->f.redir_state = 32768; x->f.redir_listener = false; }
static void kvm_off(struct fix *x) { x->f.kvm_state = 3; }
static void kvm_idle(struct fix *x) { x->f.kvm_state = 6; }
static void kvm_left(struct fix *x) { kvm_off(x); x->p.kvm = ENGINE_LEAVE; }
static void kvm_none(struct fix *x) { kvm_off(x); x->f.kvm_exists = false; }
static void kvm_unread(struct fix *x) { setup_now(x); x->f.known &= ~(unsigned)FACTS_KVM; }
static void kvm_unread_old(struct fix *x) { kvm_unread(x); x->in.no_kvm = true; x->f.kvm_exists = false; }
static void web_on(struct fix *x) { x->f.webui_on = true; }
static void web_left(struct fix *x) { web_on(x); x->p.webui = ENGINE_LEAVE; }
static void web_left_setup(struct fix *x) { setup_now(x); x->p.webui = ENGINE_LEAVE; }
static void mebx_left(struct fix *x) { setup_now(x); x->p.mebx_pw = ENGINE_PW_LEAVE; }
static void mebx_factory(struct fix *x) { setup_now(x); x->p.mebx_if_default = true; x->f.mebx_default = true; }
static void mebx_own(struct fix *x) { setup_now(x); x->p.mebx_if_default = true; }
static void mebx_sent(struct fix *x) { mebx_own(x); x->in.mebx_sent = true; }
static void dirty(struct fix *x) { x->in.staged_dirty = true; }

static const struct {
	const char *name;
	enum engine_act act;
	bool wanted;
	void (*set)(struct fix *x);
} cases[] = {
	{ "clock right", ACT_CLOCK, false, nothing },
	{ "clock at the limit", ACT_CLOCK, false, skew_in },
	{ "clock over the limit", ACT_CLOCK, true, skew_over },
	{ "clock left alone", ACT_CLOCK, false, clock_left },
	{ "clock right, in setup", ACT_CLOCK, true, setup_now },
	{ "clock set in this setup", ACT_CLOCK, false, setup_done },
	{ "name right", ACT_GENERAL, false, nothing },
	{ "name in another case", ACT_GENERAL, false, name_case },
	{ "name wrong", ACT_GENERAL, true, name_other },
	{ "name left alone", ACT_GENERAL, false, name_left },
	{ "domain missing", ACT_GENERAL, true, domain_other },
	{ "name sent, active one still shown", ACT_GENERAL, false, name_sent },
	{ "ping off", ACT_GENERAL, true, ping_off },
	{ "ping left alone", ACT_GENERAL, false, ping_left },
	{ "key of ours, firmware makes them", ACT_MAKE_KEY, false, setup_now },
	{ "key of ours, old firmware", ACT_MAKE_KEY, true, old_fw },
	{ "key of ours, have one", ACT_MAKE_KEY, false, old_has_key },
	{ "add key, none made", ACT_ADD_KEY, false, old_fw },
	{ "add key", ACT_ADD_KEY, true, old_has_key },
	{ "add key, is in", ACT_ADD_KEY, false, old_key_added },
	{ "generate, in operation", ACT_GENERATE_KEY, false, nothing },
	{ "generate", ACT_GENERATE_KEY, true, setup_now },
	{ "generate, old firmware", ACT_GENERATE_KEY, false, old_fw },
	{ "generate, is made", ACT_GENERATE_KEY, false, key_made },
	{ "generate, TLS left alone", ACT_GENERATE_KEY, false, tls_left },
	{ "issue without a key", ACT_ISSUE, false, setup_now },
	{ "issue", ACT_ISSUE, true, key_made },
	{ "issue, have one", ACT_ISSUE, false, leaf_made },
	{ "add certificate, none issued", ACT_ADD_CERT, false, key_made },
	{ "add certificate", ACT_ADD_CERT, true, leaf_made },
	{ "add certificate, is in", ACT_ADD_CERT, false, cert_in },
	{ "context without certificate", ACT_CONTEXT, false, leaf_made },
	{ "context", ACT_CONTEXT, true, cert_in },
	{ "context is ours", ACT_CONTEXT, false, context_set },
	{ "context sent", ACT_CONTEXT, false, context_sent },
	{ "TLS right", ACT_TLS, false, nothing },
	{ "TLS off", ACT_TLS, true, tls_off },
	{ "TLS off, left alone", ACT_TLS, false, tls_off_left },
	{ "TLS mutual", ACT_TLS, true, tls_mutual },
	{ "clear ports open", ACT_TLS, true, clear_open },
	{ "clear ports said not to exist", ACT_TLS, false, clear_none },
	{ "clear ports said to exist", ACT_TLS, true, clear_known },
	{ "TLS sent", ACT_TLS, false, tls_sent },
	{ "redirection right", ACT_LISTENER, false, nothing },
	{ "SOL off", ACT_LISTENER, true, sol_off },
	{ "SOL off, Put sent: not again", ACT_LISTENER, false, sol_off_sent },
	{ "SOL off, Put sent: by its method", ACT_REDIR, true, sol_off_sent },
	{ "SOL off, Put first", ACT_REDIR, false, sol_off },
	{ "SOL off, left alone", ACT_LISTENER, false, sol_left },
	{ "listener off", ACT_LISTENER, true, listener_off },
	{ "redirection left alone", ACT_LISTENER, false, redir_left },
	{ "both on, neither wanted", ACT_LISTENER, true, want_none },
	{ "both off, neither wanted", ACT_LISTENER, false, have_none },
	{ "KVM right", ACT_KVM, false, nothing },
	{ "KVM on without session", ACT_KVM, false, kvm_idle },
	{ "KVM off", ACT_KVM, true, kvm_off },
	{ "KVM left alone", ACT_KVM, false, kvm_left },
	{ "KVM not in this PC", ACT_KVM, false, kvm_none },
	{ "KVM unread in setup", ACT_KVM, true, kvm_unread },
	{ "KVM of firmware before 6.0", ACT_KVM, false, kvm_unread_old },
	{ "WebUI right", ACT_WEBUI, false, nothing },
	{ "WebUI on", ACT_WEBUI, true, web_on },
	{ "WebUI left alone", ACT_WEBUI, false, web_left },
	{ "WebUI in setup", ACT_WEBUI, true, setup_now },
	{ "WebUI in setup, left alone", ACT_WEBUI, false, web_left_setup },
	{ "admin in operation", ACT_ADMIN, false, nothing },
	{ "admin in setup", ACT_ADMIN, true, setup_now },
	{ "admin set", ACT_ADMIN, false, setup_done },
	{ "MEBx in operation", ACT_MEBX, false, nothing },
	{ "MEBx in setup", ACT_MEBX, true, setup_now },
	{ "MEBx left alone", ACT_MEBX, false, mebx_left },
	{ "MEBx of the factory", ACT_MEBX, true, mebx_factory },
	{ "MEBx of somebody, only if default", ACT_MEBX, false, mebx_own },
	{ "MEBx of somebody, maybe of us", ACT_MEBX, true, mebx_sent },
	{ "MEBx set", ACT_MEBX, false, setup_done },
	{ "commit in operation", ACT_COMMIT, false, nothing },
	{ "commit of something staged", ACT_COMMIT, true, dirty },
	{ "commit in setup", ACT_COMMIT, true, setup_done },
};
/* clang-format on */

static void each_action_both_ways(void **state)
{
	(void)state;
	unsigned seen[ACT_COUNT][2] = { { 0 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fix x;
		all_right(&x);
		cases[i].set(&x);
		seen[cases[i].act][cases[i].wanted]++;
		if (engine_plan_action(cases[i].act)->wanted(&x.in) != cases[i].wanted)
			fail_msg("%s", cases[i].name);
	}
	for (int a = 0; a < ACT_COUNT; a++)
		if (!seen[a][0] || !seen[a][1])
			fail_msg("'%s' has no row for one of the two ways",
				 engine_plan_action((enum engine_act)a)->name);
}

/* ---- the table ---- */

static void names_are_stored_and_found(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned flags;
	} want[ACT_COUNT] = {
#define X(constant, name, flags, stage) [constant] = { name, flags },
		ENGINE_ACTIONS(X)
#undef X
	};
	for (int a = 0; a < ACT_COUNT; a++) {
		const struct engine_action *row = engine_plan_action((enum engine_act)a);
		assert_string_equal(row->name, want[a].name);
		assert_int_equal(row->flags, want[a].flags);
		assert_int_equal(engine_plan_find(row->name), a);
		assert_true((row->build != NULL) == !(row->flags & ACTION_LOCAL));
	}
	assert_int_equal(engine_plan_find("no such action"), ACT_COUNT);
}

/* ---- what is read ---- */

static void nothing_is_read_without_need(void **state)
{
	(void)state;
	struct fix x;
	all_right(&x);
	x.f.known = 0;
	assert_int_equal(engine_plan_needs(&x.in),
			 FACTS_GENERAL | FACTS_TLS | FACTS_CLOCK | FACTS_REDIR | FACTS_KVM |
				 FACTS_WEBUI);
	x.in.verified_identity = false;
	assert_true(engine_plan_needs(&x.in) & FACTS_IDENTITY);
	x.in.setup = true;
	/* KVM is switched before it is read, and the WebUI cannot be looked at */
	assert_int_equal(engine_plan_needs(&x.in),
			 FACTS_IDENTITY | FACTS_GENERAL | FACTS_TLS | FACTS_CLOCK | FACTS_REDIR);
	x.in.done = BIT(ACT_KVM);
	assert_true(engine_plan_needs(&x.in) & FACTS_KVM);
	x.in.no_kvm = true;
	assert_false(engine_plan_needs(&x.in) & FACTS_KVM);
	assert_false(engine_plan_needs(&x.in) & (FACTS_KEYS | FACTS_CERTS | FACTS_CONTEXT));
	x.in.search = BIT(ACT_GENERATE_KEY);
	assert_true(engine_plan_needs(&x.in) & FACTS_KEYS &&
		    engine_plan_needs(&x.in) & FACTS_CERTS);
	x.in.search = 0;
	str_copy(x.f.key_handle, sizeof x.f.key_handle, span_str("k"));
	assert_int_equal(engine_plan_needs(&x.in) & (FACTS_KEYS | FACTS_CERTS | FACTS_CONTEXT),
			 FACTS_KEYS);
	str_copy(x.f.key_public, sizeof x.f.key_public, span_str("AAAA"));
	str_copy(x.f.cert_handle, sizeof x.f.cert_handle, span_str("c"));
	assert_int_equal(engine_plan_needs(&x.in) & (FACTS_KEYS | FACTS_CERTS | FACTS_CONTEXT),
			 FACTS_CONTEXT);
}

/* ---- whole setups ---- */

static void leave_all(struct fix *x)
{
	x->p = (struct engine_profile){ .admin_pw = ENGINE_PW_RANDOM };
}

/* What the device does when the action goes well. */
static void play(struct fix *x, enum engine_act a)
{
	x->in.done |= BIT(a);
	switch (a) {
	case ACT_CLOCK:
		x->f.clock_skew_ms = 0;
		break;
	case ACT_GENERAL:
		str_copy(x->f.host_name, sizeof x->f.host_name, span_str(x->in.host));
		str_copy(x->f.domain, sizeof x->f.domain, span_str(x->in.domain));
		x->f.ping = true;
		break;
	case ACT_MAKE_KEY:
		x->in.has_key = true;
		break;
	case ACT_ADD_KEY:
	case ACT_GENERATE_KEY:
		str_copy(x->f.key_handle, sizeof x->f.key_handle, span_str("k"));
		break;
	case ACT_ISSUE:
		x->in.leaf_der = span_str("leaf");
		break;
	case ACT_ADD_CERT:
		str_copy(x->f.cert_handle, sizeof x->f.cert_handle, span_str("c"));
		break;
	case ACT_CONTEXT:
		str_copy(x->f.context_cert, sizeof x->f.context_cert, span_str("c"));
		x->f.known |= FACTS_CONTEXT;
		break;
	case ACT_TLS:
		x->f.tls_enabled = true;
		break;
	case ACT_LISTENER:
		x->f.redir_state = 32771;
		x->f.redir_listener = true;
		break;
	case ACT_KVM:
		x->f.kvm_exists = true;
		x->f.kvm_state = 2;
		x->f.known |= FACTS_KVM;
		break;
	default:
		break;
	}
}

static void setup_order(const char *name, void (*set)(struct fix *x), const char *want)
{
	struct fix x;
	char text[512];
	struct out o;
	fresh(&x);
	set(&x);
	out_init(&o, text, sizeof text);
	for (enum engine_act a = engine_plan_next(&x.in); a != ACT_COUNT;
	     a = engine_plan_next(&x.in)) {
		out_fmt(&o, "%s%s", out_len(&o) ? " " : "", engine_plan_action(a)->name);
		if (a == ACT_COMMIT || o.bad)
			break;
		play(&x, a);
	}
	if (strcmp(text, want) != 0)
		fail_msg("%s: %s", name, text);
}

static void fresh_old(struct fix *x)
{
	x->in.firmware_keys = false;
	x->in.no_kvm = true;
}

/* CommitChanges answers 2057 DATA_MISSING when clock, host name, certificate or MEBx password are
 * missing: it comes last, the passwords right before it. */
static void everything_comes_before_the_commit(void **state)
{
	(void)state;
	setup_order("fresh", nothing,
		    "clock generate_key issue_leaf add_certificate tls_context tls_server "
		    "redirection_listener kvm webui general admin_password mebx_password commit");
	setup_order("fresh, old firmware", fresh_old,
		    "clock make_key add_key issue_leaf add_certificate tls_context tls_server "
		    "redirection_listener webui general admin_password mebx_password commit");
	setup_order("all left alone", leave_all, "admin_password commit");
}

static void leave_means_nothing_in_operation(void **state)
{
	(void)state;
	struct fix x;
	fresh(&x);
	leave_all(&x);
	x.in.setup = false;
	assert_int_equal(engine_plan_next(&x.in), ACT_COUNT);
	assert_int_equal(engine_plan_needs(&x.in), FACTS_GENERAL);
	all_right(&x);
	assert_int_equal(engine_plan_next(&x.in), ACT_COUNT);
}

/* ---- requests ---- */

/* An instance as a device sends it, with a member that no table knows. */
static struct wsman_obj *read_obj(struct arena *a, const char *class_name, const char *members)
{
	const struct wsman_class *c = wsman_classes_find(class_name);
	struct wsman_xml *x;
	struct wsman_obj *o;
	struct err e = { 0 };
	char *doc = arena_fmt(a, "<r:%s xmlns:r='%s'>%s<r:NewMember>kept</r:NewMember></r:%s>",
			      class_name, c->uri, members, class_name);
	if (!wsman_xml_parse(span_str(doc), a, &x, &e) ||
	    !wsman_obj_read(a, &c->shape, c->uri, x, &o, &e))
		fail_msg("%s: %s", class_name, e.msg);
	return o;
}

static void put_keeps_what_it_does_not_know(void **state)
{
	(void)state;
	static const struct {
		enum engine_act act;
		const char *class_name, *members, *want[3];
	} puts[] = {
		{ ACT_GENERAL,
		  "AMT_GeneralSettings",
		  "<r:InstanceID>Intel(r) AMT: General Settings</r:InstanceID><r:HostName>old</r:HostName>"
		  "<r:AMTNetworkEnabled>1</r:AMTNetworkEnabled>",
		  { "HostName>host1<", "DomainName>example.com<", "AMTNetworkEnabled>1<" } },
		{ ACT_TLS,
		  "AMT_TLSSettingData",
		  "<r:InstanceID>Intel(r) AMT 802.3 TLS Settings</r:InstanceID><r:Enabled>false</r:Enabled>"
		  "<r:AcceptNonSecureConnections>true</r:AcceptNonSecureConnections>",
		  { "Enabled>true<", "AcceptNonSecureConnections>false<",
		    "MutualAuthentication>false<" } },
		{ ACT_LISTENER,
		  "AMT_RedirectionService",
		  "<r:Name>Intel(r) AMT Redirection Service</r:Name><r:EnabledState>32768</r:EnabledState>"
		  "<r:ListenerEnabled>false</r:ListenerEnabled>",
		  { "EnabledState>32771<", "ListenerEnabled>true<",
		    "Name>Intel(r) AMT Redirection Service<" } },
	};
	for (size_t i = 0; i < sizeof puts / sizeof *puts; i++) {
		struct fix x;
		struct arena a;
		struct wsman_req req = { 0 };
		struct err e = { 0 };
		char text[8192];
		struct out o;
		arena_init(&a, LIMIT_XML_ARENA_BYTES);
		fresh(&x);
		x.f.tls_accept_clear = true;
		const struct wsman_obj *was = read_obj(&a, puts[i].class_name, puts[i].members);
		x.in.general = x.in.tls = x.in.redir = was;
		const struct engine_action *row = engine_plan_action(puts[i].act);
		if (!row->build(&x.in, &a, &req, &e))
			fail_msg("%s: %s", row->name, e.msg);
		assert_int_equal(req.op, WSMAN_OP_PUT);
		out_init(&o, text, sizeof text - 1);
		wsman_envelope_emit_request(&o, &req);
		text[out_len(&o)] = '\0';
		for (int k = 0; k < 3; k++)
			if (!strstr(text, puts[i].want[k]))
				fail_msg("%s: no '%s' in %s", row->name, puts[i].want[k], text);
		if (!strstr(text, "NewMember>kept<"))
			fail_msg("%s: a member that is not in the table was lost: %s", row->name,
				 text);
		/* without a read before, nothing is made up */
		x.in.general = x.in.tls = x.in.redir = NULL;
		assert_false(row->build(&x.in, &a, &req, &e));
		arena_deinit(&a);
	}
}

/* ---- text ---- */

static void prints(void (*base)(struct fix *), void (*set)(struct fix *), const char *want)
{
	struct fix x;
	char text[2048];
	struct out o;
	base(&x);
	set(&x);
	out_init(&o, text, sizeof text);
	engine_plan_print(&x.in, &o);
	assert_false(o.bad);
	assert_string_equal(text, want);
}

static void prints_for_people(void **state)
{
	(void)state;
	prints(all_right, nothing, "nothing to do\n");
	prints(all_right, sol_off,
	       "redirection: SOL off, IDE-R on -> SOL on, IDE-R on\n"
	       "requests that change the device: 1\n");
	prints(fresh, nothing,
	       "clock: off by -90 s -> set\n"
	       "TLS key: none of ours -> RSA-2048, made by the firmware\n"
	       "TLS certificate: -> host1.example.com, issued by the built-in CA\n"
	       "TLS certificate in the device: -> added\n"
	       "TLS credential context: (none) -> our certificate (at the commit)\n"
	       "TLS: off -> server authentication, clear ports closed (at the commit)\n"
	       "redirection: SOL off, IDE-R off -> SOL on, IDE-R on\n"
	       "redirection listener: off -> on\n"
	       "KVM: (not read) -> on\n"
	       "WebUI: (cannot be read in setup) -> off\n"
	       "name: (none) -> host1.example.com\n"
	       "ping: off -> on\n"
	       "admin password: -> random, of its own\n"
	       "MEBx password: -> random (where the MEBx policy permits)\n"
	       "commit: the network of the device goes away for some seconds\n"
	       "requests that change the device: 12\n");
	prints(fresh, leave_all,
	       "admin password: -> random, of its own\n"
	       "commit: the network of the device goes away for some seconds\n"
	       "requests that change the device: 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_action_both_ways),
		cmocka_unit_test(names_are_stored_and_found),
		cmocka_unit_test(nothing_is_read_without_need),
		cmocka_unit_test(everything_comes_before_the_commit),
		cmocka_unit_test(leave_means_nothing_in_operation),
		cmocka_unit_test(put_keeps_what_it_does_not_know),
		cmocka_unit_test(prints_for_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
