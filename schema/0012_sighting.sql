-- Addresses where AMT was seen from outside, without a login. mark: what a change is told by. content:
-- all that was seen, as JSON.
create table sighting (
	address text not null primary key,
	state text not null,
	version text not null,
	mark text not null,
	content text not null,
	first_ms bigint not null,
	at_ms bigint not null,
	changed_ms bigint not null
);
create index sighting_by_time on sighting (at_ms, address);
