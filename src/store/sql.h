/* Every SQL text of the program, as one named table in parts. A row is
 *   X(name, must, said, text, pg)
 * must: the statement fails with ERR_CONFLICT when it changes no row; said: what to tell then, or
 * when the row exists already (the first argument is added); text: SQLite, and PostgreSQL too
 * unless pg is not NULL. Parameters are $1..$n in the order of the arguments. The rows of a SELECT
 * have the column order of the field table beside the function that reads them.
 * Nothing of this is ever put together at run time. */
#pragma once
#include "store/sql_asset.h"
#include "store/sql_device.h"
#include "store/sql_job.h"
#include "store/sql_misc.h"
#include "store/sql_name.h"
#include "store/sql_profile.h"
#include "store/sql_operate.h"
#include "store/sql_pc_log.h"
#include "store/sql_secret.h"
#include "store/sql_sighting.h"

#define STORE_SQL_CORE(X)                                                                          \
	X(STORE_SQL_BEGIN, false, NULL, "begin immediate", "begin")                                \
	X(STORE_SQL_COMMIT, false, NULL, "commit", NULL)                                           \
	X(STORE_SQL_ROLLBACK, false, NULL, "rollback", NULL)                                       \
	X(STORE_SQL_SAVE, false, NULL, "savepoint unit", NULL)                                     \
	X(STORE_SQL_KEEP, false, NULL, "release savepoint unit", NULL)                             \
	X(STORE_SQL_UNDO, false, NULL, "rollback to savepoint unit", NULL)                         \
	X(STORE_SQL_TABLE_COUNT, false, NULL,                                                      \
	  "select count(*) from sqlite_master where type = 'table'",                               \
	  "select count(*) from information_schema.tables where table_schema = current_schema()")  \
	X(STORE_SQL_HAS_VERSION, false, NULL,                                                      \
	  "select count(*) from sqlite_master where type = 'table' and name = 'schema_version'",   \
	  "select count(*) from information_schema.tables where table_schema = current_schema()"   \
	  " and table_name = 'schema_version'")                                                    \
	X(STORE_SQL_VERSION, false, NULL, "select max(version) from schema_version", NULL)         \
	X(STORE_SQL_VERSION_ADD, false, NULL,                                                      \
	  "insert into schema_version (version, applied_ms) values ($1, $2)", NULL)                \
	/* Rows of text: "ok", or what is wrong. */                                                \
	X(STORE_SQL_INTEGRITY, false, NULL, "pragma integrity_check(20)", "select 'ok'")           \
	/* In the order of STORE_BACKUP_COUNTS. */                                                 \
	X(STORE_SQL_BACKUP_COUNTS, false, NULL,                                                    \
	  "select (select count(*) from device), (select count(*) from job),"                      \
	  " (select count(*) from job where state = 'running'),"                                   \
	  " (select count(*) from credential), (select count(*) from psk),"                        \
	  " (select count(*) from cert), (select count(*) from name_map),"                         \
	  " (select count(*) from profile), (select count(*) from event),"                         \
	  " (select count(*) from audit), (select count(*) from device)"                           \
	  " + (select count(*) from job) + (select count(*) from credential)"                      \
	  " + (select count(*) from psk) + (select count(*) from cert)"                            \
	  " + (select count(*) from name_map) + (select count(*) from profile)"                    \
	  " + (select count(*) from event) + (select count(*) from audit)"                         \
	  " + (select count(*) from hello) + (select count(*) from step)"                          \
	  " + (select count(*) from setting) + (select count(*) from secret)"                        \
	  " + (select count(*) from name_said) + (select count(*) from device_mark)"               \
	  " + (select count(*) from uuid_deny) + (select count(*) from revocation)"                \
	  " + (select count(*) from profile_rule) + (select count(*) from profile_pin)"            \
	  " + (select count(*) from device_suffix)", NULL)                                         \
	/* Every sealed value with the label that it was sealed for. */                            \
	X(STORE_SQL_SEALED, false, NULL,                                                           \
	  "select 'cert:' || id, sealed_key from cert where sealed_key <> $1"                      \
	  " union all select 'secret:' || name, sealed from secret where sealed <> $1"             \
	  " union all select 'psk:' || pid, sealed_pps from psk where sealed_pps <> $1"            \
	  " union all select 'mebx:' || pid, sealed_password from psk where sealed_password <> $1" \
	  " union all select 'credential:' || uuid || ':' || kind, sealed from credential"         \
	  " where sealed <> $1", NULL)

#define STORE_SQL(X)                                                                               \
	STORE_SQL_CORE(X)                                                                          \
	STORE_SQL_DEVICE(X)                                                                        \
	STORE_SQL_JOB(X)                                                                           \
	STORE_SQL_SECRET(X)                                                                        \
	STORE_SQL_MISC(X)                                                                          \
	STORE_SQL_NAME(X)                                                                          \
	STORE_SQL_PROFILE(X)                                                                       \
	STORE_SQL_ASSET(X)                                                                         \
	STORE_SQL_SIGHTING(X)                                                                      \
	STORE_SQL_PC_LOG(X)                                                                        \
	STORE_SQL_OPERATE(X)

enum store_sql {
#define X(name, must, said, text, pg) name,
	STORE_SQL(X)
#undef X
	STORE_SQL_COUNT
};

/* The file stays exclusive to one service by its lock file; the short wait is for a backup or a
 * curious sqlite3 shell. */
#define STORE_PRAGMAS_WRITER                                                                       \
	"pragma busy_timeout = 250;"                                                               \
	"pragma journal_mode = wal;"                                                               \
	"pragma synchronous = full;"                                                               \
	"pragma wal_autocheckpoint = 16000;"                                                       \
	"pragma cache_size = -65536;"
/* A copy waits for whoever writes, and leaves one file. */
#define STORE_PRAGMAS_SOURCE                                                                       \
	"pragma busy_timeout = 10000;"                                                             \
	"pragma query_only = 1;"
#define STORE_PRAGMAS_TARGET                                                                       \
	"pragma busy_timeout = 250;"                                                               \
	"pragma synchronous = full;"                                                               \
	"pragma cache_size = -16384;"
#define STORE_PRAGMAS_READER                                                                       \
	"pragma busy_timeout = 250;"                                                               \
	"pragma query_only = 1;"                                                                   \
	"pragma cache_size = -8192;"
