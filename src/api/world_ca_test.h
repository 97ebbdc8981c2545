/* For the tests of api: a built-in CA that signs nothing. Used through world_engine_test.h. */
#pragma once
#include "engine/vault.h"

bool engine_vault_revoke(struct engine *en, struct store_tx *tx, const char *uuid, const char *reason,
			 unsigned *out_count, struct err *e)
{
	(void)en, (void)tx, (void)uuid, (void)reason, (void)e;
	*out_count = 1;
	return true;
}

bool engine_vault_revoke_serial(struct engine *en, struct store_tx *tx, const char *serial, const char *reason,
				const char **out_uuid, struct arena *a, struct err *e)
{
	(void)en, (void)tx, (void)serial, (void)reason, (void)a, (void)e;
	*out_uuid = U1;
	return true;
}

unsigned engine_vault_cas(struct engine *en, struct arena *a, unsigned limit, struct engine_vault_ca *out_rows)
{
	(void)en, (void)a, (void)limit, (void)out_rows;
	return 0;
}

struct engine_vault_list *engine_vault_list_new(struct engine *en, const char *ca_id, struct err *e)
{
	(void)en, (void)ca_id;
	err_set(e, ERR_NOT_FOUND, "there is no CA");
	return NULL;
}

bool engine_vault_list_make(struct engine_vault_list *l, struct err *e)
{
	(void)l, (void)e;
	return false;
}

struct span engine_vault_list_der(const struct engine_vault_list *l)
{
	(void)l;
	return span_make("", 0);
}

void engine_vault_list_free(struct engine_vault_list *l)
{
	(void)l;
}

struct engine_vault_renewal *engine_vault_renewal_new(struct engine *en, bool root)
{
	(void)en, (void)root;
	return NULL;
}

bool engine_vault_renewal_make(struct engine_vault_renewal *n, struct err *e)
{
	(void)n, (void)e;
	return true;
}

bool engine_vault_renewal_add(struct engine *en, struct engine_vault_renewal *n, struct store_tx *tx, struct err *e)
{
	(void)en, (void)n, (void)tx, (void)e;
	return true;
}

bool engine_vault_renewal_done(struct engine *en, struct err *e)
{
	(void)en, (void)e;
	return true;
}

void engine_vault_renewal_free(struct engine_vault_renewal *n)
{
	(void)n;
}
