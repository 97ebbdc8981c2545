-- Which profile a PC gets: rules in order, and what was pinned by hand.

-- An empty criterion fits every PC; all of a row must fit.
create table profile_rule (
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

create table profile_pin (
	uuid text not null primary key,
	profile text not null,
	at_ms bigint not null
);

-- Every DNS suffix that a PC was seen in, and where that was told.
create table device_suffix (
	uuid text not null,
	suffix text not null,
	source text not null,
	first_ms bigint not null,
	last_ms bigint not null,
	primary key (uuid, suffix)
);
