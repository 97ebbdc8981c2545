-- Ranges of addresses that the service looks through. done_to: all addresses before it, in the order of the
-- walk, have been looked at and what was seen is stored. state: queued, running, done, stopped, failed.
create table discovery (
	id text not null primary key,
	ranges text not null,
	rate bigint not null,
	only_ping bigint not null,
	port_base bigint not null,
	rmcp_port bigint not null,
	state text not null,
	note text not null,
	actor text not null,
	total bigint not null,
	done_to bigint not null,
	found bigint not null,
	at_ms bigint not null,
	changed_ms bigint not null
);
create index discovery_by_state on discovery (state, at_ms, id);

-- By which a PC is known again at another address, and what a list shows: realm of its logins, SHA-256 of its
-- certificate, MAC address when it is a neighbour, version of TLS, whose the certificate is.
alter table sighting add column realm text not null default '';
alter table sighting add column leaf text not null default '';
alter table sighting add column mac text not null default '';
alter table sighting add column tls text not null default '';
alter table sighting add column holder text not null default '';
create index sighting_by_realm on sighting (realm) where realm <> '';
create index sighting_by_leaf on sighting (leaf) where leaf <> '';
create index sighting_by_mac on sighting (mac) where mac <> '';
create index credential_by_realm on credential (realm) where realm <> '';
create index credential_by_leaf on credential (leaf_sha256) where leaf_sha256 <> '';
