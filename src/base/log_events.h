/* Table of events: constant, level, name, allowed keys (blank separated; the keys of an error,
 * err msg rule seen want hint, are always allowed), sentence. Names never change their meaning.
 * Device timelines in the store use the same names. */
#pragma once
#define LOG_EVENTS(X)                                                                                  \
	X(LOG_EV_SERVE_START, LOG_INFO, "serve.started", "version hello_port socket db", "the service listens") \
	X(LOG_EV_SERVE_STOP, LOG_INFO, "serve.stopped", "reason", "the service ended; leases are released") \
	X(LOG_EV_SERVE_FAILED, LOG_ERROR, "serve.failed", "step", "the service cannot run")             \
	X(LOG_EV_LOG_LEVEL, LOG_INFO, "log.level", "folder value", "the log level was changed")         \
	X(LOG_EV_HELLO, LOG_INFO, "hello.received", "uuid address kind pid hash_count retry_count",     \
	  "a device said hello")                                                                        \
	X(LOG_EV_HELLO_BAD, LOG_WARN, "hello.malformed", "address size offset", "bytes on the hello port are no hello") \
	X(LOG_EV_HELLO_REFUSED, LOG_WARN, "hello.refused", "uuid address pid", "a hello was refused before a job was made") \
	X(LOG_EV_HELLO_LIMITED, LOG_WARN, "hello.rate_limited", "address dropped_count", "one source sends too many hellos") \
	X(LOG_EV_HELLO_DROPPED, LOG_WARN, "hello.dropped", "address reason size dropped_count", \
	  "the oldest silent connection on the hello port gave its place up")                           \
	X(LOG_EV_JOB_QUEUED, LOG_INFO, "job.queued", "uuid job kind", "a job was queued")               \
	X(LOG_EV_JOB_STARTED, LOG_INFO, "job.started", "uuid job kind attempt_count", "a worker took the job") \
	X(LOG_EV_JOB_DONE, LOG_INFO, "job.done", "uuid job kind elapsed_ms round_trips waits_ms", "the job ended well") \
	X(LOG_EV_JOB_DELAYED, LOG_WARN, "job.delayed", "uuid job kind attempt_count not_before_unix_ms", \
	  "the job failed and waits for its next try")                                                  \
	X(LOG_EV_JOB_WAITING, LOG_INFO, "job.waiting", "uuid job reason wait_ms", "the job waits for firmware and holds no worker") \
	X(LOG_EV_JOB_CANCELLED, LOG_INFO, "job.cancelled", "uuid job", "the job was cancelled")         \
	X(LOG_EV_JOB_RELEASED, LOG_INFO, "job.released", "uuid job", "the lease was given back")        \
	X(LOG_EV_PREFLIGHT, LOG_INFO, "engine.preflight", "uuid need verdict", "a need of enterprise setup was checked") \
	X(LOG_EV_PREFLIGHT_REFUSED, LOG_WARN, "engine.refused", "uuid job", "configuration was refused before a byte was sent") \
	X(LOG_EV_PROFILE_CHOSEN, LOG_INFO, "engine.profile", "uuid job profile source name", "what chose the profile of a device: pin, hook, import or a rule") \
	X(LOG_EV_STAGE, LOG_INFO, "engine.stage", "uuid job stage", "configuration entered a stage")    \
	X(LOG_EV_CERT_CHOSEN, LOG_INFO, "engine.certificate", "uuid job cert subject", "the provisioning certificate that fits this device best") \
	X(LOG_EV_CONNECT, LOG_INFO, "engine.connected", "uuid job way tls_version peer_sha256", "a way into the device is open") \
	X(LOG_EV_ODD_CERT, LOG_WARN, "engine.odd_certificate", "uuid job way", "the device showed a certificate with impossible dates") \
	X(LOG_EV_CONNECT_FAILED, LOG_WARN, "engine.connect_failed", "uuid job way", "a way into the device failed") \
	X(LOG_EV_STEP, LOG_INFO, "engine.step", "uuid job step attempt_count", "an action was done")    \
	X(LOG_EV_STEP_FAILED, LOG_WARN, "engine.step_failed", "uuid job step attempt_count", "an action failed") \
	X(LOG_EV_STEP_NOTE, LOG_WARN, "engine.step_note", "uuid job step note", "an action ended with a remark") \
	X(LOG_EV_UNCONFIGURE_LOSES, LOG_INFO, "unconfigure.loses", "uuid job note", "what a PC loses when it is unconfigured") \
	X(LOG_EV_UNCONFIGURED, LOG_WARN, "device.unconfigured", "uuid job kind note", "the device is unconfigured, and held until it is approved") \
	X(LOG_EV_OWNER, LOG_INFO, "device.owner", "uuid job what note", "who owns a device that was configured by others") \
	X(LOG_EV_ADOPTED, LOG_WARN, "device.adopted", "uuid job address version", "a device that was configured by others is managed here; nothing in it was changed") \
	X(LOG_EV_DRIFT, LOG_WARN, "device.drift", "uuid profile differences", "the device is not as its profile says") \
	X(LOG_EV_LIGHT, LOG_INFO, "device.answers", "uuid job", "a device that was put out of reach on purpose answers again") \
	X(LOG_EV_NO_DRIFT, LOG_INFO, "device.as_wanted", "uuid profile differences", "the device is as its profile says") \
	X(LOG_EV_LOGIN_FAILED, LOG_WARN, "engine.login_failed", "uuid job way tries", "the device refused a credential") \
	X(LOG_EV_CONFIGURED, LOG_INFO, "device.configured", "uuid fqdn version serial", "the device is configured; proven over the new credentials") \
	X(LOG_EV_OPERATED, LOG_INFO, "device.operated", "uuid op what actor elapsed_ms", "an operation on the device ended well") \
	X(LOG_EV_OPERATE_FAILED, LOG_WARN, "device.operate_failed", "uuid op what actor elapsed_ms", "an operation on the device failed") \
	X(LOG_EV_BOOT_HALF, LOG_WARN, "device.boot_half", "uuid what actor", "boot options may be set half in a PC; they are taken back as soon as it answers") \
	X(LOG_EV_BOOT_WHOLE, LOG_INFO, "device.boot_taken_back", "uuid what actor", "boot options that were set half in a PC are taken back") \
	X(LOG_EV_CLOCK_FAILED, LOG_WARN, "clock.failed", "what", "an operation that the clock wants could not begin; it is tried again") \
	X(LOG_EV_SCHEDULE_RAN, LOG_INFO, "schedule.ran", "name op note", "a schedule has run") \
	X(LOG_EV_SCHEDULE_FAILED, LOG_WARN, "schedule.failed", "name op note", "a schedule could not run") \
	X(LOG_EV_SCHEDULE_MISSED, LOG_WARN, "schedule.missed", "name op note", "a run of a schedule came too late and was left out") \
	X(LOG_EV_DISCOVERY, LOG_INFO, "discovery.state", "id state addresses found note", "a discovery of the service began or ended") \
	X(LOG_EV_LINE, LOG_INFO, "device.line", "uuid session what actor", "a redirection session with the device began or ended") \
	X(LOG_EV_CREDENTIAL, LOG_INFO, "credential.state", "uuid kind state", "a stored credential changed its state") \
	X(LOG_EV_REKEYED, LOG_INFO, "key.installed", "uuid job pid", "a device took a new key pair for its next setup; no login can prove it") \
	X(LOG_EV_REVEAL, LOG_WARN, "credential.revealed", "uuid kind actor", "a secret was shown to an operator") \
	X(LOG_EV_TRACE, LOG_WARN, "device.trace", "uuid value actor", "the message trace of a device was begun or ended") \
	X(LOG_EV_DEVICE_STATE, LOG_INFO, "device.state", "uuid from to", "the state of a device changed") \
	X(LOG_EV_DEVICE_WAITS, LOG_INFO, "device.approval", "uuid", "an unknown device waits for approval") \
	X(LOG_EV_DEVICE_FORGOTTEN, LOG_WARN, "device.forgotten", "uuid actor", "a device was removed from the list") \
	X(LOG_EV_KEY_GROUP, LOG_WARN, "key.group", "uuid pid kind actor", \
	  "a key pair is for a group of PCs: it proves the group, not the PC; whoever has it can pose as any of them") \
	X(LOG_EV_IMPORT, LOG_INFO, "import.done", "kind added changed rejected", "a file was imported") \
	X(LOG_EV_FORWARDED, LOG_INFO, "hello.forwarded", "device address server", "a hello was handed over to another server") \
	X(LOG_EV_FORWARD_FAILED, LOG_WARN, "hello.forward_failed", "device address server", "a hello could not be handed over") \
	X(LOG_EV_MOVED, LOG_INFO, "device.moved", "uuid from to", "a device says hello from another address") \
	X(LOG_EV_RESET, LOG_WARN, "device.reset", "uuid address", "a configured device says hello: it was cleared, re-flashed or has another board") \
	X(LOG_EV_REBOARDED, LOG_WARN, "device.reboarded", "uuid from to", "a device has another board, or another one has its UUID") \
	X(LOG_EV_SHARED_MARK, LOG_WARN, "device.shared_mark", "uuid kind mark other", "two devices have in common what only one should have") \
	X(LOG_EV_INVENTORY, LOG_INFO, "inventory.synced", "path added changed rejected line first", "the scheduled inventory was imported") \
	X(LOG_EV_INVENTORY_BAD, LOG_WARN, "inventory.refused", "path added changed rejected line first", "rows of the scheduled inventory, or all of it, were refused") \
	X(LOG_EV_HOOK, LOG_INFO, "hook.called", "uuid job program verdict exit_code signal elapsed_ms address pid size output error_output input", \
	  "the hook program answered")                                                                  \
	X(LOG_EV_HOOK_FAILED, LOG_WARN, "hook.failed", "uuid job program verdict exit_code signal elapsed_ms address pid size output error_output input", \
	  "the hook program gave no usable answer")                                                     \
	X(LOG_EV_NAME_DNS, LOG_WARN, "name.dns", "uuid job address verdict fqdn said", "DNS was asked for a name; a stale record may be another PC's") \
	X(LOG_EV_NAMED, LOG_INFO, "device.named", "uuid fqdn source", "a device got its name")          \
	X(LOG_EV_RENAMED, LOG_INFO, "device.renamed", "uuid from to source", "a device gets another name") \
	X(LOG_EV_NAME_DIFFERS, LOG_WARN, "name.differs", "uuid", "the system of the PC has another name") \
	X(LOG_EV_NAME_LOST, LOG_WARN, "device.name_lost", "uuid fqdn other", "another device took the name") \
	X(LOG_EV_CLOCK, LOG_WARN, "clock.set", "step_ms", "the clock of this host was set; what waits was moved with it") \
	X(LOG_EV_SETTING, LOG_INFO, "setting.changed", "key value actor", "a setting was changed")      \
	X(LOG_EV_PROFILE, LOG_INFO, "profile.changed", "name version actor", "a profile was stored")    \
	X(LOG_EV_CERT, LOG_INFO, "cert.changed", "name subject actor", "a provisioning certificate was stored") \
	X(LOG_EV_CERT_ENDS, LOG_WARN, "cert.ends", "uuid name kind days", "a certificate in use ends soon; once at 90, 60, 30 and 7 days") \
	X(LOG_EV_CERT_ENDED, LOG_ERROR, "cert.ended", "uuid name kind days", "a certificate in use has ended") \
	X(LOG_EV_CERT_REVOKED, LOG_WARN, "cert.revoked", "uuid serial reason", "the built-in CA took a certificate back") \
	X(LOG_EV_CA_RENEWED, LOG_WARN, "ca.renewed", "name subject serial", "the built-in CA has a new key and certificate") \
	X(LOG_EV_PC_EVENT, LOG_INFO, "pc.event", "uuid at severity sensor what", "a record of the event log of a PC") \
	X(LOG_EV_PC_EVENT_BAD, LOG_WARN, "pc.event_bad", "uuid at severity sensor what", "a critical record of the event log of a PC") \
	X(LOG_EV_PC_AUDIT, LOG_INFO, "pc.audit", "uuid at who address what details", "a record of the audit log of a PC") \
	X(LOG_EV_ALERT, LOG_INFO, "alert.received", "uuid kind address severity id what at", "a PC told of an event") \
	X(LOG_EV_ALERT_BAD, LOG_WARN, "alert.received_bad", "uuid kind address severity id what at", "a PC told of an event that somebody has to see") \
	X(LOG_EV_ALERT_UNSENT, LOG_WARN, "alert.unsent", "uuid to", "an alert could not be handed on") \
	X(LOG_EV_ALERT_DROPPED, LOG_WARN, "alert.dropped", "to count", "program or web server for alerts do not keep up: told of the first that is left out, and of how many when they do again") \
	X(LOG_EV_ALERT_TAKEN, LOG_INFO, "alert.taken", "to count", "the web server for alerts takes them again; so many wait for their turn") \
	X(LOG_EV_ALERTS_LOST, LOG_WARN, "alerts.lost", "uuid what", "a PC does not tell of events: what its profile wants is not there") \
	X(LOG_EV_ALERTS_BACK, LOG_INFO, "alerts.back", "uuid", "a PC tells of events again") \
	X(LOG_EV_ALERT_REFUSED, LOG_WARN, "alert.refused", "address what", "something came where alerts are heard, and was not taken; five a second are told") \
	X(LOG_EV_ALERTS_CERT, LOG_INFO, "alerts.certificate", "subject serial", "the place of alerts over TLS shows a new certificate") \
	X(LOG_EV_ALERTS_LISTEN, LOG_INFO, "alerts.listening", "places", "the service hears alerts of PCs") \
	X(LOG_EV_STORE, LOG_ERROR, "store.failed", "statement", "the database refused a write")         \
	X(LOG_EV_API, LOG_DEBUG, "api.request", "method path status elapsed_ms", "a request came over the local socket") \
	X(LOG_EV_API_DENIED, LOG_WARN, "api.denied", "peer_uid", "the local socket was used by a foreign user") \
	X(LOG_EV_NET_DEBUG, LOG_DEBUG, "net.http", "address request status elapsed_ms", "one HTTP exchange with a device") \
	X(LOG_EV_SIM_READY, LOG_INFO, "sim.ready", "devices base ports", "the virtual fleet listens")   \
	X(LOG_EV_SIM_HELLO, LOG_DEBUG, "sim.hello", "device server retry_count", "a virtual device said hello") \
	X(LOG_EV_SIM_TLS, LOG_INFO, "sim.tls", "device verdict reason", "a virtual device judged its peer") \
	X(LOG_EV_SIM_REQUEST, LOG_DEBUG, "sim.request", "device class method status", "a virtual device answered") \
	X(LOG_EV_SIM_REDIR, LOG_INFO, "sim.redirection", "device session what", "a virtual device opened or closed a session") \
	X(LOG_EV_SIM_STATE, LOG_INFO, "sim.state", "device from to", "a virtual device changed its state") \
	X(LOG_EV_SIM_FAULT, LOG_INFO, "sim.fault", "device fault", "a virtual device was told to be wrong")
