/* Inside of the reading of CSV files. For import*.c. */
#pragma once
#include "engine/import.h"

bool engine_import_count_ok_priv(const struct engine_csv_row *row, unsigned min, unsigned max, const char *columns,
				 struct err *e);
