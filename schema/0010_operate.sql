-- Who works with a PC beside jobs: one at a time. What is past its end counts as gone.
create table hold (
	uuid text not null primary key,
	owner text not null,
	what text not null,
	until_ms bigint not null
);

-- Groups of PCs: members as operators name them (a name, an address, a range, @group), and those of
-- which the expression is true; '' is none.
create table grp (
	name text not null primary key,
	expr text not null,
	note text not null,
	at_ms bigint not null
);
create table grp_member (
	grp text not null,
	member text not null,
	primary key (grp, member)
);

-- What runs by the clock. args (key=value) and targets have a line each. next_ms 0: never again.
create table schedule (
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
