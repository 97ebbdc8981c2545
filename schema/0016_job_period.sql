-- How long this job lets a PC in setup keep its network open: hours; '' as the setting setup.period_h says; 0 not
-- longer than its firmware does, and not at all when it shows a wrong one-time password.
alter table job add column period_h text not null default '';
