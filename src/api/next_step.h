/* The client state of a PC as far as the service can tell, and how to move it on. Of the six
 * states of a client three never say hello (disabled, factory default, only the password
 * changed); those are explained where a device is asked for that is not known. */
#pragma once
#include "base/out.h"
#include "store/store.h"

#define API_CLIENT_STATES(X)                                              \
	X(API_CLIENT_PSK, "setup_psk")         /* says hello with a PID */ \
	X(API_CLIENT_PKI, "setup_pki")         /* remote configuration */  \
	X(API_CLIENT_SILENT, "hello_stopped")                              \
	X(API_CLIENT_CONFIGURED, "configured")
enum api_client_state {
#define X(name, text) name,
	API_CLIENT_STATES(X)
#undef X
};
const char *api_client_state_name(enum api_client_state s);
/* By the published hello schedule; d's last hello and state decide. */
enum api_client_state api_client_state_of(const struct store_device *d, int64_t now_unix_ms);
/* One or more sentences. job: the active or last one; NULL: none. Pure. */
void api_next_step_print(const struct store_device *d, const struct store_job *job, int64_t now_unix_ms,
			 struct out *o);
