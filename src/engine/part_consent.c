/* Part "consent": when the user at the PC has to agree (setup-and-configuration 5.6). Plain properties. */
#include "engine/part.h"

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "6.2", SRC_D, "User consent to remote sessions.", NULL },
	{ "required", KEY_WORD, "none kvm all", 0, "IPS_OptInService.OptInRequired", "6.2", SRC_D,
	  "What needs the user's consent.", "kvm" },
	{ "code_timeout", KEY_NUMBER, "60..65535", 0, "IPS_OptInService.OptInCodeTimeout", "6.2",
	  SRC_G, "Seconds in which the code has to be entered.", "120" },
	{ "display_timeout", KEY_NUMBER, "60..65535", 0, "IPS_OptInService.OptInDisplayTimeout",
	  "6.2", SRC_G, "Seconds for which the screen shows the code.", "300" },
	ENGINE_KEYS_END,
};
static const struct engine_part_read reads[] = {
	{ PART_GET, "IPS_OptInService", NULL, NULL, false },
};

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "required", "OptInRequired", "none=0 kvm=1 all=4294967295" },
		{ "code_timeout", "OptInCodeTimeout", NULL },
		{ "display_timeout", "OptInDisplayTimeout", NULL },
		{ NULL, NULL, NULL },
	};
	(void)e;
	engine_part_props(in, in->have[0].items[0], NULL, props, 0, c);
	return true;
}

const struct engine_part engine_part_consent = {
	.name = "consent",
	.title = "user consent",
	.keys = keys,
	.reads = reads,
	.read_count = 1,
	.diff = diff,
};
