/* Records of key files: ours, those of OEMs and of other products, whose headings name the columns
 * in many ways. Without a heading the order is pid,pps,mebx_password. Pure. PPS and passwords never
 * enter an error. */
#include "base/mem.h"
#include "base/str.h"
#include "engine/import_priv.h"
#include "wire/psk.h"

_Static_assert(sizeof((struct engine_import_key *)0)->pid == WIRE_PSK_PID_LEN + 1, "PID");
_Static_assert(sizeof((struct engine_import_key *)0)->pps == WIRE_PSK_PPS_LEN + 1, "PPS");

enum column { COLUMN_PID, COLUMN_PPS, COLUMN_PASSWORD, COLUMN_COUNT };

/* Letters and digits of a name, in lower case. A password that is on the way out (the factory's) is
 * not the one to log in with: such columns are left alone, as all unknown ones. */
static const struct {
	const char *name;
	enum column column;
} names[] = {
	{ "pid", COLUMN_PID },
	{ "pskpid", COLUMN_PID },
	{ "provisioningid", COLUMN_PID },
	{ "pps", COLUMN_PPS },
	{ "pskpps", COLUMN_PPS },
	{ "passphrase", COLUMN_PPS },
	{ "provisioningpassphrase", COLUMN_PPS },
	{ "mebx", COLUMN_PASSWORD },
	{ "mebxpassword", COLUMN_PASSWORD },
	{ "mebxpwd", COLUMN_PASSWORD },
	{ "mepassword", COLUMN_PASSWORD },
	{ "password", COLUMN_PASSWORD },
	{ "newmebxpassword", COLUMN_PASSWORD },
	{ "newmebxpwd", COLUMN_PASSWORD },
	{ "newmepassword", COLUMN_PASSWORD },
	{ "newmebx", COLUMN_PASSWORD },
	{ "newpassword", COLUMN_PASSWORD },
	{ "mebxnewpassword", COLUMN_PASSWORD },
	{ "menewpassword", COLUMN_PASSWORD },
};
static const char *const column_texts[COLUMN_COUNT] = { "PID", "PPS", "MEBx password" };

static enum column column_of(struct span field)
{
	char plain[32];
	size_t n = 0;

	for (size_t i = 0; i < field.n && n < sizeof plain - 1; i++) {
		uint8_t c = field.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			plain[n++] = (char)c;
	}
	plain[n] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(plain, names[i].name))
			return names[i].column;
	return COLUMN_COUNT;
}

/* For rows that have none. */
static bool has_default(const struct engine_csv *c)
{
	return c->password && secret_is_set(c->password);
}

static bool heading_ok(const int *at, int twice, bool needs_password, struct err *e)
{
	if (twice >= 0) {
		err_set(e, ERR_INVALID, "the heading has two columns for the %s",
			column_texts[twice]);
		return err_want(e, "pid, pps and mebx_password once each");
	}
	for (unsigned c = 0; c < COLUMN_COUNT; c++) {
		if (at[c] >= 0 || (c == COLUMN_PASSWORD && !needs_password))
			continue;
		err_set(e, ERR_INVALID, "the heading has no column for the %s", column_texts[c]);
		return err_want(e, "pid, pps and mebx_password, in any order");
	}
	return true;
}

/* A heading names the PID somewhere; nothing else could stand there as a value. */
static bool find_columns(const struct engine_csv_row *row, bool *out_is_head, struct err *e)
{
	int at[COLUMN_COUNT] = { -1, -1, -1 }, twice = -1;

	for (unsigned i = 0; i < row->count; i++) {
		enum column c = column_of(row->f[i]);
		if (c == COLUMN_COUNT)
			continue;
		if (at[c] >= 0)
			twice = (int)c;
		at[c] = (int)i;
	}
	*out_is_head = at[COLUMN_PID] >= 0;
	if (!*out_is_head)
		return true;
	bool ok = heading_ok(at, twice, !has_default(row->csv), e);
	row->csv->keys = (struct engine_key_columns){ true, ok ? at[COLUMN_PID] : -1,
						      at[COLUMN_PPS], at[COLUMN_PASSWORD] };
	return ok;
}

static bool shape_ok(const struct engine_csv_row *row, const struct engine_key_columns *at,
		     struct err *e)
{
	if (!at->by_heading) {
		if (engine_import_count_ok_priv(row, has_default(row->csv) ? 2 : 3, 3,
						"pid,pps,mebx_password", e))
			return true;
		return e->hint[0] || row->count < 4
			? false
			: err_hint(e, "put a heading over it that names the columns");
	}
	if (at->pid < 0)
		return err_set(e, ERR_INVALID, "the heading above this row is wrong");
	int last = at->pid > at->pps ? at->pid : at->pps;
	if (!has_default(row->csv))
		last = last > at->password ? last : at->password;
	return engine_import_count_ok_priv(row, (unsigned)last + 1, ENGINE_CSV_MAX_FIELDS,
					   "as many as the heading has", e);
}

static struct span password_of(const struct engine_csv_row *row, int column)
{
	bool there = column >= 0 && (unsigned)column < row->count && row->f[column].n;

	if (there || !has_default(row->csv))
		return there ? row->f[column] : span_make("", 0);
	return secret_reveal(row->csv->password);
}

static bool key_of(const struct engine_csv_row *row, struct engine_import_key *k, struct err *e)
{
	static const struct engine_key_columns ours = { false, 0, 1, 2 };
	const struct engine_key_columns *at = row->csv->keys.by_heading ? &row->csv->keys : &ours;

	if (!shape_ok(row, at, e))
		return false;
	if (!wire_psk_parse_pid(row->f[at->pid], k->pid, e))
		return err_wrap(e, "column pid");
	if (!wire_psk_parse_pps(row->f[at->pps], k->pps, e))
		return err_wrap(e, "column pps, PID %s", k->pid);
	struct span password = password_of(row, at->password);
	if (!wire_psk_check_password(password, e))
		return err_wrap(e, "column mebx_password, PID %s", k->pid);
	return str_copy(k->password, sizeof k->password, password);
}

bool engine_import_key(const struct engine_csv_row *row, bool *out_is_head,
		       struct engine_import_key *out_k, struct err *e)
{
	mem_wipe(out_k, sizeof *out_k);
	if (!find_columns(row, out_is_head, e))
		return false;
	if (*out_is_head || key_of(row, out_k, e))
		return true;
	mem_wipe(out_k, sizeof *out_k);
	return false;
}
