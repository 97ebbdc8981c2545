-- What differed from the profile when a device was last looked at, and when it is to be looked at again: one row
-- per device.
create table drift (
	uuid text not null primary key,
	at_ms bigint not null,
	profile text not null,
	profile_version bigint not null,
	amount bigint not null,
	content text not null,
	note text not null,
	next_ms bigint not null
);
create index drift_by_next on drift (next_ms, uuid);
create index drift_by_amount on drift (amount, uuid);
insert into drift (uuid, at_ms, profile, profile_version, amount, content, note, next_ms)
	select uuid, configured_ms, profile, 0, 0, '', '', 0 from device where state = 'configured';
