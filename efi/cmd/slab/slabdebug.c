/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * `slabdebug plant`: makes one of the mistakes that SLUB's debugging is there to find, in a cache
 * of its own, and shows the report. What it must name is known, so a report that does not is a
 * failure.
 */
#include "cmd/cmds.h"
#include "lib.h"

#define SIZE 40 /* of an object */
#define HELD 64

struct bed {
	struct mem_system *sys;
	struct kmem_cache *cache, *other;
	u32 taken, given, nr_held;
	u8 *held[HELD]; /* taken at some time; maybe given back */
};

/* Not merged into others, so that return addresses tell which of them called; nothing here ends in
 * a call, which would be a jump. Their addresses are taken, so the compiler makes no clones. */
static __noinline u8 *planter_takes(struct bed *b)
{
	u8 *object = kmem_cache_alloc(b->sys, b->cache, GFP_KERNEL);

	b->taken++;
	return object;
}

static __noinline void planter_gives(struct bed *b, struct kmem_cache *cache, void *object)
{
	kmem_cache_free(b->sys, cache, object);
	b->given++;
}

static u8 *take(struct bed *b)
{
	u8 *object = b->nr_held < HELD ? planter_takes(b) : NULL;

	if (object)
		b->held[b->nr_held++] = object;
	return object;
}

/* ---- the mistakes ------------------------------------------------------------------------ */

/* Each is given an object that planter_takes() took. */
static void overrun(struct bed *b, u8 *object)
{
	object[SIZE] = 'X';
	planter_gives(b, b->cache, object);
}

static void underrun(struct bed *b, u8 *object)
{
	object[-1] = 'X';
	planter_gives(b, b->cache, object);
}

/* Another object keeps the slab, which is then taken empty, in whatever order that goes. */
static void use_after_free(struct bed *b, u8 *object)
{
	u64 before = b->sys->slab.errors.nr;

	take(b);
	planter_gives(b, b->cache, object);
	object[3] = 'X';
	kmem_cache_shrink(b->sys, b->cache); /* ends the quarantine */
	while (b->sys->slab.errors.nr == before && take(b))
		;
}

static void double_free(struct bed *b, u8 *object)
{
	planter_gives(b, b->cache, object);
	planter_gives(b, b->cache, object);
}

static void middle(struct bed *b, u8 *object)
{
	planter_gives(b, b->cache, object + 8);
}

static void wrong_cache(struct bed *b, u8 *object)
{
	planter_gives(b, b->other, object);
}

static void no_object(struct bed *b, u8 *object)
{
	u64 local[8] = {0};

	(void)object;
	planter_gives(b, b->cache, &local[4]);
}

/* Taken and forgotten; found when the cache is to go, like objects that are still in use. */
static void leak(struct bed *b, u8 *object)
{
	(void)object;
	take(b);
	take(b);
	kmem_cache_destroy(b->sys, b->cache);
}

static void busy(struct bed *b, u8 *object)
{
	(void)object;
	kmem_cache_destroy(b->sys, b->cache);
}

static const struct plant {
	const char *name;
	enum slab_error error;
	void (*plant)(struct bed *b, u8 *object);
	bool other, taker, giver; /* that the report must name */
	u32 live;		  /* objects that it must count */
	s32 at;			  /* byte that it must name */
} plants[] = {
	{"overrun", SLAB_OVERRUN, overrun, .taker = true, .at = SIZE},
	{"underrun", SLAB_UNDERRUN, underrun, .taker = true, .at = -1},
	{"uaf", SLAB_USE_AFTER_FREE, use_after_free, .taker = true, .giver = true, .at = 3},
	{"double", SLAB_FREE_TWICE, double_free, .taker = true, .giver = true},
	{"middle", SLAB_FREE_INSIDE, middle, .taker = true, .at = 8},
	{"wrong-cache", SLAB_FREE_WRONG_CACHE, wrong_cache, .other = true, .taker = true},
	{"no-object", SLAB_FREE_NO_OBJECT, no_object, .taker = false},
	{"leak", SLAB_BUSY, leak, .taker = true, .live = 3},
	{"busy", SLAB_BUSY, busy, .taker = true, .live = 1},
};

/* ---- was it found? ----------------------------------------------------------------------- */

#define CODE_BYTES 512 /* no planter is longer */

/* Does the address lie in fn, and not in the other one after it? */
static bool is_by(u64 caller, u64 fn, u64 other)
{
	return caller > fn && caller - fn < CODE_BYTES && (other < fn || caller < other);
}

static bool names_all(const struct bed *b, const struct plant *p, const struct slab_report *r)
{
	u64 taker = (u64)(uintptr_t)planter_takes, giver = (u64)(uintptr_t)planter_gives;
	const struct kmem_cache *named = p->other ? b->other : b->cache;

	if (r->error != p->error || r->live != p->live)
		return false;
	if (p->error != SLAB_FREE_NO_OBJECT && (strcmp(r->cache, named->name) || r->at != p->at))
		return false;
	return (!p->taker || is_by(r->alloc.caller, taker, giver)) &&
	       (!p->giver || is_by(r->free.caller, giver, taker));
}

/* Shows what came since `first`: true if one of the reports is what it must be. */
static bool show_reports(struct cmd_call *call, const struct bed *b, const struct plant *p,
			 u64 first)
{
	const struct slab_errors *e = &b->sys->slab.errors;
	bool found = false;

	emit_list(call->out, "reports");
	for (u64 i = first; i < e->nr; i++) {
		const struct slab_report *r = &e->last[i % SLAB_MAX_REPORTS];

		cmd_slab_report(call->out, call->app, r);
		found |= names_all(b, p, r);
	}
	emit_end(call->out);
	return found;
}

/* ---- one after another ------------------------------------------------------------------- */

static struct kmem_cache *new_cache(struct mem_system *sys, const char *name)
{
	return kmem_cache_create(sys, name, SIZE, 0, SLAB_DEBUG_FLAGS, NULL);
}

static bool is_live(const struct mem_system *sys, const void *object)
{
	struct slab_object o;

	return slab_object_of(sys, virt_to_phys(sys, object), &o) && o.use == SLAB_LIVE;
}

/* False: not all of it could be given back. */
static bool clean_up(struct bed *b)
{
	bool gone = true;

	for (u32 i = 0; i < b->nr_held; i++) {
		if (is_live(b->sys, b->held[i]))
			kmem_cache_free(b->sys, b->cache, b->held[i]);
	}
	if (b->cache)
		gone = !kmem_cache_destroy(b->sys, b->cache);
	if (b->other)
		gone &= !kmem_cache_destroy(b->sys, b->other);
	return gone;
}

static int plant_one(struct cmd_call *call, const struct plant *p, bool *ret_found)
{
	static struct bed b;
	struct mem_system *sys = &call->app->sys;
	u64 first = sys->slab.errors.nr;
	u8 *object = NULL;

	b = (struct bed){.sys = sys,
			 .cache = new_cache(sys, "planted"),
			 .other = new_cache(sys, "planted-other")};
	if (b.cache && b.other)
		object = take(&b);
	if (object)
		p->plant(&b, object);
	emit_object(call->out, NULL);
	emit_put(call->out, "{plant}\n", p->name);
	*ret_found = show_reports(call, &b, p, first);
	if (object && p->plant == leak)
		cmd_slab_live(call->out, call->app, b.cache);
	emit_put(call->out, "=> {found?found|NOT FOUND}\n\n", *ret_found);
	emit_end(call->out);
	if (!clean_up(&b))
		return cmd_error(call, -EBUSY, "%s: its cache cannot be destroyed", p->name);
	return object ? 0 : cmd_error(call, -ENOMEM, "%s: no memory to plant it in", p->name);
}

static const char *const plant_words[] = {"overrun", "underrun",    "uaf",	 "double",
					  "middle",  "wrong-cache", "no-object", "leak",
					  "busy",    "all",	    NULL};

static int plant_all(struct cmd_call *call, const char *name)
{
	u32 nr = 0, nr_found = 0;
	int err = 0;

	emit_object(call->out, NULL);
	emit_list(call->out, "plants");
	for (u32 i = 0; i < ARRAY_SIZE(plants) && !err; i++) {
		bool found = false;

		if (strcmp(name, "all") && strcmp(name, plants[i].name))
			continue;
		err = plant_one(call, &plants[i], &found);
		nr++;
		nr_found += found;
	}
	emit_end(call->out);
	emit_put(call->out, "{nr_found} of {planted} found\n", nr_found, nr);
	if (!err && nr_found < nr)
		err = cmd_error(call, -EIO, "%u of %u were not found", nr - nr_found, nr);
	emit_end(call->out);
	return err;
}

static int cmd_plant(struct cmd_call *call)
{
	const char *name = call->argc ? call->argv[0] : "";

	for (u32 i = 0; plant_words[i]; i++) {
		if (!strcmp(name, plant_words[i]))
			return plant_all(call, name);
	}
	return cmd_error(call, -EINVAL, "%s%sone of %s", name, name[0] ? ": " : "",
			 call->cmd->args);
}

static const struct cmd rows[] = {
	{.name = "slabdebug plant",
	 .args = "overrun|underrun|uaf|double|middle|wrong-cache|no-object|leak|busy|all",
	 .help = "make this mistake with objects, and see that it is found, and how it is reported",
	 .fn = cmd_plant,
	 .words = plant_words,
	 .examples = "slabdebug plant uaf",
	 .max_args = 1,
	 .flags = CMD_NEEDS_MM},
};

const struct cmd_table cmds_slabdebug = {ROOM_SLAB, rows, ARRAY_SIZE(rows)};
