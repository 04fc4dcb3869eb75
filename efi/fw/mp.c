/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The other CPUs, through the MP services protocol (PI 1.8, vol. 2, 13.4). */
#include <efi.h>

#include "fw_efi.h"
#include "arch/smp.h"

/* gnu-efi does not have the definitions of PI. */
struct mp_location {
	UINT32 package, core, thread;
};

struct mp_information {
	UINT64 id;
	UINT32 flags;
	struct mp_location location;
	UINT32 extended[6]; /* not in older firmware */
};

#define MP_IS_BSP     (1u << 0)
#define MP_IS_ENABLED (1u << 1)
#define MP_IS_HEALTHY (1u << 2)

struct mp_services {
	EFI_STATUS(EFIAPI *count)(struct mp_services *mp, UINTN *total, UINTN *enabled);
	EFI_STATUS(EFIAPI *information)
	(struct mp_services *mp, UINTN index, struct mp_information *ret);
	EFI_STATUS(EFIAPI *start_all)
	(struct mp_services *mp, void(EFIAPI *procedure)(void *arg), BOOLEAN one_by_one,
	 EFI_EVENT event, UINTN timeout, void *arg, UINTN **failed);
	void *start_one, *switch_bsp, *enable, *who_am_i;
};

static struct {
	struct mp_services *mp;
	EFI_EVENT event; /* signalled when all have returned; NULL: nothing runs */
	void (*fn)(void *arg);
	void *arg;
} mp;

/* The arguments of a call in the firmware's world. */
struct mp_call {
	EFI_STATUS status;
	UINTN total, enabled, index;
	struct mp_information info;
	u64 timeout_us;
};

static int call(void (*fn)(void *arg), struct mp_call *c)
{
	fw_efi.last = EFI_SUCCESS;
	arch_call_firmware(fn, c);
	return fw_efi_status(c->status);
}

/* ---- looking ----------------------------------------------------------------------------- */

static void count(void *arg)
{
	EFI_GUID guid = {
		0x3fdda605, 0xa76e, 0x4f46, {0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08}};
	struct mp_call *c = arg;
	void *found = NULL;

	c->status = fw_efi.st->BootServices->LocateProtocol(&guid, NULL, &found);
	if (EFI_ERROR(c->status))
		return;
	mp.mp = found;
	c->status = mp.mp->count(mp.mp, &c->total, &c->enabled);
}

int fw_mp_count(u32 *ret_total, u32 *ret_enabled)
{
	struct mp_call c = {0};
	int err = call(count, &c);

	if (err)
		return err == -ENOENT ? -ENODEV : err;
	*ret_total = (u32)c.total;
	*ret_enabled = (u32)c.enabled;
	return 0;
}

static void get_information(void *arg)
{
	struct mp_call *c = arg;

	c->status = mp.mp->information(mp.mp, c->index, &c->info);
}

int fw_mp_cpu(u32 index, struct smp_cpu *ret)
{
	struct mp_call c = {.index = index};
	int err = mp.mp ? call(get_information, &c) : -ENODEV;

	if (err)
		return err;
	*ret = (struct smp_cpu){.apic_id = (u32)c.info.id,
				.package = c.info.location.package,
				.core = c.info.location.core,
				.thread = c.info.location.thread,
				.boot = c.info.flags & MP_IS_BSP,
				.enabled = c.info.flags & MP_IS_ENABLED,
				.healthy = c.info.flags & MP_IS_HEALTHY,
				.nr = -1};
	return 0;
}

/* ---- starting ---------------------------------------------------------------------------- */

/* Runs on an AP, with the firmware's calling convention. */
static void EFIAPI procedure(void *arg)
{
	(void)arg;
	mp.fn(mp.arg);
}

/* A timer of the firmware signals the event, every 100 ms with EDK2. */
static void wait(void *arg)
{
	EFI_BOOT_SERVICES *bs = fw_efi.st->BootServices;
	struct mp_call *c = arg;

	c->status = EFI_TIMEOUT;
	if (!mp.event)
		c->status = EFI_SUCCESS;
	for (u64 waited = 0; EFI_ERROR(c->status); waited += 200) {
		c->status = bs->CheckEvent(mp.event);
		if (c->status != EFI_NOT_READY)
			break;
		c->status = EFI_TIMEOUT;
		if (waited >= c->timeout_us)
			return; /* keep the event: the firmware may still signal it */
		bs->Stall(200);
	}
	if (mp.event)
		bs->CloseEvent(mp.event);
	mp.event = NULL;
}

int fw_mp_wait(u64 timeout_us)
{
	struct mp_call c = {.timeout_us = timeout_us};

	return call(wait, &c);
}

/* Without a time-out of the firmware: that would reset CPUs during their work. fw_mp_wait() has
 * one. */
static void start(void *arg)
{
	EFI_BOOT_SERVICES *bs = fw_efi.st->BootServices;
	struct mp_call *c = arg;

	c->status = bs->CreateEvent(0, 0, NULL, NULL, &mp.event);
	if (EFI_ERROR(c->status)) {
		mp.event = NULL;
		return;
	}
	c->status = mp.mp->start_all(mp.mp, procedure, FALSE, mp.event, 0, NULL, NULL);
	if (!EFI_ERROR(c->status))
		return;
	bs->CloseEvent(mp.event);
	mp.event = NULL;
}

int fw_mp_start(void (*fn)(void *arg), void *arg)
{
	struct mp_call c = {0};

	if (!mp.mp)
		return -ENODEV;
	if (fw_mp_wait(0))
		return -EBUSY;
	mp.fn = fn;
	mp.arg = arg;
	return call(start, &c);
}
