/* What PCs tell of their hardware and software, and how it changed. Part of store/store.h. */
#pragma once
#include "base/arena.h"

struct store;
struct store_tx;

struct store_asset {
	const char *uuid, *kind;     /* kind: a table of the operation inventory.read */
	const char *item;            /* which of them; "" where there is one only */
	const char *content;         /* JSON object of its fields */
	int64_t since_unix_ms;       /* of this content */
};
void store_tx_asset_put(struct store_tx *tx, const struct store_asset *a);
void store_tx_asset_drop(struct store_tx *tx, const char *uuid, const char *kind, const char *item);
/* Of one PC, by kind and item. */
unsigned store_asset_list(struct store *s, struct arena *a, const char *uuid, unsigned limit,
			  struct store_asset *out_rows);
/* Of one kind, all PCs, by UUID and item, behind that one ("" "" from the start). */
unsigned store_asset_of_kind(struct store *s, struct arena *a, const char *kind, const char *after_uuid,
			     const char *after_item, unsigned limit, struct store_asset *out_rows);

struct store_asset_change {
	int64_t id;
	const char *uuid;
	int64_t at_unix_ms;
	const char *kind, *item;
	const char *was, *content;   /* "" it was not there, it is gone */
};
void store_tx_asset_change(struct store_tx *tx, const struct store_asset_change *c); /* id is given */
/* Of one PC, from that time and behind that id on, the oldest first. */
unsigned store_asset_changes(struct store *s, struct arena *a, const char *uuid, int64_t since_unix_ms,
			     int64_t after, unsigned limit, struct store_asset_change *out_rows);

struct store_asset_head { /* a PC in one line */
	const char *uuid;
	int64_t read_unix_ms, changed_unix_ms; /* 0 never */
	const char *unread;          /* kinds that it refused to tell, with blanks between */
	const char *maker, *model, *serial, *chassis, *bios, *bios_date, *cpu;
	int64_t cpu_count, memory_mb, memory_count, media_mb;
	const char *build;           /* of the firmware */
	const char *mode, *dhcp_suffix, *me_ip, *os_ip;
};
void store_tx_asset_head(struct store_tx *tx, const struct store_asset_head *h);
bool store_asset_head_get(struct store *s, struct arena *a, const char *uuid, struct store_asset_head *out_h);
struct store_asset_pc { /* a device, whether it was asked or not */
	const char *uuid, *fqdn, *state, *address, *version, *profile, *health_rule;
	int64_t configured_unix_ms;
	struct store_asset_head head; /* its uuid is not set */
};
unsigned store_asset_pcs(struct store *s, struct arena *a, const char *after_uuid, unsigned limit,
			 struct store_asset_pc *out_rows);
