/* Users of a profile: what diff makes of what a device lists. */
#include "engine/test_part_shape.h"

#define CLS   "AMT_AuthorizationService"
#define ALICE "{name: alice, password: random, realms: [remote-control, redirection]}"

static void start(struct test_part *t, const char *yaml)
{
	test_part_start(t, &engine_part_users, yaml);
}

/* A device with these users, one text each; handles from 1. */
static void device(struct test_part *t, const char *const *users)
{
	char text[1024] = "", tag[32];
	unsigned n = 0;
	while (users[n])
		n++;
	int at = snprintf(text, sizeof text, "TotalCount=%u HandlesCount=%u", n, n);
	for (unsigned i = 1; i <= n; i++)
		at += snprintf(text + at, sizeof text - (size_t)at, " Handles=%u", i);
	test_part_more(t, "list:1", CLS, "EnumerateUserAclEntries", text);
	for (unsigned i = 0; i < n; i++) {
		snprintf(tag, sizeof tag, "user:%u", i + 1);
		test_part_more(t, tag, CLS, "GetUserAclEntryEx", users[i]);
	}
}

#define BOB "DigestUsername=bob AccessPermission=2 Realms=5"
static void gives_the_lines(void **state)
{
	static const struct {
		const char *name, *yaml;
		const char *users[4];
		const char *ids, *lines;
	} cases[] = {
		{ "added",
		  "users: {digest: [" ALICE "]}\n",
		  { NULL },
		  "add:alice(2) ",
		  "users.alice: absent -> network: redirection remote-control\n" },
		{ "others are only told",
		  "users: {digest: [" ALICE "]}\n",
		  { BOB },
		  "add:alice(2) other:bob(8) ",
		  "users.alice: absent -> network: redirection remote-control\n"
		  "users.bob: not in the profile\n" },
		{ "others go first when the list is owned",
		  "users: {own: on, digest: [" ALICE "]}\n",
		  { BOB },
		  "remove:bob(0) add:alice(2) ",
		  "users.bob: any: remote-control -> absent\n"
		  "users.alice: absent -> network: redirection remote-control\n" },
		{ "accounts of firmware stay",
		  "users: {own: on}\n",
		  { "DigestUsername=$$OsAdmin AccessPermission=0 Realms=3",
		    "DigestUsername=admin AccessPermission=2 Realms=3" },
		  "",
		  "" },
		{ "one that cannot be read is no user",
		  "users: {own: on}\n",
		  { NULL, NULL },
		  "",
		  "" },
		{ "rights and access",
		  "users: {digest: [{name: bob, realms: [remote-control, acl], access: "
		  "network}]}\n",
		  { "DigestUsername=bob AccessPermission=2 Realms=5 Realms=22" },
		  "set:bob(0) ",
		  "users.bob.realms: remote-control realm-22 -> remote-control acl\n"
		  "users.bob.access: any -> network\n" },
		{ "access that is not named stays",
		  "users: {digest: [{name: bob, realms: [remote-control]}]}\n",
		  { BOB },
		  "",
		  "" },
		{ "a password that was never sent",
		  "users: {digest: [{name: bob, password: {secret: x}, realms: "
		  "[remote-control]}]}\n",
		  { BOB },
		  "set:bob(0) ",
		  "users.bob.password: another or unknown -> the stored secret 'x'\n" },
		{ "names in another case are others",
		  "users: {digest: [{name: Bob, password: random, realms: [acl]}]}\n",
		  { BOB },
		  "add:Bob(2) other:bob(8) ",
		  "users.Bob: absent -> network: acl\nusers.bob: not in the profile\n" },
		{ "directory",
		  "users: {directory: [{sid: S-1-5-32-544, realms: [administration]}, "
		  "{sid: S-1-1-0, realms: [acl], access: local}]}\n",
		  { "KerberosUserSid=AQIAAAAAAAUgAAAAIAIAAA== AccessPermission=1 Realms=4",
		    "KerberosUserSid=AQEAAAAAAAUHAAAA AccessPermission=1 Realms=4" },
		  "set:S-1-5-32-544(0) add:S-1-1-0(2) other:S-1-5-7(8) ",
		  "users.S-1-5-32-544.realms: hardware-asset -> administration\n"
		  "users.S-1-1-0: absent -> local: acl\n"
		  "users.S-1-5-7: not in the profile\n" },
		{ "an entry that is off needs its handle",
		  "users: {digest: [{name: bob, password: random, realms: [acl], enabled: "
		  "off}]}\n",
		  { NULL },
		  "add:bob(6) ",
		  "users.bob: absent -> network: acl\n" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		start(&t, cases[i].yaml);
		device(&t, cases[i].users);
		if (!test_part_diff(&t))
			fail_msg("%s: %s", cases[i].name, t.e.msg);
		if (strcmp(t.ids, cases[i].ids) != 0 || strcmp(t.lines, cases[i].lines) != 0)
			fail_msg("%s: %s\n%s", cases[i].name, t.ids, t.lines);
		test_part_stop(&t);
	}
}

/* The question that more asks next: its tag. */
static const char *next(struct test_part *t)
{
	struct wsman_req req = { 0 };
	const char *tag = t->part->more(&t->in, &t->a, &req);
	return tag ? tag : "";
}

static void reads_pages_and_states(void **state)
{
	struct test_part t;
	(void)state;
	start(&t, "users: {digest: [{name: bob, realms: [remote-control], enabled: on}]}\n");
	assert_string_equal(next(&t), "list:1");
	test_part_more(&t, "list:1", CLS, "EnumerateUserAclEntries",
		       "TotalCount=3 HandlesCount=2 Handles=4 Handles=9");
	assert_string_equal(next(&t), "user:4");
	test_part_more(&t, "user:4", CLS, "GetUserAclEntryEx",
		       "DigestUsername=eve AccessPermission=2 Realms=5");
	assert_string_equal(next(&t), "user:9");
	test_part_more(&t, "user:9", CLS, "GetUserAclEntryEx", NULL); /* gone meanwhile */
	assert_string_equal(next(&t), "list:3");
	test_part_more(&t, "list:3", CLS, "EnumerateUserAclEntries",
		       "TotalCount=3 HandlesCount=1 Handles=2");
	assert_string_equal(next(&t), "user:2");
	test_part_more(&t, "user:2", CLS, "GetUserAclEntryEx", BOB);
	assert_string_equal(next(&t), "state:2");
	test_part_more(&t, "state:2", CLS, "GetAclEnabledState", "Enabled=false");
	assert_string_equal(next(&t), "");
	assert_true(test_part_diff(&t));
	assert_string_equal(t.lines,
			    "users.bob.enabled: off -> on\nusers.eve: not in the profile\n");
	test_part_stop(&t);
	/* firmware that promises more than it gives is not asked for ever */
	start(&t, "users: {own: on}\n");
	test_part_more(&t, "list:1", CLS, "EnumerateUserAclEntries", "TotalCount=9");
	assert_string_equal(next(&t), "");
	test_part_stop(&t);
}

static void knows_what_was_sent(void **state)
{
	static const char *const users[] = { BOB, NULL }, *const shown[] = {
		/* MD5 of bob:Digest:1:Secret-1 */
		BOB " DigestPassword=QIF304jfAUHWH4LPDWNHyA==", NULL
	}, *const other[] = { BOB " DigestPassword=AAAAAAAAAAAAAAAAAAAAAA==", NULL };
	static const struct {
		const char *name;
		const char *const *users;
		bool was_set, differs;
	} cases[] = {
		{ "sent before", users, true, false },
		{ "not sent", users, false, true },
		{ "shown, the same", shown, false, false },
		{ "shown, another", other, true, true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		start(&t,
		      "users: {digest: [{name: bob, password: random, realms: "
		      "[remote-control]}]}\n");
		device(&t, cases[i].users);
		t.secrets[0].was_set = cases[i].was_set;
		assert_true(test_part_diff(&t));
		if ((t.lines[0] != '\0') != cases[i].differs)
			fail_msg("%s: %s", cases[i].name, t.lines);
		assert_null(strstr(t.lines, "Secret-1"));
		test_part_stop(&t);
	}
}

static void fills_no_slot_that_is_not_there(void **state)
{
	static const char *const seven[] = { "DigestUsername=u1 AccessPermission=1 Realms=5",
					     "DigestUsername=u2 AccessPermission=1",
					     "DigestUsername=u3 AccessPermission=1",
					     "DigestUsername=u4 AccessPermission=1",
					     "DigestUsername=u5 AccessPermission=1",
					     "DigestUsername=u6 AccessPermission=1",
					     "DigestUsername=u7 AccessPermission=1",
					     NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *name, *yaml;
		const char *const *users;
		const char *why; /* NULL: it fits */
	} cases[] = {
		{ "eight users", "users: {digest: [" ALICE "]}\n", seven,
		  "users: 8 digest users do not fit: 7 beside the admin" },
		{ "others make room", "users: {own: on, digest: [" ALICE "]}\n", seven, NULL },
		{ "five domains",
		  "users: {directory: [{sid: S-1-5-21-1-1-1-1, realms: [acl]},"
		  "{sid: S-1-5-21-1-1-2-1, realms: [acl]}, {sid: S-1-5-21-1-1-3-1, realms: [acl]},"
		  "{sid: S-1-5-21-1-1-4-1, realms: [acl]}, {sid: S-1-5-21-1-1-5-1, realms: "
		  "[acl]}]}\n",
		  none, "users: the directory entries come from 5 domains, not 4" },
		{ "no password", "users: {digest: [{name: al, realms: [acl]}]}\n", none,
		  "users.al is not in the device, and has no password in the profile" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_part t;
		start(&t, cases[i].yaml);
		device(&t, cases[i].users);
		bool ok = test_part_diff(&t);
		if (ok != !cases[i].why || (!ok && strcmp(t.e.msg, cases[i].why) != 0))
			fail_msg("%s: %s", cases[i].name, t.e.msg);
		test_part_stop(&t);
	}
}

static void refuses_wrong_profiles(void **state)
{
	static const struct {
		const char *yaml, *why;
	} cases[] = {
		{ "version: 1\nusers:\n  digest:\n  - {name: admin, realms: [acl]}\n",
		  "line 4, column 5: 'admin' cannot be a user" },
		{ "version: 1\nusers: {digest: [{name: 'a b', realms: [acl]}]}\n",
		  "line 2, column 18: 'a b' cannot be a user" },
		{ "version: 1\nusers: {digest: [{name: $$x, realms: [acl]}]}\n",
		  "'$$x' cannot be a user" },
		{ "version: 1\nusers: {digest: [{name: bob}]}\n", "'realms' is missing here" },
		{ "version: 1\nusers: {digest: [{name: bob, realms: [root]}]}\n",
		  "the value of 'realms' is wrong" },
		{ "version: 1\nusers: {directory: [{sid: S-1-5-1-, realms: [acl]}]}\n",
		  "'S-1-5-1-' is no SID" },
		{ "version: 1\nusers: {digest: [{name: b, realms: [acl]}, {name: B, realms: "
		  "[acl]}]}\n",
		  "another item of this list has the same name" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine_profile p;
		struct err e = { 0 };
		assert_false(engine_profile_parse("test", 1, span_str(cases[i].yaml), &p, &e));
		if (!strstr(e.msg, cases[i].why))
			fail_msg("%s: %s", cases[i].why, e.msg);
	}
}

static void asks_as_others_do(void **state)
{
#define FILE_OF(name) "requests/AMT_AuthorizationService." name ".xml"
	static const char *const users[] = {
		BOB, "KerberosUserSid=AQIAAAAAAAUgAAAAIAIAAA== AccessPermission=1 Realms=4", NULL
	};
	struct test_part t;
	(void)state;
	start(&t,
	      "users: {digest: [{name: bob, password: random, realms: [acl]}, " ALICE
	      "], directory: [{sid: S-1-5-32-544, realms: [acl]}, "
	      "{sid: S-1-1-0, realms: [acl]}]}\n");
	device(&t, users);
	assert_true(test_part_diff(&t));
	test_part_shape(&t, "add:alice", FILE_OF("AddUserAclEntryEx"));
	test_part_shape(&t, "add:S-1-1-0", FILE_OF("AddUserAclEntryEx-2"));
	test_part_shape(&t, "set:bob", FILE_OF("UpdateUserAclEntryEx"));
	test_part_shape(&t, "set:S-1-5-32-544", FILE_OF("UpdateUserAclEntryEx-2"));
	test_part_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_lines),
		cmocka_unit_test(reads_pages_and_states),
		cmocka_unit_test(knows_what_was_sent),
		cmocka_unit_test(fills_no_slot_that_is_not_there),
		cmocka_unit_test(refuses_wrong_profiles),
		cmocka_unit_test(asks_as_others_do),
	};
	return cmocka_run_group_tests_name("engine/part_users", tests, NULL, NULL);
}
