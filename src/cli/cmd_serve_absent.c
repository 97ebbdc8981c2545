/* Stands in for cmd_serve.c in a build without engine or api (meson -Dskip=...). */
#include "cli/cli.h"

bool cli_cmd_serve(struct cli *c, struct err *e)
{
	(void)c;
	return err_set(e, ERR_UNSUPPORTED, "this build has no service");
}

bool cli_cmd_backup(struct cli *c, struct err *e)
{
	return cli_cmd_serve(c, e);
}

bool cli_cmd_restore(struct cli *c, struct err *e)
{
	return cli_cmd_serve(c, e);
}
