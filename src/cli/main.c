/* The program's entry: everything is in cli.c, so that tests can link the rest. */
#include "cli/cli.h"
#include <fcntl.h>
#include <unistd.h>

/* A caller may have closed them; what is opened next must not become standard output. */
static bool open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 || close(fd) == 0;
}

int main(int argc, char **argv)
{
	if (!open_standard())
		return 1;
	return cli_main(argc, argv);
}
