/* Keys between the files that list, make, import and show them. PPS and password stay sealed in rows. */
#pragma once
#include "api/import.h"

#define API_KEY_STATES "unused used released group"
/* Seals and adds; what is sealed lives in r->scratch until the commit. */
void api_key_store(struct api_req *r, struct store_tx *tx, const struct engine_import_key *k, const char *state,
		   const char *source);
/* Into the log and the timeline of the service: this pair is for many PCs. */
void api_key_warn_group(struct api_req *r, struct store_tx *tx, const char *pid);
/* Both are for the caller to deinit; a password that is not there is SECRET_NONE. */
bool api_key_open(struct api_req *r, const struct store_psk *row, struct secret *out_pps,
		  struct secret *out_password, struct err *e);
