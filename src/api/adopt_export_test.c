/* Tests of exports of other products as CSV: MeshCentral and the Device Management Toolkit, whatever is
 * around the devices; what is no export; and that no password stands in an error. */
#include "api/adopt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UUID "4c4c4544-0031-3610-8052-b4c04f564231"

/* Rows behind the heading; "" with e. */
static const char *rows_of(const char *json, struct err *e)
{
	static char text[8192];
	struct out o;
	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text - 1);
	*e = (struct err){ 0 };
	if (!api_adopt_export(span_str(json), &o, e))
		return "";
	const char *end = strchr(text, '\n');
	assert_non_null(end);
	return end + 1;
}

/* A row, by the names of its columns. */
static const char *cell(const char *json, const char *column)
{
	static char text[8192], value[256];
	struct out o;
	struct err e = { 0 };
	unsigned at = 0;
	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text - 1);
	if (!api_adopt_export(span_str(json), &o, &e))
		fail_msg("%s", e.msg);
	char *row = strchr(text, '\n') + 1;
	for (const char *head = text;
	     strncmp(head, column, strlen(column)) != 0 || !strchr(",\n", head[strlen(column)]);
	     at++) {
		head = strpbrk(head, ",\n");
		if (!head || *head == '\n')
			fail_msg("no column %s", column);
		head++;
	}
	for (; at; at--)
		row = strchr(row, ',') + 1;
	snprintf(value, sizeof value, "%.*s", (int)strcspn(row, ",\n"), row);
	return value;
}

static void toolkit_devices(void **state)
{
	static const char one[] =
		"{\"hostname\":\"10.0.0.7\",\"guid\":\"" UUID
		"\",\"username\":\"admin\",\"password\":\"S3cr3t!Pw\",\"mebxpassword\":\"M3bx!Pw1\","
		"\"useTLS\":true,\"tags\":[\"x\"],\"friendlyName\":null,\"mpsusername\":\"\"}";
	static const struct {
		const char *column, *want;
	} cells[] = {
		{ "address", "\"10.0.0.7\"" },
		{ "uuid", "\"" UUID "\"" },
		{ "user", "\"admin\"" },
		{ "password", "\"S3cr3t!Pw\"" },
		{ "mebx_password", "\"M3bx!Pw1\"" },
		{ "tls", "true" },
		{ "fqdn", "" },
		{ "source", "DMT" },
	};
	char list[1024];
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		if (strcmp(cell(one, cells[i].column), cells[i].want) != 0)
			fail_msg("%s: %s", cells[i].column, cell(one, cells[i].column));
	/* as its console answers: a list, or a page of one */
	snprintf(list, sizeof list, "{\"data\":[%s,%s],\"totalCount\":2}", one, one);
	const char *rows = rows_of(list, &e);
	assert_non_null(strstr(rows, "DMT\n"));
	assert_string_equal(strchr(rows, '\n') + 1, strstr(strchr(rows, '\n'), "\"10.0.0.7\""));
}

static void mesh_devices(void **state)
{
	static const char one[] =
		"{\"mesh//group\":[{\"name\":\"desk\",\"rname\":\"desk.example.com\",\"host\":\"10.0.0.8\","
		"\"intelamt\":{\"user\":\"admin\",\"pass\":\"S3cr3t,\\\"Pw\",\"tls\":0,\"uuid\":\"" UUID
		"\"}}]}";
	struct err e;
	(void)state;
	assert_string_equal(cell(one, "address"), "\"10.0.0.8\"");
	assert_string_equal(cell(one, "fqdn"), "\"desk.example.com\"");
	assert_non_null(strstr(rows_of(one, &e), "\"S3cr3t,\"\"Pw\",")); /* quoted for CSV */
	assert_non_null(strstr(rows_of(one, &e), "MeshCentral\n"));
}

static void what_is_no_export(void **state)
{
	static const char *const cases[] = {
		"",
		"{",
		"[]",
		"{}",
		"7",
		"null",
		"\"S3cr3t\"",
		"{\"guid\":7,\"password\":\"S3cr3t\"}",
		"{\"guid\":\"x\",\"password\":\"S3cr3t\"",
		"[{\"intelamt\":\"S3cr3t\"}]",
		"[[[[[[[[{\"guid\":\"x\",\"password\":\"S3cr3t\"}]]]]]]]]",
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e;
		const char *rows = rows_of(cases[i], &e);
		if (rows[0] || e.code != ERR_INVALID || !e.want[0] || strstr(e.msg, "S3cr3t") ||
		    strstr(e.seen, "S3cr3t"))
			fail_msg("%s: %s%s", cases[i], rows, e.msg);
	}
}

/* Control bytes are made such that the row is refused in its own line, and starts no other one. */
static void one_line_a_device(void **state)
{
	struct err e;
	(void)state;
	const char *rows = rows_of("[{\"guid\":\"a\\nb\",\"hostname\":\"h\\r\\n,x\"}]", &e);
	assert_non_null(strstr(rows,
			       "a\x7f"
			       "b"));
	assert_int_equal(strcspn(rows, "\n"), strlen(rows) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(toolkit_devices),
		cmocka_unit_test(mesh_devices),
		cmocka_unit_test(what_is_no_export),
		cmocka_unit_test(one_line_a_device),
	};
	return cmocka_run_group_tests_name("adopt_export", tests, NULL, NULL);
}
