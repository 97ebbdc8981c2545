-- New rows of device and job come in masses: whoever writes them counts them, once for each commit. So
-- a row may move or go before the count of its state is written, and the amount may pass below 0 within
-- a transaction.

drop trigger device_added;
drop trigger device_removed;
drop trigger device_moved;
drop trigger job_added;
drop trigger job_removed;
drop trigger job_moved;

create trigger device_removed after delete on device begin
	insert into counter (name, state, amount) values ('device', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
end;
create trigger device_moved after update of state on device when old.state <> new.state begin
	insert into counter (name, state, amount) values ('device', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
	insert into counter (name, state, amount) values ('device', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;

create trigger job_removed after delete on job begin
	insert into counter (name, state, amount) values ('job', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
end;
create trigger job_moved after update of state on job when old.state <> new.state begin
	insert into counter (name, state, amount) values ('job', old.state, -1)
	on conflict (name, state) do update set amount = amount - 1;
	insert into counter (name, state, amount) values ('job', new.state, 1)
	on conflict (name, state) do update set amount = amount + 1;
end;
