/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a command does with its arguments, and what it says of wrong ones. */
#include "lib.h"
#include "ui/cmd.h"

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
		emit_field(call->out, "error", text);
		emit_field(call->out, "command", name);
		emit_end(call->out);
	} else {
		emit_field(call->out, "error", text);
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
				 "%s: not a number (decimal or 0x..., with K M G T P E after it)",
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
