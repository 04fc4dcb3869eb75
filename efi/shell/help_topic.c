/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `help TOPIC`: the manual's pages, which lie on the stick beside the program. */
#include "fw.h"
#include "help.h"
#include "lib.h"

#define PAGE_MAX (48 * KiB) /* of a page's text */

/* The files of esp/tablewalk/manual: a lint compares. */
static const char *const topics[] = {"allocators", "caches",  "commands", "debugging",
				     "explorer",   "how",     "limits",	  "machines",
				     "options",	   "reports", "scripts",  NULL};

bool help_is_topic(const char *name)
{
	for (u32 i = 0; topics[i]; i++) {
		if (!strcmp(topics[i], name))
			return true;
	}
	return false;
}

void help_show_topics(struct emit *out)
{
	emit_text(out, "`help TOPIC` reads the manual:");
	for (u32 i = 0; topics[i]; i++)
		emit_text(out, " %s", topics[i]);
	emit_text(out, "\n");
}

/* Line by line, so that a person can stop it, and JSON has a list. */
static void show_lines(struct emit *out, char *text)
{
	emit_list(out, "lines");
	while (*text && !emit_stopped(out)) {
		char *end = text;

		while (*end && *end != '\n')
			end++;
		if (*end)
			*end++ = '\0';
		emit_put(out, "{line}\n", text);
		text = end;
	}
	emit_end(out);
}

int help_topic(struct cmd_call *call, const char *name)
{
	static char page[PAGE_MAX];
	char path[48];
	size_t len;
	int err;

	fmt_print(path, sizeof(path), "tablewalk/manual/%s.txt", name);
	err = fw_file_read(path, page, sizeof(page) - 1, &len);
	if (err)
		return cmd_error(call, err, "%s: the manual is not on this volume (%s)", path,
				 err_name(err));
	page[len] = '\0';
	emit_object(call->out, NULL);
	emit_field(call->out, "topic", name);
	show_lines(call->out, page);
	emit_end(call->out);
	return 0;
}
