-- Who has a PC's serial line, drives or screen through a service now (kind: SOL, IDE-R, KVM; actor as in
-- audit): jobs that would cut it wait. The owner (service and session) renews until_ms; a dead one's
-- runs out.
create table pc_session (
	uuid text not null,
	owner text not null,
	kind text not null,
	actor text not null,
	since_ms bigint not null,
	until_ms bigint not null,
	primary key (uuid, owner)
);
