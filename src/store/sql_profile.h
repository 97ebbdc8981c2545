/* SQL about rules that choose profiles, pins, and the DNS suffixes of PCs; see sql.h for the meaning
 * of the columns. */
#pragma once

#define SQL_RULE_COLS "name, place, profile, generation, suffix, subnet, pattern, grp, imported, at_ms"

#define STORE_SQL_PROFILE(X)                                                                       \
	X(STORE_SQL_RULE_SET, false, NULL,                                                         \
	  "insert into profile_rule (" SQL_RULE_COLS ")"                                           \
	  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"                                      \
	  " on conflict (name) do update set place = excluded.place, profile = excluded.profile,"  \
	  " generation = excluded.generation, suffix = excluded.suffix, subnet = excluded.subnet," \
	  " pattern = excluded.pattern, grp = excluded.grp, imported = excluded.imported,"         \
	  " at_ms = excluded.at_ms", NULL)                                                         \
	X(STORE_SQL_RULE_DELETE, false, NULL, "delete from profile_rule where name = $1", NULL)    \
	X(STORE_SQL_RULE_GET, false, NULL,                                                         \
	  "select " SQL_RULE_COLS " from profile_rule where name = $1", NULL)                      \
	X(STORE_SQL_RULE_LIST, false, NULL,                                                        \
	  "select " SQL_RULE_COLS " from profile_rule order by place, name limit $1", NULL)        \
	X(STORE_SQL_PIN_SET, false, NULL,                                                          \
	  "insert into profile_pin (uuid, profile, at_ms) values ($1, $2, $3)"                     \
	  " on conflict (uuid) do update set profile = excluded.profile, at_ms = excluded.at_ms",  \
	  NULL)                                                                                    \
	X(STORE_SQL_PIN_DELETE, false, NULL, "delete from profile_pin where uuid = $1", NULL)      \
	X(STORE_SQL_PIN_GET, false, NULL,                                                          \
	  "select uuid, profile, at_ms from profile_pin where uuid = $1", NULL)                    \
	X(STORE_SQL_SUFFIX_SET, false, NULL,                                                       \
	  "insert into device_suffix (uuid, suffix, source, first_ms, last_ms)"                    \
	  " values ($1, $2, $3, $4, $4)"                                                           \
	  " on conflict (uuid, suffix) do update set source = excluded.source,"                    \
	  " last_ms = excluded.last_ms", NULL)                                                     \
	X(STORE_SQL_SUFFIX_LIST, false, NULL,                                                      \
	  "select uuid, suffix, source, first_ms, last_ms from device_suffix where uuid = $1"      \
	  " order by last_ms desc, suffix limit $2", NULL)                                         \
	X(STORE_SQL_FORGET_SUFFIX, false, NULL, "delete from device_suffix where uuid = $1", NULL)
