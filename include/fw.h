/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Seam 2: what the application needs from the firmware. Implemented by efi/fw/ with UEFI boot
 * services (each call crosses to the firmware's world) and by efi/host/ with files and the
 * terminal. Failures are negative errno values; fw_last_error() gives the firmware's own status.
 */
#ifndef FW_H
#define FW_H

#include "arch.h"
#include "mm/boot/memmap.h"
#include "mm/boot/numa.h"

/* ---- the machine ------------------------------------------------------------------------- */

struct image_section { /* of our own program */
	char name[9];
	phys_addr_t start, end;
	bool write, exec;
};

struct framebuffer {
	phys_addr_t base;
	u64 size;
	u32 width, height, pixels_per_line;
};

/* What we report about the machine and build on, read at start. */
struct machine {
	struct memmap map; /* before our first allocation */
	struct numa_info numa;
	struct cpu_info cpu;
	bool have_acpi, have_gop, have_smbios, secure_boot, setup_mode;
	char acpi_note[80]; /* what is wrong with the tables; "" if nothing */
	char firmware_vendor[64];
	u32 firmware_revision;
	u32 uefi_revision; /* major << 16 | minor, as in EFI_TABLE_HEADER */
	char vendor[64], product[64], board[64], bios_version[64], bios_date[32]; /* SMBIOS */
	struct framebuffer fb;
	u32 nr_sections;
	struct image_section sections[16];
	phys_addr_t image_start, image_end;
	bool described; /* by a file (host), not by firmware */
};

/* Fills *m; called once, before all else here. Negative only for fatal problems. */
int fw_machine(struct machine *m);

/* ---- memory ------------------------------------------------------------------------------ */

/* The map as it is now. */
int fw_memmap(struct memmap *ret);
/* Takes exactly [start, start + pages); -ENOMEM when any of it is not free. */
int fw_claim(phys_addr_t start, u64 pages);
/* Takes `pages` anywhere below `limit` (0: anywhere); exec: may hold code. */
int fw_alloc(u64 pages, phys_addr_t limit, bool exec, phys_addr_t *ret);
int fw_release(phys_addr_t start, u64 pages);

/* ---- CPUs -------------------------------------------------------------------------------- */

struct smp_cpu;
/* Counts the CPUs that the firmware knows, and those that are enabled. 0; -ENODEV: it has no MP
 * services (PI 1.8, vol. 2, 13.4). */
int fw_mp_count(u32 *ret_total, u32 *ret_enabled);
/* What the firmware knows of one CPU; index is the firmware's number. */
int fw_mp_cpu(u32 index, struct smp_cpu *ret);
/* Starts fn(arg) on every enabled AP in the firmware's world and returns at once. -EBUSY: the work
 * of the last call is not finished. fn may not call the firmware. */
int fw_mp_start(void (*fn)(void *arg), void *arg);
/* Waits until the firmware says that all have returned from fn. 0; -ETIMEDOUT: the next
 * fw_mp_start() checks again. */
int fw_mp_wait(u64 timeout_us);

/* ---- console ----------------------------------------------------------------------------- */

struct fw_screen {
	u32 columns, rows;
	bool interactive; /* a person can type */
	bool ansi;	  /* cursor and colour escape sequences are understood */
};
void fw_screen(struct fw_screen *ret);

/* Writes text ('\n' starts a line). Write whole lines: single characters are slow. */
void fw_write(const char *s, size_t n);
void fw_clear(void);
void fw_cursor(u32 column, u32 row); /* from 0 */
/* The look of the text that is written next, if the console supports it. */
enum fw_attribute { FW_NORMAL, FW_REVERSE, FW_BRIGHT, FW_DIM };
void fw_attribute(enum fw_attribute attribute);

/* Keys without a character. Others are their character: Enter '\n', Backspace '\b', Ctrl-C 3. */
enum {
	KEY_NONE = 0,
	KEY_ESC = 27,
	KEY_UP = 0x100,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_INSERT,
	KEY_DELETE,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_F1,
	KEY_F12 = KEY_F1 + 11,
	KEY_EOF, /* no more input will come */
};
/* Waits for a key, at most timeout_ms (0: not at all, negative: no limit). KEY_NONE: none came. */
int fw_key(int timeout_ms);

/* ---- files, on the volume the program came from ------------------------------------------ */

/* Whole files; paths with '/' or '\\', relative to the volume's root. */
int fw_file_read(const char *path, char *buf, size_t size, size_t *ret_len);
int fw_file_write(const char *path, const char *buf, size_t len);

/* ---- the rest ---------------------------------------------------------------------------- */

/* The commands given to the program by load options, fw_cfg (opt/tablewalk/cmd) or the stick's
 * autorun.txt, in this order; -ENOENT when there are none. */
int fw_script(char *buf, size_t size, size_t *ret_len);
/* One option ("levels", "reserve", "memmodel" ...) from the same places; -ENOENT when not given. */
int fw_option(const char *name, char *buf, size_t size);

/* Errors in options, a line for each, such as "tablewalk.cfg:3: unknown option 'foo'". Returns
 * their number; buf is "" when there are none. */
u32 fw_option_warnings(char *buf, size_t size);

enum fw_reset { FW_RESET_COLD, FW_RESET_POWEROFF };
int fw_reset(enum fw_reset how); /* returns only on failure */
void fw_stall(u64 microseconds);
/* The firmware's status at the last failure as text, such as "EFI_NOT_FOUND"; "" if none. */
const char *fw_last_error(void);

#endif
