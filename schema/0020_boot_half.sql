-- PCs in which boot options may be set half: a row is durable before the first of them is sent, and goes when they
-- are told to their end, or taken back. what and actor: who began. next_ms: when the service takes them back, as
-- long as whoever began has the PC; note: why it could not so far.
create table boot_half (
	uuid text not null primary key,
	what text not null,
	actor text not null,
	since_ms bigint not null,
	tries bigint not null,
	next_ms bigint not null,
	note text not null
);
create index boot_half_by_time on boot_half (next_ms);
