/* Keys, certificates, credentials and secrets: statements and reads. What opens a device comes
 * here sealed and leaves sealed. Called by engine and api. Never unseals, never logs a value. */
#include "store/tx.h"
#include "base/clk.h"

static const struct store_field psk_fields[] = {
	STORE_F_TEXT(store_psk, pid),
	STORE_F_BYTES(store_psk, sealed_pps),
	STORE_F_BYTES(store_psk, sealed_password),
	STORE_F_TEXT(store_psk, state),
	STORE_F_TEXT(store_psk, used_by),
	STORE_F_TEXT(store_psk, source),
	STORE_F_INT(store_psk, at_unix_ms),
};
#define PSK STORE_SHAPE(store_psk, psk_fields)

static const struct store_field cert_fields[] = {
	STORE_F_TEXT(store_cert, id),
	STORE_F_TEXT(store_cert, kind),
	STORE_F_TEXT(store_cert, uuid),
	STORE_F_TEXT(store_cert, state),
	STORE_F_TEXT(store_cert, subject),
	STORE_F_TEXT(store_cert, serial),
	STORE_F_BYTES(store_cert, pem),
	STORE_F_BYTES(store_cert, sealed_key),
	STORE_F_INT(store_cert, not_after_unix_ms),
	STORE_F_INT(store_cert, at_unix_ms),
};
#define CERT STORE_SHAPE(store_cert, cert_fields)

static const struct store_field revocation_fields[] = {
	STORE_F_TEXT(store_revocation, issuer),    STORE_F_TEXT(store_revocation, serial),
	STORE_F_TEXT(store_revocation, reason),    STORE_F_TEXT(store_revocation, uuid),
	STORE_F_INT(store_revocation, at_unix_ms), STORE_F_INT(store_revocation, not_after_unix_ms),
};
#define REVOCATION STORE_SHAPE(store_revocation, revocation_fields)

static const struct store_field credential_fields[] = {
	STORE_F_TEXT(store_credential, id),        STORE_F_TEXT(store_credential, uuid),
	STORE_F_TEXT(store_credential, kind),      STORE_F_TEXT(store_credential, state),
	STORE_F_BYTES(store_credential, sealed),   STORE_F_TEXT(store_credential, user),
	STORE_F_TEXT(store_credential, realm),     STORE_F_TEXT(store_credential, leaf_sha256),
	STORE_F_TEXT(store_credential, tls_mode),  STORE_F_INT(store_credential, port),
	STORE_F_INT(store_credential, at_unix_ms), STORE_F_INT(store_credential, changed_unix_ms),
};
#define CREDENTIAL STORE_SHAPE(store_credential, credential_fields)

void store_tx_psk_add(struct store_tx *tx, const struct store_psk *k)
{
	struct store_val vals[STORE_VALS_MAX];
	struct store_psk row = *k;
	if (!row.state || !row.state[0])
		row.state = "unused";
	store_tx_add(tx, STORE_SQL_PSK_ADD, store_shape_vals(PSK, &row, vals));
}

void store_tx_psk_use(struct store_tx *tx, const char *pid, const char *uuid, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_PSK_USE,
		     STORE_VALS(STORE_T(pid), STORE_T(uuid), STORE_I(now_unix_ms)));
}

void store_tx_psk_put(struct store_tx *tx, const char *pid, struct span sealed_password,
		      bool even_used, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_PSK_PUT,
		     STORE_VALS(STORE_T(pid), STORE_B(sealed_password), STORE_I(now_unix_ms),
				STORE_I(even_used)));
}

void store_tx_psk_take(struct store_tx *tx, const char *pid, const char *uuid, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_PSK_TAKE,
		     STORE_VALS(STORE_T(pid), STORE_T(uuid), STORE_I(now_unix_ms)));
}

bool store_psk_holder(struct store *s, struct arena *a, const char *pid, const char *uuid,
		      int64_t now_unix_ms, const char **out_uuid)
{
	struct holder {
		const char *uuid;
	} row;
	static const struct store_field fields[] = { STORE_F_TEXT(holder, uuid) };
	if (!store_read_row(s, a, STORE_SQL_PSK_HOLDER,
			    STORE_VALS(STORE_T(pid), STORE_T(uuid), STORE_I(now_unix_ms)),
			    STORE_SHAPE(holder, fields), &row))
		return false;
	*out_uuid = row.uuid;
	return true;
}

void store_tx_psk_release(struct store_tx *tx, const char *pid)
{
	store_tx_add(tx, STORE_SQL_PSK_RELEASE, STORE_VALS(STORE_T(pid)));
}

bool store_psk_get(struct store *s, struct arena *a, const char *pid, struct store_psk *out_k)
{
	return store_read_row(s, a, STORE_SQL_PSK_GET, STORE_VALS(STORE_T(pid)), PSK, out_k);
}

unsigned store_psk_list(struct store *s, struct arena *a, const char *state, const char *after_pid,
			unsigned limit, struct store_psk *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_PSK_LIST,
			       STORE_VALS(STORE_T(after_pid), STORE_T(state), STORE_I(limit)), PSK,
			       out_rows, limit);
}

int64_t store_psk_count(struct store *s, const char *state)
{
	return store_read_int(s, STORE_SQL_AMOUNT, STORE_VALS(STORE_T("psk"), STORE_T(state)));
}

void store_tx_cert_put(struct store_tx *tx, const struct store_cert *c)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_CERT_PUT, store_shape_vals(CERT, c, vals));
}

void store_tx_cert_former(struct store_tx *tx, const char *uuid)
{
	store_tx_add(tx, STORE_SQL_CERT_FORMER, STORE_VALS(STORE_T(uuid)));
}

void store_tx_cert_state(struct store_tx *tx, const char *id, const char *state)
{
	store_tx_add(tx, STORE_SQL_CERT_STATE, STORE_VALS(STORE_T(id), STORE_T(state)));
}

bool store_cert_get(struct store *s, struct arena *a, const char *id, struct store_cert *out_c)
{
	return store_read_row(s, a, STORE_SQL_CERT_GET, STORE_VALS(STORE_T(id)), CERT, out_c);
}

unsigned store_cert_list(struct store *s, struct arena *a, const char *kind, const char *uuid,
			 unsigned limit, struct store_cert *out_rows)
{
	if (uuid)
		return store_read_rows(s, a, STORE_SQL_CERT_LIST_UUID,
				       STORE_VALS(STORE_T(uuid), STORE_T(kind), STORE_I(limit)),
				       CERT, out_rows, limit);
	if (kind)
		return store_read_rows(s, a, STORE_SQL_CERT_LIST_KIND,
				       STORE_VALS(STORE_T(kind), STORE_I(limit)), CERT, out_rows,
				       limit);
	return store_read_rows(s, a, STORE_SQL_CERT_LIST, STORE_VALS(STORE_I(limit)), CERT,
			       out_rows, limit);
}

unsigned store_cert_list_end(struct store *s, struct arena *a, const struct store_cert_ends *q,
			     unsigned limit, struct store_cert *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_CERT_LIST_END,
			       STORE_VALS(STORE_T(q->kind), STORE_I(q->from_unix_ms),
					  STORE_I(q->before_unix_ms), STORE_I(limit)),
			       CERT, out_rows, limit);
}

int64_t store_cert_count_end(struct store *s, const struct store_cert_ends *q)
{
	return store_read_int(
		s, STORE_SQL_CERT_COUNT_END,
		STORE_VALS(STORE_T(q->kind), STORE_I(q->from_unix_ms), STORE_I(q->before_unix_ms)));
}

unsigned store_cert_list_warn(struct store *s, struct arena *a, const struct store_cert_ends *q,
			      int64_t days, unsigned limit, struct store_cert *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_CERT_LIST_WARN,
			       STORE_VALS(STORE_T(q->kind), STORE_I(q->from_unix_ms),
					  STORE_I(q->before_unix_ms), STORE_I(days),
					  STORE_I(limit)),
			       CERT, out_rows, limit);
}

void store_tx_cert_warn(struct store_tx *tx, const char *id, int64_t not_after_unix_ms,
			int64_t days)
{
	store_tx_add(tx, STORE_SQL_CERT_WARN,
		     STORE_VALS(STORE_T(id), STORE_I(not_after_unix_ms), STORE_I(days)));
}

void store_tx_revoke(struct store_tx *tx, const struct store_revocation *r)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_REVOKE, store_shape_vals(REVOCATION, r, vals));
}

int64_t store_revocation_count(struct store *s, const char *issuer)
{
	return store_read_int(s, STORE_SQL_REVOCATION_COUNT, STORE_VALS(STORE_T(issuer)));
}

unsigned store_revocation_list(struct store *s, struct arena *a, const char *issuer,
			       const char *after_serial, unsigned limit,
			       struct store_revocation *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_REVOCATION_LIST,
			       STORE_VALS(STORE_T(issuer), STORE_T(after_serial), STORE_I(limit)),
			       REVOCATION, out_rows, limit);
}

void store_tx_credential_add(struct store_tx *tx, const struct store_credential *c)
{
	struct store_val vals[STORE_VALS_MAX];
	store_tx_add(tx, STORE_SQL_CREDENTIAL_ADD, store_shape_vals(CREDENTIAL, c, vals));
}

void store_tx_credential_state(struct store_tx *tx, const char *id, const char *state,
			       int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_CREDENTIAL_STATE,
		     STORE_VALS(STORE_T(id), STORE_T(state), STORE_I(now_unix_ms)));
}

void store_tx_credential_current(struct store_tx *tx, const char *id, int64_t now_unix_ms)
{
	store_tx_add(tx, STORE_SQL_CREDENTIAL_RETIRE,
		     STORE_VALS(STORE_T(id), STORE_I(now_unix_ms)));
	store_tx_credential_state(tx, id, "current", now_unix_ms);
}

unsigned store_credential_list(struct store *s, struct arena *a, const char *uuid, const char *kind,
			       unsigned limit, struct store_credential *out_rows)
{
	return store_read_rows(s, a, STORE_SQL_CREDENTIAL_LIST,
			       STORE_VALS(STORE_T(uuid), STORE_T(kind), STORE_I(limit)), CREDENTIAL,
			       out_rows, limit);
}

void store_tx_secret_set(struct store_tx *tx, const char *name, struct span sealed)
{
	store_tx_add(tx, STORE_SQL_SECRET_SET, STORE_VALS(STORE_T(name), STORE_B(sealed)));
}

bool store_secret_get(struct store *s, struct arena *a, const char *name, struct span *out_sealed)
{
	static const struct store_field field = { STORE_FIELD_BYTES, 0 };
	return store_read_row(s, a, STORE_SQL_SECRET_GET, STORE_VALS(STORE_T(name)),
			      (struct store_shape){ &field, 1, sizeof *out_sealed }, out_sealed);
}

unsigned store_old_list(struct store *s, struct arena *a, enum store_old what,
			int64_t before_unix_ms, const char *job_kind, unsigned limit,
			const char **out_uuids)
{
	static const struct store_field field = { STORE_FIELD_TEXT, 0 };
	int64_t now = clk_unix_ms();

	return store_read_rows(
		s, a, what == STORE_OLD_CERT ? STORE_SQL_OLD_CERT : STORE_SQL_OLD_PASSWORD,
		STORE_VALS(STORE_I(before_unix_ms), STORE_T(job_kind), STORE_I(limit),
			   STORE_I(now)),
		(struct store_shape){ &field, 1, sizeof *out_uuids }, out_uuids, limit);
}
