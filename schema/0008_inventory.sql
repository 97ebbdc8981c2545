-- The view shows the mapped name of a PC that has not got it yet.
drop view inventory;
create view inventory as
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
