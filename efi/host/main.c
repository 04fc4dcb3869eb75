/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The same program on a workstation, on a machine that a file describes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "arch/host.h"
#include "host.h"
#include "lib.h"
#include "mm/init.h"
#include "parse/options.h"

struct host host;
static struct app app;
static struct host_memory memory;

static const char usage[] =
	"usage: tablewalk --map FILE [-c 'COMMANDS'] [NAME=VALUE ...]\n"
	"  --map FILE   the machine (tests/data/maps/README.md describes the format)\n"
	"  -c COMMANDS  commands to run, separated by `;`, instead of the prompt\n"
	"  NAME=VALUE   options: levels=4|5|auto memmodel=sparse|flat reserve=SIZE seed=N\n"
	"exit status: 0 all succeeded, 1 a command failed, 2 wrong usage or nothing could start\n";

char *host_read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	long len;

	if (f && !fseek(f, 0, SEEK_END) && (len = ftell(f)) >= 0) {
		rewind(f);
		text = malloc((size_t)len + 1);
		*ret_len = text ? fread(text, 1, (size_t)len, f) : 0;
	}
	if (f)
		fclose(f);
	if (!text)
		fprintf(stderr, "tablewalk: cannot read %s\n", path);
	return text;
}

static bool parse_args(int argc, char **argv, struct host_args *args)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--map") && i + 1 < argc) {
			args->map_path = argv[++i];
		} else if (!strcmp(argv[i], "-c") && i + 1 < argc) {
			args->commands = argv[++i];
		} else if (option_known(argv[i]) && args->nr_options < HOST_MAX_OPTIONS) {
			args->options[args->nr_options++] = argv[i];
		} else {
			fprintf(stderr, "tablewalk: unknown argument '%s'\n", argv[i]);
			return false;
		}
	}
	if (!args->map_path)
		fprintf(stderr, "tablewalk: which machine? give --map FILE\n");
	return args->map_path != NULL;
}

static bool load_machine(const char *path)
{
	char err[200];
	size_t len;
	char *text = host_read_file(path, &len);
	bool ok = text && !mapfile_parse(text, len, &host.machine, err, sizeof(err));

	if (text && !ok)
		fprintf(stderr, "%s: %s\n", path, err);
	free(text);
	return ok;
}

static int start(void)
{
	int err = app_prepare(&app);

	if (!err)
		err = host_memory_new(&memory, &app.sys);
	if (!err)
		err = mm_build_tables(&app.sys);
	if (err)
		app_message(
			"tablewalk cannot start: %s; %llu KiB are free for it, at least %llu KiB "
			"are needed",
			err_name(err), app.claimed_pages * 4, APP_MIN_MEMORY / KiB);
	return err;
}

int main(int argc, char **argv)
{
	int status;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	if (!parse_args(argc, argv, &host.args) || !load_machine(host.args.map_path)) {
		fputs(usage, stderr);
		return 2;
	}
	host_catch_faults();
	status = start() ? 2 : app_run(&app);
	app_release(&app);
	host_memory_free(&memory);
	return status;
}
