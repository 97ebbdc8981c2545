/* Options of the commands in commands_boot.h: rows of the table in options.h, which explains them. */
#pragma once

#define CLI_OPTIONS_BOOT(X)                                                                         \
	X("option", "boot", "sol, lock-keyboard, lock-power, lock-reset, lock-sleep, bypass-password, progress, safe-mode, secure-boot, reflash, reset-config or erase, repeatable ('outband boot can')") \
	X("verbosity", "boot", "what the BIOS shows while it starts: quiet, verbose or blank")       \
	X("media", "boot", "which of several devices of that kind, from 1 (default: the usual one)") \
	X("uri", "boot", "with https: address of the image, https://...")                            \
	X("power", "boot", "reset, cycle or none: set it for the next start only (default: reset, or on when it is off)") \
	X("code", "boot", "the code of user consent that the PC's screen shows")                     \
	X("ask-consent", "boot", "when the PC wants consent: have it show its code, and ask for it here") \
	X("erase-disks", "boot", "said beside the option erase: yes, the data on the disks goes")    \
	X("wait", "boot", "so many seconds until the PC has used the options (default 0: do not wait)") \
	X("listen", "kvm", "where viewers connect (default 127.0.0.1:5900; port 0: any free one)")   \
	X("expose", "kvm", "listen for other machines too: there is no password on it")              \
	X("once", "kvm", "end with the first viewer's session")                                      \
	X("enable", "kvm", "switch KVM on in the PC when it is off")                                 \
	X("code", "kvm", "the code of user consent that the PC's screen shows")                      \
	X("ask-consent", "kvm", "when the PC wants consent: have it show its code, and ask for it here")
