/* SQL about what sources said of names, the marks of PCs and refused UUIDs; see sql.h for the
 * meaning of the columns. */
#pragma once

#define SQL_SAID_COLS "uuid, source, verdict, fqdn, profile, ou, detail, rule, at_ms"

#define STORE_SQL_NAME(X)                                                                          \
	X(STORE_SQL_SAID_SET, false, NULL,                                                         \
	  "insert into name_said (" SQL_SAID_COLS ")"                                              \
	  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"                                           \
	  " on conflict (uuid, source) do update set verdict = excluded.verdict,"                  \
	  " fqdn = excluded.fqdn, profile = excluded.profile, ou = excluded.ou,"                   \
	  " detail = excluded.detail, rule = excluded.rule, at_ms = excluded.at_ms", NULL)         \
	X(STORE_SQL_SAID_GET, false, NULL,                                                         \
	  "select " SQL_SAID_COLS " from name_said where uuid = $1 and source = $2", NULL)         \
	X(STORE_SQL_FORGET_SAID, false, NULL, "delete from name_said where uuid = $1", NULL)       \
	X(STORE_SQL_DEVICE_SET_NAME_SOURCE, false, NULL,                                           \
	  "update device set name_source = $2 where uuid = $1", NULL)                              \
	/* the PCs of that name other than $2, heard last first */                                 \
	X(STORE_SQL_NAME_HOLDERS, false, NULL,                                                     \
	  "select uuid from device where fqdn_key = lower($1) and fqdn_key <> '' and uuid <> $2"   \
	  " order by last_hello_ms desc, uuid limit $3", NULL)                                     \
	X(STORE_SQL_MARK_SET, false, NULL,                                                         \
	  "insert into device_mark (uuid, kind, mark, first_ms, last_ms)"                          \
	  " values ($1, $2, $3, $4, $4)"                                                           \
	  " on conflict (uuid, kind, mark) do update set last_ms = excluded.last_ms", NULL)        \
	X(STORE_SQL_MARK_DROP, false, NULL,                                                        \
	  "delete from device_mark where uuid = $1 and kind = $2 and mark = $3", NULL)             \
	X(STORE_SQL_MARK_LIST, false, NULL,                                                        \
	  "select uuid, kind, mark, first_ms, last_ms from device_mark"                            \
	  " where uuid = $1 and kind = $2 order by last_ms desc, mark limit $3", NULL)             \
	X(STORE_SQL_MARK_HOLDERS, false, NULL,                                                     \
	  "select uuid, kind, mark, first_ms, last_ms from device_mark"                            \
	  " where kind = $1 and mark = $2 order by last_ms desc, uuid limit $3", NULL)             \
	/* marks that several PCs have, from behind kind $1, mark $2, uuid $3 on */                \
	X(STORE_SQL_MARK_TWICE, false, NULL,                                                       \
	  "select uuid, kind, mark, first_ms, last_ms from device_mark m where exists"             \
	  " (select 1 from device_mark o where o.kind = m.kind and o.mark = m.mark"                \
	  " and o.uuid <> m.uuid) and kind <> 'link' and (kind, mark, uuid) > ($1, $2, $3)"                           \
	  " order by kind, mark, uuid limit $4", NULL)                                             \
	X(STORE_SQL_FORGET_MARK, false, NULL, "delete from device_mark where uuid = $1", NULL)     \
	X(STORE_SQL_DENY_SET, false, NULL,                                                         \
	  "insert into uuid_deny (uuid, note, at_ms) values ($1, $2, $3)"                          \
	  " on conflict (uuid) do update set note = excluded.note, at_ms = excluded.at_ms", NULL)  \
	X(STORE_SQL_DENY_DELETE, false, NULL, "delete from uuid_deny where uuid = $1", NULL)       \
	X(STORE_SQL_DENY_GET, false, NULL,                                                         \
	  "select uuid, note, at_ms from uuid_deny where uuid = $1", NULL)                         \
	X(STORE_SQL_INVENTORY, false, NULL,                                                        \
	  "select uuid, fqdn, name_source, state, firmware, address, profile, grp, mac, serial,"   \
	  " ou, health_rule, first_seen_ms, last_hello_ms, configured_ms from inventory"           \
	  " where uuid > $1 order by uuid limit $2", NULL)                                         \
	X(STORE_SQL_DENY_LIST, false, NULL,                                                        \
	  "select uuid, note, at_ms from uuid_deny where uuid > $1 order by uuid limit $2", NULL)
