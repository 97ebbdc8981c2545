/* Options of commands about profiles, and of help: rows of the table in options.h, which explains them. */
#pragma once

#define CLI_OPTIONS_PROFILE(X)                                                                     \
	X("profile", "profile", "the profile that PCs get which fit the rule")                       \
	X("place", "profile", "rules with lower numbers are looked at first (default 100)")         \
	X("generation", "profile", "AMT releases, such as 11, 11.8, >=12, 7-9.5, or several with commas") \
	X("suffix", "profile", "DNS suffixes of the PC's name, with commas between them")           \
	X("subnet", "profile", "networks of the PC's address, such as 10.1.0.0/16, with commas between them") \
	X("fqdn", "profile", "patterns of the PC's host name or FQDN, with * for any text")         \
	X("group", "profile", "patterns of the group that was imported with the PC's name")         \
	X("import", "profile", "pattern of an imported column: ou, mac, serial or profile")         \
	X("effective", "profile", "with every key, those that are left too; secrets by name")           \
	X("markdown", "profile", "print the page docs/profile.md instead")                          \
	X("man", "profile", "print the man page outband-profile.5 instead")                         \
	X("all", "help", "every command, in a line")                                                \
	X("bash", "help", "print a script that lets bash complete commands and options")            \
	X("man", "help", "print the part of the man page that comes from this table")
