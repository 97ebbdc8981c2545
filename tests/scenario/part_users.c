/* Part "users" of the profile: who may log in, with which realms, on the oldest and the newest release. */
#include "parts.h"
#include "wire/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CLS   "AMT_AuthorizationService"
#define ADMIN "S-1-5-21-1-2-3-512"
#define SID   "AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAAAIAAA=="
#define USERS                                                                                           \
	"  digest:\n"                                                                                   \
	"  - {name: helpdesk, password: {secret: hd}, realms: [remote-control, network-time], access: " \
	"network}\n"                                                                                    \
	"  - {name: local, password: random, realms: [general-info], access: local}\n"                  \
	"  directory:\n"                                                                                \
	"  - {sid: " ADMIN ", realms: [administration], access: any, enabled: on}\n"
static const char *const releases[] = { "3.2.1", "22.0" };

static unsigned begin(struct world *w, const char *release)
{
	unsigned i = parts_start(w, release, "");
	parts_secret(w, "hd", "Help-Desk-1");
	return i;
}

static void apply(struct world *w, unsigned i, const char *profile)
{
	char why[512];
	parts_profile(w, profile);
	if (!parts_apply(w, i, why, sizeof why))
		fail_msg("not applied: %s", why);
}

static void expect_drift(struct world *w, unsigned i, const char *lines)
{
	char text[2048];
	parts_drift(w, i, text, sizeof text);
	assert_string_equal(text, lines);
}

/* Such a user logs in, is held to realm and access, and is what the device lists. */
static void sets_users_that_log_in(void **state)
{
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		unsigned i = begin(&w, releases[g]);
		apply(&w, i, "users:\n" USERS);
		expect_drift(&w, i, "");
		unsigned before = parts_changes(&w, i);
		apply(&w, i, "users:\n" USERS);
		assert_int_equal(parts_changes(&w, i), before);
		assert_string_equal(parts_get_as(&w, i, "helpdesk", "Help-Desk-1",
						 "AMT_TimeSynchronizationService"),
				    "");
		assert_string_equal(
			parts_get_as(&w, i, "helpdesk", "Help-Desk-1", "AMT_RedirectionService"),
			"AccessDenied");
		assert_string_equal(parts_get_as(&w, i, "helpdesk", "Help-Desk-2", CLS), "login");
		assert_string_equal(parts_get_as(&w, i, "local", "Help-Desk-1", CLS), "login");

		/* the admin's connection stays: a request of each, one after the other */
		assert_int_equal(
			parts_invoke(&w, i, CLS, NULL, "GetUserAclEntryEx", "Handle=3", NULL), 0);
		assert_string_equal(wsman_obj_str(parts_reply(&w), "KerberosUserSid"), SID);
		assert_null(wsman_obj_str(parts_reply(&w), "DigestUsername"));
		parts_stop(&w);
	}
}

static void finds_and_repairs_drift(void **state)
{
	(void)state;
	for (int g = 0; g < 2; g++) {
		struct world w;
		char text[2048];
		unsigned i = begin(&w, releases[g]);
		apply(&w, i, "users:\n" USERS);
		assert_int_equal(parts_invoke(&w, i, CLS, NULL, "UpdateUserAclEntryEx", "Handle=1",
					      "AccessPermission=2", "Realms=5", "Realms=2", NULL),
				 0);
		parts_expect_drift(&w, i,
				   "users.helpdesk.realms: redirection remote-control -> "
				   "remote-control network-time\n"
				   "users.helpdesk.access: any -> network\n");
		assert_int_equal(parts_invoke(&w, i, CLS, NULL, "SetAclEnabledState", "Handle=3",
					      "Enabled=false", NULL),
				 0);
		parts_expect_drift(&w, i, "users." ADMIN ".enabled: off -> on\n");
		assert_int_equal(
			parts_invoke(&w, i, CLS, NULL, "RemoveUserAclEntry", "Handle=1", NULL), 0);
		parts_expect_drift(
			&w, i, "users.helpdesk: absent -> network: remote-control network-time\n");
		assert_string_equal(parts_get_as(&w, i, "helpdesk", "Help-Desk-1", CLS),
				    "AccessDenied");

		/* another stored password is another value */
		parts_secret(&w, "hd", "Help-Desk-3");
		parts_expect_drift(&w, i,
				   "users.helpdesk.password: another or unknown -> the stored "
				   "secret 'hd'\n");
		assert_string_equal(parts_get_as(&w, i, "helpdesk", "Help-Desk-3", CLS),
				    "AccessDenied");

		/* an entry of somebody else: told, and removed only by a profile that owns the list */
		assert_int_equal(parts_invoke(&w, i, CLS, NULL, "AddUserAclEntryEx",
					      "DigestUsername=eve",
					      "DigestPassword=AAAAAAAAAAAAAAAAAAAAAA==",
					      "AccessPermission=2", "Realms=3", NULL),
				 0);
		expect_drift(&w, i, "");
		parts_notes(&w, i, text, sizeof text);
		assert_string_equal(text, "users.eve: not in the profile\n");
		apply(&w, i, "users:\n" USERS);
		parts_profile(&w, "users:\n  own: on\n" USERS);
		parts_expect_drift(&w, i, "users.eve: any: administration -> absent\n");
		parts_profile(&w, "users: {own: on}\n");
		parts_expect_drift(
			&w, i,
			"users.local: local: general-info -> absent\n"
			"users." ADMIN ": any: administration -> absent\n"
			"users.helpdesk: network: remote-control network-time -> absent\n");
		parts_stop(&w);
	}
}

static void obeys_the_limits(void **state)
{
	char yaml[2048] = "users:\n  digest:\n", why[512], member[64];
	struct world w;
	(void)state;
	unsigned i = begin(&w, "16.1");
	for (int n = 0; n < 6; n++) {
		snprintf(member, sizeof member, "DigestUsername=u%d", n);
		assert_int_equal(parts_invoke(&w, i, CLS, NULL, "AddUserAclEntryEx", member,
					      "DigestPassword=AAAAAAAAAAAAAAAAAAAAAA==",
					      "AccessPermission=1", "Realms=5", NULL),
				 0);
	}
	/* refused before the first change leaves */
	unsigned before = parts_changes(&w, i);
	parts_profile(&w,
		      "users:\n  digest:\n"
		      "  - {name: a, password: random, realms: [acl]}\n"
		      "  - {name: b, password: random, realms: [acl]}\n");
	assert_false(parts_apply(&w, i, why, sizeof why));
	assert_non_null(strstr(why, "8 digest users do not fit"));
	assert_int_equal(parts_changes(&w, i), before);
	/* and the device holds to it as well */
	for (int n = 6; n < 8; n++) {
		snprintf(member, sizeof member, "DigestUsername=u%d", n);
		assert_int_equal(parts_invoke(&w, i, CLS, NULL, "AddUserAclEntryEx", member,
					      "DigestPassword=AAAAAAAAAAAAAAAAAAAAAA==",
					      "AccessPermission=1", "Realms=5", NULL),
				 n == 7 ? 23 : 0);
	}
	/* with the list owned, there is room; the admin stays what it was */
	snprintf(yaml, sizeof yaml,
		 "users:\n  own: on\n  digest:\n"
		 "  - {name: a, password: random, realms: [acl]}\n");
	apply(&w, i, yaml);
	expect_drift(&w, i, "");
	assert_non_null(parts_get(&w, i, CLS, NULL));
	parts_stop(&w);
}

/* What firmware refuses: each with its own return value. */
static void the_device_is_strict(void **state)
{
#define DIGEST "DigestPassword=AAAAAAAAAAAAAAAAAAAAAA=="
	static const struct {
		const char *name, *a, *b, *access, *realm;
		uint32_t want;
	} cases[] = {
		{ "name", "DigestUsername=$$x", DIGEST, "AccessPermission=2", "Realms=3", 36 },
		{ "admin", "DigestUsername=admin", DIGEST, "AccessPermission=2", "Realms=3", 2058 },
		{ "twice", "DigestUsername=helpdesk", DIGEST, "AccessPermission=2", "Realms=3",
		  2058 },
		{ "hash", "DigestUsername=x", "DigestPassword=AAAA", "AccessPermission=2",
		  "Realms=3", 36 },
		{ "both", "DigestUsername=x", "KerberosUserSid=" SID, "AccessPermission=2",
		  "Realms=3", 36 },
		{ "sid", "KerberosUserSid=AQID", NULL, "AccessPermission=2", "Realms=3", 36 },
		{ "access", "DigestUsername=x", DIGEST, "AccessPermission=3", "Realms=3", 36 },
		{ "realm", "DigestUsername=x", DIGEST, "AccessPermission=2", "Realms=22", 2055 },
		{ "realm of 4.0", "DigestUsername=x", DIGEST, "AccessPermission=2", "Realms=20",
		  2055 },
	};
	struct world w;
	(void)state;
	unsigned i = begin(&w, "3.2.1");
	apply(&w, i, "users:\n" USERS);
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		uint32_t got = parts_invoke(&w, i, CLS, NULL, "AddUserAclEntryEx", cases[n].access,
					    cases[n].realm, cases[n].a, cases[n].b, NULL);
		if (!cases[n].b) /* the list ends there */
			got = parts_invoke(&w, i, CLS, NULL, "AddUserAclEntryEx", cases[n].access,
					   cases[n].realm, cases[n].a, NULL);
		if (got != cases[n].want)
			fail_msg("%s: %u", cases[n].name, got);
	}
	assert_int_equal(parts_invoke(&w, i, CLS, NULL, "RemoveUserAclEntry", "Handle=77", NULL),
			 2053);
	parts_stop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_users_that_log_in),
		cmocka_unit_test(finds_and_repairs_drift),
		cmocka_unit_test(obeys_the_limits),
		cmocka_unit_test(the_device_is_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
