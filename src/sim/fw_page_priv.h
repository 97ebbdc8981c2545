/* HTTP heads and pages of the firmware, as bytes. */
#pragma once
#include "sim/dev_priv.h"

/* Head of a SOAP reply, in chunks or with this length. unix_ms is the device's own time. */
void sim_fw_page_soap_head(const struct sim_dev *d, unsigned status, int64_t unix_ms, bool close,
			   size_t length, struct out *o);
/* The same for the legacy SOAP interface, as quoted of 3.0.5. */
void sim_fw_page_eoi_head(const struct sim_dev *d, unsigned status, int64_t unix_ms, bool close,
			  size_t length, struct out *o);
void sim_fw_page_401(const struct sim_dev *d, const char *challenge, struct out *o);
void sim_fw_page_html(const struct sim_dev *d, unsigned status, const char *text, struct out *o);
void sim_fw_page_303(const struct sim_dev *d, const char *location, struct out *o);
