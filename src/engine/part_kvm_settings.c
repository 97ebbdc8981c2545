/* Part "kvm_settings": how remote control of screen and keyboard is reached (setup-and-configuration 5.6);
 * the basic key `kvm` switches it on and off. Called by run_part.c. */
#include "base/str.h"
#include "engine/part.h"
#include "wire/psk.h"

#define CLS     "IPS_KVMRedirectionSettingData"
#define RFB_LEN 8

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "6.0", SRC_D, "Remote control of the screen.", NULL },
	{ "port_5900", KEY_SWITCH, NULL, 0, CLS ".Is5900PortEnabled", "6.0-16", SRC_D,
	  "Any VNC viewer may come to port 5900, without TLS.", "off" },
	{ "rfb_password", KEY_SECRET, NULL, KEY_EIGHT, CLS ".RFBPassword", "6.0", SRC_D,
	  "Password of port 5900: exactly 8 characters with lower and upper case, a digit and a special "
	  "one; it cannot be read back.",
	  "random" },
	{ "consent", KEY_SWITCH, NULL, 0, CLS ".OptInPolicy", "6.0", SRC_D,
	  "The user at the PC has to agree to sessions on port 5900.", "on" },
	{ "consent_timeout", KEY_NUMBER, "1..65535", 0, CLS ".OptInPolicyTimeout", "6.0", SRC_D,
	  "Seconds in which the user has to agree.", "300" },
	{ "session_timeout", KEY_NUMBER, "1..255", 0, CLS ".SessionTimeout", "6.0", SRC_D,
	  "Minutes without traffic after which a session ends.", "3" },
	{ "default_screen", KEY_NUMBER, "0..3", 0, CLS ".DefaultScreen", "6.0", SRC_G,
	  "Screen that a session shows first, from 0.", "0" },
	{ "back_to_back", KEY_SWITCH, NULL, 0, CLS ".BackToBackFbMode", "6.0", SRC_D,
	  "Whole pictures one after the other.", "off" },
	ENGINE_KEYS_END,
};
static const struct engine_part_read reads[] = {
	{ PART_GET, CLS, NULL, NULL, false },
};

static bool diff_password(const struct engine_part_in *in, const struct wsman_obj *have,
			  struct engine_changes *c, struct err *e)
{
	struct engine_part_secret *s = engine_part_secret(in, in->want, "rfb_password");
	if (!s)
		return true;
	struct span value = secret_reveal(&s->value);
	if (value.n != RFB_LEN || !wire_psk_check_password(value, NULL)) {
		err_set(e, ERR_INVALID, "kvm_settings.rfb_password: secret '%s' does not fit",
			s->node->is_random ? "random" : s->node->text);
		err_want(e, "8 characters: a-z, A-Z, 0-9 and a special one, no : , or quote");
		return err_hint(e, "store another one, or let it be random");
	}
	if (s->was_set)
		return true;
	struct engine_change *ch = engine_part_put_of(c, 0, have, NULL);
	const char *text = arena_str(c->a, value);
	if (!ch || !text)
		return true;
	wsman_obj_set_str(ch->obj, "RFBPassword", text);
	ch->secret = s;
	engine_part_line(ch, "kvm_settings.rfb_password", "another or unknown",
			 s->node->is_random
				 ? "random"
				 : arena_fmt(c->a, "the stored secret '%s'", s->node->text));
	return true;
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "port_5900", "Is5900PortEnabled", NULL },
		{ "consent", "OptInPolicy", NULL },
		{ "consent_timeout", "OptInPolicyTimeout", NULL },
		{ "session_timeout", "SessionTimeout", NULL },
		{ "default_screen", "DefaultScreen", NULL },
		{ "back_to_back", "BackToBackFbMode", NULL },
		{ NULL, NULL, NULL },
	};
	const struct wsman_obj *have = in->have[0].items[0];
	engine_part_props(in, have, NULL, props, 0, c);
	return diff_password(in, have, c, e);
}

const struct engine_part engine_part_kvm_settings = {
	.name = "kvm_settings",
	.title = "KVM settings",
	.keys = keys,
	.reads = reads,
	.read_count = 1,
	.diff = diff,
};
