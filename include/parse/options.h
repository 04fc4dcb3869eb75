/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The program's options as text: `name=value`, or the bare name to turn an option on. Results point
 * into the text; only option_find() copies.
 *
 *   lines       tablewalk.cfg: one option a line, `#` starts a comment
 *   words       fw_cfg opt/tablewalk/options, the host's arguments: blanks or `;` between them
 *   words first load options: words as above; from the first word that is no option on, commands
 */
#ifndef PARSE_OPTIONS_H
#define PARSE_OPTIONS_H

#include "kernel.h"

enum option_form { OPTION_LINES, OPTION_WORDS, OPTION_WORDS_FIRST };

enum option_fault {
	OPTION_OK,
	OPTION_UNKNOWN,	  /* there is no option of this name */
	OPTION_NO_VALUE,  /* `levels`, `levels=` */
	OPTION_MALFORMED, /* not name=value; `name` is the whole text */
};

struct option {
	/* Both in the text, not closed with 0; bare names have the value "1". */
	const char *name, *value;
	size_t name_len, value_len;
	u32 line; /* from 1 */
	enum option_fault fault;
};

struct option_reader {
	const char *text;
	size_t len, at; /* at the end: where the commands start (OPTION_WORDS_FIRST), or len */
	u32 line;
	enum option_form form;
};

void option_reader_init(struct option_reader *r, enum option_form form, const char *text,
			size_t len);
/* The next option, right or wrong; false at the end. */
bool option_next(struct option_reader *r, struct option *ret);

/* Is the whole text one known option with its value? */
bool option_known(const char *text);

/* Copies the value of the last `name=` in the text, closed with 0. 0; -ENOENT; -E2BIG: too long. */
int option_find(enum option_form form, const char *text, size_t len, const char *name, char *buf,
		size_t size);

/*
 * Appends a line to the text in buf for each error, such as "tablewalk.cfg:3: unknown
 * option 'foo'" (the number only for OPTION_LINES). Cut at the end of buf. Returns how many.
 */
u32 option_warnings(const char *origin, enum option_form form, const char *text, size_t len,
		    char *buf, size_t size);
/* Appends "known options are levels, ..." */
void option_list(char *buf, size_t size);

/*
 * Load options (UEFI 2.11, 9.1) as ASCII. They are CHAR16, or bytes from some boot managers. 0;
 * -EINVAL: no text (some boot managers store binary data there); -E2BIG: they do not fit.
 */
int option_decode(const void *bytes, size_t size, char *buf, size_t buf_size, size_t *ret_len);

/* Length of the program's own name at the start, quotes included; 0: no name there. A shell always
 * puts the name first, as it was typed; otherwise the first word counts if it looks like the
 * name. */
size_t option_program_name(const char *text, size_t len, bool from_shell);

#endif
