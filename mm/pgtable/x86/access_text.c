/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The model's results in sentences, with the manual's sections. */
#include "lib.h"
#include "mm/pgtable/access.h"

const char *access_kind_name(enum access_kind kind)
{
	static const char *const names[ACCESS_KINDS] = {"read", "write", "execute",
							"shadow-stack read", "shadow-stack write"};

	return (u32)kind < ACCESS_KINDS ? names[kind] : "?";
}

/* %s: the entry's name at its level. */
static const char *const texts[ACCESS_NR_WHY] = {
	[ACCESS_OK] = "all levels allow it; the page is the %s's (SDM vol. 3, 4.6)",
	[ACCESS_NOT_CANONICAL] = "the address is not canonical: #GP before any table is read (SDM "
				 "vol. 1, 3.3.7.1)",
	[ACCESS_UNREADABLE] = "the %s points outside memory: not followed",
	[ACCESS_NOT_PRESENT] = "%s bit 0 (P) is 0: nothing is mapped (SDM vol. 3, 4.7)",
	[ACCESS_RESERVED] = "%s has reserved bits set (SDM vol. 3, 4.5 and 4.7)",
	[ACCESS_NO_USER] = "%s bit 2 (U/S) is 0: ring 3 is kept out (SDM vol. 3, 4.6.1)",
	[ACCESS_NO_WRITE] = "%s bit 1 (R/W) is 0: read-only (SDM vol. 3, 4.6.1)",
	[ACCESS_NO_EXEC] = "%s bit 63 (XD) is 1: no instruction may be fetched (SDM vol. 3, 4.6.1)",
	[ACCESS_SMEP] = "U/S is 1 down to the %s and CR4.SMEP is 1: the supervisor may not fetch "
			"from a user page (SDM vol. 3, 4.6.1)",
	[ACCESS_SMAP] = "U/S is 1 down to the %s, CR4.SMAP is 1 and RFLAGS.AC is 0: the supervisor "
			"may not touch a user page (SDM vol. 3, 4.6.1)",
	[ACCESS_PKEY] = "%s bits 62:59 name a protection key that forbids it (SDM vol. 3, 4.6.2)",
	[ACCESS_NOT_SS] =
		"the %s is not that of a shadow-stack page: R/W 0, dirty 1, R/W 1 above (SDM "
		"vol. 3, 4.6.1)",
};

int access_why_text(char *buf, size_t size, const struct access_cpu *cpu,
		    const struct access_result *r)
{
	const struct pt_format *f = cpu->levels == 5 ? &pt_format_x86_64_5 : &pt_format_x86_64_4;
	const char *text = texts[r->why];
	char name[16];
	size_t len = 0;

	fmt_print(name, sizeof(name), "%s", f->level[r->level].name);
	while (text[len] && text[len] != '%')
		len++;
	if (!text[len])
		return fmt_print(buf, size, "%s", text);
	return fmt_print(buf, size, "%.*s%s%s", (int)len, text, name, text + len + 2);
}
