/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* QEMU's devices behind ports: fw_cfg files, the debug console, the exit device. */
#include "arch/x86.h"
#include "regs.h"

#define FWCFG_SELECT	0x510
#define FWCFG_DATA	0x511
#define FWCFG_SIGNATURE 0
#define FWCFG_DIRECTORY 0x19
#define FWCFG_NAME_LEN	56

#define DEBUGCON  0xe9
#define DEBUGEXIT 0xf4

/* On a real machine these ports are not tried. */
static bool under_hypervisor(void)
{
	return cpuid(1, 0).ecx >> 31 & 1;
}

static void fwcfg_bytes(void *buf, size_t n)
{
	u8 *p = buf;

	while (n--)
		*p++ = inb(FWCFG_DATA);
}

static u32 fwcfg_be(unsigned bytes)
{
	u32 v = 0;

	while (bytes--)
		v = v << 8 | inb(FWCFG_DATA);
	return v;
}

static bool fwcfg_present(void)
{
	char signature[4];

	if (!under_hypervisor())
		return false;
	outw(FWCFG_SELECT, FWCFG_SIGNATURE);
	fwcfg_bytes(signature, sizeof(signature));
	return !memcmp(signature, "QEMU", 4);
}

/* Selects a file. Returns its size, or -ENOENT. An entry: size and key, big-endian, 2 unused bytes,
 * the name. */
static s64 fwcfg_open(const char *name)
{
	u32 files;

	outw(FWCFG_SELECT, FWCFG_DIRECTORY);
	files = fwcfg_be(4);
	for (u32 i = 0; i < files; i++) {
		char entry[FWCFG_NAME_LEN];
		u32 size = fwcfg_be(4);
		u16 key = (u16)fwcfg_be(2);

		fwcfg_be(2);
		fwcfg_bytes(entry, sizeof(entry));
		entry[sizeof(entry) - 1] = '\0';
		if (!strcmp(entry, name)) {
			outw(FWCFG_SELECT, key);
			return size;
		}
	}
	return -ENOENT;
}

int fwcfg_read(const char *name, char *buf, size_t size, size_t *ret_len)
{
	s64 len;

	if (!fwcfg_present())
		return -ENODEV;
	len = fwcfg_open(name);
	if (len < 0)
		return (int)len;
	if ((u64)len >= size)
		return -E2BIG;
	fwcfg_bytes(buf, (size_t)len);
	buf[len] = '\0';
	*ret_len = (size_t)len;
	return 0;
}

int debugcon_write(const char *s, size_t n)
{
	if (!under_hypervisor() || inb(DEBUGCON) != DEBUGCON)
		return -ENODEV;
	outsb(DEBUGCON, s, n);
	return 0;
}

void debug_exit(u8 value)
{
	if (under_hypervisor())
		outb(DEBUGEXIT, value);
}
