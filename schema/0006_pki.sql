-- Certificates that the built-in CA took back, and which warnings of an end were given. issuer is the
-- key identifier of the CA that signed, as hex: one list is signed for each such key.

create table revocation (
	issuer text not null,
	serial text not null,
	reason text not null,
	uuid text not null,
	at_ms bigint not null,
	not_after_ms bigint not null,
	primary key (issuer, serial)
);

-- days: the last threshold told of that certificate, as long as it ends at not_after_ms.
create table cert_warning (
	id text not null primary key,
	not_after_ms bigint not null,
	days bigint not null
);

-- Leaves of PCs were stored without their end; all of them were made for ten years.
update cert set not_after_ms = at_ms + 315360000000 where kind = 'device' and not_after_ms = 0;
create index cert_by_end on cert (kind, not_after_ms);
