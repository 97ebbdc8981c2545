-- What PCs tell of their hardware and software, when they were last asked, and what changed since.

-- One part of a PC: content is a JSON object of its fields. item is '' where there is one only.
create table asset (
	uuid text not null,
	kind text not null,
	item text not null,
	content text not null,
	since_ms bigint not null,
	primary key (uuid, kind, item)
);
create index asset_by_kind on asset (kind, uuid, item);

-- was '' a part that came, content '' one that went.
create table asset_change (
	id integer primary key,
	uuid text not null,
	at_ms bigint not null,
	kind text not null,
	item text not null,
	was text not null,
	content text not null
);
create index asset_change_by_uuid on asset_change (uuid, id);

-- A line for each PC that was asked, for lists and conditions. unread: kinds that it refused to tell.
create table asset_head (
	uuid text not null primary key,
	read_ms bigint not null,
	changed_ms bigint not null,
	unread text not null,
	maker text not null,
	model text not null,
	serial text not null,
	chassis text not null,
	bios text not null,
	bios_date text not null,
	cpu text not null,
	cpu_count bigint not null,
	memory_mb bigint not null,
	memory_count bigint not null,
	media_mb bigint not null,
	build text not null,
	mode text not null,
	dhcp_suffix text not null,
	me_ip text not null,
	os_ip text not null
);
