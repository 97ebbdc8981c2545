/* Names of the numbers in platform events: sensors, event types, severities, entities, firmware
 * codes. Used by event_record.c. Sources: IPMI 2.0 tables for sensor and event types (D), peers'
 * decoders for the rest (P). */
#pragma once
#include "wire/show.h"

extern const struct wire_show_name wire_event_sensors[], wire_event_types[], wire_event_sources[],
	wire_event_severities[], wire_event_entities[], wire_event_fw_errors[],
	wire_event_fw_progress[], wire_event_agent_states[], wire_event_recovery_errors[],
	wire_event_recovery_progress[], wire_event_erase_errors[], wire_event_erase_progress[];
