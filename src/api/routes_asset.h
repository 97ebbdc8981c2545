/* Routes about the hardware and software that PCs told: a part of the table in routes.h, which explains
 * the columns. */
#pragma once

#define API_ROUTES_ASSET(X)                                                                               \
	X("GET", "/v1/assets", API_ROLE_VIEWER, "where after limit", "", api_asset_list,                  \
	  "Each device with a line of what it told; a page may have less than its limit.")                \
	X("GET", "/v1/asset-parts", API_ROLE_VIEWER, "kind after limit", "", api_asset_parts,             \
	  "Parts of one kind of all devices: software, memory, processor, media and so on.")              \
	X("GET", "/v1/vulnerable", API_ROLE_VIEWER, "after limit", "", api_vulnerable_list,               \
	  "Devices whose firmware a security advisory is about; a page may have less than its limit.")    \
	X("GET", "/v1/devices/{}/assets", API_ROLE_VIEWER, "", "", api_device_assets,                     \
	  "All that a device told of its hardware and software when it was last asked.")                  \
	X("GET", "/v1/devices/{}/asset-changes", API_ROLE_VIEWER, "since after limit", "", api_device_asset_changes, \
	  "What changed between readings, field by field; since: ms since 1970.")
