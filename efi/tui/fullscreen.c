/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Screens of a size that was asked for, driven by keys from a script. */
#include "fullscreen.h"

#include "lib.h"

static const struct {
	const char *name;
	int key;
} key_names[] = {
	{"<down>", KEY_DOWN},	 {"<up>", KEY_UP},	    {"<left>", KEY_LEFT},
	{"<right>", KEY_RIGHT},	 {"<home>", KEY_HOME},	    {"<end>", KEY_END},
	{"<pgup>", KEY_PAGE_UP}, {"<pgdn>", KEY_PAGE_DOWN}, {"<enter>", '\n'},
	{"<bs>", '\b'},		 {"<esc>", KEY_ESC},
};

int fullscreen_key(const char **text)
{
	for (u32 i = 0; i < ARRAY_SIZE(key_names); i++) {
		size_t len = strlen(key_names[i].name);

		if (!strncmp(*text, key_names[i].name, len)) {
			*text += len;
			return key_names[i].key;
		}
	}
	return *(*text)++;
}

void fullscreen_print(struct emit *out, const struct screen *screen)
{
	char row[SCREEN_MAX_COLUMNS + 1];

	emit_list(out, NULL);
	for (u32 i = 0; i < screen->rows; i++) {
		screen_row_text(screen, i, row);
		emit_put(out, "{line}\n", row);
	}
	emit_end(out);
}

int fullscreen_size(struct cmd_call *call, struct fw_screen *screen)
{
	const char *text = NULL;
	char columns[8];
	u64 x = 0, y = 0;
	u32 n = 0;
	int got = cmd_option(call, "size", &text);

	if (got <= 0)
		return got;
	while (text[n] && text[n] != 'x' && n + 1 < sizeof(columns)) {
		columns[n] = text[n];
		n++;
	}
	columns[n] = '\0';
	if (text[n] != 'x' || parse_u64(columns, &x) || parse_u64(text + n + 1, &y) || x < 20 ||
	    x > SCREEN_MAX_COLUMNS || y < 5 || y > SCREEN_MAX_ROWS)
		return cmd_error(call, -EINVAL, "%s: a size such as 80x24, at most %ux%u", text,
				 SCREEN_MAX_COLUMNS, SCREEN_MAX_ROWS);
	screen->columns = (u32)x;
	screen->rows = (u32)y;
	return 0;
}
