/* SQL about the logs of PCs; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_PC_LOG_COLS "uuid, log, content, amount, at_ms"

#define STORE_SQL_PC_LOG(X)                                                                        \
	X(STORE_SQL_PC_LOG_SET, false, NULL,                                                       \
	  "insert into pc_log (" SQL_PC_LOG_COLS ") values ($1, $2, $3, $4, $5)"                   \
	  " on conflict (uuid, log) do update set content = excluded.content,"                     \
	  " amount = excluded.amount, at_ms = excluded.at_ms", NULL)                               \
	X(STORE_SQL_PC_LOG_COUNT, false, NULL,                                                     \
	  "insert into pc_log (" SQL_PC_LOG_COLS ") values ($1, $2, $3, 1, $4)"                    \
	  " on conflict (uuid, log) do update set content = excluded.content,"                     \
	  " amount = pc_log.amount + 1, at_ms = excluded.at_ms", NULL)                             \
	X(STORE_SQL_PC_LOG_GET, false, NULL,                                                       \
	  "select " SQL_PC_LOG_COLS " from pc_log where uuid = $1 and log = $2", NULL)             \
	X(STORE_SQL_PC_LOG_ALERTS, false, NULL,                                                    \
	/* each log by its index, so that a page reads no more than twice its rows */              \
	  "select " SQL_PC_LOG_COLS " from (select * from (select * from pc_log"                   \
	  " where log = 'alert' and uuid >= $1 and (uuid > $1 or $2 < 'alert')"                    \
	  " order by uuid limit $3) as a union all select * from (select * from pc_log"            \
	  " where log = 'trap' and uuid >= $1 and (uuid > $1 or $2 < 'trap')"                      \
	  " order by uuid limit $3) as t) as two order by uuid, log limit $3", NULL)              \
	X(STORE_SQL_PC_LOG_OF, false, NULL,                                                        \
	  "select d.uuid, $1, coalesce(l.content, ''), coalesce(l.amount, 0), coalesce(l.at_ms, 0)" \
	  " from (select * from (select uuid from device where state = 'configured'"               \
	  " and uuid > $2 order by uuid limit $3) as c union all select * from"                    \
	  " (select uuid from device where state = 'adopted' and uuid > $2 order by uuid limit $3)" \
	  " as t) as d left join pc_log l on l.uuid = d.uuid and l.log = $1"                       \
	  " order by d.uuid limit $3", NULL)                                                       \
	X(STORE_SQL_PC_LOG_DROP, false, NULL, "delete from pc_log where uuid = $1 and log = $2", NULL) \
	/* those never read have no row: a page of all, since nothing else finds them */         \
	X(STORE_SQL_PC_LOG_NEVER, false, NULL,                                                     \
	  "select d.uuid, case when exists (select 1 from pc_log l where l.uuid = d.uuid"          \
	  " and l.log = $1) then 1 else 0 end from (select * from (select uuid from device"        \
	  " where state = 'configured' and uuid > $2 order by uuid limit $3) as c union all"       \
	  " select * from (select uuid from device where state = 'adopted' and uuid > $2"          \
	  " order by uuid limit $3) as t) as d order by d.uuid limit $3", NULL)                    \
	X(STORE_SQL_PC_LOG_OLD, false, NULL,                                                       \
	  "select l.uuid from pc_log l join device d on d.uuid = l.uuid"                           \
	  " where l.log = $1 and l.at_ms < $2 and d.state in ('configured', 'adopted')"                          \
	  " order by l.at_ms limit $3", NULL)                                                      \
	X(STORE_SQL_FORGET_PC_LOG, false, NULL, "delete from pc_log where uuid = $1", NULL)
