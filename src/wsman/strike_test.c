/* Tests of messages without their secrets. */
#include "wsman/strike.h"

#include "base/mem.h"
#include "wsman/classes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *strike(struct span in)
{
	static char text[8192];
	struct out o;
	memset(text, 0, sizeof text);
	out_init(&o, text, sizeof text - 1);
	wsman_strike(in, &o);
	return text;
}

static void strikes_and_keeps(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "plain", "<a><Password>x</Password><b>y</b></a>",
		  "<a><Password>***</Password><b>y</b></a>" },
		{ "prefix", "<g:PPS>x</g:PPS>", "<g:PPS>***</g:PPS>" },
		{ "attributes", "<p:KeyBlob xsi:type='a>b' x=\"1\">AA</p:KeyBlob >",
		  "<p:KeyBlob xsi:type='a>b' x=\"1\">***</p:KeyBlob >" },
		{ "case", "<rsepassword>x</rsepassword>", "<rsepassword>***</rsepassword>" },
		{ "empty", "<Password></Password>", "<Password></Password>" },
		{ "none", "<Password/><b>y</b>", "<Password/><b>y</b>" },
		{ "children", "<Password><a>x</a></Password>z", "<Password>***</Password>z" },
		{ "cdata", "<Password><![CDATA[</b>x]]></Password>z", "<Password>***</Password>z" },
		{ "twice", "<Keys>1</Keys><Keys>2</Keys>", "<Keys>***</Keys><Keys>***</Keys>" },
		{ "in a comment", "<!-- <Password>x</Password> -->",
		  "<!-- <Password>***</Password> -->" },
		{ "cut", "<a><Password>abc", "<a><Password>***" },
		{ "another end", "<Password>abc</Passwor>d", "<Password>***" },
		{ "end of another", "<p:PPS>abc</q:PPS>d</p:PPS>e", "<p:PPS>***</p:PPS>e" },
		{ "broken tag", "<a b='<Password>x</Password>", "<a b='<Password>***</Password>" },
		{ "selector", "<w:Selector Name=\"PPS\">x</w:Selector>",
		  "<w:Selector Name=\"PPS\">***</w:Selector>" },
		{ "other selector", "<w:Selector Name='PID'>x</w:Selector>",
		  "<w:Selector Name='PID'>x</w:Selector>" },
		{ "legacy", "<AdminPassword>x</AdminPassword>",
		  "<AdminPassword>***</AdminPassword>" },
		{ "harmless", "<PasswordModel>2</PasswordModel>",
		  "<PasswordModel>2</PasswordModel>" },
		{ "BOM", "\xef\xbb\xbf<PSK>x</PSK>", "\xef\xbb\xbf<PSK>***</PSK>" },
		{ "no XML", "Password: x", "(11 bytes that are no XML)" },
		{ "nothing", "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = strike(span_str(cases[i].in));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, got);
	}
	assert_string_equal(strike(span_make("<\0P\0", 4)), "(4 bytes that are no XML)");
}

/* Every member that is marked, in every class and method, wherever its message is cut. */
static void knows_all_of_the_tables(void **state)
{
	const struct wsman_class *c;
	unsigned found = 0;
	(void)state;
	for (unsigned i = 0; (c = wsman_classes_at(i)); i++)
		for (unsigned k = 0; k <= c->method_count; k++) {
			const struct wsman_shape *s = k ? &c->methods[k - 1].in : &c->shape;
			for (unsigned p = 0; p < s->prop_count; p++) {
				char in[256];
				if (!(s->props[p].flags & WSMAN_SECRET))
					continue;
				found++;
				size_t n = (size_t)snprintf(in, sizeof in,
							    "<x><h:%s>S3cr3t</h:%s><y>n</y></x>",
							    s->props[p].name, s->props[p].name);
				for (size_t cut = 1; cut <= n; cut++)
					if (strstr(strike(span_make(in, cut)), "S3"))
						fail_msg("%s.%s at %zu", s->name, s->props[p].name,
							 cut);
			}
		}
	assert_true(found > 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strikes_and_keeps),
		cmocka_unit_test(knows_all_of_the_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
