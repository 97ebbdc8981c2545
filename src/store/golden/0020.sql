-- A database of schema version 20 with a row in each table, as version 20 left it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE audit (
	id bigint not null primary key,
	at_ms bigint not null,
	actor text not null,
	act text not null,
	object text not null,
	hash text not null
);
INSERT INTO audit VALUES(1,1000,'root','setting','pki.enabled','877b936c12f680fbc51193b28928c82a2c8b8be9fd925319a8fb73e33c8b706c');
CREATE TABLE cert (
	id text not null primary key,
	kind text not null,
	uuid text not null,
	state text not null,
	subject text not null,
	serial text not null,
	pem bytea not null,
	sealed_key bytea not null,
	not_after_ms bigint not null,
	at_ms bigint not null
);
INSERT INTO cert VALUES('ca','ca','','active','CN=ca','1',X'70656d',X'03',9000,1000);
CREATE TABLE counter (
	name text not null,
	state text not null,
	amount bigint not null,
	primary key (name, state)
);
INSERT INTO counter VALUES('device','configured',1);
INSERT INTO counter VALUES('job','delayed',1);
INSERT INTO counter VALUES('psk','used',1);
CREATE TABLE credential (
	seq integer primary key,
	id text not null unique,
	uuid text not null,
	kind text not null,
	state text not null,
	sealed bytea not null,
	login text not null,
	realm text not null,
	leaf_sha256 text not null,
	tls_mode text not null,
	port bigint not null,
	at_ms bigint not null,
	changed_ms bigint not null
);
INSERT INTO credential VALUES(1,'cred-1','11111111-2222-4333-8444-555555555555','admin','current',X'7365616c6564','admin','Digest:1','ab','server',16993,1000,1000);
CREATE TABLE device (
	uuid text not null primary key,
	fqdn text not null default '',
	fqdn_key text not null default '',
	state text not null,
	kind text not null,
	pid text not null,
	address text not null,
	version text not null default '',
	profile text not null default '',
	profile_version text not null default '',
	serial text not null default '',
	health text not null default '',
	health_rule text not null default '',
	first_seen_ms bigint not null,
	last_hello_ms bigint not null,
	configured_ms bigint not null default 0,
	login_fail_count bigint not null default 0,
	login_fail_since_ms bigint not null default 0,
	hello_count bigint not null,
	hello_retry_count bigint not null,
	approved bigint not null,
	facts text not null default '',
	hello_raw bytea not null, name_source text not null default ''
);
INSERT INTO device VALUES('11111111-2222-4333-8444-555555555555','pc.example.com','pc.example.com','configured','psk','4444-0001','10.0.0.1','','','','','','',1000,1000,0,0,0,2,0,1,'facts',X'726177','import');
CREATE TABLE event (
	id integer primary key,
	uuid text not null,
	severity bigint not null,
	name text not null,
	line text not null,
	at_ms bigint not null
);
INSERT INTO event VALUES(1,'11111111-2222-4333-8444-555555555555',2,'hello.received','kind=psk',1000);
CREATE TABLE hello (
	uuid text not null,
	slot bigint not null,
	at_ms bigint not null,
	address text not null,
	kind text not null,
	pid text not null,
	retry_count bigint not null,
	raw bytea not null,
	primary key (uuid, slot)
);
INSERT INTO hello VALUES('11111111-2222-4333-8444-555555555555',1,900,'10.0.0.1','psk','4444-0001',0,X'726177');
CREATE TABLE job (
	id text not null primary key,
	uuid text not null,
	kind text not null,
	ended text not null default '',
	state text not null,
	priority bigint not null,
	not_before_ms bigint not null,
	attempt bigint not null,
	lease_owner text not null,
	lease_until_ms bigint not null,
	plan_version bigint not null,
	stage text not null,
	err_code text not null,
	err_rule text not null,
	err_msg text not null,
	err_seen text not null,
	err_want text not null,
	err_hint text not null,
	stats text not null,
	created_ms bigint not null,
	changed_ms bigint not null, period_h text not null default '',
	unique (uuid, kind, ended)
);
INSERT INTO job VALUES('job-1','11111111-2222-4333-8444-555555555555','configure','','delayed',5,2000,1,'',0,1,'commit','net.timeout','','device is silent','','','','round_trips=3',1000,1000,'4');
CREATE TABLE name_map (
	uuid text not null primary key,
	fqdn text not null,
	grp text not null,
	source text not null,
	at_ms bigint not null
);
INSERT INTO name_map VALUES('11111111-2222-4333-8444-555555555555','pc.example.com','lab','csv',1000);
CREATE TABLE profile (
	name text not null,
	version bigint not null,
	yaml text not null,
	at_ms bigint not null,
	primary key (name, version)
);
INSERT INTO profile VALUES('base',1,'name: base',1000);
CREATE TABLE psk (
	pid text not null primary key,
	sealed_pps bytea not null,
	sealed_password bytea not null,
	state text not null,
	used_by text not null,
	used_ms bigint not null default 0,
	source text not null,
	at_ms bigint not null
);
INSERT INTO psk VALUES('4444-0001',X'01',X'02','used','11111111-2222-4333-8444-555555555555',1000,'csv',900);
CREATE TABLE schema_version (
	version bigint not null primary key,
	applied_ms bigint not null
);
INSERT INTO schema_version VALUES(1,1000);
INSERT INTO schema_version VALUES(2,2000);
INSERT INTO schema_version VALUES(3,3000);
INSERT INTO schema_version VALUES(4,4000);
INSERT INTO schema_version VALUES(5,5000);
INSERT INTO schema_version VALUES(6,6000);
INSERT INTO schema_version VALUES(7,7000);
INSERT INTO schema_version VALUES(8,7000);
INSERT INTO schema_version VALUES(9,9000);
INSERT INTO schema_version VALUES(10,1700000010000);
INSERT INTO schema_version VALUES(11,11);
INSERT INTO schema_version VALUES(12,1700000012000);
INSERT INTO schema_version VALUES(13,1700000013000);
INSERT INTO schema_version VALUES(14,1700000014000);
INSERT INTO schema_version VALUES(15,1700000015000);
INSERT INTO schema_version VALUES(16,1700000016000);
INSERT INTO schema_version VALUES(17,1700000017000);
INSERT INTO schema_version VALUES(18,1700000018000);
INSERT INTO schema_version VALUES(19,1700000019000);
INSERT INTO schema_version VALUES(20,1700000020000);
CREATE TABLE secret (
	name text not null primary key,
	sealed bytea not null
);
INSERT INTO secret VALUES('session',X'04');
CREATE TABLE setting (
	name text not null primary key,
	content text not null
);
INSERT INTO setting VALUES('pki.enabled','true');
CREATE TABLE step (
	uuid text not null,
	act text not null,
	job text not null,
	plan_version bigint not null,
	attempt bigint not null,
	phase text not null,
	detail text not null,
	at_ms bigint not null,
	primary key (uuid, act)
);
INSERT INTO step VALUES('11111111-2222-4333-8444-555555555555','commit','job-1',1,1,'intent','',1000);
CREATE TABLE name_said (
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
INSERT INTO name_said VALUES('11111111-2222-4333-8444-555555555555','hook','said','pc.example.com','base','OU=x','exit 0','',1000);
CREATE TABLE device_mark (
	uuid text not null,
	kind text not null,
	mark text not null,
	first_ms bigint not null,
	last_ms bigint not null,
	primary key (uuid, kind, mark)
);
INSERT INTO device_mark VALUES('11111111-2222-4333-8444-555555555555','mac','00:11:22:33:44:55',900,1000);
CREATE TABLE uuid_deny (
	uuid text not null primary key,
	note text not null,
	at_ms bigint not null
);
INSERT INTO uuid_deny VALUES('22222222-2222-4333-8444-555555555555','vendor',1000);
CREATE TABLE drift (
	uuid text not null primary key,
	at_ms bigint not null,
	profile text not null,
	profile_version bigint not null,
	amount bigint not null,
	content text not null,
	note text not null,
	next_ms bigint not null
);
INSERT INTO drift VALUES('11111111-2222-4333-8444-555555555555',1000,'base',3,1,'power.package: x -> y','',5000);
CREATE TABLE revocation (
	issuer text not null,
	serial text not null,
	reason text not null,
	uuid text not null,
	at_ms bigint not null,
	not_after_ms bigint not null,
	primary key (issuer, serial)
);
INSERT INTO revocation VALUES('aa','01','superseded','11111111-2222-4333-8444-555555555555',1,2);
CREATE TABLE cert_warning (
	id text not null primary key,
	not_after_ms bigint not null,
	days bigint not null
);
INSERT INTO cert_warning VALUES('ca',5,30);
CREATE TABLE profile_rule (
	name text not null primary key,
	place bigint not null,
	profile text not null,
	generation text not null,
	suffix text not null,
	subnet text not null,
	pattern text not null,
	grp text not null,
	imported text not null,
	at_ms bigint not null
);
INSERT INTO profile_rule VALUES('lab',10,'base','>=11','example.com','','','','',9000);
CREATE TABLE profile_pin (
	uuid text not null primary key,
	profile text not null,
	at_ms bigint not null
);
INSERT INTO profile_pin VALUES('11111111-2222-4333-8444-555555555555','base',9000);
CREATE TABLE device_suffix (
	uuid text not null,
	suffix text not null,
	source text not null,
	first_ms bigint not null,
	last_ms bigint not null,
	primary key (uuid, suffix)
);
INSERT INTO device_suffix VALUES('11111111-2222-4333-8444-555555555555','example.com','name',9000,9000);
CREATE TABLE pc_log (
	uuid text not null,
	log text not null,
	content text not null,
	amount bigint not null,
	at_ms bigint not null,
	primary key (uuid, log)
);
INSERT INTO pc_log VALUES('11111111-2222-3333-4444-555555555555','event','d7511e',3,1700000011000);
CREATE TABLE pc_session (
	uuid text not null,
	owner text not null,
	kind text not null,
	actor text not null,
	since_ms bigint not null,
	until_ms bigint not null,
	primary key (uuid, owner)
);
INSERT INTO pc_session VALUES('11111111-2222-3333-4444-555555555555','a-host:1:abc/line-1','KVM','uid:0',1700000013000,1700000014000);
CREATE TABLE boot_half (
	uuid text not null primary key,
	what text not null,
	actor text not null,
	since_ms bigint not null,
	tries bigint not null,
	next_ms bigint not null,
	note text not null
);
INSERT INTO boot_half VALUES('11111111-2222-3333-4444-555555555555','boot target=bios','uid:0',1700000019000,1,1700000079000,'no answer');
CREATE TABLE hold (
	uuid text not null primary key,
	owner text not null,
	what text not null,
	until_ms bigint not null
);
INSERT INTO hold VALUES('11111111-2222-3333-4444-555555555555','host-1/op-1','power action=on',1700000010000);
CREATE TABLE grp (
	name text not null primary key,
	expr text not null,
	note text not null,
	at_ms bigint not null
);
INSERT INTO grp VALUES('lab3','generation >= 11','third floor',1700000010000);
CREATE TABLE grp_member (
	grp text not null,
	member text not null,
	primary key (grp, member)
);
INSERT INTO grp_member VALUES('lab3','lab[01-40].example.com');
CREATE TABLE schedule (
	name text not null primary key,
	spec text not null,
	tz text not null,
	missed text not null,
	missed_ms bigint not null,
	op text not null,
	args text not null,
	targets text not null,
	parallel bigint not null,
	stagger_ms bigint not null,
	enabled bigint not null,
	next_ms bigint not null,
	last_ms bigint not null,
	last_note text not null,
	actor text not null,
	at_ms bigint not null
);
INSERT INTO schedule VALUES('mornings','0 7 * * mon-fri','Europe/Berlin','within',600000,'power','action=on','@lab3',50,200,1,1700000010000,0,'','uid:0',1700000010000);
CREATE TABLE asset (
	uuid text not null,
	kind text not null,
	item text not null,
	content text not null,
	since_ms bigint not null,
	primary key (uuid, kind, item)
);
INSERT INTO asset VALUES('u','memory','BANK 0','{"size_mb":4096}',1);
CREATE TABLE asset_change (
	id integer primary key,
	uuid text not null,
	at_ms bigint not null,
	kind text not null,
	item text not null,
	was text not null,
	content text not null
);
INSERT INTO asset_change VALUES(1,'u',2,'memory','BANK 0','','{}');
CREATE TABLE asset_head (
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
INSERT INTO asset_head VALUES('u',1,2,'','m','x','s','c','b','d','p',1,4096,1,1000,'1','Admin','example.com','','');
CREATE TABLE sighting (
	address text not null primary key,
	state text not null,
	version text not null,
	mark text not null,
	content text not null,
	first_ms bigint not null,
	at_ms bigint not null,
	changed_ms bigint not null
, realm text not null default '', leaf text not null default '', mac text not null default '', tls text not null default '', holder text not null default '');
INSERT INTO sighting VALUES('10.0.0.7','configured','12.0.67','configured|12.0.67|','{"address":"10.0.0.7"}',1700000012000,1700000012000,1700000012000,'Digest:0A','00ff','00:11:22:33:44:55','1.2','ours');
CREATE TABLE discovery (
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
INSERT INTO discovery VALUES('0a1b2c3d','10.1.0.0/16',1000,0,16992,623,'stopped','','uid:0',65534,1200,3,1700000012000,1700000013000);
CREATE INDEX device_by_state on device (state, uuid);
CREATE INDEX device_by_address on device (address, uuid);
CREATE INDEX device_by_fqdn on device (fqdn_key, uuid) where fqdn_key <> '';
CREATE INDEX cert_by_uuid on cert (uuid, kind);
CREATE INDEX cert_by_kind on cert (kind, at_ms);
CREATE INDEX credential_by_uuid on credential (uuid, kind);
CREATE INDEX job_by_state on job (state, id);
CREATE INDEX job_queued on job (state, priority, created_ms, id) where state = 'queued';
CREATE INDEX job_delayed on job (state, not_before_ms) where state = 'delayed';
CREATE INDEX job_running on job (state, lease_until_ms) where state = 'running';
CREATE INDEX event_by_uuid on event (uuid, id);
CREATE TRIGGER psk_added after insert on psk begin
	insert into counter (name, state, amount) values ('psk', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
CREATE TRIGGER psk_removed after delete on psk begin
	update counter set amount = amount - 1 where name = 'psk' and state = old.state;
end;
CREATE TRIGGER psk_moved after update of state on psk when old.state <> new.state begin
	update counter set amount = amount - 1 where name = 'psk' and state = old.state;
	insert into counter (name, state, amount) values ('psk', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
CREATE INDEX device_mark_by_mark on device_mark (kind, mark, uuid);
CREATE INDEX drift_by_amount on drift (amount, uuid);
CREATE INDEX drift_by_next on drift (next_ms, uuid);
CREATE VIEW inventory as
select d.uuid,
	case when d.fqdn <> '' then d.fqdn else coalesce((select n.fqdn from name_map n where n.uuid = d.uuid), '') end as fqdn,
	d.name_source, d.state, d.version as firmware, d.address, d.profile,
	coalesce((select n.grp from name_map n where n.uuid = d.uuid), '') as grp,
	coalesce((select max(m.mark) from device_mark m where m.uuid = d.uuid and m.kind = 'mac'
		and m.last_ms = (select max(x.last_ms) from device_mark x where x.uuid = d.uuid and x.kind = 'mac')), '') as mac,
	coalesce((select max(m.mark) from device_mark m where m.uuid = d.uuid and m.kind = 'serial'
		and m.last_ms = (select max(x.last_ms) from device_mark x where x.uuid = d.uuid and x.kind = 'serial')), '') as serial,
	coalesce((select max(s.ou) from name_said s where s.uuid = d.uuid), '') as ou,
	d.health_rule, d.first_seen_ms, d.last_hello_ms, d.configured_ms
from device d;
CREATE TRIGGER device_removed after delete on device begin
	insert into counter (name, state, amount) values ('device', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
end;
CREATE TRIGGER device_moved after update of state on device when old.state <> new.state begin
	insert into counter (name, state, amount) values ('device', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
	insert into counter (name, state, amount) values ('device', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
CREATE TRIGGER job_removed after delete on job begin
	insert into counter (name, state, amount) values ('job', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
end;
CREATE TRIGGER job_moved after update of state on job when old.state <> new.state begin
	insert into counter (name, state, amount) values ('job', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
	insert into counter (name, state, amount) values ('job', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
CREATE INDEX cert_by_end on cert (kind, not_after_ms);
CREATE INDEX pc_log_by_time on pc_log (log, at_ms);
CREATE INDEX credential_by_age on credential (kind, state, changed_ms);
CREATE INDEX asset_by_kind on asset (kind, uuid, item);
CREATE INDEX asset_change_by_uuid on asset_change (uuid, id);
CREATE INDEX sighting_by_time on sighting (at_ms, address);
CREATE INDEX discovery_by_state on discovery (state, at_ms, id);
CREATE INDEX sighting_by_realm on sighting (realm) where realm <> '';
CREATE INDEX sighting_by_leaf on sighting (leaf) where leaf <> '';
CREATE INDEX sighting_by_mac on sighting (mac) where mac <> '';
CREATE INDEX credential_by_realm on credential (realm) where realm <> '';
CREATE INDEX credential_by_leaf on credential (leaf_sha256) where leaf_sha256 <> '';
CREATE INDEX sighting_by_change on sighting (changed_ms, address);
CREATE INDEX pc_log_by_pc on pc_log (log, uuid);
CREATE INDEX cert_by_time on cert (at_ms, id);
CREATE INDEX grp_member_by_member on grp_member (member, grp);
CREATE INDEX boot_half_by_time on boot_half (next_ms);
COMMIT;
