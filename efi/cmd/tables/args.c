/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which page tables, addresses and ranges a command is about. */
#include "app/tables.h"
#include "cmd/cmds.h"
#include "lib.h"

const char *const cmd_table_words[] = {"own", "fw", "clone", NULL};

int cmd_tables_arg(struct cmd_call *call, const struct pgtable **ret)
{
	const char *name = call->argc ? call->argv[0] : "own", *why;
	const struct pgtable *pt = app_tables_find(call->app, name);

	why = pt ? NULL : app_tables_missing(call->app, name);
	if (why)
		return cmd_error(call, -ENODEV, "%s", why);
	*ret = pt ? pt : &call->app->sys.pt;
	if (pt && call->argc)
		cmd_drop_args(call, 0, 1);
	return 0;
}

int cmd_in_tables(struct cmd_call *call, const struct pgtable **ret)
{
	for (int i = 0; i + 1 < call->argc; i++) {
		const struct pgtable *pt;

		if (strcmp(call->argv[i], "in"))
			continue;
		pt = app_tables_find(call->app, call->argv[i + 1]);
		if (!pt) {
			const char *why = app_tables_missing(call->app, call->argv[i + 1]);

			return cmd_error(call, -ENODEV, "%s: %s", call->argv[i + 1],
					 why ? why : "no tables have this name");
		}
		*ret = pt;
		cmd_drop_args(call, i, 2);
		return 0;
	}
	return cmd_tables_arg(call, ret);
}

int cmd_arg_va(struct cmd_call *call, int index, const struct pgtable *pt, u64 *ret)
{
	int err = cmd_arg_addr(call, index, ret);

	if (!err && !pt_canonical(pt, *ret))
		return cmd_error(call, -EINVAL, "%#llx: not canonical with %u levels (%s)", *ret,
				 pt_format_of(pt)->nr_levels, pt_format_of(pt)->title);
	return err;
}

/* `text` is "START-END" or one address; END is exclusive. */
static int split_range(struct cmd_call *call, char *text, u64 *start, u64 *end, bool *ret_two)
{
	char *dash = text;

	while (*dash && *dash != '-')
		dash++;
	*ret_two = *dash == '-';
	if (*ret_two) {
		*dash = '\0';
		if (parse_hex(dash + 1, end))
			return cmd_error(call, -EINVAL, "%s: not an address", dash + 1);
	}
	if (parse_hex(text, start))
		return cmd_error(call, -EINVAL, "%s: not an address (hexadecimal)", text);
	return 0;
}

int cmd_range_args(struct cmd_call *call, const struct pgtable *pt, u64 *start, u64 *last)
{
	bool two = false;
	int err;

	*start = 0;
	*last = pt_last(pt);
	if (!call->argc)
		return 0;
	err = split_range(call, call->argv[0], start, last, &two);
	cmd_drop_args(call, 0, 1);
	if (!err && !two && call->argc) {
		err = cmd_arg_addr(call, 0, last);
		two = true;
		cmd_drop_args(call, 0, 1);
	}
	if (err)
		return err;
	if (two && *last)
		--*last;
	if (!pt_canonical(pt, *start) || !pt_canonical(pt, *last))
		return cmd_error(call, -EINVAL, "%#llx-%#llx: not canonical with %u levels", *start,
				 *last, pt_format_of(pt)->nr_levels);
	return *start <= *last ? 0 : cmd_error(call, -EINVAL, "the range ends before it starts");
}

int cmd_level_arg(struct cmd_call *call, const struct pgtable *pt, const char *word, unsigned *ret)
{
	unsigned top = pt_format_of(pt)->nr_levels - 1u;
	u64 number;

	for (unsigned level = 0; level <= top; level++) {
		if (strcmp(word, pt_level_name(pt, level)) &&
		    strcmp(word, pt_level_linux(pt, level)) &&
		    (parse_u64(word, &number) || number != level))
			continue;
		*ret = level;
		return 0;
	}
	return cmd_error(call, -EINVAL, "%s: no such level; %s to %s, %s to %s, or 0 to %u", word,
			 pt_level_name(pt, 0), pt_level_name(pt, top), pt_level_linux(pt, 0),
			 pt_level_linux(pt, top), top);
}

int cmd_rights_flags(const char *letters, u64 *ret)
{
	*ret = PT_NOEXEC;
	for (; *letters; letters++) {
		switch (*letters) {
		case 'r': /* what is present can be read */
		case '-':
			break;
		case 'w':
			*ret |= PT_WRITE;
			break;
		case 'x':
			*ret &= ~PT_NOEXEC;
			break;
		case 'u':
			*ret |= PT_USER;
			break;
		case 'g':
			*ret |= PT_GLOBAL;
			break;
		case 'n':
			*ret |= PT_PCD;
			break;
		default:
			return -EINVAL;
		}
	}
	return 0;
}
