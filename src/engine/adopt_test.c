/* Tests of the lists of PCs that others configured: headings, hosts, and what is refused, never with a
 * password in the error. */
#include "engine/adopt.h"

#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *name, *text;
	bool ok;
	const char *want; /* address|fqdn|uuid|tls, or part of the error */
} cases[] = {
	{ "address only", "address,password\n10.1.2.3,pw\n", true, "10.1.2.3|||" },
	{ "semicolons, BOM", "\xef\xbb\xbfIP Address;AMT Password\n10.1.2.3;pw\n", true,
	  "10.1.2.3|||" },
	{ "tabs", "host\tpass\tTLS\npc.example.com\tpw\tyes\n", true, "|pc.example.com||server" },
	{ "name before address", "Name,IP,password\npc.example.com,10.1.2.3,pw\n", true,
	  "10.1.2.3|pc.example.com||" },
	{ "a label is no name", "name,ip,password\ndesk,10.1.2.3,pw\n", true, "10.1.2.3|||" },
	{ "UUID in capitals", "ip,guid\n10.1.2.3,4C4C4544-0031-3610-8052-B4C04F564231\n", true,
	  "10.1.2.3||4c4c4544-0031-3610-8052-b4c04f564231|" },
	{ "clear", "ip,useTLS\n10.1.2.3,false\n", true, "10.1.2.3|||clear" },
	{ "IPv6", "ip\nfd00::1\n", true, "fd00::1|||" },
	{ "no host at all", "uuid,password\n", false, "no heading" },
	{ "twice", "ip,password,pass\n", false, "two columns for password" },
	{ "empty row", "ip,password\n,Planted-1\n", false, "neither address" },
	{ "label alone", "name,password\ndesk,Planted-1\n", false, "neither address" },
	{ "octet of 300", "ip,password\n10.1.2.300,Planted-1\n", false, "no IP address" },
	{ "no UUID", "ip,uuid,password\n10.1.2.3,nonsense,Planted-1\n", false, "no UUID" },
	{ "placeholder", "ip,uuid\n10.1.2.3,00000000-0000-0000-0000-000000000000\n", false,
	  "placeholder" },
	{ "tls", "ip,tls,password\n10.1.2.3,perhaps,Planted-1\n", false, "neither yes nor no" },
	{ "another user", "ip,user,password\n10.1.2.3,bob,Planted-1\n", true, "10.1.2.3|||" },
	{ "a user of a directory", "ip,user,password\n10.1.2.3,CORP\\bob,Planted-1\n", false,
	  "no digest user" },
	{ "the firmware's own user", "ip,user,password\n10.1.2.3,$$uns,Planted-1\n", false,
	  "no digest user" },
	{ "control byte", "ip,password\n10.1.2.3,Planted-1\x01\n", false, "control characters" },
};

static void try(size_t i, struct engine_csv_row *row)
{
	struct engine_csv csv;
	struct engine_adopt_head head = { 0 };
	struct engine_adopt r = { 0 };
	struct err e = { 0 };
	bool is_head, ok = true;
	char got[512] = "";
	struct out o;

	engine_csv_init(&csv, span_str(cases[i].text));
	while (ok && engine_csv_next(&csv, row, &e))
		ok = engine_adopt_row(row, &head, &is_head, &r, &e);
	out_init(&o, got, sizeof got);
	if (ok)
		out_fmt(&o, "%s|%s|%s|%s", r.address, r.fqdn, r.uuid, r.tls);
	else
		out_fmt(&o, "%s %s", e.msg, e.seen);
	if (ok != cases[i].ok ||
	    (ok ? strcmp(got, cases[i].want) != 0 : !strstr(got, cases[i].want)))
		fail_msg("%s: %d '%s'", cases[i].name, ok, got);
	if (!ok && (strstr(got, "Planted") || strstr(e.hint, "Planted") || r.password[0]))
		fail_msg("%s: the password is told", cases[i].name);
}

static void reads_rows(void **state)
{
	static struct engine_csv_row row;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		try(i, &row);
}

#define LABEL "a-label-as-long-as-labels-may-be-with-sixty-three-letters-in-all."
#define LONG  LABEL LABEL LABEL

static void makes_one_uuid_per_address(void **state)
{
	char a[UUID_TEXT_SIZE], b[UUID_TEXT_SIZE], c[UUID_TEXT_SIZE];
	(void)state;
	engine_adopt_made_up("10.1.2.3", a);
	engine_adopt_made_up("10.1.2.3", b);
	engine_adopt_made_up("10.1.2.4", c);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_int_equal(a[14], '8');
	engine_adopt_made_up("PC1.example.com", a);
	engine_adopt_made_up("pc1.Example.com", b);
	assert_string_equal(a, b);
	/* names that differ at their ends only, too */
	engine_adopt_made_up(LONG "a.example.com", a);
	engine_adopt_made_up(LONG "b.example.com", b);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads_rows),
					    cmocka_unit_test(makes_one_uuid_per_address) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
