/* The tables behind decoded platform events, and nothing else. */
#include "wire/event_names.h"

/* clang-format off */
const struct wire_show_name wire_event_sensors[] = {
	{ 1, "temperature" },             { 2, "voltage" },                { 3, "current" },
	{ 4, "fan" },                     { 5, "physical security" },      { 6, "platform security" },
	{ 7, "processor" },               { 8, "power supply" },           { 9, "power unit" },
	{ 10, "cooling device" },         { 11, "other units" },           { 12, "memory" },
	{ 13, "drive slot" },             { 14, "POST memory resize" },    { 15, "system firmware" },
	{ 16, "event logging disabled" }, { 17, "watchdog 1" },            { 18, "system event" },
	{ 19, "critical interrupt" },     { 20, "button or switch" },      { 21, "module or board" },
	{ 22, "microcontroller" },        { 23, "add-in card" },           { 24, "chassis" },
	{ 25, "chip set" },               { 26, "other FRU" },             { 27, "cable or interconnect" },
	{ 28, "terminator" },             { 29, "system boot initiated" }, { 30, "boot error" },
	{ 31, "OS boot" },                { 32, "OS critical stop" },      { 33, "slot or connector" },
	{ 34, "system power state" },     { 35, "watchdog 2" },            { 36, "platform alert" },
	{ 37, "entity presence" },        { 38, "monitor circuit" },       { 39, "LAN" },
	{ 40, "management subsystem" },   { 41, "battery" },               { 42, "session audit" },
	{ 43, "version change" },         { 44, "FRU state" },             { 192, "OEM 192: redirection or security policy" },
	{ 193, "OEM 193: user notification" }, { 0, NULL },
};
const struct wire_show_name wire_event_types[] = {
	{ 0, "unspecified" },           { 1, "threshold" },          { 2, "usage state" },
	{ 3, "state asserted" },        { 4, "predictive failure" }, { 5, "limit exceeded" },
	{ 6, "performance" },           { 7, "severity change" },    { 8, "presence" },
	{ 9, "enabled" },               { 10, "availability" },      { 11, "redundancy" },
	{ 12, "device power state" },   { 0x6F, "sensor specific" }, { 0x70, "OEM" },
	{ 0, NULL },
};
const struct wire_show_name wire_event_sources[] = {
	{ 0x50, "network controller" }, { 0x58, "system management card" }, { 0x68, "BIOS (ASF 1.0)" },
	{ 0, NULL },
};
const struct wire_show_name wire_event_severities[] = {
	{ 0, "unspecified" }, { 1, "monitor" },  { 2, "information" },      { 4, "OK" },
	{ 8, "non-critical" }, { 16, "critical" }, { 32, "non-recoverable" }, { 0, NULL },
};
const struct wire_show_name wire_event_entities[] = {
	{ 0, "unspecified" },       { 3, "processor" },       { 4, "disk" },
	{ 5, "peripheral" },        { 6, "management module" }, { 7, "system board" },
	{ 8, "memory module" },     { 10, "power supply" },   { 11, "add-in card" },
	{ 12, "front panel" },      { 23, "system chassis" }, { 26, "drive bay" },
	{ 29, "fan" },              { 32, "memory device" },  { 33, "system management software" },
	{ 34, "BIOS" },             { 35, "operating system" }, { 36, "system bus" },
	{ 38, "Intel ME" },         { 39, "external environment" }, { 40, "battery" },
	{ 46, "management controller firmware" }, { 0, NULL },
};
const struct wire_show_name wire_event_fw_errors[] = {
	{ 0, "unspecified" },            { 1, "no memory is installed" }, { 2, "no memory is usable" },
	{ 3, "disk failure" },           { 4, "system board" },           { 5, "diskette" },
	{ 6, "disk controller" },        { 7, "keyboard" },               { 8, "removable boot media is missing" },
	{ 9, "video controller" },       { 10, "no video device" },       { 11, "BIOS ROM is corrupt" },
	{ 12, "processor voltage mismatch" }, { 13, "processor speed mismatch" }, { 0, NULL },
};
const struct wire_show_name wire_event_fw_progress[] = {
	{ 0, "unspecified" },         { 1, "memory initialisation" },   { 2, "disk initialisation and test" },
	{ 3, "secondary processors" }, { 4, "user authentication" },    { 5, "user-initiated setup" },
	{ 6, "USB" },                 { 7, "PCI" },                     { 8, "option ROM" },
	{ 9, "video" },               { 10, "cache" },                  { 11, "SMBus" },
	{ 12, "keyboard controller" }, { 13, "embedded controller" },   { 14, "docking station attached" },
	{ 15, "docking station enabled" }, { 16, "docking station ejected" }, { 17, "docking station disabled" },
	{ 18, "OS wake vector" },     { 19, "starting the OS" },        { 20, "base board initialisation" },
	{ 21, "reserved" },           { 22, "floppy" },                 { 23, "keyboard test" },
	{ 24, "pointing device" },    { 25, "primary processor" },      { 0, NULL },
};
const struct wire_show_name wire_event_agent_states[] = {
	{ 1, "not started" }, { 2, "stopped" }, { 4, "running" }, { 8, "expired" }, { 16, "suspended" },
	{ 0, NULL },
};
const struct wire_show_name wire_event_recovery_errors[] = {
	{ 1, "no network" },             { 2, "name of the URI not resolved" }, { 3, "connecting failed" },
	{ 4, "OEM application not found" }, { 5, "TLS authentication failed" }, { 6, "digest authentication failed" },
	{ 7, "image verification failed" }, { 8, "boot file not found" },       { 0, NULL },
};
const struct wire_show_name wire_event_recovery_progress[] = {
	{ 0, "parameters received" }, { 1, "boot option added" }, { 2, "name of the URI resolved" },
	{ 3, "connected" },           { 4, "download done" },     { 5, "attempting to boot" },
	{ 6, "leaving boot services" }, { 0, NULL },
};
const struct wire_show_name wire_event_erase_errors[] = {
	{ 1, "SSD" }, { 2, "TPM not supported" }, { 3, "largest count reached" }, { 0, NULL },
};
const struct wire_show_name wire_event_erase_progress[] = {
	{ 1, "erasing started" },  { 2, "erasing ended" }, { 3, "begin" }, { 4, "reserved parameters cleared" },
	{ 5, "all settings decremented" }, { 0, NULL },
};
/* clang-format on */
