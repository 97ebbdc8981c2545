-- How many rows are in which state, kept by the database itself: counting a million rows takes long
-- and 'outband status' asks every second. A trigger is written differently in PostgreSQL (it calls a
-- function): its file for that backend has the same table and the same effect.

create table counter (
	name text not null,
	state text not null,
	amount bigint not null,
	primary key (name, state)
);

create trigger device_added after insert on device begin
	insert into counter (name, state, amount) values ('device', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
create trigger device_removed after delete on device begin
	update counter set amount = amount - 1 where name = 'device' and state = old.state;
end;
create trigger device_moved after update of state on device when old.state <> new.state begin
	update counter set amount = amount - 1 where name = 'device' and state = old.state;
	insert into counter (name, state, amount) values ('device', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;

create trigger job_added after insert on job begin
	insert into counter (name, state, amount) values ('job', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
create trigger job_removed after delete on job begin
	update counter set amount = amount - 1 where name = 'job' and state = old.state;
end;
create trigger job_moved after update of state on job when old.state <> new.state begin
	update counter set amount = amount - 1 where name = 'job' and state = old.state;
	insert into counter (name, state, amount) values ('job', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;

create trigger psk_added after insert on psk begin
	insert into counter (name, state, amount) values ('psk', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
create trigger psk_removed after delete on psk begin
	update counter set amount = amount - 1 where name = 'psk' and state = old.state;
end;
create trigger psk_moved after update of state on psk when old.state <> new.state begin
	update counter set amount = amount - 1 where name = 'psk' and state = old.state;
	insert into counter (name, state, amount) values ('psk', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;

insert into counter (name, state, amount) select 'device', state, count(*) from device group by state;
insert into counter (name, state, amount) select 'job', state, count(*) from job group by state;
insert into counter (name, state, amount) select 'psk', state, count(*) from psk group by state;
