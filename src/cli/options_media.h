/* Options of commands about virtual media: rows of CLI_OPTIONS (options.h). */
#pragma once

#define CLI_OPTIONS_MEDIA(X)                                                                        \
	X("cd", "media", "what is in the CD drive: an ISO image, a directory (made into one), or a URL") \
	X("floppy", "media", "what is in the floppy drive: an image file or a URL")                 \
	X("write-floppy", "media", "the PC may write to the floppy image; it is changed")           \
	X("start", "media", "when the drives appear: now (default), reboot, or graceful, when the bus is idle") \
	X("boot", "media", "start the PC from it: sets its next boot and resets it")                \
	X("label", "media", "volume name of an image that is made of a directory (default OUTBAND)") \
	X("listen", "media", "where the page of 'media share' is (default 8080, at all addresses)") \
	X("code", "media", "the code of user consent that the PC's screen shows")                    \
	X("ask-consent", "media", "when the PC wants consent: have it show its code, and ask for it here") \
	X("ca-file", "media", "certificates to trust for an https URL (default: the system's)")
