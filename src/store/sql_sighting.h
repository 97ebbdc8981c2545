/* SQL about sightings and discoveries; see sql.h for the meaning of the columns. */
#pragma once

/* A PC is known again by the certificate or realm of its current password, by its MAC address, and, when
 * none of these is another PC's, by its address. */
#define SQL_SIGHTING_HOLDER(col, value)                                                            \
	"(select min(c.uuid) from credential c where " col " = " value " and " col " <> ''"        \
	" and c.kind = 'admin' and c.state = 'current')"
#define SQL_SIGHTING_HEAD                                                                          \
	"select x.address, x.state, x.version, x.mark, x.content, x.first_ms, x.at_ms,"            \
	" x.changed_ms, x.realm, x.leaf, x.mac, x.tls, x.holder,"                                  \
	" coalesce(x.by_leaf, x.by_realm, x.by_mac, x.by_address, ''), coalesce(d.fqdn, ''),"      \
	" case when x.by_leaf is not null then 'certificate' when x.by_realm is not null"          \
	" then 'realm' when x.by_mac is not null then 'mac' when x.by_address is not null"         \
	" then 'address' else '' end"                                                              \
	" from (select s.address, s.state, s.version, s.mark, s.content, s.first_ms, s.at_ms,"     \
	" s.changed_ms, s.realm, s.leaf, s.mac, s.tls, s.holder, "                                 \
	SQL_SIGHTING_HOLDER("c.leaf_sha256", "s.leaf") " as by_leaf, "                             \
	SQL_SIGHTING_HOLDER("c.realm", "s.realm") " as by_realm,"                                  \
	" (select min(m.uuid) from device_mark m where m.kind = 'mac' and m.mark = s.mac"          \
	" and s.mac <> '') as by_mac,"                                                             \
	" (select min(o.uuid) from device o where o.address = s.address) as by_address"            \
	" from sighting s"
#define SQL_SIGHTING_FOOT                                                                          \
	") x left join device d on d.uuid = coalesce(x.by_leaf, x.by_realm, x.by_mac, x.by_address)"

#define SQL_DISCOVERY_COLS                                                                         \
	"id, ranges, rate, only_ping, port_base, rmcp_port, state, note, actor, total, done_to,"   \
	" found, at_ms, changed_ms"

#define STORE_SQL_SIGHTING(X)                                                                      \
	X(STORE_SQL_SIGHTING_PUT, false, NULL,                                                     \
	  "insert into sighting (address, state, version, mark, content, first_ms, at_ms, changed_ms," \
	  " realm, leaf, mac, tls, holder)"                                                        \
	  " values ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11)"                         \
	  " on conflict (address) do update set"                                                   \
	  " state = excluded.state, version = excluded.version, content = excluded.content,"       \
	  " changed_ms = case when sighting.mark <> excluded.mark then excluded.at_ms"             \
	  " else sighting.changed_ms end, mark = excluded.mark, at_ms = excluded.at_ms,"           \
	  " realm = excluded.realm, leaf = excluded.leaf, mac = excluded.mac, tls = excluded.tls," \
	  " holder = excluded.holder where sighting.at_ms <= excluded.at_ms", NULL)                \
	/* $1 newest ones stay */                                                                  \
	X(STORE_SQL_SIGHTING_PRUNE, false, NULL,                                                   \
	  "delete from sighting where address in (select address from sighting"                    \
	  " order by at_ms desc, address desc limit 1000000 offset $1)", NULL)                     \
	/* By address; $1 is 0. */                                                                 \
	X(STORE_SQL_SIGHTING_LIST, false, NULL,                                                    \
	  SQL_SIGHTING_HEAD " where s.at_ms >= $1 and s.address > $2 order by s.address limit $3"  \
	  SQL_SIGHTING_FOOT " order by x.address", NULL)                                           \
	/* By time: after address $2 of the time $1, and all later ones. */                        \
	X(STORE_SQL_SIGHTING_SEEN, false, NULL,                                                    \
	  SQL_SIGHTING_HEAD " where (s.at_ms, s.address) > ($1, $2)"                               \
	  " order by s.at_ms, s.address limit $3"                                                  \
	  SQL_SIGHTING_FOOT " order by x.at_ms, x.address", NULL)                                  \
	X(STORE_SQL_SIGHTING_CHANGED, false, NULL,                                                 \
	  SQL_SIGHTING_HEAD " where (s.changed_ms, s.address) > ($1, $2)"                          \
	  " order by s.changed_ms, s.address limit $3"                                             \
	  SQL_SIGHTING_FOOT " order by x.changed_ms, x.address", NULL)                             \
	/* Those that may be of device $1, newest first. The || keeps SQLite from walking all      \
	 * current passwords, by their age. */                                                     \
	X(STORE_SQL_SIGHTING_DEVICE, false, NULL,                                                  \
	  SQL_SIGHTING_HEAD " where s.address in (select k.address from sighting k"                \
	  " where k.leaf in (select c.leaf_sha256 from credential c where c.uuid = $1"             \
	  " and c.kind || '' = 'admin' and c.state = 'current') and k.leaf <> ''"                  \
	  " union select k.address from sighting k where k.realm in"                               \
	  " (select c.realm from credential c where c.uuid = $1 and c.kind || '' = 'admin'"        \
	  " and c.state = 'current') and k.realm <> ''"                                            \
	  " union select k.address from sighting k where k.mac in"                                 \
	  " (select m.mark from device_mark m where m.uuid = $1 and m.kind = 'mac')"               \
	  " and k.mac <> '' union select o.address from device o where o.uuid = $1)"               \
	  " order by s.at_ms desc, s.address limit $2"                                             \
	  SQL_SIGHTING_FOOT " order by x.at_ms desc, x.address", NULL)                             \
	X(STORE_SQL_DISCOVERY_ADD, false, "there is such a discovery already",                     \
	  "insert into discovery (" SQL_DISCOVERY_COLS ")"                                         \
	  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", NULL)           \
	X(STORE_SQL_DISCOVERY_AT, true, "the discovery is gone",                                   \
	  "update discovery set done_to = $2, found = $3, changed_ms = $4 where id = $1", NULL)    \
	X(STORE_SQL_DISCOVERY_STATE, true, "the discovery is gone",                                \
	  "update discovery set state = $2, note = $3, changed_ms = $4 where id = $1", NULL)       \
	X(STORE_SQL_DISCOVERY_GET, false, NULL,                                                    \
	  "select " SQL_DISCOVERY_COLS " from discovery where id = $1", NULL)                      \
	X(STORE_SQL_DISCOVERY_LIST, false, NULL,                                                   \
	  "select " SQL_DISCOVERY_COLS " from discovery order by at_ms desc, id limit $1", NULL)   \
	/* The one whose turn it is: what has begun goes first. */                                 \
	X(STORE_SQL_DISCOVERY_NEXT, false, NULL,                                                   \
	  "select " SQL_DISCOVERY_COLS " from discovery where state in ('running', 'queued')"      \
	  " order by case state when 'running' then 0 else 1 end, at_ms, id limit 1", NULL)        \
	X(STORE_SQL_DISCOVERY_OPEN, false, NULL,                                                   \
	  "select count(*) from discovery where state in ('running', 'queued')"                    \
	  " and ($1 = '' or actor = $1)", NULL)                                                    \
	/* Of those that ended the $1 newest stay. */                                              \
	X(STORE_SQL_DISCOVERY_PRUNE, false, NULL,                                                  \
	  "delete from discovery where id in (select id from discovery"                            \
	  " where state not in ('running', 'queued') order by at_ms desc, id limit 1000 offset $1)", NULL)
