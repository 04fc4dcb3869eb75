/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The sources of options and commands: load options, QEMU's fw_cfg, files on the boot volume. */
#include <efi.h>
#include <efishell.h>

#include "arch/x86.h"
#include "fw_efi.h"
#include "lib.h"
#include "parse/options.h"

#define CONFIG_FILE  "\\tablewalk\\tablewalk.cfg"
#define AUTORUN_FILE "\\tablewalk\\autorun.txt"

struct source {
	const char *origin;
	enum option_form form;
	int (*read)(char *buf, size_t size, size_t *ret_len); /* -ENOENT: there is none */
	int err;
	size_t len;
	char text[4096];
};

/* Did UEFI's own shell start us? It marks the images that it starts: UEFI Shell 2.2, 2.3. */
static void ask_who_started(void *arg)
{
	EFI_GUID guid = EFI_SHELL_PARAMETERS_PROTOCOL_GUID;
	bool *from_shell = arg;
	void *parameters;

	*from_shell = !EFI_ERROR(fw_efi.st->BootServices->OpenProtocol(
		fw_efi.image, &guid, &parameters, fw_efi.image, NULL,
		EFI_OPEN_PROTOCOL_GET_PROTOCOL));
}

static int read_load_options(char *buf, size_t size, size_t *ret_len)
{
	const EFI_LOADED_IMAGE *image = fw_efi.loaded;
	size_t len, skip;
	bool from_shell;
	int err;

	if (!image || !image->LoadOptions || !image->LoadOptionsSize)
		return -ENOENT;
	err = option_decode(image->LoadOptions, image->LoadOptionsSize, buf, size, &len);
	if (err)
		return err == -EINVAL ? -ENOENT : err; /* binary data of a boot manager */
	arch_call_firmware(ask_who_started, &from_shell);
	skip = option_program_name(buf, len, from_shell);
	memmove(buf, buf + skip, len - skip);
	*ret_len = len - skip;
	return 0;
}

static int read_fwcfg(const char *name, char *buf, size_t size, size_t *ret_len)
{
	int err = fwcfg_read(name, buf, size, ret_len);

	if (err)
		return err == -ENODEV ? -ENOENT : err;
	while (*ret_len && !buf[*ret_len - 1])
		--*ret_len;
	return 0;
}

static int read_fwcfg_options(char *buf, size_t size, size_t *ret_len)
{
	return read_fwcfg("opt/tablewalk/options", buf, size, ret_len);
}

/* Reads a file; no volume, no directory and no file all give -ENOENT. */
static int read_file(const char *path, char *buf, size_t size, size_t *ret_len)
{
	int err = fw_file_read(path, buf, size, ret_len);

	return err == -ENODEV ? -ENOENT : err;
}

static int read_config(char *buf, size_t size, size_t *ret_len)
{
	return read_file(CONFIG_FILE, buf, size, ret_len);
}

/* The first source with an option wins. */
static struct source sources[] = {
	{.origin = "load options", .form = OPTION_WORDS_FIRST, .read = read_load_options},
	{.origin = "opt/tablewalk/options", .form = OPTION_WORDS, .read = read_fwcfg_options},
	{.origin = "tablewalk.cfg", .form = OPTION_LINES, .read = read_config},
};

static void load_sources(void)
{
	static bool loaded;

	if (loaded)
		return;
	loaded = true;
	for (u32 i = 0; i < ARRAY_SIZE(sources); i++) {
		struct source *s = &sources[i];

		s->err = s->read(s->text, sizeof(s->text), &s->len);
		if (s->err)
			s->len = 0;
	}
	fw_efi.last = EFI_SUCCESS; /* "not found" is not a failure here */
}

int fw_option(const char *name, char *buf, size_t size)
{
	load_sources();
	for (u32 i = 0; i < ARRAY_SIZE(sources); i++) {
		const struct source *s = &sources[i];
		int err = option_find(s->form, s->text, s->len, name, buf, size);

		if (err != -ENOENT)
			return err;
	}
	return -ENOENT;
}

u32 fw_option_warnings(char *buf, size_t size)
{
	u32 nr_unreadable = 0, nr = 0;

	load_sources();
	buf[0] = '\0';
	for (u32 i = 0; i < ARRAY_SIZE(sources); i++) {
		const struct source *s = &sources[i];
		size_t at = strlen(buf);

		nr += option_warnings(s->origin, s->form, s->text, s->len, buf, size);
		if (!s->err || s->err == -ENOENT)
			continue;
		nr_unreadable++;
		fmt_print(buf + at, size - at, "%s%s: cannot be read: %s", at ? "\n" : "",
			  s->origin, err_name(s->err));
	}
	if (nr)
		option_list(buf, size);
	return nr + nr_unreadable;
}

/* ---- commands ---------------------------------------------------------------------------- */

static int commands_after_options(char *buf, size_t size, size_t *ret_len)
{
	const struct source *s = &sources[0];
	struct option_reader r;
	struct option o;

	load_sources();
	option_reader_init(&r, s->form, s->text, s->len);
	while (option_next(&r, &o))
		;
	if (r.len - r.at >= size)
		return -E2BIG;
	*ret_len = r.len - r.at;
	memcpy(buf, s->text + r.at, *ret_len);
	return 0;
}

static int commands_from_fwcfg(char *buf, size_t size, size_t *ret_len)
{
	return read_fwcfg("opt/tablewalk/cmd", buf, size, ret_len);
}

static int commands_from_file(char *buf, size_t size, size_t *ret_len)
{
	char word[8];

	if (fw_option("noautorun", word, sizeof(word)) != -ENOENT && strcmp(word, "0"))
		return -ENOENT;
	return read_file(AUTORUN_FILE, buf, size, ret_len);
}

/* Is there more than blanks? Also converts line ends of other systems. */
static bool has_commands(char *buf, size_t len)
{
	bool any = false;

	if (len >= 3 && !memcmp(buf, "\xef\xbb\xbf", 3))
		memset(buf, ' ', 3);
	for (size_t i = 0; i < len; i++) {
		if (buf[i] == '\r')
			buf[i] = ' ';
		any = any || (buf[i] != ' ' && buf[i] != '\t' && buf[i] != '\n');
	}
	return any;
}

int fw_script(char *buf, size_t size, size_t *ret_len)
{
	int (*const from[])(char *buf, size_t size, size_t *ret_len) = {
		commands_after_options, commands_from_fwcfg, commands_from_file};
	size_t len;

	for (u32 i = 0; i < ARRAY_SIZE(from); i++) {
		int err = from[i](buf, size, &len);

		if (err && err != -ENOENT)
			return err;
		if (err || !has_commands(buf, len))
			continue;
		*ret_len = len;
		return 0;
	}
	return -ENOENT;
}
