-- A page of the rows of one log, by PC, costs the same with ten PCs and a million.
create index pc_log_by_pc on pc_log (log, uuid);
