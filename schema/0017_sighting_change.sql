-- What came or changed since a time is listed by that time: a page costs the same with ten sightings and a million.
create index sighting_by_change on sighting (changed_ms, address);
