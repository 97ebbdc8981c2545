/* Pool of RSA-2048 TEST KEYS, made known to everybody by this source tree: what virtual devices
 * use instead of making keys (168 ms each, and not reproducible from a seed). The table is made by
 * the build from testkeys/ *.pem. */
#pragma once

struct sim_testkey_file {
	const char *name; /* "test-key-07.pem" */
	const char *text;
};
extern const struct sim_testkey_file sim_testkeys[];
extern const unsigned sim_testkey_count;
