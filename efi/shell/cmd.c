/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Words of a command line, rows of command tables, arguments. */
#include "ui/cmd.h"

#include "lib.h"

/* How many words of argv the row's name takes; 0 when it does not match. */
static int name_words(const char *name, int argc, char **argv)
{
	int words = 0;

	while (*name) {
		size_t len = 0;

		while (name[len] && name[len] != ' ')
			len++;
		if (words == argc || strncmp(name, argv[words], len) || argv[words][len])
			return 0;
		words++;
		name += len;
		while (*name == ' ')
			name++;
	}
	return words;
}

const struct cmd *cmd_find(const struct cmd_table *const *tables, u32 nr_tables, int argc,
			   char **argv, int *ret_words)
{
	const struct cmd *best = NULL;
	int best_words = 0;

	for (u32 t = 0; t < nr_tables; t++) {
		for (u32 i = 0; i < tables[t]->nr; i++) {
			int words = name_words(tables[t]->cmds[i].name, argc, argv);

			if (words > best_words) {
				best = &tables[t]->cmds[i];
				best_words = words;
			}
		}
	}
	if (best)
		*ret_words = best_words;
	return best;
}

/* ---- words ------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_command(char c)
{
	return !c || c == ';' || c == '\n';
}

/* One word, quotes removed, appended to words->buf. *text stays where it is on -E2BIG. */
static int take_word(const char **text, struct cmd_words *words, size_t *used)
{
	const char *s = *text;
	char quote = 0;

	if (words->argc == CMD_MAX_ARGS)
		return -E2BIG;
	words->argv[words->argc++] = &words->buf[*used];
	for (; *s && *s != '\n' && (quote || (!is_blank(*s) && *s != ';')); s++) {
		if (quote ? *s == quote : *s == '"' || *s == '\'') {
			quote = quote ? 0 : *s;
			continue;
		}
		if (*used + 2 > sizeof(words->buf))
			return -E2BIG;
		words->buf[(*used)++] = *s;
	}
	words->buf[(*used)++] = '\0';
	*text = s;
	return quote ? -EINVAL : 0;
}

/* To the end of the command, for going on behind one that cannot be read. What is quoted in it must
 * not run. */
static void skip_command(const char **text)
{
	char quote = 0;

	for (; **text && **text != '\n' && (quote || **text != ';'); ++*text) {
		if (quote ? **text == quote : **text == '"' || **text == '\'')
			quote = quote ? 0 : **text;
	}
	if (**text)
		++*text;
}

int cmd_next(const char **text, struct cmd_words *words)
{
	size_t used = 0;
	int err;

	words->argc = 0;
	if (!**text)
		return 0;
	for (;;) {
		while (is_blank(**text))
			++*text;
		if (**text == '#') {
			while (**text && **text != '\n')
				++*text;
		}
		if (ends_command(**text))
			break;
		if (used + 2 > sizeof(words->buf))
			err = -E2BIG;
		else
			err = take_word(text, words, &used);
		if (err) {
			words->argc = 0;
			skip_command(text);
			return err;
		}
	}
	if (**text)
		++*text;
	return 1;
}

/* ---- arguments --------------------------------------------------------------------------- */

int cmd_error(struct cmd_call *call, int err, const char *fmt, ...)
{
	const char *name = call->cmd ? call->cmd->name : "error";
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	fmt_vprint(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (call->out->format == EMIT_TEXT) {
		emit_text(call->out, "%s: %s\n", name, text);
	} else if (!call->out->depth || call->out->is_list >> call->out->depth & 1) {
		emit_object(call->out, NULL);
		emit_str(call->out, "error", text);
		emit_str(call->out, "command", name);
		emit_end(call->out);
	} else {
		emit_str(call->out, "error", text);
	}
	return err;
}

static const char *argument(struct cmd_call *call, int index)
{
	if (index < call->argc)
		return call->argv[index];
	cmd_error(call, -EINVAL, "argument missing; usage: %s %s", call->cmd ? call->cmd->name : "",
		  call->cmd ? call->cmd->args : "");
	return NULL;
}

static int too_large(struct cmd_call *call, const char *word)
{
	return cmd_error(call, -ERANGE, "%s: larger than 64 bits hold", word);
}

int cmd_arg_u64(struct cmd_call *call, int index, u64 *ret)
{
	const char *word = argument(call, index);
	int err = word ? parse_u64(word, ret) : 0;

	if (!word)
		return -EINVAL;
	if (err == -ERANGE)
		return too_large(call, word);
	if (err)
		return cmd_error(call, -EINVAL,
				 "%s: not a number (decimal or 0x..., with K M G T P E behind it)",
				 word);
	return 0;
}

int cmd_arg_addr(struct cmd_call *call, int index, u64 *ret)
{
	const char *word = argument(call, index);
	int err = word ? parse_hex(word, ret) : 0;

	if (!word)
		return -EINVAL;
	if (err == -ERANGE)
		return too_large(call, word);
	if (err)
		return cmd_error(call, -EINVAL, "%s: not an address (hexadecimal)", word);
	return 0;
}

void cmd_drop_args(struct cmd_call *call, int index, int nr)
{
	ASSERT(index >= 0 && nr >= 0 && index + nr <= call->argc, "%d from %d of %d", nr, index,
	       call->argc);
	call->argc -= nr;
	memmove(&call->argv[index], &call->argv[index + nr],
		(size_t)(call->argc - index) * sizeof(call->argv[0]));
}

bool cmd_flag(struct cmd_call *call, const char *name)
{
	bool found = false;

	for (int i = 0; i < call->argc;) {
		if (strncmp(call->argv[i], "--", 2) || strcmp(call->argv[i] + 2, name)) {
			i++;
			continue;
		}
		cmd_drop_args(call, i, 1);
		found = true;
	}
	return found;
}

int cmd_option(struct cmd_call *call, const char *name, const char **ret)
{
	size_t len = strlen(name);

	for (int i = 0; i < call->argc; i++) {
		char *word = call->argv[i];

		if (strncmp(word, "--", 2) || strncmp(word + 2, name, len))
			continue;
		if (word[2 + len] == '=') {
			*ret = word + 3 + len;
			cmd_drop_args(call, i, 1);
			return 1;
		}
		if (word[2 + len])
			continue;
		if (i + 1 == call->argc)
			return cmd_error(call, -EINVAL, "%s: its value is missing", word);
		*ret = call->argv[i + 1];
		cmd_drop_args(call, i, 2);
		return 1;
	}
	return 0;
}

int cmd_option_u64(struct cmd_call *call, const char *name, u64 *ret)
{
	size_t len = strlen(name);

	for (int i = 0; i < call->argc; i++) {
		if (strncmp(call->argv[i], name, len) || call->argv[i][len] != '=')
			continue;
		if (parse_u64(call->argv[i] + len + 1, ret))
			return cmd_error(call, -EINVAL, "%s: not a number", call->argv[i]);
		cmd_drop_args(call, i, 1);
		return 0;
	}
	return 0;
}

int cmd_no_more_args(struct cmd_call *call, int max)
{
	const char *args = call->cmd ? call->cmd->args : "";

	if (call->argc <= max)
		return 0;
	if (!args[0])
		return cmd_error(call, -EINVAL, "%s: not expected; it takes no arguments",
				 call->argv[max]);
	return cmd_error(call, -EINVAL, "%s: not expected here; usage: %s %s", call->argv[max],
			 call->cmd->name, args);
}
