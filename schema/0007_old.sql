-- For finding passwords that are old, among those of a million devices.
create index credential_by_age on credential (kind, state, changed_ms);
