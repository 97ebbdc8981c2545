/* What services with records (dev_record_priv.h) share: instances of a class are its records, in the
 * order of their making. For fw_*.c. */
#pragma once
#include "sim/dev_record_priv.h"
#include "sim/fw_priv.h"

/* The record behind instance i of the class of the request. */
struct sim_record *sim_fw_record(struct fw_ctx *x, unsigned i);
void sim_fw_record_fill(struct fw_ctx *x, unsigned i, struct wsman_obj *o); /* fw_class.fill */
bool sim_fw_record_may_put(struct fw_ctx *x); /* switch entry_put; else ActionNotSupported */
bool sim_fw_record_put(struct fw_ctx *x, unsigned i, const struct wsman_obj *in);
bool sim_fw_record_del(struct fw_ctx *x, unsigned i);
/* A text of 1 to max bytes; else InvalidParameter. */
bool sim_fw_record_name_ok(struct fw_ctx *x, const char *name, size_t max);
/* Value of a key in a reference, only when it is one to that class; NULL. */
const char *sim_fw_record_key(const struct wsman_epr *epr, const char *class_name, const char *key);
#define FW_RECORD_COUNT(cls)                                                                        \
	static unsigned count_##cls(const struct sim_dev *d) { return sim_record_count(d, #cls); }
