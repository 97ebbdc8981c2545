/* Enumerations of the CIM standard (wsman 3.0) that many classes of the table share. */
#include "wsman/classes_rows.h"

const struct wsman_name wsman_names_enabled_state[] = {
	{ 0, "Unknown" },
	{ 1, "Other" },
	{ 2, "Enabled" },
	{ 3, "Disabled" },
	{ 4, "Shutting down" },
	{ 5, "Not applicable" },
	{ 6, "Enabled but offline" },
	{ 7, "In test" },
	{ 8, "Deferred" },
	{ 9, "Quiesce" },
	{ 10, "Starting" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_requested_state[] = {
	{ 0, "Unknown" },   { 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" },
	{ 5, "No change" }, { 6, "Offline" }, { 7, "Test" },     { 8, "Deferred" },
	{ 9, "Quiesce" },   { 10, "Reboot" }, { 11, "Reset" },   { 12, "Not applicable" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_state_change[] = {
	{ 2, "Enabled" }, { 3, "Disabled" }, { 4, "Shut down" }, { 6, "Offline" }, { 7, "Test" },
	{ 8, "Defer" },   { 9, "Quiesce" },  { 10, "Reboot" },   { 11, "Reset" },  { 0, NULL },
};
const struct wsman_name wsman_names_enabled_default[] = {
	{ 2, "Enabled" },
	{ 3, "Disabled" },
	{ 5, "Not applicable" },
	{ 6, "Enabled but offline" },
	{ 7, "No default" },
	{ 9, "Quiesce" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_operational_status[] = {
	{ 0, "Unknown" },
	{ 1, "Other" },
	{ 2, "OK" },
	{ 3, "Degraded" },
	{ 4, "Stressed" },
	{ 5, "Predictive failure" },
	{ 6, "Error" },
	{ 7, "Non-recoverable" },
	{ 8, "Starting" },
	{ 9, "Stopping" },
	{ 10, "Stopped" },
	{ 11, "In service" },
	{ 12, "No contact" },
	{ 13, "Lost communication" },
	{ 14, "Aborted" },
	{ 15, "Dormant" },
	{ 16, "Supporting entity in error" },
	{ 17, "Completed" },
	{ 18, "Power mode" },
	{ 19, "Relocating" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_health_state[] = {
	{ 0, "Unknown" }, { 5, "OK" },        { 10, "Degraded/warning" }, { 15, "Minor" },
	{ 20, "Major" },  { 25, "Critical" }, { 30, "Non-recoverable" },  { 0, NULL },
};
const struct wsman_name wsman_names_device_power[] = {
	{ 1, "Full power" },
	{ 2, "Power save - low power mode" },
	{ 3, "Power save - standby" },
	{ 4, "Power save - other" },
	{ 5, "Power cycle" },
	{ 6, "Power off" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_dmtf_return[] = {
	{ 0, "Completed" },
	{ 1, "Not supported" },
	{ 2, "Unknown error" },
	{ 3, "Timeout impossible" },
	{ 4, "Failed" },
	{ 5, "Invalid parameter" },
	{ 6, "In use" },
	{ 4096, "Job started" },
	{ 4097, "Invalid state transition" },
	{ 4098, "Timeout parameter not supported" },
	{ 4099, "Busy" },
	{ 0, NULL },
};
const struct wsman_name wsman_names_config_return[] = {
	{ 0, "Completed" },         { 1, "Not supported" },
	{ 2, "Unknown" },           { 3, "Busy" },
	{ 4, "Invalid reference" }, { 5, "Invalid parameter" },
	{ 6, "Access denied" },     { 0, NULL },
};
