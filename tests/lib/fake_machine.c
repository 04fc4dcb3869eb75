/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A firmware without memory to lend, files, options or facts, for tests that link all commands. The
 * functions are weak: a test that asks the firmware for something defines its own.
 */
#include "fw.h"
#include "parse/facts.h"

#define __weak __attribute__((weak))

int __weak fw_machine(struct machine *m)
{
	(void)m;
	return -EIO;
}

int __weak fw_memmap(struct memmap *ret)
{
	(void)ret;
	return -EIO;
}

int __weak fw_claim(phys_addr_t start, u64 pages)
{
	(void)start;
	(void)pages;
	return -ENOMEM;
}

int __weak fw_alloc(u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret)
{
	(void)pages;
	(void)limit;
	(void)exec;
	(void)ret;
	return -ENOMEM;
}

int __weak fw_release(phys_addr_t start, u64 pages)
{
	(void)start;
	(void)pages;
	return 0;
}

/* There is no stick. */
int __weak fw_file_read(const char *path, char *buf, size_t size, size_t *ret_len)
{
	(void)path;
	(void)buf;
	(void)size;
	*ret_len = 0;
	return -ENOENT;
}

int __weak fw_file_write(const char *path, const char *buf, size_t len)
{
	(void)path;
	(void)buf;
	(void)len;
	return -EIO;
}

int __weak fw_script(char *buf, size_t size, size_t *ret_len)
{
	(void)buf;
	(void)size;
	*ret_len = 0;
	return -ENOENT;
}

int __weak fw_option(const char *name, char *buf, size_t size)
{
	(void)name;
	(void)buf;
	(void)size;
	return -ENOENT;
}

u32 __weak fw_option_warnings(char *buf, size_t size)
{
	(void)size;
	buf[0] = '\0';
	return 0;
}

int __weak fw_reset(enum fw_reset how)
{
	(void)how;
	return -EIO;
}

const char *__weak fw_last_error(void)
{
	return "";
}

const struct fw_facts *__weak fw_facts(void)
{
	return NULL;
}

int __weak fw_mp_count(u32 *ret_total, u32 *ret_enabled)
{
	(void)ret_total;
	(void)ret_enabled;
	return -ENODEV;
}
