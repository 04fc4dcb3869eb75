/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any bytes as load options, fw_cfg words and configuration file. */
#include "parse/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(enum option_form form, const char *text, size_t len)
{
	char value[8], warnings[100] = "";
	struct option_reader r;
	struct option o;

	option_reader_init(&r, form, text, len);
	while (option_next(&r, &o)) {
		if (!o.name_len && o.fault == OPTION_OK)
			__builtin_trap();
	}
	if (r.at > len)
		__builtin_trap();
	option_find(form, text, len, "seed", value, sizeof(value));
	option_warnings("fuzz", form, text, len, warnings, sizeof(warnings));
	option_list(warnings, sizeof(warnings));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char decoded[200];
	size_t len;

	read_all(OPTION_LINES, text, size);
	read_all(OPTION_WORDS, text, size);
	read_all(OPTION_WORDS_FIRST, text, size);
	if (option_program_name(text, size, false) > size ||
	    option_program_name(text, size, true) > size)
		__builtin_trap();
	if (!option_decode(data, size, decoded, sizeof(decoded), &len))
		read_all(OPTION_WORDS_FIRST, decoded, len);
	return 0;
}
