-- How far what PCs tell by themselves is in the timeline. log: event, audit (content: the end of what was
-- read, in hex, records divided by blanks; amount: how many records the log had), trap, alert (of what
-- came in; content: the last one; amount: how many so far).
create table pc_log (
	uuid text not null,
	log text not null,
	content text not null,
	amount bigint not null,
	at_ms bigint not null,
	primary key (uuid, log)
);
create index pc_log_by_time on pc_log (log, at_ms);
