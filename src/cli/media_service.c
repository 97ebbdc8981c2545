/* See media_service.h. */
#include "cli/media_service.h"

bool cli_media_service(struct cli *c, const struct cli_media_conf *conf, struct err *e)
{
	(void)c;
	(void)conf;
	err_set(e, ERR_UNSUPPORTED, "virtual media go to one PC with --direct only");
	return err_hint(e, "give --direct HOST");
}
