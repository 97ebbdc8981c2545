/* Options of inventory and report: a part of the table in options.h, which explains it. */
#pragma once

#define CLI_OPTIONS_INVENTORY(X) \
	X("lines", "inventory", "one JSON object a line") \
	X("firmware", "inventory", "without the service: what is known of this version, such as 11.8.50.3425") \
	X("since", "inventory", "changes of that time and later: 12h, 30d, 2026-05-01") \
	X("kind", "inventory", "of these parts: memory, media, processor, system, board, bios, pci, ...") \
	X("count", "inventory", "how often each is there, instead of where") \
	X("output", "report", "write to this new file, as HTML with charts")
