/* A time in the past as people write it: 30m, 2h, 3d, 2031-05-02, 2031-05-02T09:14Z. */
#pragma once
#include "base/err.h"

bool cli_since_parse(const char *text, int64_t now_unix_ms, int64_t *out_unix_ms, struct err *e);
