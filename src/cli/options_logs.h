/* Options of commands about logs and alerts of PCs: rows of CLI_OPTIONS (options.h). */
#pragma once

#define CLI_OPTIONS_LOGS(X)                                                                         \
	X("every", "alarm", "again and again, such as P1DT0H; without it once, and then it is gone") \
	X("interface", "defense", "wired (default) or wireless")                                    \
	X("traps", "alert", "where traps come to (default 0.0.0.0:162; ports below 1024 need root or CAP_NET_BIND_SERVICE)") \
	X("events", "alert", "where WS-Events are posted to; without it none are heard")            \
	X("https", "alert", "where WS-Events are posted to over TLS")                               \
	X("cert", "alert", "with --https: file with certificate, key and CAs (PEM, or PKCS#12 without a password)") \
	X("user", "alert", "digest login that posted events need (default: none is asked for)")     \
	X("count", "alert", "end after so many alerts")                                             \
	X("seconds", "alert", "end after so many seconds")                                          \
	X("bad", "alert", "only PCs that may tell of nothing: not confirmed, or too long ago")      \
	X("hours", "alert", "a confirmation that is older counts no more (default twice the setting alerts.confirm_h)") \
	X("limit", "eventlog", "only so many, the newest (default all)")                            \
	X("limit", "auditlog", "only so many, the newest (default all)")                            \
	X("raw", "eventlog", "with the bytes of each record as hex")                                \
	X("raw", "auditlog", "with the bytes of each record as hex")                                \
	X("follow", "eventlog", "go on with new events until interrupted")                          \
	X("interval", "eventlog", "with --follow: ask so often, in seconds (default 10)")           \
	X("clear", "eventlog", "empty the log")                                                     \
	X("clear", "auditlog", "empty the log")                                                     \
	X("freeze", "eventlog", "stop the log: what happens from now on is not written down")       \
	X("unfreeze", "eventlog", "let it go on")                                                   \
	X("root", "auditlog", "file with the certificate that the signing one must lead to (default: any)") \
	X("policy", "auditlog", "show what is audited, and how full the log is")                    \
	X("signing-key", "auditlog", "give the PCs this key to sign their logs with: file with an RSA key and its certificates (PEM, or PKCS#12 without a password)") \
	X("export", "auditlog", "write all records to this new file as JSON lines, and the signature of the PC if it makes one")
