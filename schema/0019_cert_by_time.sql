-- The newest certificates, of a PC each, and the groups that a PC or group is in: a page costs the same with ten
-- and a million.
create index cert_by_time on cert (at_ms, id);
create index grp_member_by_member on grp_member (member, grp);
