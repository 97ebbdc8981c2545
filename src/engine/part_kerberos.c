/* Part "kerberos": what a PC needs to take tickets (kerberos-ad 3). The settings only: the account in the
 * directory, its names and its password are made elsewhere. Called by run_part.c. */
#include "base/str.h"
#include "engine/part.h"

#define CLS            "AMT_KerberosSettingData"
#define CIPHERS        "rc4=0 aes128=1 aes256=2"
#define MASTER_KEY_LEN 16
#define ITERATIONS     4096

static const struct engine_key keys[] = {
	{ "", KEY_GROUP, NULL, 0, "", "", SRC_D, "Logins by Kerberos tickets.", NULL },
	{ "enabled", KEY_SWITCH, NULL, 0, CLS ".KrbEnabled", "", SRC_D,
	  "Whether tickets are taken.", "on" },
	{ "realm", KEY_TEXT, "1..48", 0, CLS ".RealmName", "", SRC_D,
	  "The directory's domain, as the tickets write it.", "CORP.EXAMPLE.COM" },
	{ "principals", KEY_WORD, "fqdn", 0, CLS ".ServicePrincipalName", "", SRC_D,
	  "HTTP/NAME:PORT for the four ports, from the PC's name; 6.0 and later ignore them.",
	  "fqdn" },
	{ "key_version", KEY_NUMBER, "1..4294967295", 0, CLS ".KeyVersion", "", SRC_D,
	  "Number of the key; kept, never compared.", "1" },
	{ "clock_tolerance", KEY_NUMBER, "1..5", 0, CLS ".MaximumClockTolerance", "", SRC_D,
	  "Minutes that clocks may differ.", "5" },
	{ "encryption", KEY_WORDS, "rc4 aes128 aes256", 0, CLS ".ConfiguredEncryptionAlgorithms",
	  "8.0", SRC_D, "Ciphers of tickets.", "[aes256, aes128]" },
	{ "passphrase", KEY_SECRET, NULL, KEY_NO_RANDOM, CLS ".Passphrase", "8.0", SRC_D,
	  "Password of the account; the PC makes its keys from it.", "{secret: krb}" },
	{ "account", KEY_TEXT, "1..64", 0, CLS ".Salt", "8.0", SRC_G,
	  "Account of the PC without $, for the salt of AES; {host} is the host name.",
	  "'{host}-amt'" },
	{ "master_key", KEY_SECRET, NULL, KEY_NO_RANDOM, CLS ".MasterKey", "-7.1", SRC_D,
	  "RC4 key of the account, 32 hex digits; where there is a pass phrase, only for firmware "
	  "before 8.0.",
	  "{secret: krb-key}" },
	{ "cache", KEY_SWITCH, NULL, 0, CLS ".SetCredentialCacheState", "", SRC_D,
	  "Tickets that were checked are kept for further requests.", "on" },
	ENGINE_KEYS_END,
};
static const struct engine_part_read reads[] = {
	{ PART_GET, CLS, NULL, NULL, false },
};

static const char *more(const struct engine_part_in *in, struct arena *a, struct wsman_req *req)
{
	struct engine_change ch = { 0 };
	struct engine_changes c = { .a = a };
	bool asked;
	engine_part_more(in, "cache", &asked);
	if (asked || !engine_node_get(in->want, "cache") ||
	    !engine_part_call(&c, &ch, CLS, "GetCredentialCacheState", NULL))
		return NULL;
	*req = ch.req;
	return "cache";
}

/* ---- names ---- */

static void put_principals(const struct engine_part_in *in, struct engine_changes *c,
			   const struct wsman_obj *have)
{
	const char *fqdn = in->fqdn, *first = wsman_obj_str(have, "ServicePrincipalName");
	const char *want = arena_fmt(c->a, "HTTP/%s:16992", fqdn ? fqdn : "");
	if (!engine_node_get(in->want, "principals") || !want || !fqdn || !*fqdn ||
	    (first && str_eq(first, want)))
		return;
	struct engine_change *ch = engine_part_put_of(c, 0, have, NULL);
	if (!ch)
		return;
	engine_part_line(ch, "kerberos.principals", first, want);
	wsman_obj_unset(ch->obj, "ServicePrincipalName");
	wsman_obj_unset(ch->obj, "ServicePrincipalProtocol");
	for (unsigned i = 0; i < 4; i++) {
		const char *name = arena_fmt(c->a, "HTTP/%s:%u", fqdn, 16992 + i);
		const char *protocol = arena_fmt(c->a, "%u", i);
		if (!name || !protocol)
			return;
		wsman_obj_add_str(ch->obj, "ServicePrincipalName", name);
		wsman_obj_add_str(ch->obj, "ServicePrincipalProtocol", protocol);
	}
}

/* Of a computer's account: REALM, "host", account in lower case, a dot, realm in lower case. */
static const char *make_salt(const struct engine_part_in *in, struct arena *a,
			     const struct wsman_obj *o)
{
	const char *account = engine_node_text(in->want, "account"),
		   *realm = wsman_obj_str(o, "RealmName"),
		   *host = in->host && *in->host ? in->host : "";
	if (!account || !realm)
		return NULL;
	const char *mark = strstr(account, "{host}");
	char *upper = arena_str(a, span_str(realm));
	char *lower = mark ? arena_fmt(a, "%.*s%s%s.%s", (int)(mark - account), account, host,
				       mark + strlen("{host}"), realm)
			   : arena_fmt(a, "%s.%s", account, realm);
	if (!upper || !lower)
		return NULL;
	for (char *p = upper; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	str_lower(lower);
	return arena_fmt(a, "%shost%s", upper, lower);
}

/* ---- keys ---- */

static bool has_put(const struct engine_changes *c)
{
	for (const struct engine_change *ch = c->first; ch; ch = ch->next)
		if (ch->obj)
			return true;
	return false;
}

/* A Put carries the key again whenever there is one: realm and salt belong to it. */
static void put_passphrase(const struct engine_part_in *in, struct engine_changes *c,
			   const struct wsman_obj *have, struct engine_part_secret *s)
{
	bool due = !s->was_set || has_put(c);
	struct engine_change *ch = due ? engine_part_put_of(c, 0, have, NULL) : NULL;
	if (!ch)
		return;
	struct span value = secret_reveal(&s->value);
	char *text = arena_str(c->a, value);
	const char *salt = make_salt(in, c->a, ch->obj);
	if (!text)
		return;
	if (!s->was_set)
		engine_part_line(ch, "kerberos.passphrase", "another or unknown",
				 arena_fmt(c->a, "the stored secret '%s'", s->node->text));
	wsman_obj_set_str(ch->obj, "Passphrase", text);
	wsman_obj_set_u32(ch->obj, "IterationCount", ITERATIONS);
	if (salt)
		wsman_obj_set_str(ch->obj, "Salt", salt);
	ch->secret = s;
}

static bool put_master_key(struct engine_changes *c, const struct wsman_obj *have,
			   struct engine_part_secret *s, struct err *e)
{
	uint8_t key[MASTER_KEY_LEN];
	size_t n;
	if (!hex_decode(secret_reveal(&s->value), key, sizeof key, &n) || n != sizeof key) {
		err_set(e, ERR_INVALID, "kerberos.master_key: secret '%s' is no key of 16 bytes",
			s->node->text);
		return err_hint(e,
				"store its 32 hex digits, or use 'passphrase' (AMT 8 and later)");
	}
	struct engine_change *ch =
		!s->was_set || has_put(c) ? engine_part_put_of(c, 0, have, NULL) : NULL;
	if (ch) {
		if (!s->was_set)
			engine_part_line(ch, "kerberos.master_key", "another or unknown",
					 arena_fmt(c->a, "the stored secret '%s'", s->node->text));
		wsman_obj_set_b64(ch->obj, "MasterKey", span_make(key, sizeof key));
		wsman_obj_set_u32(ch->obj, "EncryptionAlgorithm", 0);
		ch->secret = s;
	}
	explicit_bzero(key, sizeof key);
	return true;
}

static bool put_key(const struct engine_part_in *in, struct engine_changes *c,
		    const struct wsman_obj *have, bool aes, struct err *e)
{
	struct engine_part_secret *passphrase = engine_part_secret(in, in->want, "passphrase"),
				  *key = engine_part_secret(in, in->want, "master_key");
	if (passphrase && aes) {
		put_passphrase(in, c, have, passphrase);
		return true;
	}
	if (key)
		return put_master_key(c, have, key, e);
	if (passphrase)
		engine_part_lack(c, "kerberos.passphrase", "the stored secret");
	return true;
}

static void put_cache(const struct engine_part_in *in, struct engine_changes *c)
{
	const struct wsman_obj *o = engine_part_more(in, "cache", NULL);
	bool want, have = false;
	if (!engine_node_switch(in->want, "cache", &want))
		return;
	if (!o || !wsman_obj_bool(o, "Enabled", &have)) {
		engine_part_lack(c, "kerberos.cache", want ? "on" : "off");
		return;
	}
	if (want == have)
		return;
	struct engine_change *ch = engine_part_change(c, 0, "cache");
	struct wsman_obj *call = engine_part_call(c, ch, CLS, "SetCredentialCacheState", NULL);
	if (!call)
		return;
	wsman_obj_set_bool(call, "Enable", want);
	engine_part_line(ch, "kerberos.cache", have ? "on" : "off", want ? "on" : "off");
}

static bool diff(const struct engine_part_in *in, struct engine_changes *c, struct err *e)
{
	static const struct engine_part_prop props[] = {
		{ "realm", "RealmName", NULL },
		{ "key_version", "KeyVersion", NULL },
		{ "clock_tolerance", "MaximumClockTolerance", NULL },
		{ "enabled", "KrbEnabled", NULL },
		{ NULL, NULL, NULL },
	};
	const struct wsman_obj *have = in->have[0].items[0];
	const struct engine_node *encryption = engine_node_get(in->want, "encryption");
	bool aes = wsman_obj_has(have, "SupportedEncryptionAlgorithms"); /* 8.0 and later */
	/* what was never set is not in the instance at all */
	if (engine_part_fields(c->a, in->want, "kerberos", props, have, NULL, NULL)) {
		struct engine_change *ch = engine_part_put_of(c, 0, have, NULL);
		if (ch)
			engine_part_fields(c->a, in->want, "kerberos", props, have, ch->obj, ch);
	}
	put_principals(in, c, have);
	if (aes)
		engine_part_list(in, have, NULL, "encryption", "ConfiguredEncryptionAlgorithms",
				 CIPHERS, 0, c);
	if (!put_key(in, c, have, aes, e))
		return false;
	put_cache(in, c);
	if (!aes && encryption)
		engine_part_lack(c, "kerberos.encryption", "a list");
	return true;
}

const struct engine_part engine_part_kerberos = {
	.name = "kerberos",
	.title = "Kerberos",
	.keys = keys,
	.reads = reads,
	.read_count = 1,
	.more = more,
	.diff = diff,
};
