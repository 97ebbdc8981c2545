/* Tests of settings, profiles, secrets and the revealing of credentials. */
#include "api/world_test.h"
#include "base/fault.h"
#include "engine/settings.h"

static void settings_are_checked(void **state)
{
	struct world *w = *state;
	const char *v;
	ASK(w, 200, "GET", "/v1/settings", "", "");
	assert_int_equal(count_at(w, "items"), ENGINE_SETTING_COUNT);
	EQ(w, "items.0.key", "workers");
	EQ(w, "items.0.value", "10");
	EQ(w, "items.0.type", "int");
	char path[32];
	(void)snprintf(path, sizeof path, "items.%d.choices", SETTING_APPROVAL);
	EQ(w, path, "auto manual");
	ASK(w, 400, "PUT", "/v1/settings/workers", "", "{\"value\":\"0\"}");
	EQ(w, "error.msg", "setting workers cannot be '0'");
	EQ(w, "error.want", "a whole number from 1 to 10000");
	ASK(w, 404, "PUT", "/v1/settings/worker", "", "{\"value\":\"1\"}");
	EQ(w, "error.msg", "there is no setting 'worker'");
	assert_int_equal(audit_count(w), 0);
	ASK(w, 200, "PUT", "/v1/settings/workers", "", "{\"value\":20}");
	EQ(w, "value", "20");
	EQ(w, "default", "10");
	assert_true(store_setting_get(w->store, &w->a, "workers", &v));
	assert_string_equal(v, "20");
	assert_string_equal(audit(w, 0), "setting.set workers=20");
	assert_int_equal(w->reloads, 1);
	HAS(w->log, "ev=setting.changed key=workers value=20 actor=uid:1000");
	ASK(w, 200, "PUT", "/v1/settings/log.level", "", "{\"value\":\"error\"}");
	assert_int_equal(log_get_level(), LOG_ERROR);
}

static void pki_on_frees_jobs(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	world_delayed(w, "j-1", U1, "D070");
	ASK(w, 200, "PUT", "/v1/settings/pki.enabled", "", "{\"value\":false}");
	assert_string_equal(job_state(w, "j-1"), "delayed");
	ASK(w, 200, "PUT", "/v1/settings/pki.enabled", "", "{\"value\":\"true\"}");
	assert_string_equal(job_state(w, "j-1"), "queued");
}

static void profiles_have_versions(void **state)
{
	struct world *w = *state;
	static const char yaml[] = "version: 1\nadmin_password: {secret: corp}\nkvm: on\n";
	ASK(w, 200, "GET", "/v1/profiles", "", "");
	EQ(w, "items.0.name", "baseline");
	EQ(w, "items.0.version", "0");
	ASK(w, 200, "GET", "/v1/profiles/baseline", "", "");
	HAS(at(w, "yaml"), "admin_password");
	ASK(w, 404, "GET", "/v1/profiles/corp", "", "");
	EQ(w, "error.msg", "there is no profile 'corp'");
	ASK(w, 200, "PUT", "/v1/profiles/corp", "check=true", yaml);
	HAS(at(w, "notes.0"), "secret 'corp' is not stored yet");
	ASK(w, 404, "GET", "/v1/profiles/corp", "", "");
	ASK(w, 200, "PUT", "/v1/profiles/corp", "", yaml);
	EQ(w, "version", "1");
	assert_string_equal(audit(w, 0), "profile.put corp version 1");
	ASK(w, 200, "PUT", "/v1/profiles/corp", "", yaml);
	EQ(w, "version", "1"); /* the same text */
	ASK(w, 200, "PUT", "/v1/secrets/corp", "", "S3cret!value");
	ASK(w, 200, "PUT", "/v1/profiles/corp", "",
	    "version: 1\nadmin_password: {secret: corp}\nkvm: off\n");
	EQ(w, "version", "2");
	assert_int_equal(count_at(w, "notes"), 0);
	ASK(w, 200, "GET", "/v1/profiles", "", "");
	assert_int_equal(count_at(w, "items"), 2);
	ASK(w, 400, "PUT", "/v1/profiles/corp", "", "version: 1\nkvn: on\n");
	HAS(at(w, "error.msg"), "line 2");
	ASK(w, 400, "PUT", "/v1/profiles/co%rp", "", yaml);
	HAS(at(w, "error.msg"), "cannot be the name of a profile");
	ASK(w, 400, "PUT", "/v1/profiles/corp", "", "");
	EQ(w, "error.msg", "the body is empty");
	assert_int_equal(w->reloads, 2);
}

static void secrets_go_in_sealed(void **state)
{
	struct world *w = *state;
	struct span sealed;
	struct secret s;
	struct err e = { 0 };
	ASK(w, 200, "PUT", "/v1/secrets/corp", "", "Pl4nted!Secret\n");
	assert_string_equal(w->body, "{}\n");
	assert_true(store_secret_get(w->store, &w->a, "corp", &sealed));
	assert_true(engine_unseal(NULL, "secret:corp", sealed, &s, &e));
	assert_true(span_eq_str(secret_reveal(&s), "Pl4nted!Secret"));
	secret_deinit(&s);
	assert_string_equal(audit(w, 0), "secret.set corp");
	assert_null(strstr(w->log, "Pl4nted"));
	ASK(w, 400, "PUT", "/v1/secrets/corp", "", "\n");
	EQ(w, "error.msg", "secret 'corp' has 0 bytes");
	ASK(w, 400, "PUT", "/v1/secrets/.x", "", "v");
}

static void add_credential(struct world *w, const char *id, const char *kind, const char *state,
			   const char *label, const char *secret)
{
	struct store_tx *tx = world_tx(w);
	store_tx_credential_add(tx,
				&(struct store_credential){
					.id = id,
					.uuid = U1,
					.kind = kind,
					.state = state,
					.user = "admin",
					.realm = "Digest:1",
					.sealed = engine_seal(NULL, label, span_str(secret), &w->a),
					.at_unix_ms = clk_unix_ms() });
	world_commit(w, tx);
	clk_fake_advance_ms(10);
}

static void reveal_is_audited_first(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	ASK(w, 404, "POST", "/v1/credentials/10.0.0.1/reveal", "", "{\"kind\":\"admin\"}");
	EQ(w, "error.msg", "no admin credential of device " U1 " is stored");
	assert_int_equal(audit_count(w), 0);
	add_credential(w, "c1", "admin", "previous", "credential:" U1 ":admin", "Pl4nted!Old");
	add_credential(w, "c2", "admin", "current", "credential:" U1 ":admin", "Pl4nted!\"New");
	add_credential(w, "c3", "mebx", "current", "credential:" U1 ":mebx", "Pl4nted!Mebx");
	ASK(w, 200, "POST", "/v1/credentials/10.0.0.1/reveal", "", "{\"kind\":\"admin\"}");
	assert_int_equal(count_at(w, "items"), 2);
	EQ(w, "items.0.secret", "Pl4nted!\"New");
	EQ(w, "items.0.state", "current");
	EQ(w, "items.1.secret", "Pl4nted!Old");
	EQ(w, "items.0.realm", "Digest:1");
	assert_string_equal(audit(w, 0), "credential.reveal " U1 " admin");
	HAS(w->log, "ev=credential.revealed uuid=" U1 " kind=admin actor=uid:1000");
	ASK(w, 200, "POST", "/v1/credentials/" U1 "/reveal", "", "{\"kind\":\"mebx\"}");
	EQ(w, "items.0.secret", "Pl4nted!Mebx");
	assert_null(strstr(w->log, "Pl4nted"));
	ASK(w, 400, "POST", "/v1/credentials/" U1 "/reveal", "", "{\"kind\":\"psk\"}");
	EQ(w, "error.want", "admin or mebx");
	ASK(w, 404, "POST", "/v1/credentials/pc9/reveal", "", "{\"kind\":\"admin\"}");
	/* a row that does not open hides no other one */
	add_credential(w, "c4", "admin", "candidate", "credential:other", "x");
	ASK(w, 200, "POST", "/v1/credentials/" U1 "/reveal", "", "");
	EQ(w, "items.0.secret", "");
	assert_true(at(w, "items.0.error.msg")[0]);
	EQ(w, "items.1.secret", "Pl4nted!\"New");
	/* a forgotten device still has its credentials */
	ASK(w, 200, "DELETE", "/v1/devices/" U1, "", "");
	ASK(w, 200, "POST", "/v1/credentials/" U1 "/reveal", "", "");
	EQ(w, "items.1.state", "archived");
}

/* The audit is written before the secret leaves: when it cannot be, nothing leaves. */
static void no_audit_no_secret(void **state)
{
	struct world *w = *state;
	world_hello(w, U1, "10.0.0.1", "");
	add_credential(w, "c1", "admin", "current", "credential:" U1 ":admin", "Pl4nted!Old");
	fault_arm("store.", 1);
	int status = ask(w, "POST", "/v1/credentials/" U1 "/reveal", "", "");
	const char *fired = fault_fired();
	fault_disarm();
	assert_non_null(fired);
	assert_true(status >= 500);
	assert_null(strstr(w->body, "Pl4nted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(settings_are_checked),    WORLD(pki_on_frees_jobs),
		WORLD(profiles_have_versions),  WORLD(secrets_go_in_sealed),
		WORLD(reveal_is_audited_first), WORLD(no_audit_no_secret),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
