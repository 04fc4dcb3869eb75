/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Arguments against what the row says that it takes. */
#include "lib.h"
#include "ui/cmd.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static u32 letters(const char *s)
{
	u32 n = 0;

	while (is_letter(s[n]))
		n++;
	return n;
}

/* Where the name of this option ends in the row's text, if `ends_with` (0: anything) follows it.
 * NULL: the row has no such option. */
static const char *find_option(const char *args, const char *name, u32 len, char ends_with)
{
	for (const char *s = args; *s; s += *s && !is_letter(*s) ? 1 : letters(s)) {
		u32 n = letters(s);

		if (n == len && !strncmp(s, name, len) && (ends_with ? s[n] == ends_with : true))
			return s + n;
	}
	return NULL;
}

/* Does a word follow that is the option's value, as NAME in "[--save NAME]"? */
static bool takes_value(const char *after)
{
	return after[0] == ' ' && after[1] && after[1] != '[' && after[1] != '|' && after[1] != '-';
}

/* "[wp=0 smap=1 ...]": examples of settings, and any others. */
static bool allows_any(const char *args)
{
	bool setting = false;

	for (; *args; args++) {
		setting |= *args == '=';
		if (setting && !strncmp(args, "...", 3))
			return true;
	}
	return false;
}

/* Is this word `name=VALUE` with a name that the row knows, or "..." allows? */
static bool is_setting(const char *args, const char *word)
{
	u32 len = letters(word);

	if (!len || word[len] != '=')
		return false;
	return find_option(args, word, len, '=') || allows_any(args);
}

/* How many words the option at argv[i] takes, its value included; negative after a message. */
static int option_words(struct cmd_call *call, int i)
{
	const char *word = call->argv[i];
	u32 len = letters(word);
	const char *after = find_option(call->cmd->args, word, len, 0);

	if (!after || (word[len] && word[len] != '='))
		return cmd_error(call, -EINVAL, "%s: no such option; usage: %s %s", word,
				 call->cmd->name, call->cmd->args);
	return !word[len] && takes_value(after) && i + 1 < call->argc ? 2 : 1;
}

int cmd_check_args(struct cmd_call *call)
{
	const struct cmd *cmd = call->cmd;
	int words = 0, step;

	if (cmd->flags & CMD_COMMAND)
		return 0;
	for (int i = 0; i < call->argc; i += step) {
		step = 1;
		if (!strncmp(call->argv[i], "--", 2)) {
			step = option_words(call, i);
			if (step < 0)
				return step;
		} else if (!is_setting(cmd->args, call->argv[i]) && ++words > cmd->max_args) {
			return cmd_error(call, -EINVAL,
					 cmd->args[0] ? "%s: not expected here; usage: %s %s"
						      : "%s: not expected; it takes no arguments",
					 call->argv[i], cmd->name, cmd->args);
		}
	}
	return 0;
}
