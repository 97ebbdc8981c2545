/* Third-party data storage over HTTP, for fw_http.c. */
#pragma once
#include "sim/fw_http_priv.h"

#define SIM_STORAGE_PATH "/amt-storage/"
bool sim_fw_storage_has(const struct sim_dev *d, struct span target); /* the path is of it, and this release has it */
unsigned sim_fw_storage(struct sim_dev *d, const struct fw_http_in *in, struct buf *body); /* HTTP status */
