/* SQL about sightings; see sql.h for the meaning of the columns. */
#pragma once

#define SQL_SIGHTING                                                                               \
	"select address, state, version, mark, content, first_ms, at_ms, changed_ms,"              \
	" coalesce((select min(d.uuid) from device d where d.address = sighting.address), ''),"    \
	" coalesce((select min(d.fqdn) from device d where d.address = sighting.address), '')"     \
	" from sighting"

#define STORE_SQL_SIGHTING(X)                                                                      \
	X(STORE_SQL_SIGHTING_PUT, false, NULL,                                                     \
	  "insert into sighting (address, state, version, mark, content, first_ms, at_ms, changed_ms)" \
	  " values ($1, $2, $3, $4, $5, $6, $6, $6) on conflict (address) do update set"           \
	  " state = excluded.state, version = excluded.version, content = excluded.content,"       \
	  " changed_ms = case when sighting.mark <> excluded.mark then excluded.at_ms"             \
	  " else sighting.changed_ms end, mark = excluded.mark, at_ms = excluded.at_ms"            \
	  " where sighting.at_ms <= excluded.at_ms", NULL)                                         \
	X(STORE_SQL_SIGHTING_LIST, false, NULL,                                                    \
	  SQL_SIGHTING " where at_ms >= $1 and address > $2 order by address limit $3", NULL)      \
	X(STORE_SQL_SIGHTING_CHANGED, false, NULL,                                                 \
	  SQL_SIGHTING " where changed_ms >= $1 and address > $2 order by address limit $3", NULL)
