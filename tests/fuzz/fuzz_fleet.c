/* Fleet files: whatever stands in the text, the answer is a fleet in which nothing is out of range,
 * or an error that names the file. */
#include "sim/fleet.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sim_fleet_conf c;
	struct err e = { 0 };
	uint64_t count = 0;
	sim_fleet_conf_init(&c);
	bool ok = sim_fleet_yaml_parse(&c, "fuzz", span_make(data, size), &e);
	for (unsigned i = 0; i < c.group_count; i++) {
		char text[SIM_FLEET_ADDRESS_SIZE];
		uint32_t ip = c.groups[i].opts.base, again;
		sim_fleet_print_ip(ip, text);
		if (!sim_fleet_parse_ip(span_str(text), &again) || again != ip)
			abort();
		count += c.groups[i].opts.count;
	}
	if (ok && (c.group_count > SIM_FLEET_GROUPS || count > (uint64_t)SIM_FLEET_MAX * 64))
		abort();
	if (!ok && (e.code == ERR_NONE || !strstr(e.msg, "fuzz")))
		abort();
	sim_fleet_conf_deinit(&c);
	return 0;
}
