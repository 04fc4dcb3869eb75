/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any text as a search expression, compared with entries made of its bytes. */
#include <stdint.h>
#include <string.h>

#include "lib.h"
#include "ui/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pgtable pt = {.levels = 4};
	struct search_env env = {.pt = &pt};
	struct pt_entry e = {.nr = 1, .present = true, .leaf = true};
	struct search s;
	char text[256], err[64];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	memcpy(&e.val, data, size < 8 ? size : 8);
	e.level = (u8)(size % 3);
	e.phys = e.val & 0xffffffff000;
	e.rights = e.own = e.val & PTR_ALL;
	if (!search_parse(&s, text, err, sizeof(err)) && s.nr <= SEARCH_MAX_TERMS)
		search_match(&s, &env, &e);
	return 0;
}
