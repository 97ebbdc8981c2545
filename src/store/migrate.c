/* Brings a database to the newest schema: one file of schema/ after the other, each in a
 * transaction of its own together with its record, so that a crash leaves a version and not half
 * of one. Called by store_open. Never goes back and never touches a newer schema. */
#include "store/db.h"
#include "base/clk.h"
#include "base/str.h"

static bool read_int(struct store_db *db, enum store_sql id, int64_t *out_v, struct err *e)
{
	struct store_rows r;
	*out_v = 0;
	if (!store_rows_begin(&r, db, id, STORE_NO_VALS, e))
		return false;
	if (store_rows_next(&r, e))
		*out_v = store_rows_int(&r, 0);
	store_rows_end(&r);
	return !r.failed;
}

bool store_schema_version(struct store_db *db, int64_t *out_version, struct err *e)
{
	int64_t tables, has_version;
	*out_version = 0;
	if (!read_int(db, STORE_SQL_TABLE_COUNT, &tables, e) ||
	    !read_int(db, STORE_SQL_HAS_VERSION, &has_version, e))
		return false;
	if (tables && !has_version) {
		err_set(e, ERR_STORE,
			"database %s belongs to another program: it has no schema version",
			store_db_path(db));
		return err_hint(e, "name another file");
	}
	return !has_version || read_int(db, STORE_SQL_VERSION, out_version, e);
}

static int64_t version_of(const struct store_schema_file *f)
{
	struct span name = span_str(f->name);
	uint64_t version = 0;
	(void)str_to_u64(span_make(name.p, span_find(name, '_')), 1, 9999, &version, NULL);
	return (int64_t)version;
}

static bool apply(struct store_db *db, const struct store_schema_file *f, struct err *e)
{
	if (!store_db_run(db, STORE_SQL_BEGIN, STORE_NO_VALS, e))
		return false;
	bool ok = store_db_script(db, f->text, f->name, e) &&
		store_db_run(db, STORE_SQL_VERSION_ADD,
			     STORE_VALS(STORE_I(version_of(f)), STORE_I(clk_unix_ms())), e) &&
		store_db_run(db, STORE_SQL_COMMIT, STORE_NO_VALS, e);
	if (!ok && store_db_in_tx(db))
		(void)store_db_run(db, STORE_SQL_ROLLBACK, STORE_NO_VALS, NULL);
	return ok || err_wrap(e, "changing the schema with %s", f->name);
}

bool store_migrate(struct store_db *db, struct store_schema schema, struct err *e)
{
	int64_t version, newest = schema.count ? version_of(&schema.files[schema.count - 1]) : 0;
	if (!store_schema_version(db, &version, e))
		return false;
	if (version > newest) {
		err_set(e, ERR_STORE, "database %s was written by a newer outband",
			store_db_path(db));
		err_seen(e, "schema %lld", (long long)version);
		err_want(e, "schema %lld or older", (long long)newest);
		return err_hint(e, "start the newer version, or restore the backup made before it");
	}
	for (unsigned i = 0; i < schema.count; i++) {
		if (version_of(&schema.files[i]) > version && !apply(db, &schema.files[i], e))
			return false;
	}
	return true;
}
