/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The program on a machine: build our world, run in it, give everything back. */
#include "app/app.h"
#include "lib.h"
#include "arch/smp.h"
#include "world.h"

static struct app app;
static int status;

int tablewalk_main(void);

static void in_our_world(void *arg)
{
	struct app *a = arg;

	a->sys.phys_offset = a->sys.given.layout.direct;
	status = app_run(a);
}

/* Nothing could be built: says why, in words that help. */
static void say_failure(int err)
{
	app_message("tablewalk cannot start: %s (%s)", err_name(err), fw_last_error());
	if (err == -ENOMEM)
		app_message("It claimed %llu KiB from the firmware and needs at least %llu KiB; "
			    "`reserve=` sets how much it leaves.",
			    app.claimed_pages * 4, APP_MIN_MEMORY / KiB);
	if (err == -ENODEV)
		app_message("This CPU cannot switch to %u levels; try the option levels=4.",
			    app.sys.pt.levels);
}

static void leave(void)
{
	char word[4];
	size_t len;

	if (!fwcfg_read("opt/tablewalk/exit", word, sizeof(word), &len))
		debug_exit((u8)(0x10 | status));
	if (app.leave == APP_REBOOT)
		fw_reset(FW_RESET_COLD);
	if (app.leave == APP_POWEROFF)
		fw_reset(FW_RESET_POWEROFF);
}

/* Is everything as it was? What is not is printed, and counts as a failure. */
static void self_check(const struct world_snapshot *before)
{
	struct world_snapshot after;

	if (fw_memmap(&app.now))
		return;
	world_snapshot(&app, &app.now, &after);
	if (world_compare(before, &after))
		status = max(status, 1);
	else if (app.shell.paging) /* a person was there */
		app_message(
			"Everything was given back: registers, the firmware's page tables and its "
			"memory are as found.");
}

/* Returns 0 when everything succeeded. */
int tablewalk_main(void)
{
	struct world_snapshot before;
	struct fw_screen screen;
	int err;

	fw_screen(&screen);
	if (screen.interactive)
		fw_clear(); /* the firmware's logo and messages */
	err = app_prepare(&app);
	if (!err) {
		world_snapshot(&app, &app.machine.map, &before);
		err = world_build(&app);
	}
	if (err) {
		say_failure(err);
		status = 2;
	} else {
		gate_enter(in_our_world, &app);
	}
	if (app.leave == APP_QUIT) { /* a reset gives everything back by itself */
		if (app_release(&app))
			status = max(status, 1);
		if (!err)
			self_check(&before);
	}
	leave();
	return status;
}
