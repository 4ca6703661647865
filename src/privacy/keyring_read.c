/*
 * keyring_read.c
 *	  The text of a keyring, from its file or from a command.
 *
 * A file is judged by what was opened, never by its name: it is opened without following a link,
 * and all questions are put to the open file and to the open directory it lies in, so that nothing
 * can be exchanged between a check and the reading.  Nothing here raises while a file is open.
 */
#include "postgres.h"
#include "compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/fd.h"

#include "privacy/keyring_file.h"

bool
keyring_refuse(KeyringProblem *problem, int line, const char *format, ...)
{
	va_list		args;

	problem->line = line;
	va_start(args, format);
	vsnprintf(problem->detail, sizeof(problem->detail), format, args);
	va_end(args);
	return false;
}

/* ---- a file ---- */

/*
 * Whether a directory is the data directory or below it, by way of its parents: by whatever links
 * and mounts it was reached.
 */
static bool
in_data_directory(int directory, bool *inside)
{
	struct stat data;
	struct stat here;
	struct stat above;
	int			at = dup(directory);
	bool		good = at >= 0 && stat(DataDir, &data) == 0 && fstat(at, &here) == 0;

	*inside = false;
	while (good)
	{
		int			up;

		*inside = here.st_dev == data.st_dev && here.st_ino == data.st_ino;
		if (*inside)
			break;
		up = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		good = up >= 0 && fstat(up, &above) == 0;
		close(at);
		at = up;
		if (good && above.st_dev == here.st_dev && above.st_ino == here.st_ino)
			break;
		here = above;
	}
	if (at >= 0)
		close(at);
	return good;
}

static bool
check_directory(int directory, KeyringProblem *problem)
{
	struct stat s;
	bool		inside;

	if (fstat(directory, &s) != 0 || !in_data_directory(directory, &inside))
		return keyring_refuse(problem, 0, "Its directory cannot be examined: %s.",
							  strerror(errno));
	if (inside)
		return keyring_refuse(problem, 0, "The file is inside the data directory, "
							  "whose copies and backups would hold the keys.");
	if ((s.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (s.st_mode & S_ISVTX) == 0)
		return keyring_refuse(problem, 0, "The file is in a directory to which others than its "
							  "owner may write.");
	if (s.st_uid != geteuid() && s.st_uid != 0 && (s.st_mode & S_ISVTX) == 0)
		return keyring_refuse(problem, 0, "The file is in a directory that belongs neither to "
							  "the server's user nor to root.");
	return true;
}

static bool
check_file(int file, KeyringProblem *problem)
{
	struct stat s;

	if (fstat(file, &s) != 0)
		return keyring_refuse(problem, 0, "The file cannot be examined: %s.", strerror(errno));
	if (!S_ISREG(s.st_mode))
		return keyring_refuse(problem, 0, "It is not a regular file.");
	if (s.st_uid != geteuid() && s.st_uid != 0)
		return keyring_refuse(problem, 0, "The file belongs neither to the server's user nor "
							  "to root.");
	if ((s.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return keyring_refuse(problem, 0, "The file's mode is %04o: its group or others have "
							  "rights to it. It has to be 0600 or 0400.",
							  (unsigned) (s.st_mode & 07777));
	if (s.st_nlink != 1)
		return keyring_refuse(problem, 0, "The file has more than one name (hard links).");
	if (s.st_size > KEYRING_BYTES_MAX)
		return keyring_refuse(problem, 0, "The file has more than %d bytes.",
							  KEYRING_BYTES_MAX);
	return true;
}

/* read to the end, at most size bytes; the number read, -1 on error */
static int
read_all(int file, char *to, int size)
{
	int			got = 0;

	while (got < size)
	{
		ssize_t		n = read(file, to + got, size - got);

		if (n == 0)
			break;
		if (n > 0)
			got += n;
		else if (errno != EINTR)
			return -1;
	}
	return got;
}

static bool
take(int got, const char *data, KeyringText *text, KeyringProblem *problem)
{
	if (got < 0)
		return keyring_refuse(problem, 0, "It cannot be read: %s.", strerror(errno));
	if (got > KEYRING_BYTES_MAX)
		return keyring_refuse(problem, 0, "It has more than %d bytes.", KEYRING_BYTES_MAX);
	*text = (KeyringText) {data, got};
	return true;
}

bool
keyring_read_file(const char *path, SecretPool *pool, KeyringText *text, KeyringProblem *problem)
{
	const char *slash = strrchr(path, '/');
	char	   *data = secret_alloc(pool, KEYRING_BYTES_MAX + 1);
	char	   *parent;
	int			directory;
	int			file = -1;
	bool		good;

	if (path[0] != '/' || slash[1] == '\0')
		return keyring_refuse(problem, 0, "The path is not that of a file, from the root on.");
	parent = pnstrdup(path, Max(1, slash - path));
	directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return keyring_refuse(problem, 0, "Its directory cannot be opened: %s.", strerror(errno));
	good = check_directory(directory, problem);
	if (good)
	{
		/* what blocks on opening, or acts on it, is none that check_file() lets pass */
		file = openat(directory, slash + 1,
					  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (file < 0 && errno == ELOOP)
			good = keyring_refuse(problem, 0, "The path is that of a symbolic link. Give the "
								  "path of the file itself.");
		else if (file < 0)
			good = keyring_refuse(problem, 0, "The file cannot be opened: %s.", strerror(errno));
	}
	good = good && check_file(file, problem) &&
		take(read_all(file, data, KEYRING_BYTES_MAX + 1), data, text, problem);
	if (file >= 0)
		close(file);
	close(directory);
	return good;
}

/* ---- a command ---- */

/*
 * The command's standard output, read once and to its end.  Its errors go to the server's log, as
 * those of all commands that the server runs.
 */
bool
keyring_read_command(const char *command, SecretPool *pool, KeyringText *text,
					 KeyringProblem *problem)
{
	char	   *data = secret_alloc(pool, KEYRING_BYTES_MAX + 1);
	FILE	   *pipe = OpenPipeStream(command, PG_BINARY_R);
	bool		good;
	int			status;

	if (pipe == NULL)
		return keyring_refuse(problem, 0, "The command cannot be started: %s.", strerror(errno));

	/* past the stream's own buffer, which is on the heap */
	good = take(read_all(fileno(pipe), data, KEYRING_BYTES_MAX + 1), data, text, problem);
	status = ClosePipeStream(pipe);
	if (good && status != 0)
		return keyring_refuse(problem, 0, "The command failed: %s.",
							  status == -1 ? strerror(errno) : wait_result_to_str(status));
	return good;
}
