/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The prompt: lines in, commands run, output out by whole lines, page by page. */
#include "ui/shell.h"

#include "fw.h"
#include "lib.h"

#define POLL_EVERY 2048 /* bytes of output between two looks at the keyboard */

static int call_plain(const struct cmd *cmd, struct cmd_call *call)
{
	return cmd->fn(call);
}

void shell_init(struct shell *sh, struct app *app, const struct cmd_table *const *tables,
		u32 nr_tables)
{
	memset(sh, 0, sizeof(*sh));
	sh->app = app;
	sh->tables = tables;
	sh->nr_tables = nr_tables;
	sh->run = call_plain;
	line_reset(&sh->line);
}

/* ---- output --------------------------------------------------------------------------------------- */

void shell_flush(struct shell *sh)
{
	if (sh->out_len)
		fw_write(sh->out, sh->out_len);
	sh->out_len = 0;
}

static bool is_stop_key(int key)
{
	return key == KEY_ESC || key == 3 || key == 'q' || key == 'Q';
}

/* The line at the end of a page. False: the reader has seen enough. */
static bool more(struct shell *sh)
{
	static const char ask[] = "-- more: Space a page, Enter a line, q stops --";
	static const char wipe[] = "\r                                                \r";
	int key;

	shell_flush(sh);
	fw_write(ask, sizeof(ask) - 1);
	do {
		key = fw_key(-1);
	} while (!is_stop_key(key) && key != ' ' && key != '\n' && key != KEY_PAGE_DOWN &&
		 key != KEY_DOWN && key != KEY_EOF);
	fw_write(wipe, sizeof(wipe) - 1);
	if (key == '\n' || key == KEY_DOWN)
		sh->rows_shown--;
	else
		sh->rows_shown = 0;
	return !is_stop_key(key) && key != KEY_EOF;
}

/* Counts rows, longer lines as several; asks when a page is full. */
static int page_break(struct shell *sh, u32 columns_used)
{
	struct fw_screen screen;

	fw_screen(&screen);
	sh->rows_shown += 1 + (columns_used ? (columns_used - 1) / screen.columns : 0);
	if (sh->rows_shown + 1 < screen.rows || more(sh))
		return 0;
	sh->stopped = true;
	return -EINTR;
}

/* A look at the keyboard now and then, so that a long output can be stopped. */
static bool asked_to_stop(struct shell *sh, size_t n)
{
	sh->last_poll += n;
	if (sh->last_poll < POLL_EVERY)
		return false;
	sh->last_poll = 0;
	return is_stop_key(fw_key(0));
}

int shell_write(void *shell, const char *s, size_t n)
{
	struct shell *sh = shell;

	if (sh->stopped)
		return -EINTR;
	for (size_t i = 0; i < n; i++) {
		sh->out[sh->out_len++] = s[i];
		sh->column = s[i] == '\n' ? 0 : sh->column + 1;
		if (s[i] == '\n' && sh->paging && page_break(sh, sh->line_width))
			return -EINTR;
		sh->line_width = sh->column;
		if (sh->out_len == sizeof(sh->out))
			shell_flush(sh);
	}
	if (asked_to_stop(sh, n)) {
		sh->stopped = true;
		return -EINTR;
	}
	return 0;
}

static void say(struct shell *sh, const char *fmt, ...) __printf(2, 3);
static void say(struct shell *sh, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	shell_write(sh, text, min((size_t)n, sizeof(text) - 1));
}

/* ---- running ---------------------------------------------------------------------------------------- */

static int run_words(struct shell *sh, struct cmd_words *words)
{
	struct emit out;
	struct cmd_call call = {.app = sh->app, .out = &out};
	int nr_words, err;
	const struct cmd *cmd =
		cmd_find(sh->tables, sh->nr_tables, words->argc, words->argv, &nr_words);

	if (!cmd) {
		const char *near = shell_nearest(sh, words->argv[0]);

		say(sh, "%s: no such command%s%s%s\n", words->argv[0], near ? "; did you mean `" : "",
		    near ? near : "; `help` lists them", near ? "`?" : "");
		return -ENOENT;
	}
	call.cmd = cmd;
	call.argc = words->argc - nr_words;
	call.argv = words->argv + nr_words;
	emit_init(&out, cmd_flag(&call, "json") ? EMIT_JSON : EMIT_TEXT, shell_write, sh);
	err = sh->run(cmd, &call);
	if (sh->stopped)
		return -EINTR;
	return err;
}

static void run_one(struct shell *sh, struct cmd_words *words)
{
	sh->stopped = false;
	sh->rows_shown = 0;
	sh->last_poll = 0;
	sh->nr_run++;
	if (run_words(sh, words))
		sh->nr_failed++;
	sh->stopped = false;
	shell_flush(sh);
}

static int run_text(struct shell *sh, const char *text)
{
	u32 failed = sh->nr_failed;
	struct cmd_words words;
	int got;

	while (!sh->quit && (got = cmd_next(&text, &words)) != 0) {
		if (got < 0) {
			say(sh, "%s\n", got == -EINVAL ? "a quote is not closed"
						      : "the command is too long");
			shell_flush(sh);
			sh->nr_failed++;
		} else if (words.argc) {
			run_one(sh, &words);
		}
	}
	return (int)(sh->nr_failed - failed);
}

int shell_script(struct shell *sh, const char *text)
{
	sh->paging = false;
	return run_text(sh, text);
}

/* ---- the prompt ------------------------------------------------------------------------------------- */

/* Draws prompt and line with nothing but \r, \b and characters, so that every console will do. A
 * line that is too long is shown around its cursor. */
static void draw(struct shell *sh, const char *prompt)
{
	struct fw_screen screen;
	struct lineedit *l = &sh->line;
	char text[1024];
	u32 width, first, shown, back;
	size_t n;

	fw_screen(&screen);
	width = min(screen.columns, 250u) - (u32)strlen(prompt) - 1;
	first = l->cursor > width - 1 ? l->cursor - (width - 1) : 0;
	shown = min(l->len - first, width);
	n = (size_t)fmt_print(text, sizeof(text), "\r%s%.*s%*s", prompt, (int)shown, &l->text[first],
			      (int)(width - shown), "");
	back = width - (l->cursor - first);
	memset(&text[n], '\b', back);
	fw_write(text, n + back);
}

static void complete(struct shell *sh)
{
	char names[700], common[LINE_MAX_LEN + 1];
	struct lineedit *l = &sh->line;
	u32 nr = shell_complete(sh, l->text, l->cursor, names, sizeof(names), common, sizeof(common));

	if (common[0]) {
		line_insert(l, common);
	} else if (nr > 1) {
		say(sh, "\n%s\n", names);
		shell_flush(sh);
	}
}

/* One line from the keyboard. False at the end of input. */
static bool read_line(struct shell *sh, const char *prompt)
{
	line_reset(&sh->line);
	draw(sh, prompt);
	for (;;) {
		enum line_event event = line_key(&sh->line, fw_key(-1));

		if (event == LINE_COMPLETE)
			complete(sh);
		if (event == LINE_CLEAR)
			fw_clear();
		if (event == LINE_DONE || event == LINE_CANCEL || event == LINE_EOF) {
			fw_write("\n", 1);
			return event != LINE_EOF;
		}
		if (event != LINE_SAME)
			draw(sh, prompt);
	}
}

int shell_interactive(struct shell *sh, const char *prompt)
{
	struct fw_screen screen;
	u32 failed = sh->nr_failed;

	fw_screen(&screen);
	sh->paging = screen.interactive;
	while (!sh->quit && read_line(sh, prompt))
		run_text(sh, sh->line.text);
	return (int)(sh->nr_failed - failed);
}
