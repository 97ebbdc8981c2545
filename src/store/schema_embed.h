/* The files of schema/, put into the program by the build, in the order of their numbers. */
#pragma once

struct store_schema_file {
	const char *name; /* "0001_init.sql" */
	const char *text;
};
extern const struct store_schema_file store_schema_files[];
extern const unsigned store_schema_file_count;
