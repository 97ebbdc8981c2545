/* Tests of the XML reader and printer: what is refused, namespaces, text, limits, masking. */
#include "wsman/xml.h"
#include "base/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in;
		enum err_code code;
	} cases[] = {
		{ "empty", "", ERR_MALFORMED },
		{ "blank", " \n", ERR_MALFORMED },
		{ "text", "hello", ERR_MALFORMED },
		{ "open element", "<a><b></b>", ERR_MALFORMED },
		{ "crossed", "<a><b></a></b>", ERR_MALFORMED },
		{ "two roots", "<a/><b/>", ERR_MALFORMED },
		{ "undeclared prefix", "<p:a/>", ERR_MALFORMED },
		{ "undeclared prefix of an attribute", "<a p:b='1'/>", ERR_MALFORMED },
		{ "two colons", "<a xmlns:p='u'><p:b:c/></a>", ERR_MALFORMED },
		{ "prefix no longer declared", "<a><b xmlns:p='u'/><p:c/></a>", ERR_MALFORMED },
		{ "document type", "<!DOCTYPE a><a/>", ERR_MALFORMED },
		{ "external document type", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
		  ERR_MALFORMED },
		{ "billion laughs",
		  "<!DOCTYPE a [<!ENTITY b 'lol'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>",
		  ERR_MALFORMED },
		{ "unknown entity", "<a>&nbsp;</a>", ERR_MALFORMED },
		{ "control character by number", "<a>&#1;</a>", ERR_MALFORMED },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a;
		struct wsman_xml *x;
		struct err e = { 0 };
		arena_init(&a, LIMIT_XML_ARENA_BYTES);
		if (wsman_xml_parse(span_str(cases[i].in), &a, &x, &e))
			fail_msg("%s: accepted", cases[i].name);
		if (e.code != cases[i].code || !e.msg[0] || x)
			fail_msg("%s: %s", cases[i].name, e.msg);
		arena_deinit(&a);
	}
}

static void reads_names_and_text(void **state)
{
	(void)state;
	static const char doc[] =
		"  \r\n<?xml version= \"1.0\" encoding= \"UTF-8\"?>\n"
		"<e:top xmlns:e='urn:e' xmlns='urn:d' e:q='1' u='2'>\n"
		"\t<leaf>  a &lt;b&gt; &amp; &#65;\n c  </leaf><e:leaf/>"
		"<e:x xmlns:e='urn:other'>mixed <leaf>in</leaf> text </e:x>"
		"<none xmlns=''>\x01 a\x02 b\x1f</none><![CDATA[ tail ]]></e:top>\n\n";
	struct arena a;
	struct wsman_xml *x;
	struct err e = { 0 };
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	if (!wsman_xml_parse(span_str(doc), &a, &x, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(x->name, "top");
	assert_string_equal(x->ns, "urn:e");
	assert_string_equal(x->text, "tail");
	assert_string_equal(wsman_xml_attr(x, "q"), "1");
	assert_string_equal(wsman_xml_attr(x, "u"), "2");
	assert_string_equal(x->attrs->ns, "urn:e");
	assert_string_equal(x->attrs->next->ns, "");
	assert_null(x->attrs->next->next);
	assert_null(wsman_xml_attr(x, "xmlns"));
	assert_string_equal(wsman_xml_child(x, "urn:d", "leaf")->text, "a <b> & A\n c");
	assert_string_equal(wsman_xml_child(x, "urn:e", "leaf")->text, "");
	assert_null(wsman_xml_child(x, "urn:e", "none"));
	const struct wsman_xml *mixed = wsman_xml_child(x, "urn:other", "x");
	assert_string_equal(mixed->text, "mixed  text");
	assert_string_equal(mixed->first->ns, "urn:d");
	assert_ptr_equal(mixed->first->parent, mixed);
	assert_string_equal(wsman_xml_child(x, "", "none")->text, "a b");
	assert_null(wsman_xml_child(NULL, NULL, "x"));
	arena_deinit(&a);
}

/* head, n times piece, tail */
static enum err_code parse_many(const char *head, const char *piece, size_t n, const char *tail,
				size_t memory)
{
	struct buf b;
	struct arena a;
	struct wsman_xml *x;
	struct err e = { 0 };
	buf_init(&b, 8 * LIMIT_XML_BYTES);
	arena_init(&a, memory);
	buf_add(&b, span_str(head));
	while (n--)
		buf_add(&b, span_str(piece));
	buf_add(&b, span_str(tail));
	bool ok = wsman_xml_parse(buf_span(&b), &a, &x, &e);
	assert_true(ok == (e.code == ERR_NONE));
	arena_deinit(&a);
	buf_deinit(&b);
	return e.code;
}

static void keeps_limits(void **state)
{
	(void)state;
	size_t all = LIMIT_XML_ARENA_BYTES;
	assert_int_equal(parse_many("<a>", "<b/>", 1000, "</a>", all), ERR_NONE);
	assert_int_equal(parse_many("<a>", "<b/>", LIMIT_XML_NODES, "</a>", all), ERR_LIMIT);
	assert_int_equal(parse_many("<a>", "<b c='1'/>", LIMIT_XML_NODES, "</a>", all), ERR_LIMIT);
	assert_int_equal(parse_many("", "<b>", LIMIT_XML_DEPTH + 1, "", all), ERR_LIMIT);
	assert_int_equal(parse_many("<a>", "t", LIMIT_XML_BYTES, "</a>", all), ERR_LIMIT);
	assert_int_equal(parse_many("<a>", "t", LIMIT_XML_BYTES - 100, "</a>", all), ERR_NONE);
	assert_int_equal(parse_many("<a>", "<b/>", 1000, "</a>", 4096), ERR_LIMIT);
	assert_int_equal(parse_many("<a>", "longtext ", 1000, "</a>", 4096), ERR_LIMIT);
	/* Text in pieces between elements must not grow with the square. */
	assert_int_equal(parse_many("<a>", "some text <b/>", 15000, "</a>", all), ERR_LIMIT);
	assert_int_equal(parse_many("<a", " xmlns:p='u'", 1, "><p:b/></a>", all), ERR_NONE);
}

static void limits_namespaces(void **state)
{
	(void)state;
	char doc[8192];
	struct arena a;
	struct wsman_xml *x;
	struct err e = { 0 };
	struct out o;
	out_init(&o, doc, sizeof doc);
	out_str(&o, "<a");
	for (unsigned i = 0; i < 200; i++)
		out_fmt(&o, " xmlns:p%u='u%u'", i, i);
	out_str(&o, "/>");
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	assert_false(wsman_xml_parse(out_span(&o), &a, &x, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	arena_deinit(&a);
}

/* One parser reads document after document: what the one before left must not matter. */
static void reads_on_after_each_document(void **state)
{
	static const char *const before[] = {
		"",
		"<a",
		"<a><b></a>",
		"<!DOCTYPE a><a/>",
		"<p:a/>",
		"<a xmlns='urn:1'>text</a>",
		"<a>&none;</a>",
		"<?xml version='1.0' encoding='utf-16'?><a/>",
		"\xff\xfe",
		NULL,
	};
	(void)state;
	for (const char *const *doc = before; *doc; doc++) {
		struct arena a;
		struct wsman_xml *x;
		struct err e = { 0 };
		arena_init(&a, LIMIT_XML_ARENA_BYTES);
		(void)wsman_xml_parse(span_str(*doc), &a, &x, NULL);
		if (!wsman_xml_parse(span_str("<b><c>d</c></b>"), &a, &x, &e))
			fail_msg("after '%s': %s", *doc, e.msg);
		assert_string_equal(x->ns, "");
		assert_string_equal(x->first->text, "d");
		arena_deinit(&a);
	}
	static char large[100000];
	memset(large, ' ', sizeof large);
	memcpy(large, "<a>", 3);
	memcpy(large + sizeof large - 5, "</a>", 5);
	for (int i = 0; i < 2; i++) {
		struct arena a;
		struct wsman_xml *x;
		arena_init(&a, LIMIT_XML_ARENA_BYTES);
		assert_true(wsman_xml_parse(span_str(large), &a, &x, NULL));
		assert_string_equal(x->name, "a");
		arena_deinit(&a);
	}
}

static void drops_control_characters_anywhere(void **state)
{
	static const char plain[] = "<a>0123456789 \xc3\xa9\xe2\x82\xac\tabcdefghij</a>";
	(void)state;
	for (size_t i = 0; i < sizeof plain; i++)
		for (unsigned c = 1; c < 0x20; c++) {
			char doc[sizeof plain + 1];
			struct arena a;
			struct wsman_xml *x;
			if (c == '\t' || c == '\n' || c == '\r')
				continue;
			memcpy(doc, plain, i);
			doc[i] = (char)c;
			memcpy(doc + i + 1, plain + i, sizeof plain - i);
			arena_init(&a, LIMIT_XML_ARENA_BYTES);
			if (!wsman_xml_parse(span_str(doc), &a, &x, NULL) ||
			    strncmp(x->text, plain + 3, sizeof plain - 8) != 0)
				fail_msg("character %u at %zu", c, i);
			arena_deinit(&a);
		}
}

static void escapes(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a<b>&\"c", "a&lt;b&gt;&amp;&quot;c" },
		{ "line\r\nnext\t", "line&#13;\nnext\t" },
		{ "bell\a", "bell" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[64];
		struct out o;
		out_init(&o, text, sizeof text);
		wsman_xml_escape(&o, span_str(cases[i].in));
		assert_string_equal(text, cases[i].want);
	}
}

static void knows_secret_names(void **state)
{
	(void)state;
	static const char *const secret[] = { "Password",    "DigestPassword",
					      "RFBPassword", "PSKPassPhrase",
					      "Passphrase",  "PPS",
					      "KeyBlob",     "MasterKey",
					      "PSKValue",    "ProvisioningServerOTP",
					      "OptInCode",   "SharedSecret" };
	static const char *const open[] = { "PasswordModel", "UserPasswordBypass", "DERKey",
					    "KeyPair",       "KeyLength",          "PID",
					    "InstanceID",    "BootProgress",       "NotPermitted" };
	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (!wsman_xml_is_secret(secret[i]))
			fail_msg("%s is printed", secret[i]);
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (wsman_xml_is_secret(open[i]))
			fail_msg("%s is masked", open[i]);
}

static void prints_without_secrets(void **state)
{
	(void)state;
	static const char doc[] = "<a xmlns='u'><Name k='v'>x\xc3\xa9\x7f</Name>"
				  "<Password>hunter2</Password><Password/></a>";
	char text[512];
	struct arena a;
	struct wsman_xml *x;
	struct out o;
	arena_init(&a, LIMIT_XML_ARENA_BYTES);
	assert_true(wsman_xml_parse(span_str(doc), &a, &x, NULL));
	out_init(&o, text, sizeof text);
	wsman_xml_print(&o, x);
	assert_string_equal(text,
			    "a\n  Name [k=v] = x\\xc3\\xa9\\x7f\n  Password = ********\n"
			    "  Password\n");
	out_init(&o, text, sizeof text);
	wsman_xml_print_json(&o, x);
	assert_null(strstr(text, "hunter2"));
	assert_non_null(strstr(text,
			       "{\"name\":\"Name\",\"ns\":\"u\",\"attributes\":[{\"name\":"
			       "\"k\",\"value\":\"v\"}],\"text\":\"x\xc3\xa9"));
	arena_deinit(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(reads_names_and_text),
		cmocka_unit_test(keeps_limits),
		cmocka_unit_test(limits_namespaces),
		cmocka_unit_test(reads_on_after_each_document),
		cmocka_unit_test(drops_control_characters_anywhere),
		cmocka_unit_test(escapes),
		cmocka_unit_test(knows_secret_names),
		cmocka_unit_test(prints_without_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
