/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The prompt: lines in, commands found and run, failures counted. */
#include "ui/shell.h"

#include "fw.h"
#include "lib.h"

void shell_init(struct shell *sh, struct app *app, const struct cmd_runner *runner)
{
	memset(sh, 0, sizeof(*sh));
	sh->app = app;
	sh->runner = *runner;
	line_reset(&sh->line);
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

/* ---- running ----------------------------------------------------------------------------- */

/* No row has this name: says so, with the nearest that there is. */
static int unknown(struct shell *sh, struct cmd_call *call)
{
	struct cmd row = {.name = call->argc ? call->argv[0] : "--json", .args = ""};
	const char *near = NULL;
	char two[64];

	call->cmd = &row;
	if (call->argc > 1 &&
	    fmt_print(two, sizeof(two), "%s %s", call->argv[0], call->argv[1]) < (int)sizeof(two))
		near = shell_nearest(sh, two);
	if (!near)
		near = shell_nearest(sh, row.name);
	if (near)
		cmd_error(call, -ENOENT, "no such command; did you mean `%s`?", near);
	else
		cmd_error(call, -ENOENT, "no such command; `help` lists them");
	return -ENOENT;
}

static int run_words(struct shell *sh, struct cmd_words *words)
{
	struct emit out;
	struct cmd_call call = {
		.app = sh->app, .out = &out, .argc = words->argc, .argv = words->argv};
	bool json = cmd_flag(&call, "json"), csv = cmd_flag(&call, "csv");
	const struct cmd_runner *runner = &sh->runner;
	int nr_words, err;
	const struct cmd *cmd =
		cmd_find(runner->tables, runner->nr_tables, call.argc, call.argv, &nr_words);

	emit_init(&out, json ? EMIT_JSON : csv ? EMIT_CSV : EMIT_TEXT, shell_write, sh);
	if (!cmd)
		return unknown(sh, &call);
	err = cmd_run(runner, NULL, sh->app, call.argc, call.argv, &out);
	if (!out.stopped)
		return err;
	sh->stopped = false; /* for this: */
	if (!sh->interactive)
		say(sh, "%s%s: stopped\n", sh->column ? "\n" : "", cmd->name);
	return sh->interactive ? 0 : -EINTR;
}

static void run_one(struct shell *sh, struct cmd_words *words)
{
	shell_begin(sh);
	sh->nr_run++;
	if (run_words(sh, words))
		sh->nr_failed++;
	sh->stopped = false;
	if (sh->column) /* or the prompt would overwrite it */
		say(sh, "\n");
	shell_flush(sh);
}

/* A command that could not be split: shows the beginning of it. */
static void unreadable(struct shell *sh, const char *text, int err)
{
	int len = 0;

	while (*text == ' ' || *text == '\t')
		text++;
	while (len < 40 && text[len] && text[len] != '\n')
		len++;
	shell_begin(sh);
	if (err == -EINVAL)
		say(sh, "%.*s: a quote is not closed\n", len, text);
	else
		say(sh, "%.*s: the command is too long (at most %u words, %llu bytes)\n", len, text,
		    CMD_MAX_ARGS, (u64)sizeof(((struct cmd_words *)NULL)->buf));
	shell_flush(sh);
}

static int run_text(struct shell *sh, const char *text)
{
	u32 failed = sh->nr_failed;
	const char *start = text;
	struct cmd_words words;
	int got;

	for (; !sh->quit && (got = cmd_next(&text, &words)) != 0; start = text) {
		if (got < 0) {
			unreadable(sh, start, got);
			sh->nr_run++;
			sh->nr_failed++;
		} else if (words.argc) {
			run_one(sh, &words);
		}
	}
	return (int)(sh->nr_failed - failed);
}

int shell_script(struct shell *sh, const char *text)
{
	sh->interactive = false;
	sh->paging = false;
	return run_text(sh, text);
}

/* ---- the prompt -------------------------------------------------------------------------- */

#define MAX_COLUMNS 200

struct window {
	u32 room;  /* columns for text after the prompt; the screen's last one stays free */
	u32 first; /* character of the line in the first of them */
	u32 shown;
};

/* A line that is too long scrolls by half windows, so that the cursor is always in sight. */
static struct window window_of(const struct shell *sh, u32 prompt_len)
{
	const struct lineedit *l = &sh->line;
	struct window w = {.room = min(sh->columns, (u32)MAX_COLUMNS) - 1 - prompt_len};

	if (l->cursor >= w.room)
		w.first = ((l->cursor - w.room) / (w.room / 2) + 1) * (w.room / 2);
	w.shown = min(l->len - w.first, w.room);
	return w;
}

/* Draws prompt and line with nothing but \r, \b and characters, so that every console will do. */
static void draw(struct shell *sh, const char *prompt)
{
	const struct lineedit *l = &sh->line;
	u32 prompt_len = min((u32)strlen(prompt), min(sh->columns, (u32)MAX_COLUMNS) / 2);
	struct window w = window_of(sh, prompt_len);
	u32 wipe = sh->drawn > w.shown ? sh->drawn - w.shown : 0;
	u32 back = w.shown + wipe - (l->cursor - w.first);
	char text[4 * MAX_COLUMNS];
	size_t n = (size_t)fmt_print(text, sizeof(text), "\r%.*s%.*s%*s", (int)prompt_len, prompt,
				     (int)w.shown, &l->text[w.first], (int)wipe, "");

	if (w.first)
		text[1 + prompt_len] = '<';
	if (w.first + w.shown < l->len)
		text[prompt_len + w.shown] = '>';
	memset(&text[n], '\b', back);
	fw_write(text, n + back);
	sh->drawn = w.shown;
}

static void show_candidates(struct shell *sh, const char *names)
{
	shell_begin(sh);
	say(sh, "\n");
	while (*names) {
		u32 len = 0;

		while (names[len] && (names[len] != ' ' || names[len + 1] != ' '))
			len++;
		if (sh->column && sh->column + 2 + len >= sh->columns)
			say(sh, "\n");
		say(sh, "%s%.*s", sh->column ? "  " : "", (int)len, names);
		names += len;
		while (*names == ' ')
			names++;
	}
	sh->stopped = false;
	say(sh, "\n");
	shell_flush(sh);
	sh->drawn = 0;
}

/* Adds what is certain. Tab once more, when nothing is, shows what there is to choose from. */
static void complete(struct shell *sh, bool again)
{
	char names[900], common[LINE_MAX_LEN + 1];
	struct lineedit *l = &sh->line;
	u32 nr = shell_complete(sh, l->text, l->cursor, names, sizeof(names), common,
				sizeof(common));

	if (common[0])
		line_insert(l, common);
	else if (nr && again)
		show_candidates(sh, names);
}

/* A character at the line's end needs no drawing anew: serial logs stay readable. */
static bool draw_appended(struct shell *sh, const char *prompt, int key)
{
	const struct lineedit *l = &sh->line;
	char c = (char)key;

	if (key < 32 || key > 126 || l->cursor != l->len || sh->drawn + 1 != l->len ||
	    l->len + strlen(prompt) + 1 >= min(sh->columns, (u32)MAX_COLUMNS))
		return false;
	fw_write(&c, 1);
	sh->drawn++;
	return true;
}

/* One line from the keyboard. False at the end of input. */
static bool read_line(struct shell *sh, const char *prompt)
{
	bool tab = false;

	shell_begin(sh);
	line_reset(&sh->line);
	sh->drawn = 0;
	draw(sh, prompt);
	for (;;) {
		int key = shell_key(sh);
		enum line_event event = line_key(&sh->line, key);

		if (event == LINE_DONE || event == LINE_CANCEL || event == LINE_EOF) {
			fw_write("\n", 1);
			/* input may end in a line without a newline */
			return event != LINE_EOF || sh->line.len;
		}
		if (event == LINE_COMPLETE)
			complete(sh, tab);
		if (event == LINE_CLEAR) {
			fw_clear();
			sh->drawn = 0;
		}
		if (event != LINE_SAME &&
		    !(event == LINE_CHANGED && draw_appended(sh, prompt, key)))
			draw(sh, prompt);
		tab = event == LINE_COMPLETE;
	}
}

int shell_interactive(struct shell *sh, const char *prompt)
{
	struct fw_screen screen;
	u32 failed = sh->nr_failed;

	fw_screen(&screen);
	sh->interactive = true;
	sh->paging = screen.interactive;
	while (!sh->quit && read_line(sh, prompt))
		run_text(sh, sh->line.text);
	return (int)(sh->nr_failed - failed);
}
