/* SQL about devices, hellos and names; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_DEVICE_COLS                                                                            \
	"uuid, fqdn, state, kind, pid, address, version, profile, profile_version, facts, serial," \
	" health, health_rule, first_seen_ms, last_hello_ms, configured_ms, login_fail_count,"     \
	" login_fail_since_ms, hello_count, approved, hello_raw, name_source, hello_retry_count"
#define SQL_DEVICE_SET(col) "update device set " col " = $2 where uuid = $1"
/* $2 <= text < $3 for any of the three names */
#define SQL_DEVICE_NAMED                                                                           \
	"(uuid >= $2 and uuid < $3 or address >= $2 and address < $3"                              \
	" or fqdn_key >= $2 and fqdn_key < $3)"

/* The || keeps SQLite from walking all uuids after $1 instead of the few with the prefix. */
#define SQL_DEVICE_UNION                                                                           \
	"select uuid from device where uuid >= $2 and uuid < $3 and uuid || '' > $1"               \
	" union all select uuid from device"                                                       \
	" where address >= $2 and address < $3 and uuid || '' > $1"                                \
	" union all select uuid from device"                                                       \
	" where fqdn_key <> '' and fqdn_key >= $2 and fqdn_key < $3 and uuid || '' > $1"

/* The same with $1 and $2, wherever the page begins: the index is read once, up to a limit. Who
 * leaves out what comes before the page reads on and on for one near the end. */
#define SQL_DEVICE_PREFIX                                                                          \
	"select uuid from device where uuid >= $1 and uuid < $2"                                   \
	" union all select uuid from device where address >= $1 and address < $2"                  \
	" union all select uuid from device"                                                       \
	" where fqdn_key <> '' and fqdn_key >= $1 and fqdn_key < $2"

#define STORE_SQL_DEVICE(X)                                                                        \
	/* The former last hello goes to the history: so the first hello of a PC, which comes in   \
	 * masses, is written once. */                                                             \
	X(STORE_SQL_HELLO_KEEP, false, NULL,                                                       \
	  "insert into hello (uuid, slot, at_ms, address, kind, pid, retry_count, raw)"            \
	  " select uuid, hello_count % 8, last_hello_ms, address, kind, pid, hello_retry_count,"   \
	  " hello_raw from device where uuid = $1"                                                 \
	  " on conflict (uuid, slot) do update set at_ms = excluded.at_ms,"                        \
	  " address = excluded.address, kind = excluded.kind, pid = excluded.pid,"                 \
	  " retry_count = excluded.retry_count, raw = excluded.raw", NULL)                         \
	X(STORE_SQL_HELLO, false, NULL,                                                            \
	  "insert into device (uuid, address, kind, pid, hello_raw, last_hello_ms,"                \
	  " hello_retry_count, approved, state, first_seen_ms, hello_count)"                       \
	  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6, 1)"                                    \
	  " on conflict (uuid) do update set address = excluded.address, kind = excluded.kind,"    \
	  " pid = excluded.pid, hello_raw = excluded.hello_raw,"                                   \
	  " last_hello_ms = excluded.last_hello_ms,"                                               \
	  " hello_retry_count = excluded.hello_retry_count,"                                       \
	  " hello_count = device.hello_count + 1", NULL)                                           \
	X(STORE_SQL_DEVICE_ADOPT, false, NULL,                                                     \
	  "insert into device (uuid, address, kind, pid, hello_raw, last_hello_ms,"                \
	  " hello_retry_count, approved, state, first_seen_ms, hello_count)"                       \
	  " values ($1, $2, $3, '', $4, 0, 0, 0, $6, $5, 0)"                                       \
	  " on conflict (uuid) do update set address = excluded.address", NULL)                    \
	/* newest first: the last one stands in device */                                           \
	X(STORE_SQL_HELLO_LIST, false, NULL,                                                       \
	  "select address, pid, retry_count, at_ms from (select address, pid,"                     \
	  " hello_retry_count as retry_count, last_hello_ms as at_ms, hello_count as n"            \
	  " from device where uuid = $1 union all select h.address, h.pid, h.retry_count, h.at_ms,"  \
	  " d.hello_count - 1 - (d.hello_count - 1 - h.slot + 8) % 8"                              \
	  " from hello h join device d on d.uuid = h.uuid where h.uuid = $1) as all_hellos"        \
	  " order by n desc limit $2", NULL)                                                       \
	X(STORE_SQL_DEVICE_SET_FQDN, false, NULL,                                                  \
	  "update device set fqdn = $2, fqdn_key = lower($2) where uuid = $1", NULL)               \
	X(STORE_SQL_DEVICE_SET_STATE, false, NULL, SQL_DEVICE_SET("state"), NULL)                  \
	X(STORE_SQL_DEVICE_SET_VERSION, false, NULL, SQL_DEVICE_SET("version"), NULL)              \
	X(STORE_SQL_DEVICE_SET_PROFILE, false, NULL, SQL_DEVICE_SET("profile"), NULL)              \
	X(STORE_SQL_DEVICE_SET_PROFILE_VERSION, false, NULL, SQL_DEVICE_SET("profile_version"), NULL) \
	X(STORE_SQL_DEVICE_SET_FACTS, false, NULL, SQL_DEVICE_SET("facts"), NULL)                  \
	X(STORE_SQL_DEVICE_SET_SERIAL, false, NULL, SQL_DEVICE_SET("serial"), NULL)                \
	X(STORE_SQL_DEVICE_SET_HEALTH, false, NULL, SQL_DEVICE_SET("health"), NULL)                \
	X(STORE_SQL_DEVICE_SET_HEALTH_RULE, false, NULL, SQL_DEVICE_SET("health_rule"), NULL)      \
	X(STORE_SQL_DEVICE_SET_ADDRESS, false, NULL, SQL_DEVICE_SET("address"), NULL)              \
	X(STORE_SQL_DEVICE_SET_CONFIGURED, false, NULL, SQL_DEVICE_SET("configured_ms"), NULL)     \
	X(STORE_SQL_DEVICE_SET_FAIL_COUNT, false, NULL, SQL_DEVICE_SET("login_fail_count"), NULL)  \
	X(STORE_SQL_DEVICE_SET_FAIL_SINCE, false, NULL, SQL_DEVICE_SET("login_fail_since_ms"), NULL) \
	X(STORE_SQL_DEVICE_SET_APPROVED, false, NULL, SQL_DEVICE_SET("approved"), NULL)            \
	X(STORE_SQL_DEVICE_SHIFT_FAILS, false, NULL,                                               \
	  "update device set login_fail_since_ms = login_fail_since_ms + $1"                       \
	  " where login_fail_count > 0", NULL)                                                     \
	X(STORE_SQL_FORGET_DEVICE, false, NULL, "delete from device where uuid = $1", NULL)        \
	X(STORE_SQL_FORGET_DRIFT, false, NULL, "delete from drift where uuid = $1", NULL)          \
	X(STORE_SQL_FORGET_HELLO, false, NULL, "delete from hello where uuid = $1", NULL)          \
	X(STORE_SQL_FORGET_JOB, false, NULL, "delete from job where uuid = $1", NULL)              \
	X(STORE_SQL_FORGET_STEP, false, NULL, "delete from step where uuid = $1", NULL)            \
	X(STORE_SQL_STEP_SETTLE, false, NULL,                                                      \
	  "delete from step where uuid = $1 and job not in (select id from job where uuid = $1"    \
	  " and id <> $2 and state in ('queued', 'delayed', 'paused'))", NULL)                     \
	X(STORE_SQL_FORGET_CREDENTIAL, false, NULL,                                                \
	  "update credential set state = 'archived' where uuid = $1", NULL)                        \
	X(STORE_SQL_DEVICE_GET, false, NULL,                                                       \
	  "select " SQL_DEVICE_COLS " from device where uuid = $1", NULL)                          \
	X(STORE_SQL_DEVICE_BY_FQDN, false, NULL,                                                   \
	  "select " SQL_DEVICE_COLS " from device where fqdn_key = $1 and fqdn_key <> ''"           \
	  " order by last_hello_ms desc, uuid limit 1", NULL)                                      \
	X(STORE_SQL_DEVICE_BY_SHORT, false, NULL,                                                  \
	  "select " SQL_DEVICE_COLS " from device where fqdn_key >= $1 and fqdn_key < $2"          \
	  " and fqdn_key <> '' order by fqdn_key, uuid limit 2", NULL)                             \
	X(STORE_SQL_DEVICE_BY_ADDRESS, false, NULL,                                                \
	  "select " SQL_DEVICE_COLS " from device where address = $1"                              \
	  " order by last_hello_ms desc, uuid limit 1", NULL)                                      \
	X(STORE_SQL_DEVICE_LIST, false, NULL,                                                      \
	  "select " SQL_DEVICE_COLS " from device where uuid > $1 order by uuid limit $2", NULL)   \
	X(STORE_SQL_DEVICE_LIST_STATE, false, NULL,                                                \
	  "select " SQL_DEVICE_COLS " from device where state = $2 and uuid > $1"                  \
	  " order by uuid limit $3", NULL)                                                         \
	/* Searching a million rows: a prefix that fits few finds its page by the three indexes, one \
	 * that fits many among the next $5 rows, each of which has to be read. */                   \
	X(STORE_SQL_DEVICE_SEARCH_FEW, false, NULL,                                                \
	  "select count(*) < 3000 from (" SQL_DEVICE_PREFIX " limit 3000) as few",                 \
	  "select case when count(*) < 3000 then 1 else 0 end from (" SQL_DEVICE_PREFIX            \
	  " limit 3000) as few")                                                                   \
	X(STORE_SQL_DEVICE_SEARCH_NEAR, false, NULL,                                               \
	  "select " SQL_DEVICE_COLS " from device where uuid in (select uuid from"                 \
	  " (select uuid, fqdn_key, address from device where uuid > $1 order by uuid limit $5)"       \
	  " as near where " SQL_DEVICE_NAMED " order by uuid limit $4) order by uuid", NULL)       \
	X(STORE_SQL_DEVICE_SEARCH, false, NULL,                                                    \
	  "select " SQL_DEVICE_COLS " from device where uuid in (" SQL_DEVICE_UNION ")"            \
	  " order by uuid limit $4", NULL)                                           \
	X(STORE_SQL_DEVICE_SEARCH_NEAR_STATE, false, NULL,                                         \
	  "select " SQL_DEVICE_COLS " from device where uuid in (select uuid from"                 \
	  " (select uuid, fqdn_key, address from device where state = $6 and uuid > $1"                \
	  " order by uuid limit $5)"                                                               \
	  " as near where " SQL_DEVICE_NAMED " order by uuid limit $4) order by uuid", NULL)       \
	/* 1 when that looked at all there is; the second one is for one state */                  \
	X(STORE_SQL_DEVICE_SEARCH_NEAR_END, false, NULL,                                           \
	  "select count(*) < 2000 from (select uuid from device where uuid > $1 limit 2000)"       \
	  " as near",                                                                              \
	  "select case when count(*) < 2000 then 1 else 0 end from (select uuid from device"       \
	  " where uuid > $1 limit 2000) as near")                                                  \
	X(STORE_SQL_DEVICE_SEARCH_NEAR_ALL, false, NULL,                                           \
	  "select count(*) < 2000 from (select uuid from device where state = $2"                  \
	  " and uuid > $1 limit 2000) as near",                                                    \
	  "select case when count(*) < 2000 then 1 else 0 end from (select uuid from device"       \
	  " where state = $2 and uuid > $1 limit 2000) as near")                                   \
	X(STORE_SQL_DEVICE_SEARCH_STATE, false, NULL,                                              \
	  "select " SQL_DEVICE_COLS " from device where uuid in (" SQL_DEVICE_UNION ")"            \
	  " and state = $5 order by uuid limit $4", NULL)                            \
	/* Added to by tally.c, kept by triggers from then on: schema/0005. */                     \
	X(STORE_SQL_AMOUNT_ADD, false, NULL,                                                       \
	  "insert into counter (name, state, amount) values ($1, $2, $3)"                          \
	  " on conflict (name, state) do update set amount = counter.amount + excluded.amount",    \
	  NULL)                                                                                    \
	X(STORE_SQL_AMOUNT, false, NULL,                                                            \
	  "select coalesce(sum(amount), 0) from counter where name = $1 and ($2 = '' or state = $2)", \
	  NULL)                                                                                    \
	X(STORE_SQL_NAME_SET, false, NULL,                                                         \
	  "insert into name_map (uuid, fqdn, grp, source, at_ms) values ($1, $2, $3, $4, $5)"      \
	  " on conflict (uuid) do update set fqdn = excluded.fqdn, grp = excluded.grp,"            \
	  " source = excluded.source, at_ms = excluded.at_ms", NULL)                               \
	X(STORE_SQL_NAME_DELETE, false, NULL, "delete from name_map where uuid = $1", NULL)        \
	X(STORE_SQL_NAME_GET, false, NULL,                                                         \
	  "select uuid, fqdn, grp, source, at_ms from name_map where uuid = $1", NULL)             \
	X(STORE_SQL_NAME_LIST, false, NULL,                                                        \
	  "select uuid, fqdn, grp, source, at_ms from name_map where uuid > $1"                    \
	  " order by uuid limit $2", NULL)
