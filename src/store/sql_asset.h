/* SQL about hardware and software of PCs; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_ASSET_COLS "uuid, kind, item, content, since_ms"
#define SQL_ASSET_HEAD_COLS                                                                        \
	"uuid, read_ms, changed_ms, unread, maker, model, serial, chassis, bios, bios_date, cpu,"  \
	" cpu_count, memory_mb, memory_count, media_mb, build, mode, dhcp_suffix, me_ip, os_ip"
/* The same from a left join h, with what a PC that was never asked has. */
#define SQL_ASSET_HEAD_JOINED                                                                      \
	"coalesce(h.read_ms, 0), coalesce(h.changed_ms, 0), coalesce(h.unread, ''),"               \
	" coalesce(h.maker, ''), coalesce(h.model, ''), coalesce(h.serial, ''),"                   \
	" coalesce(h.chassis, ''), coalesce(h.bios, ''), coalesce(h.bios_date, ''),"               \
	" coalesce(h.cpu, ''), coalesce(h.cpu_count, 0), coalesce(h.memory_mb, 0),"                \
	" coalesce(h.memory_count, 0), coalesce(h.media_mb, 0), coalesce(h.build, ''),"            \
	" coalesce(h.mode, ''), coalesce(h.dhcp_suffix, ''), coalesce(h.me_ip, ''), coalesce(h.os_ip, '')"

#define STORE_SQL_ASSET(X)                                                                         \
	X(STORE_SQL_ASSET_PUT, false, NULL,                                                        \
	  "insert into asset (" SQL_ASSET_COLS ") values ($1, $2, $3, $4, $5)"                     \
	  " on conflict (uuid, kind, item) do update set content = excluded.content,"              \
	  " since_ms = excluded.since_ms", NULL)                                                   \
	X(STORE_SQL_ASSET_DROP, false, NULL,                                                       \
	  "delete from asset where uuid = $1 and kind = $2 and item = $3", NULL)                   \
	X(STORE_SQL_ASSET_LIST, false, NULL,                                                       \
	  "select " SQL_ASSET_COLS " from asset where uuid = $1 order by kind, item limit $2", NULL) \
	X(STORE_SQL_ASSET_KIND, false, NULL,                                                       \
	  "select " SQL_ASSET_COLS " from asset where kind = $1 and (uuid, item) > ($2, $3)"       \
	  " order by uuid, item limit $4", NULL)                                                   \
	X(STORE_SQL_ASSET_CHANGE, false, NULL,                                                     \
	  "insert into asset_change (uuid, at_ms, kind, item, was, content)"                       \
	  " values ($1, $2, $3, $4, $5, $6)", NULL)                                                \
	X(STORE_SQL_ASSET_CHANGES, false, NULL,                                                    \
	  "select id, uuid, at_ms, kind, item, was, content from asset_change"                     \
	  " where uuid = $1 and at_ms >= $2 and id > $3 order by id limit $4", NULL)               \
	X(STORE_SQL_ASSET_HEAD, false, NULL,                                                       \
	  "insert into asset_head (" SQL_ASSET_HEAD_COLS ") values ($1, $2, $3, $4, $5, $6, $7,"   \
	  " $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"                        \
	  " on conflict (uuid) do update set read_ms = excluded.read_ms,"                          \
	  " changed_ms = excluded.changed_ms, unread = excluded.unread, maker = excluded.maker,"   \
	  " model = excluded.model, serial = excluded.serial, chassis = excluded.chassis,"         \
	  " bios = excluded.bios, bios_date = excluded.bios_date, cpu = excluded.cpu,"             \
	  " cpu_count = excluded.cpu_count, memory_mb = excluded.memory_mb,"                       \
	  " memory_count = excluded.memory_count, media_mb = excluded.media_mb,"                   \
	  " build = excluded.build, mode = excluded.mode, dhcp_suffix = excluded.dhcp_suffix,"     \
	  " me_ip = excluded.me_ip, os_ip = excluded.os_ip", NULL)                                 \
	X(STORE_SQL_ASSET_HEAD_GET, false, NULL,                                                   \
	  "select " SQL_ASSET_HEAD_COLS " from asset_head where uuid = $1", NULL)                  \
	X(STORE_SQL_ASSET_PCS, false, NULL,                                                        \
	  "select d.uuid, d.fqdn, d.state, d.address, d.version, d.profile, d.health_rule,"        \
	  " d.configured_ms, " SQL_ASSET_HEAD_JOINED " from device d left join asset_head h"       \
	  " on h.uuid = d.uuid where d.uuid > $1 order by d.uuid limit $2", NULL)                  \
	X(STORE_SQL_FORGET_ASSET, false, NULL, "delete from asset where uuid = $1", NULL)          \
	X(STORE_SQL_FORGET_ASSET_CHANGE, false, NULL, "delete from asset_change where uuid = $1", NULL) \
	X(STORE_SQL_FORGET_ASSET_HEAD, false, NULL, "delete from asset_head where uuid = $1", NULL)
