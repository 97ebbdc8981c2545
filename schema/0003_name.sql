-- Names from several sources, what tells a PC apart, and a view for other programs.

-- What each source outside of name_map said last about a PC: hook, dns, report.
create table name_said (
	uuid text not null,
	source text not null,
	verdict text not null,
	fqdn text not null,
	profile text not null,
	ou text not null,
	detail text not null,
	rule text not null,
	at_ms bigint not null,
	primary key (uuid, source)
);

-- Where the name of the device comes from: map, import, hook, dns, report.
alter table device add column name_source text not null default '';

-- By which a PC is known again beside its UUID: kind mac, serial, cert.
create table device_mark (
	uuid text not null,
	kind text not null,
	mark text not null,
	first_ms bigint not null,
	last_ms bigint not null,
	primary key (uuid, kind, mark)
);
create index device_mark_by_mark on device_mark (kind, mark, uuid);

-- UUIDs of which no hello is taken: those that several PCs share.
create table uuid_deny (
	uuid text not null primary key,
	note text not null,
	at_ms bigint not null
);

-- For readers outside: one row per PC. Its columns keep their names and meaning.
create view inventory as
select d.uuid, d.fqdn, d.name_source, d.state, d.version as firmware, d.address, d.profile,
	coalesce((select n.grp from name_map n where n.uuid = d.uuid), '') as grp,
	coalesce((select max(m.mark) from device_mark m where m.uuid = d.uuid and m.kind = 'mac'
		and m.last_ms = (select max(x.last_ms) from device_mark x where x.uuid = d.uuid and x.kind = 'mac')), '') as mac,
	coalesce((select max(m.mark) from device_mark m where m.uuid = d.uuid and m.kind = 'serial'
		and m.last_ms = (select max(x.last_ms) from device_mark x where x.uuid = d.uuid and x.kind = 'serial')), '') as serial,
	coalesce((select max(s.ou) from name_said s where s.uuid = d.uuid), '') as ou,
	d.health_rule, d.first_seen_ms, d.last_hello_ms, d.configured_ms
from device d;
