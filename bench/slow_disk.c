/*
 * slow_disk.c
 *	  A disk that answers later: fdatasync() takes SLOW_DISK_US microseconds longer than it does.
 *
 * restart_server.sh compiles it, and starts the server with it in LD_PRELOAD.  PostgreSQL flushes
 * its log by fdatasync() on Linux, so that each commit waits as it does for a disk without a write
 * cache that outlives a loss of power.  The processor is free meanwhile.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

int
fdatasync(int file)
{
	static int	(*real) (int);
	static int	longer;
	int			result;

	if (!real)
	{
		const char *us = getenv("SLOW_DISK_US");

		longer = us ? atoi(us) : 0;
		real = (int (*) (int)) dlsym(RTLD_NEXT, "fdatasync");
	}
	result = real(file);
	usleep(longer);
	return result;
}
