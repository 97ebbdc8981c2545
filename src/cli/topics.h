/* The first words of commands, in the order and under the headings of 'outband help'. Used by help.c;
 * a test holds it against the table in commands.h. A word without a text has one of its own there. */
#pragma once

#define CLI_TOPICS(X)                                                                               \
	/* heading, word, what its commands are about */                                            \
	X("The service", "serve", NULL)                                                             \
	X("The service", "status", NULL)                                                            \
	X("The service", "setting", "its settings")                                                 \
	X("The service", "job", "what it does and waits for")                                       \
	X("The service", "log", NULL)                                                               \
	X("The service", "audit", "who did what with it")                                           \
	X("The service", "backup", NULL)                                                            \
	X("The service", "restore", NULL)                                                           \
	X("Setting PCs up", "device", "the PCs that it knows, from the first hello to unconfiguring") \
	X("Setting PCs up", "profile", "what a configured PC looks like, and which PC gets which")  \
	X("Setting PCs up", "key", "PID/PPS pairs, for AMT 2 to 10")                                \
	X("Setting PCs up", "usb", "keys on a stick")                                               \
	X("Setting PCs up", "cert", "provisioning certificates, for AMT 2.6 and later, and the built-in CA") \
	X("Setting PCs up", "credential", "passwords of PCs")                                       \
	X("Setting PCs up", "secret", "secrets that profiles and settings name")                    \
	X("Setting PCs up", "hello", "what PCs in setup send")                                      \
	X("Operating PCs", "power", NULL)                                                           \
	X("Operating PCs", "boot", NULL)                                                            \
	X("Operating PCs", "console", NULL)                                                         \
	X("Operating PCs", "media", NULL)                                                           \
	X("Operating PCs", "kvm", NULL)                                                             \
	X("Operating PCs", "consent", "the code of user consent")                                   \
	X("Operating PCs", "group", "names for many PCs: @lab3")                                    \
	X("Operating PCs", "schedule", "operations by the clock")                                   \
	X("Operating PCs", "alarm", "PCs that start by their own clock")                            \
	X("Operating PCs", "defense", "System Defense policies")                                    \
	X("Looking at PCs", "info", NULL)                                                           \
	X("Looking at PCs", "discover", NULL)                                                       \
	X("Looking at PCs", "probe", NULL)                                                          \
	X("Looking at PCs", "inventory", "hardware and software, what changed, what is vulnerable") \
	X("Looking at PCs", "report", "the whole of them, with charts")                             \
	X("Looking at PCs", "issues", NULL)                                                         \
	X("Looking at PCs", "eventlog", NULL)                                                       \
	X("Looking at PCs", "auditlog", NULL)                                                       \
	X("Looking at PCs", "alert", "SNMP traps and WS-Events")                                    \
	X("Looking at PCs", "presence", NULL)                                                       \
	X("Looking at PCs", "storage", NULL)                                                        \
	X("Looking at PCs", "webui", NULL)                                                          \
	X("One PC, or one message, without a service", "pc", "a PC of any firmware, also with the old SOAP interface only") \
	X("One PC, or one message, without a service", "wsman", "any class of a PC")                \
	X("One PC, or one message, without a service", "decode", "bytes that were captured or stored") \
	X("Virtual PCs, and help", "sim", NULL)                                                     \
	X("Virtual PCs, and help", "help", NULL)                                                    \
	X("Virtual PCs, and help", "version", NULL)

struct cli_topic { const char *head, *word, *text; };
const struct cli_topic *cli_topics_at(unsigned i); /* NULL past the end */
