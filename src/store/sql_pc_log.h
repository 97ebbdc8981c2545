/* SQL about the logs of PCs; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_PC_LOG_COLS "uuid, log, content, amount, at_ms"

#define STORE_SQL_PC_LOG(X)                                                                        \
	X(STORE_SQL_PC_LOG_SET, false, NULL,                                                       \
	  "insert into pc_log (" SQL_PC_LOG_COLS ") values ($1, $2, $3, $4, $5)"                   \
	  " on conflict (uuid, log) do update set content = excluded.content,"                     \
	  " amount = excluded.amount, at_ms = excluded.at_ms", NULL)                               \
	X(STORE_SQL_PC_LOG_GET, false, NULL,                                                       \
	  "select " SQL_PC_LOG_COLS " from pc_log where uuid = $1 and log = $2", NULL)             \
	X(STORE_SQL_PC_LOG_ALERTS, false, NULL,                                                    \
	  "select " SQL_PC_LOG_COLS " from pc_log where log in ('trap', 'alert')"                  \
	  " and (uuid, log) > ($1, $2) order by uuid, log limit $3", NULL)                         \
	X(STORE_SQL_PC_LOG_OF, false, NULL,                                                        \
	  "select " SQL_PC_LOG_COLS " from pc_log where log = $1 and uuid > $2 and exists"         \
	  " (select 1 from device d where d.uuid = pc_log.uuid and d.state = 'configured')"        \
	  " order by uuid limit $3", NULL)                                                         \
	X(STORE_SQL_PC_LOG_DROP, false, NULL, "delete from pc_log where uuid = $1 and log = $2", NULL) \
	/* those never read have no row: they come first */                                        \
	X(STORE_SQL_PC_LOG_NEVER, false, NULL,                                                     \
	  "select d.uuid from device d where d.state in ('configured', 'adopted') and not exists"                \
	  " (select 1 from pc_log l where l.uuid = d.uuid and l.log = $1) limit $2", NULL)         \
	X(STORE_SQL_PC_LOG_OLD, false, NULL,                                                       \
	  "select l.uuid from pc_log l join device d on d.uuid = l.uuid"                           \
	  " where l.log = $1 and l.at_ms < $2 and d.state in ('configured', 'adopted')"                          \
	  " order by l.at_ms limit $3", NULL)                                                      \
	X(STORE_SQL_FORGET_PC_LOG, false, NULL, "delete from pc_log where uuid = $1", NULL)
