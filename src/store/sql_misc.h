/* SQL about profiles, settings, timeline and audit; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_DRIFT_COLS "uuid, at_ms, profile, profile_version, amount, content, note, next_ms"
#define SQL_EVENT_COLS "id, uuid, severity, name, line, at_ms"
/* $2: worst level to show, $3: name */
#define SQL_EVENT_FITS "severity <= $2 and ($3 = '' or name = $3)"

#define STORE_SQL_MISC(X)                                                                          \
	X(STORE_SQL_PROFILE_PUT, false, NULL,                                                      \
	  "insert into profile (name, version, yaml, at_ms)"                                       \
	  " select $1, coalesce(max(version), 0) + 1, $2, $3 from profile where name = $1",        \
	  "insert into profile (name, version, yaml, at_ms)"                                       \
	  " select $1::text, coalesce(max(version), 0) + 1, $2::text, $3::bigint from profile"     \
	  " where name = $1::text")                                                                \
	X(STORE_SQL_PROFILE_GET, false, NULL,                                                      \
	  "select name, version, yaml, at_ms from profile where name = $1"                         \
	  " order by version desc limit 1", NULL)                                                  \
	X(STORE_SQL_PROFILE_LIST, false, NULL,                                                     \
	  "select name, version, yaml, at_ms from profile where version ="                         \
	  " (select max(p.version) from profile p where p.name = profile.name)"                    \
	  " order by name limit $1", NULL)                                                         \
	X(STORE_SQL_DRIFT_PUT, false, NULL,                                                        \
	  "insert into drift (uuid, at_ms, profile, profile_version, amount, content, note, next_ms)" \
	  " select $1, $2, $3, $4, $5, $6, $7, $8 where exists (select 1 from device where uuid = $1)" \
	  " on conflict (uuid) do update set at_ms = excluded.at_ms, profile = excluded.profile,"  \
	  " profile_version = excluded.profile_version, amount = excluded.amount,"                 \
	  " content = excluded.content, note = excluded.note, next_ms = excluded.next_ms", NULL)                               \
	X(STORE_SQL_DRIFT_DROP, false, NULL, "delete from drift where uuid = $1", NULL)            \
	X(STORE_SQL_DRIFT_GET, false, NULL, "select " SQL_DRIFT_COLS " from drift where uuid = $1", NULL) \
	X(STORE_SQL_DRIFT_NEXT, false, NULL, "update drift set next_ms = $2 where uuid = $1", NULL) \
	X(STORE_SQL_DRIFT_DUE, false, NULL,                                                        \
	  "select " SQL_DRIFT_COLS " from drift where next_ms <= $1 order by next_ms limit $2", NULL) \
	X(STORE_SQL_DRIFT_LIST, false, NULL,                                                       \
	  "select " SQL_DRIFT_COLS " from drift where amount >= $1 and uuid > $2"                  \
	  " order by uuid limit $3", NULL)                                                         \
	X(STORE_SQL_SETTING_SET, false, NULL,                                                      \
	  "insert into setting (name, content) values ($1, $2)"                                    \
	  " on conflict (name) do update set content = excluded.content", NULL)                    \
	X(STORE_SQL_SETTING_GET, false, NULL, "select content from setting where name = $1", NULL) \
	X(STORE_SQL_EVENT, false, NULL,                                                            \
	  "insert into event (uuid, severity, name, line, at_ms) values ($1, $2, $3, $4, $5)",     \
	  NULL)                                                                                    \
	X(STORE_SQL_EVENT_LIST, false, NULL,                                                       \
	  "select " SQL_EVENT_COLS " from event where id > $1 and " SQL_EVENT_FITS                 \
	  " order by id limit $4", NULL)                                                           \
	X(STORE_SQL_EVENT_NEWEST, false, NULL,                                                     \
	  "select " SQL_EVENT_COLS " from event where id > $1 and " SQL_EVENT_FITS                 \
	  " order by id desc limit $4", NULL)                                                      \
	X(STORE_SQL_EVENT_LIST_UUID, false, NULL,                                                  \
	  "select " SQL_EVENT_COLS " from event where id > $1 and " SQL_EVENT_FITS                 \
	  " and uuid = $5 order by id limit $4", NULL)                                             \
	X(STORE_SQL_EVENT_NEWEST_UUID, false, NULL,                                                \
	  "select " SQL_EVENT_COLS " from event where id > $1 and " SQL_EVENT_FITS                 \
	  " and uuid = $5 order by id desc limit $4", NULL)                                        \
	X(STORE_SQL_AUDIT_LAST, false, NULL,                                                       \
	  "select id, hash from audit order by id desc limit 1", NULL)                             \
	X(STORE_SQL_AUDIT, false, NULL,                                                            \
	  "insert into audit (id, at_ms, actor, act, object, hash)"                                \
	  " values ($1, $2, $3, $4, $5, $6)", NULL)                                                \
	X(STORE_SQL_AUDIT_LIST, false, NULL,                                                       \
	  "select id, at_ms, actor, act, object, hash from audit where id > $1"                    \
	  " order by id limit $2", NULL)
