/* SQL about keys, certificates, credentials and secrets; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_PSK_COLS "pid, sealed_pps, sealed_password, state, used_by, source, at_ms"
#define SQL_CERT_COLS                                                                              \
	"id, kind, uuid, state, subject, serial, pem, sealed_key, not_after_ms, at_ms"
/* Leaves count as long as their PC shows them. */
#define SQL_CERT_ENDS                                                                              \
	" from cert where kind = $1 and not_after_ms > 0 and not_after_ms >= $2"                   \
	" and not_after_ms < $3 and state in ('active', 'current') and (kind <> 'device'"          \
	" or exists (select 1 from device d where d.uuid = cert.uuid and d.serial = cert.serial))"
#define SQL_REVOCATION_COLS "issuer, serial, reason, uuid, at_ms, not_after_ms"
#define SQL_CREDENTIAL_COLS                                                                        \
	"id, uuid, kind, state, sealed, login, realm, leaf_sha256, tls_mode, port, at_ms,"         \
	" changed_ms"

/* Jobs of other devices with this key that have begun: the start writes their first stage. */
#define SQL_PSK_BUSY                                                                               \
	" from job j where j.state = 'running' and j.stage <> '' and j.lease_until_ms > $3"        \
	" and j.uuid <> $2 and (select d.pid from device d where d.uuid = j.uuid) = $1"

#define SQL_NO_JOB                                                                                 \
	" and exists (select 1 from device d where d.uuid = c.uuid and d.state = 'configured')"    \
	" and not exists (select 1 from job j where j.uuid = c.uuid and j.kind = $2 and j.ended = '')"

#define STORE_SQL_SECRET(X)                                                                        \
	X(STORE_SQL_PSK_ADD, false, "a key with this PID is stored already",                       \
	  "insert into psk (pid, sealed_pps, sealed_password, state, used_by, source, at_ms)"      \
	  " values ($1, $2, $3, $4, $5, $6, $7)", NULL)                                            \
	/* $4: also when a PC used it */                                                           \
	X(STORE_SQL_PSK_PUT, true, "the key is unknown, or a PC uses it with its password",        \
	  "update psk set sealed_password = $2, at_ms = $3 where pid = $1"                         \
	  " and (state <> 'used' or $4 = 1)", NULL)                                                \
	X(STORE_SQL_PSK_USE, true, "the key is unknown or another PC used it",                     \
	  "update psk set state = case when state = 'group' then state else 'used' end,"           \
	  " used_by = $2, used_ms = $3 where pid = $1"                                             \
	  " and (state <> 'used' or used_by = $2)", NULL)                                          \
	/* Changes nothing, but locks the row where several services write. */                     \
	X(STORE_SQL_PSK_TAKE, true, "the key is unknown or another PC has it",                     \
	  "update psk set used_by = used_by where pid = $1"                                        \
	  " and (state = 'group' or ((state <> 'used' or used_by = $2)"                            \
	  " and not exists (select 1" SQL_PSK_BUSY ")))", NULL)                                    \
	X(STORE_SQL_PSK_HOLDER, false, NULL, "select j.uuid" SQL_PSK_BUSY " limit 1", NULL)        \
	X(STORE_SQL_PSK_RELEASE, false, NULL,                                                      \
	  "update psk set state = 'released', used_by = '' where pid = $1", NULL)                  \
	X(STORE_SQL_PSK_GET, false, NULL, "select " SQL_PSK_COLS " from psk where pid = $1", NULL) \
	X(STORE_SQL_PSK_LIST, false, NULL,                                                         \
	  "select " SQL_PSK_COLS " from psk where pid > $1 and ($2 = '' or state = $2)"            \
	  " order by pid limit $3", NULL)                                                          \
	X(STORE_SQL_CERT_PUT, false, NULL,                                                         \
	  "insert into cert (id, kind, uuid, state, subject, serial, pem, sealed_key,"             \
	  " not_after_ms, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"                 \
	  " on conflict (id) do update set kind = excluded.kind, uuid = excluded.uuid,"            \
	  " state = excluded.state, subject = excluded.subject, serial = excluded.serial,"         \
	  " pem = excluded.pem, sealed_key = excluded.sealed_key,"                                 \
	  " not_after_ms = excluded.not_after_ms, at_ms = excluded.at_ms", NULL)                   \
	/* $1 before, $2 kind of the job that takes care of it, $3 limit */                        \
	X(STORE_SQL_OLD_CERT, false, NULL,                                                         \
	  "select c.uuid from cert c where c.kind = 'device' and c.state = 'current'"              \
	  " and c.not_after_ms > 0 and c.not_after_ms < $1"                                        \
	  " and (c.at_ms + c.not_after_ms) / 2 <= $4" SQL_NO_JOB                                   \
	  " order by c.not_after_ms limit $3", NULL)                                               \
	X(STORE_SQL_OLD_PASSWORD, false, NULL,                                                     \
	  "select c.uuid from credential c where c.kind = 'admin' and c.state = 'current'"         \
	  " and c.changed_ms < $1 and c.changed_ms <= $4" SQL_NO_JOB                               \
	  " order by c.changed_ms limit $3", NULL)             \
	X(STORE_SQL_CERT_FORMER, false, NULL,                                                     \
	  "update cert set state = 'previous' where uuid = $1 and kind = 'device'"                \
	  " and state = 'current'", NULL)                                                         \
	X(STORE_SQL_CERT_STATE, false, NULL, "update cert set state = $2 where id = $1", NULL)     \
	X(STORE_SQL_CERT_GET, false, NULL, "select " SQL_CERT_COLS " from cert where id = $1", NULL) \
	X(STORE_SQL_CERT_LIST, false, NULL,                                                        \
	  "select " SQL_CERT_COLS " from cert order by at_ms desc, id desc limit $1", NULL)        \
	X(STORE_SQL_CERT_LIST_KIND, false, NULL,                                                   \
	  "select " SQL_CERT_COLS " from cert where kind = $1"                                     \
	  " order by at_ms desc, id desc limit $2", NULL)                                          \
	X(STORE_SQL_CERT_LIST_UUID, false, NULL,                                                   \
	  "select " SQL_CERT_COLS " from cert where uuid = $1 and ($2 = '' or kind = $2)"          \
	  " order by at_ms desc, id desc limit $3", NULL)                                          \
	/* What signs or opens something now, and ends in [$2, $3). */                             \
	X(STORE_SQL_CERT_LIST_END, false, NULL,                                                    \
	  "select " SQL_CERT_COLS SQL_CERT_ENDS " order by not_after_ms, id limit $4", NULL)       \
	X(STORE_SQL_CERT_COUNT_END, false, NULL, "select count(*)" SQL_CERT_ENDS, NULL)            \
	/* and of which nobody was warned for $4 days or less */                                   \
	X(STORE_SQL_CERT_LIST_WARN, false, NULL,                                                   \
	  "select " SQL_CERT_COLS SQL_CERT_ENDS " and not exists (select 1 from cert_warning w"    \
	  " where w.id = cert.id and w.not_after_ms = cert.not_after_ms and w.days <= $4)"         \
	  " order by not_after_ms, id limit $5", NULL)                                             \
	X(STORE_SQL_CERT_WARN, false, NULL,                                                        \
	  "insert into cert_warning (id, not_after_ms, days) values ($1, $2, $3)"                  \
	  " on conflict (id) do update set not_after_ms = excluded.not_after_ms,"                  \
	  " days = excluded.days", NULL)                                                           \
	/* The first time counts. */                                                               \
	X(STORE_SQL_REVOKE, false, NULL,                                                           \
	  "insert into revocation (issuer, serial, reason, uuid, at_ms, not_after_ms)"             \
	  " values ($1, $2, $3, $4, $5, $6) on conflict (issuer, serial) do nothing", NULL)        \
	X(STORE_SQL_REVOCATION_COUNT, false, NULL,                                                 \
	  "select count(*) from revocation where issuer = $1", NULL)                               \
	X(STORE_SQL_REVOCATION_LIST, false, NULL,                                                  \
	  "select " SQL_REVOCATION_COLS " from revocation where issuer = $1 and serial > $2"       \
	  " order by serial limit $3", NULL)                                                       \
	X(STORE_SQL_CREDENTIAL_ADD, false, "a credential with this id is stored already",          \
	  "insert into credential (id, uuid, kind, state, sealed, login, realm, leaf_sha256,"      \
	  " tls_mode, port, at_ms, changed_ms)"                                                    \
	  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", NULL)                     \
	X(STORE_SQL_CREDENTIAL_STATE, true, "no credential has this id",                           \
	  "update credential set state = $2, changed_ms = $3 where id = $1", NULL)                 \
	/* The || keeps SQLite from walking all current ones of a kind, by their age. */           \
	X(STORE_SQL_CREDENTIAL_RETIRE, false, NULL,                                                \
	  "update credential set state = 'previous', changed_ms = $2"                              \
	  " where state = 'current' and id <> $1"                                                  \
	  " and uuid = (select c.uuid from credential c where c.id = $1)"                          \
	  " and kind || '' = (select c.kind from credential c where c.id = $1)", NULL)                   \
	X(STORE_SQL_CREDENTIAL_LIST, false, NULL,                                                  \
	  "select " SQL_CREDENTIAL_COLS " from credential where uuid = $1"                         \
	  " and ($2 = '' or kind = $2) order by at_ms desc, seq desc limit $3", NULL)              \
	X(STORE_SQL_SECRET_SET, false, NULL,                                                       \
	  "insert into secret (name, sealed) values ($1, $2)"                                      \
	  " on conflict (name) do update set sealed = excluded.sealed", NULL)                      \
	X(STORE_SQL_SECRET_GET, false, NULL, "select sealed from secret where name = $1", NULL)
