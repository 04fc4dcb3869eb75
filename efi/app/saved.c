/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "saved.h"

#include "lib.h"

#define TEXT_MIN (256 * KiB)
#define TEXT_MAX (1 * GiB)

int saved_no_memory(struct cmd_call *call, const char *what, u64 bytes)
{
	char size[24];

	return cmd_error(call, -ENOMEM, "%s does not fit: %s of memory are not free", what,
			 fmt_size(size, bytes));
}

static bool is_name_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
	       c == '_';
}

/* 0 and the file's path. */
int saved_path(struct cmd_call *call, const char *name, const char *ending, char *ret)
{
	static const char *const taken[] = {"fw", "own", "clone", "whatif", "found", "now"};
	size_t len = strlen(name);

	if (!call->app->started)
		return cmd_error(call, -ENODEV,
				 "no memory for files: memory management did not "
				 "start");
	for (size_t i = 0; i < len; i++) {
		if (!is_name_char(name[i]))
			return cmd_error(call, -EINVAL,
					 "%s: names have letters, digits, - and _ only", name);
	}
	if (!len || len >= APP_NAME_SIZE || name[0] == '-')
		return cmd_error(call, -EINVAL, "%s: names have 1 to %u characters, and no - first",
				 name, APP_NAME_SIZE - 1);
	for (u32 i = 0; i < ARRAY_SIZE(taken); i++) {
		if (!strcmp(name, taken[i]))
			return cmd_error(call, -EINVAL, "%s: this name has a meaning of its own",
					 name);
	}
	fmt_print(ret, SAVED_PATH_SIZE, "tablewalk/%s.%s", name, ending);
	return 0;
}

int saved_error(struct cmd_call *call, int err, const char *path)
{
	if (err == -EINTR)
		return cmd_error(call, err, "%s: stopped, nothing is written", path);
	return cmd_error(call, err, "%s: %s %s", path, err_name(err), fw_last_error());
}

struct app_loaded *app_loaded_find(struct app *app, const char *name)
{
	for (u32 i = 0; i < APP_MAX_LOADED; i++) {
		if (app->loaded[i].name[0] && !strcmp(app->loaded[i].name, name))
			return &app->loaded[i];
	}
	return NULL;
}

/* A whole file, in a block of its own. -ENOENT without a message: there is none. */
int saved_read(struct cmd_call *call, const char *path, struct app_block *ret, size_t *ret_len)
{
	int err = -E2BIG;

	for (u64 size = TEXT_MIN; err == -E2BIG && size <= TEXT_MAX; size *= 4) {
		if (app_block_alloc(call->app, size, ret))
			return saved_no_memory(call, path, size);
		err = fw_file_read(path, ret->p, ret->size, ret_len);
		if (!err && *ret_len == ret->size)
			err = -E2BIG; /* there may be more */
		if (err)
			app_block_free(call->app, ret);
	}
	return err && err != -ENOENT ? saved_error(call, err, path) : err;
}
