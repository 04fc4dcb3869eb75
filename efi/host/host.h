/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The host program's own state: the described machine and the command line. */
#ifndef EFI_HOST_HOST_H
#define EFI_HOST_HOST_H

#include "parse/mapfile.h"

#define HOST_MAX_OPTIONS 16

struct host_args {
	const char *map_path;
	const char *commands; /* -c; NULL: prompt */
	u32 nr_options;
	const char *options[HOST_MAX_OPTIONS]; /* name=value */
};

struct host {
	struct host_args args;
	struct mapfile machine;
};

extern struct host host;

/* Reads a whole file; the caller frees it. NULL after a message on stderr. */
char *host_read_file(const char *path, size_t *ret_len);
void host_terminal_raw(bool on);

#endif
