/* Rows of inventories and whose they are: headings of other systems, bad values, conflicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/out.h"
#include "base/str.h"
#include "engine/inventory.h"

#define U1 "11111111-1111-4111-8111-000000000001"
#define U2 "11111111-1111-4111-8111-000000000002"

static void reads_rows(void **state)
{
	(void)state;
	static const struct {
		const char *name, *head, *row, *uuid, *mac, *fqdn, *grp, *want; /* want: error */
	} cases[] = {
		{ "ours", "uuid,mac,serial,fqdn,group,profile,ou",
		  U1 ",00-1A-2B-33-44-55,S1,a.b,lab,,", U1, "00:1a:2b:33:44:55", "a.b", "lab",
		  NULL },
		{ "other order and names", "Name,DNS Name,SMBIOS-GUID,Mac_Address",
		  "x,a.b," U1 ",001A2B334455", U1, "00:1a:2b:33:44:55", "a.b", "", NULL },
		{ "short row", "fqdn,uuid,mac", "a.b", "", "", "a.b", "", NULL },
		{ "no heading", U1 ",a.b", "x", "", "", "", "", "no heading" },
		{ "bad UUID", "uuid,fqdn", "x,a.b", "", "", "", "", "column uuid" },
		{ "placeholder", "uuid", "00000000-0000-0000-0000-000000000000", "", "", "", "",
		  "column uuid" },
		{ "bad MAC", "mac", "00:11:22", "", "", "", "", "column mac" },
		{ "long MAC", "mac", "00:11:22:33:44:55:66", "", "", "", "", "column mac" },
		{ "bad name", "fqdn", "a_b", "", "", "", "", "column fqdn" },
		{ "nothing", "uuid,mac,fqdn", ",,", "", "", "", "", "neither UUID" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512];
		struct engine_csv csv;
		struct engine_csv_row row;
		struct engine_inventory_head h = { 0 };
		struct engine_inventory got;
		struct err e = { 0 };
		struct out o;
		bool is_head;
		out_init(&o, text, sizeof text);
		out_fmt(&o, "%s\n%s\n", cases[i].head, cases[i].row);
		engine_csv_init(&csv, out_span(&o));
		assert_true(engine_csv_next(&csv, &row, &e));
		bool ok = engine_inventory_row(&row, &h, &is_head, &got, &e);
		assert_true(is_head);
		if (ok) {
			assert_true(engine_csv_next(&csv, &row, &e));
			ok = engine_inventory_row(&row, &h, &is_head, &got, &e);
			assert_false(is_head);
		}
		if (ok != (cases[i].want == NULL) || (!ok && !strstr(e.msg, cases[i].want)))
			fail_msg("%s: %s", cases[i].name, e.msg);
		if (ok &&
		    (!str_eq(got.uuid, cases[i].uuid) || !str_eq(got.mac, cases[i].mac) ||
		     !str_eq(got.fqdn, cases[i].fqdn) || !str_eq(got.grp, cases[i].grp)))
			fail_msg("%s: %s %s %s %s", cases[i].name, got.uuid, got.mac, got.fqdn,
				 got.grp);
	}
}

static void merges(void **state)
{
	(void)state;
	static const char *const one[] = { U1 }, *const two[] = { U2 }, *const both[] = { U1, U2 };
	static const struct {
		const char *name;
		struct engine_inventory i;
		struct engine_inventory_match m;
		const char *uuid;
		enum err_code code;
		const char *msg;
	} cases[] = {
		{ "UUID of a PC to come", { .uuid = U1, .fqdn = "a.b" }, { 0 }, U1, ERR_NONE, "" },
		{ "all agree",
		  { .uuid = U1, .mac = "m", .fqdn = "a.b" },
		  { one, one, 1, 1, "m", NULL },
		  U1,
		  ERR_NONE,
		  "" },
		{ "MAC of two, one is it",
		  { .uuid = U1, .mac = "m" },
		  { both, NULL, 2, 0, "m", NULL },
		  U1,
		  ERR_NONE,
		  "" },
		{ "by MAC",
		  { .mac = "m", .fqdn = "a.b" },
		  { one, NULL, 1, 0, "m", NULL },
		  U1,
		  ERR_NONE,
		  "" },
		{ "by name", { .fqdn = "a.b" }, { NULL, two, 0, 1, NULL, NULL }, U2, ERR_NONE, "" },
		{ "new MAC of a known PC", { .uuid = U1, .mac = "m" }, { 0 }, U1, ERR_NONE, "" },
		{ "MAC of another",
		  { .uuid = U1, .mac = "m" },
		  { two, NULL, 1, 0, NULL, NULL },
		  NULL,
		  ERR_CONFLICT,
		  "the MAC address belongs" },
		{ "name of another",
		  { .uuid = U1, .fqdn = "a.b" },
		  { NULL, two, 0, 1, NULL, NULL },
		  NULL,
		  ERR_CONFLICT,
		  "the name belongs" },
		{ "by MAC, name of another",
		  { .mac = "m", .fqdn = "a.b" },
		  { one, two, 1, 1, "m", NULL },
		  NULL,
		  ERR_CONFLICT,
		  "the name belongs" },
		{ "several with the MAC",
		  { .mac = "m" },
		  { both, NULL, 2, 0, NULL, NULL },
		  NULL,
		  ERR_CONFLICT,
		  "several PCs have this MAC" },
		{ "several with the name",
		  { .fqdn = "a.b" },
		  { NULL, both, 0, 2, NULL, NULL },
		  NULL,
		  ERR_CONFLICT,
		  "several PCs have this name" },
		{ "it told another MAC",
		  { .uuid = U1, .mac = "m" },
		  { NULL, NULL, 0, 0, "k", NULL },
		  NULL,
		  ERR_CONFLICT,
		  "told another MAC" },
		{ "name by hand",
		  { .uuid = U1, .fqdn = "a.b" },
		  { NULL, NULL, 0, 0, NULL, "c.d" },
		  NULL,
		  ERR_CONFLICT,
		  "an operator" },
		{ "the same by hand",
		  { .uuid = U1, .fqdn = "A.b" },
		  { NULL, NULL, 0, 0, NULL, "a.b" },
		  U1,
		  ERR_NONE,
		  "" },
		{ "nobody", { .mac = "m" }, { 0 }, NULL, ERR_NOT_FOUND, "MAC address" },
		{ "nobody of that name", { .fqdn = "a.b" }, { 0 }, NULL, ERR_NOT_FOUND, "name" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *uuid;
		struct err e = { 0 };
		bool ok = engine_inventory_merge(&cases[i].i, &cases[i].m, &uuid, &e);
		if (ok != (cases[i].code == ERR_NONE) || e.code != cases[i].code ||
		    !strstr(e.msg, cases[i].msg) || (ok && !str_eq(uuid, cases[i].uuid)))
			fail_msg("%s: %s %s", cases[i].name, err_name(e.code), e.msg);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(merges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
