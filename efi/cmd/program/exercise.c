/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `exercise`: the allocators under a random load, on this CPU or on several at once. */
#include "mm/exercise/exercise.h"

#include "cmd/cmds.h"
#include "lib.h"
#include "arch/smp.h"
#include "ui/views.h"

/* ---- on several CPUs --------------------------------------------------------------------- */

struct team {
	void (*fn)(void *arg, u32 worker);
	void *arg;
	u32 nr;
	struct smp_result result;
};

static void work(const struct smp_call *call)
{
	const struct team *team = call->arg;

	if (call->cpu < team->nr)
		team->fn(team->arg, call->cpu);
}

static int run_team(void *ctx, void (*fn)(void *arg, u32 worker), void *arg)
{
	struct team *team = ctx;

	team->fn = fn;
	team->arg = arg;
	return smp_run(work, team, &team->result);
}

/* `--cpus N`, or all. */
static int take_cpus(struct cmd_call *call, u32 *ret)
{
	const char *text = NULL;
	u64 nr;
	int got = cmd_option(call, "cpus", &text);

	*ret = 0;
	if (got <= 0)
		return got;
	if (!strcmp(text, "all"))
		nr = smp_nr_cpus();
	else if (parse_u64(text, &nr) || !nr || nr > smp_nr_cpus())
		return cmd_error(call, -EINVAL, "--cpus %s: must be `all` or 1 to %u (`cpus`)",
				 text, smp_nr_cpus());
	*ret = (u32)nr;
	return 0;
}

static int run(struct cmd_call *call, struct exercise_config *cfg)
{
	struct app *app = call->app;
	static struct team team;
	int err;

	team = (struct team){.nr = cfg->nr_workers};
	if (team.nr > 1) {
		cfg->run = run_team;
		cfg->run_ctx = &team;
	}
	err = exercise_run(&app->sys, cfg, &app->last_exercise);
	app->exercised = true;
	view_exercise(call->out, &app->last_exercise);
	return team.result.nr_failed || team.nr > max(team.result.nr, 1u)
		       ? cmd_smp_failed(call, err, &team.result)
		       : err;
}

static int cmd_exercise(struct cmd_call *call)
{
	struct exercise_config cfg = exercise_defaults();
	int err;

	cfg.seed = call->app->options.seed;
	cfg.poll = cmd_poll_stop;
	cfg.poll_ctx = call;
	err = cmd_option_u64(call, "seed", &cfg.seed);
	if (!err)
		err = cmd_option_u64(call, "steps", &cfg.steps);
	if (!err)
		err = take_cpus(call, &cfg.nr_workers);
	return err ? err : run(call, &cfg);
}

static const struct cmd rows[] = {
	{.name = "exercise",
	 .args = "[seed=N] [steps=N] [--cpus N|all]",
	 .help = "pages, objects and areas under a random load; every invariant checked",
	 .fn = cmd_exercise,
	 .examples = "exercise; exercise --cpus all",
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_exercise = {ROOM_PROGRAM, rows, ARRAY_SIZE(rows)};
