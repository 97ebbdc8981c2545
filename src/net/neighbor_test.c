/* The kernel's table of neighbours: whose MAC address is known, and lines that tell none. */
#include "net/neighbor.h"
#include "base/names.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define LINE(ip, flags, mac) ip "         0x1         " flags "         " mac "     *        eth0\n"

static const char table[] =
	"IP address       HW type     Flags       HW address            Mask     Device\n" LINE(
		"10.0.0.1", "0x2", "00:11:22:33:44:55") LINE("10.0.0.10", "0x6",
							     "00:11:22:33:44:0a")
		LINE("10.0.0.2", "0x0", "00:00:00:00:00:00") LINE("10.0.0.3", "0x2",
								  "00:00:00:00:00:00")
			LINE("10.0.0.4", "0x2", "00:11:22:33:44:5") LINE("10.0.0.5", "0x2",
									 "00:11:22:33:44:GG")
				LINE("10.0.0.6", "0x0",
				     "00:11:22:33:44:66") "10.0.0.7 0x1 0x2\n"
							  "\n"
							  "10.0.0.8 0x1 0x2 00:11:22:33:44:88";

static void finds(void **state)
{
	(void)state;
	static const struct {
		const char *name, *ip, *want;
	} cases[] = {
		{ "plain", "10.0.0.1", "00:11:22:33:44:55" },
		{ "permanent", "10.0.0.10", "00:11:22:33:44:0a" },
		{ "never answered", "10.0.0.2", "" },
		{ "all zero", "10.0.0.3", "" },
		{ "too short", "10.0.0.4", "" },
		{ "no digits", "10.0.0.5", "" },
		{ "answers no more", "10.0.0.6", "" },
		{ "cut line", "10.0.0.7", "" },
		{ "last line without an end", "10.0.0.8", "00:11:22:33:44:88" },
		{ "not there", "10.0.0.9", "" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char mac[NET_MAC_SIZE] = "x";
		uint32_t ip;
		assert_true(names_ip_parse(span_str(cases[i].ip), &ip));
		bool found = net_neighbor_find(span_str(table), ip, mac);
		if (found != (cases[i].want[0] != '\0') || !str_eq(mac, cases[i].want))
			fail_msg("%s: '%s'", cases[i].name, mac);
	}
}

static void reads_the_kernel(void **state)
{
	(void)state;
	char mac[NET_MAC_SIZE] = "x";

	assert_false(net_neighbor_mac(0x7f000001, mac)); /* we are no neighbour of ours */
	assert_string_equal(mac, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(finds),
					    cmocka_unit_test(reads_the_kernel) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
