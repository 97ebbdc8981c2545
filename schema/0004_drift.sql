-- What differed from the profile when a device was last looked at: one row per device.
create table drift (
	uuid text not null primary key,
	at_ms bigint not null,
	profile text not null,
	profile_version bigint not null,
	amount bigint not null,
	content text not null,
	note text not null
);
create index drift_by_amount on drift (amount, uuid);
