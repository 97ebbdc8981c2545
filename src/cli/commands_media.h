/* Commands about virtual media: rows of CLI_COMMANDS (commands.h). */
#pragma once

#define CLI_COMMANDS_MEDIA(X)                                                                       \
	X("media", "",                                                                              \
	  "[TARGET]... [--cd IMAGE] [--floppy IMAGE] [--write-floppy] [--start WHEN] [--boot] [--label NAME] [--ca-file FILE] [--code CODE] [--ask-consent] " \
	  CLI_PC_ARGS,                                                                              \
	  "lend PCs a CD or floppy drive with an image of ours in it, until interrupted",          \
	  CMD_LOCAL | CMD_CHANGES_DEVICE | CMD_STREAMS, cli_cmd_media)                              \
	X("media", "save", "IMAGE FILE [--label NAME] [--ca-file FILE]",                            \
	  "write what 'media --cd IMAGE' would serve into a file", \
	  CMD_LOCAL, cli_cmd_media_save)                                                            \
	X("media", "share", "IMAGE [--listen [ADDRESS:]PORT] [--label NAME] [--ca-file FILE]",      \
	  "a web page with the image as a download, for a user whose PC no line leads to",         \
	  CMD_LOCAL | CMD_STREAMS | CMD_NO_CSV, cli_cmd_media_share)
