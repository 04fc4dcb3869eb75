/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A fact of a machine file beside ours, and the list of differences that are explained. */
#ifndef TESTS_UNIT_BOOT_MAPS_FIXTURE_H
#define TESTS_UNIT_BOOT_MAPS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "linux_map.h"

#define EXPLAINED "tests/maps-explained.txt"
#define OWN_MAPS  "tests/data/maps"
#define OWN_RULES "tests/data/maps/rules" /* more than the host program does */

/* ---- the list of explained differences --------------------------------------------------- */

struct explained {
	char file[80], what[80];
	bool differed;
};

static struct explained explained[400];
static u32 nr_explained;

static inline void read_explained(void)
{
	char line[500];
	FILE *f = fopen(EXPLAINED, "r");

	assert_non_null(f);
	for (nr_explained = 0; fgets(line, sizeof(line), f);) {
		struct explained *e = &explained[nr_explained];
		char *reason = strstr(line, " : ");

		if (line[0] == '#' || line[0] == '\n')
			continue;
		*e = (struct explained){0};
		if (reason)
			*reason = '\0';
		if (!reason || strlen(reason + 3) < 5 ||
		    sscanf(line, "%79s %79[^\n]", e->file, e->what) != 2)
			fail_msg("%s: not `file what : reason`: %s", EXPLAINED, line);
		nr_explained++;
		assert_true(nr_explained < ARRAY_SIZE(explained));
	}
	fclose(f);
}

/* ---- comparing --------------------------------------------------------------------------- */

static struct linux_map m; /* large */
static const char *file_name;

static struct {
	u32 machines, without_facts, facts, explained, by_rule, unexpected;
} count;

static inline bool is_explained(const char *what)
{
	for (u32 i = 0; i < nr_explained; i++) {
		if (!strcmp(explained[i].file, file_name) && !strcmp(explained[i].what, what)) {
			explained[i].differed = true;
			return true;
		}
	}
	return false;
}

/*
 * One fact: `same` as ours; if not, `rule` says that this kernel is known to say it that way. The
 * first `nr_key` words of the expect line are the fact's name.
 */
static inline void compare(const char *line, int nr_key, bool same, bool rule, const char *fmt, ...)
	__printf(5, 6);
static inline void compare(const char *line, int nr_key, bool same, bool rule, const char *fmt, ...)
{
	char what[80], ours[200];
	const char *end = line;
	va_list ap;

	count.facts++;
	if (same)
		return;
	while (nr_key--) {
		end += strspn(end, " ");
		end += strcspn(end, " ");
	}
	snprintf(what, sizeof(what), "%.*s", (int)(end - line), line);
	if (is_explained(what)) {
		count.explained++;
		return;
	}
	if (rule) {
		count.by_rule++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(ours, sizeof(ours), fmt, ap);
	va_end(ap);
	print_error("%s %s : Linux `%s`, we %s\n", file_name, what, line, ours);
	count.unexpected++;
}

static inline bool older_than(u32 version)
{
	return m.version && m.version < version;
}

#endif
