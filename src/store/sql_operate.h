/* SQL about holds, groups of PCs and schedules; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_SCHEDULE_COLS                                                                          \
	"name, spec, tz, missed, missed_ms, op, args, targets, parallel, stagger_ms, enabled,"     \
	" next_ms, last_ms, last_note, actor, at_ms"

#define SQL_BOOT_HALF_COLS "uuid, what, actor, since_ms, tries, next_ms, note"

#define STORE_SQL_OPERATE(X)                                                                       \
	/* $5 is the time; a running job is somebody who works with the PC, too */                 \
	X(STORE_SQL_HOLD_TAKE, true, "somebody works with the PC already",                         \
	  "insert into hold (uuid, owner, what, until_ms) select $1, $2, $3, $4"                   \
	  " where not exists (select 1 from job o where o.uuid = $1 and o.ended = ''"              \
	  " and o.state = 'running' and o.lease_until_ms > $5)"                                    \
	  " on conflict (uuid) do update set owner = excluded.owner, what = excluded.what,"        \
	  " until_ms = excluded.until_ms where hold.until_ms <= $5 or hold.owner = excluded.owner", NULL) \
	X(STORE_SQL_HOLD_DROP, false, NULL, "delete from hold where uuid = $1 and owner = $2", NULL) \
	/* as with jobs: SQLite has one service per file */                                        \
	X(STORE_SQL_HOLD_RECOVER, false, NULL, "delete from hold where $1 = $1",                   \
	  "delete from hold where until_ms <= $1")                                                 \
	X(STORE_SQL_HOLD_GET, false, NULL,                                                         \
	  "select uuid, owner, what, until_ms from hold where uuid = $1 and until_ms > $2", NULL)  \
	X(STORE_SQL_FORGET_HOLD, false, NULL, "delete from hold where uuid = $1", NULL)            \
	X(STORE_SQL_PC_SESSION_PUT, false, NULL,                                                   \
	  "insert into pc_session (uuid, owner, kind, actor, since_ms, until_ms)"                  \
	  " values ($1, $2, $3, $4, $5, $6)"                                                       \
	  " on conflict (uuid, owner) do update set until_ms = excluded.until_ms", NULL)           \
	X(STORE_SQL_PC_SESSION_DROP, false, NULL,                                                  \
	  "delete from pc_session where uuid = $1 and owner = $2", NULL)                           \
	X(STORE_SQL_PC_SESSION_RECOVER, false, NULL, "delete from pc_session where $1 = $1",       \
	  "delete from pc_session where until_ms <= $1")                                           \
	X(STORE_SQL_PC_SESSION_LIST, false, NULL,                                                  \
	  "select uuid, owner, kind, actor, since_ms, until_ms from pc_session"                    \
	  " where uuid = $1 and until_ms > $2 order by since_ms, owner limit $3", NULL)            \
	X(STORE_SQL_FORGET_PC_SESSION, false, NULL, "delete from pc_session where uuid = $1", NULL) \
	/* a second time only the time changes: since when, and by whom, stays */                  \
	X(STORE_SQL_BOOT_HALF_PUT, false, NULL,                                                    \
	  "insert into boot_half (" SQL_BOOT_HALF_COLS ") values ($1, $2, $3, $4, $5, $6, $7)"     \
	  " on conflict (uuid) do update set next_ms = excluded.next_ms", NULL)                    \
	X(STORE_SQL_BOOT_HALF_LATER, false, NULL,                                                  \
	  "update boot_half set tries = tries + $2, next_ms = $3, note = $4 where uuid = $1", NULL) \
	X(STORE_SQL_BOOT_HALF_DROP, false, NULL, "delete from boot_half where uuid = $1", NULL)    \
	X(STORE_SQL_BOOT_HALF_RECOVER, false, NULL,                                                \
	  "update boot_half set next_ms = $1 where next_ms > $1", NULL)                            \
	X(STORE_SQL_BOOT_HALF_GET, false, NULL,                                                    \
	  "select " SQL_BOOT_HALF_COLS " from boot_half where uuid = $1", NULL)                    \
	X(STORE_SQL_BOOT_HALF_LEFT, false, NULL,                                                   \
	  "select " SQL_BOOT_HALF_COLS " from boot_half where uuid > $1 and ($2 = '' or uuid = $2)" \
	  " and note <> '' order by uuid limit $3", NULL)                                          \
	X(STORE_SQL_BOOT_HALF_DUE, false, NULL,                                                    \
	  "select " SQL_BOOT_HALF_COLS " from boot_half where next_ms <= $1 and exists"            \
	  " (select 1 from device d where d.uuid = boot_half.uuid"                                 \
	  " and d.state in ('configured', 'adopted')) order by next_ms limit $2", NULL)            \
	X(STORE_SQL_GRP_PUT, false, NULL,                                                          \
	  "insert into grp (name, expr, note, at_ms) values ($1, $2, $3, $4)"                      \
	  " on conflict (name) do update set expr = excluded.expr, note = excluded.note,"          \
	  " at_ms = excluded.at_ms", NULL)                                                         \
	X(STORE_SQL_GRP_DELETE, true, "there is no such group", "delete from grp where name = $1", NULL) \
	X(STORE_SQL_GRP_CLEAR, false, NULL, "delete from grp_member where grp = $1", NULL)         \
	X(STORE_SQL_GRP_ADD, false, NULL,                                                          \
	  "insert into grp_member (grp, member) values ($1, $2) on conflict (grp, member) do nothing", NULL) \
	X(STORE_SQL_GRP_TAKE_OUT, false, NULL,                                                     \
	  "delete from grp_member where grp = $1 and member = $2", NULL)                           \
	X(STORE_SQL_GRP_GET, false, NULL,                                                          \
	  "select name, expr, note, at_ms, (select count(*) from grp_member m where m.grp = grp.name)" \
	  " from grp where name = $1", NULL)                                                       \
	X(STORE_SQL_GRP_LIST, false, NULL,                                                         \
	  "select name, expr, note, at_ms, (select count(*) from grp_member m where m.grp = grp.name)" \
	  " from grp where name > $1 order by name limit $2", NULL)                                \
	X(STORE_SQL_GRP_MEMBERS, false, NULL,                                                      \
	  "select member from grp_member where grp = $1 and member > $2 order by member limit $3", NULL) \
	X(STORE_SQL_GRP_PARENTS, false, NULL,                                                      \
	  "select grp from grp_member where member = $1 order by grp limit $2", NULL)              \
	X(STORE_SQL_SCHEDULE_PUT, false, NULL,                                                     \
	  "insert into schedule (" SQL_SCHEDULE_COLS ") values"                                    \
	  " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"               \
	  " on conflict (name) do update set spec = excluded.spec, tz = excluded.tz,"              \
	  " missed = excluded.missed, missed_ms = excluded.missed_ms, op = excluded.op,"           \
	  " args = excluded.args, targets = excluded.targets, parallel = excluded.parallel,"       \
	  " stagger_ms = excluded.stagger_ms, enabled = excluded.enabled,"                         \
	  " next_ms = excluded.next_ms, actor = excluded.actor, at_ms = excluded.at_ms", NULL)     \
	X(STORE_SQL_SCHEDULE_RAN, true, "the schedule is gone",                                    \
	  "update schedule set next_ms = $2, last_ms = $3, last_note = $4 where name = $1", NULL)  \
	X(STORE_SQL_SCHEDULE_DELETE, true, "there is no such schedule",                            \
	  "delete from schedule where name = $1", NULL)                                            \
	X(STORE_SQL_SCHEDULE_GET, false, NULL,                                                     \
	  "select " SQL_SCHEDULE_COLS " from schedule where name = $1", NULL)                      \
	X(STORE_SQL_SCHEDULE_LIST, false, NULL,                                                    \
	  "select " SQL_SCHEDULE_COLS " from schedule where name > $1 order by name limit $2", NULL) \
	X(STORE_SQL_SCHEDULE_DUE, false, NULL,                                                     \
	  "select " SQL_SCHEDULE_COLS " from schedule where enabled = 1 and next_ms > 0"           \
	  " and next_ms <= $1 order by next_ms, name limit $2", NULL)
