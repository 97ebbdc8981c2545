/* RemoteControl of the legacy SOAP interface: the state of the PC, what it can be told, commands.
 * The table is asked by fw_eoi.c; what a command does is in dev_power.c. Boot options are judged and
 * have no effect: nothing starts behind this firmware. */
#include "sim/fw_eoi_priv.h"

#define IANA_INTEL       343
#define IANA_ASF         4542
#define CMD_RESET        16
#define CMD_UP           17
#define CMD_DOWN         18
#define CMD_CYCLE        19
#define CMD_SET_BOOT     33
#define SPECIAL_MAX      5
#define SPECIAL_OEM      193
#define UNSUPPORTED_OEM  2049
#define UNSUPPORTED_BOOT 2050
#define INVALID_COMMAND  2051
#define INVALID_SPECIAL  2052

static uint32_t get_state(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put_u32(x, "SystemPowerState", sim_dev_s_state(x->d));
	return WSMAN_PT_SUCCESS;
}

/* Storage and text redirection, BIOS reflash, setup and pause; all special commands; all commands. */
static uint32_t get_capabilities(struct fw_eoi_ctx *x)
{
	sim_fw_eoi_put_u32(x, "IanaOemNumber", IANA_INTEL);
	sim_fw_eoi_put_u32(x, "OemDefinedCapabilities", 0x1f);
	sim_fw_eoi_put_u32(x, "SpecialCommandsSupported", 0x1f00);
	sim_fw_eoi_put_u32(x, "SystemCapabilitiesSupported", 0x0f);
	sim_fw_eoi_put_u32(x, "SystemFirmwareCapabilities", 0);
	return WSMAN_PT_SUCCESS;
}

static bool act_of(uint32_t command, enum sim_power_act *out_act)
{
	static const struct {
		uint32_t command;
		enum sim_power_act act;
	} rows[] = {
		{ CMD_RESET, SIM_POWER_RESET },
		{ CMD_UP, SIM_POWER_ON },
		{ CMD_DOWN, SIM_POWER_DOWN },
		{ CMD_CYCLE, SIM_POWER_CYCLE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].command != command)
			continue;
		*out_act = rows[i].act;
		return true;
	}
	return false;
}

/* Special command and OEM options only where they make sense. */
static uint32_t judge_options(const struct fw_eoi_ctx *x, uint32_t command, uint32_t iana)
{
	uint32_t special = 0, v;
	bool has_special = sim_fw_eoi_param(x, "SpecialCommand", &special);
	bool has_oem = sim_fw_eoi_param(x, "OEMparameters", &v);

	if (has_special && special > SPECIAL_MAX && special != SPECIAL_OEM)
		return INVALID_SPECIAL;
	if ((special == SPECIAL_OEM || has_oem) && iana != IANA_INTEL)
		return UNSUPPORTED_OEM;
	if (command == CMD_DOWN &&
	    (has_special || has_oem || sim_fw_eoi_param(x, "SpecialCommandParameter", &v) ||
	     sim_fw_eoi_param(x, "BootOptions", &v)))
		return UNSUPPORTED_BOOT;
	return WSMAN_PT_SUCCESS;
}

static uint32_t remote_control(struct fw_eoi_ctx *x)
{
	uint32_t command = 0, iana = 0, status;
	enum sim_power_act act;

	(void)sim_fw_eoi_param(x, "Command", &command);
	(void)sim_fw_eoi_param(x, "IanaOemNumber", &iana);
	if ((iana != IANA_INTEL && iana != IANA_ASF) ||
	    (command == CMD_SET_BOOT && iana != IANA_INTEL))
		return UNSUPPORTED_OEM;
	status = judge_options(x, command, iana);
	if (status != WSMAN_PT_SUCCESS || command == CMD_SET_BOOT)
		return status;
	if (!act_of(command, &act))
		return INVALID_COMMAND;
	/* What firmware says to a PC that is off and shall be reset, nobody wrote down. */
	return sim_dev_power(x->d, act) ? WSMAN_PT_SUCCESS : WSMAN_PT_NOT_PERMITTED;
}

static const struct fw_eoi_param control_params[] = {
	{ "Command", UINT8_MAX, true },
	{ "IanaOemNumber", UINT32_MAX, true },
	{ "SpecialCommand", UINT8_MAX, false },
	{ "SpecialCommandParameter", UINT16_MAX, false },
	{ "BootOptions", UINT16_MAX, false },
	{ "OEMparameters", UINT16_MAX, false },
	{ NULL, 0, false },
};
const struct fw_eoi_method sim_fw_eoi_power[] = {
	{ "GetSystemPowerState", 0, NULL, get_state, SRC_P },
	{ "GetRemoteControlCapabilities", 0, NULL, get_capabilities, SRC_P },
	{ "RemoteControl", 0, control_params, remote_control, SRC_P },
	{ .name = NULL },
};
