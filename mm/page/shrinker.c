/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Shrinkers: calling each of them, and for how many objects. */
#include "mm/page/shrinker.h"

#include "mm/system.h"

#define MAX_COUNT (1ULL << 48) /* objects; nothing wraps below it */

static void add(u64 *counter, u64 n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/* ---- one shrinker ------------------------------------------------------------------------ */

static u64 count(struct shrinker *s, struct shrink_control *sc)
{
	u64 nr = s->count_objects(s, sc);

	if (nr == SHRINK_EMPTY)
		nr = 0;
	ASSERT(nr < MAX_COUNT, "shrinker %s counts %#llx objects", s->name, nr);
	__atomic_store_n(&s->nr_counted, nr, __ATOMIC_RELAXED);
	return nr;
}

/* Calls scan_objects() batch by batch; a batch may be smaller only if there are no more objects.
 * Returns the number of freed objects. */
static u64 scan(struct shrinker *s, struct shrink_control *sc, u64 freeable, u64 total,
		u64 *ret_scanned)
{
	u64 batch = s->batch ? s->batch : SHRINK_BATCH, freed = 0;

	while (total >= batch || total >= freeable) {
		u64 got;

		sc->nr_to_scan = sc->nr_scanned = min(batch, total);
		got = s->scan_objects(s, sc);
		if (got == SHRINK_STOP || !sc->nr_scanned)
			break;
		freed += got;
		*ret_scanned += sc->nr_scanned;
		total -= min(total, sc->nr_scanned);
	}
	return freed;
}

/*
 * Frees a share of its objects, by priority and seeks, and of those that earlier calls deferred; at
 * most twice as many as there are. The rest is deferred to the next call.
 */
static u64 shrink_one(struct shrinker *s, struct shrink_control *sc, unsigned priority)
{
	u64 *deferred = &s->nr_deferred[s->flags & SHRINKER_NUMA_AWARE ? sc->nid : 0];
	u64 freeable = count(s, sc), share, nr, scanned = 0, freed;

	add(&s->nr_calls, 1);
	if (!freeable)
		return 0;
	nr = __atomic_exchange_n(deferred, 0, __ATOMIC_RELAXED);
	share = s->seeks ? (freeable >> priority) * 4 / s->seeks : freeable / 2;
	freed = scan(s, sc, freeable, min((nr >> priority) + share, 2 * freeable), &scanned);
	add(deferred, min(nr + share - min(nr + share, scanned), 2 * freeable));
	add(&s->nr_scanned, scanned);
	add(&s->nr_freed, freed);
	add(&sc->sys->shrinkers.nr_scanned, scanned);
	return freed;
}

/* ---- the list ---------------------------------------------------------------------------- */

void shrinkers_init(struct mem_system *sys)
{
	memset(&sys->shrinkers, 0, sizeof(sys->shrinkers));
	list_init(&sys->shrinkers.list);
	spin_lock_init(&sys->shrinkers.lock, "shrinkers", LOCK_RECLAIM,
		       sys->given.page_options.watch);
}

void register_shrinker(struct mem_system *sys, struct shrinker *shrinker)
{
	ASSERT(shrinker->name && shrinker->count_objects && shrinker->scan_objects,
	       "shrinker %p has no name, or nothing to call", (void *)shrinker);
	ASSERT(!shrinker->list.next || list_empty(&shrinker->list), "shrinker %s is registered",
	       shrinker->name);
	shrinker->users = 0;
	shrinker->leaving = false;
	spin_lock(&sys->shrinkers.lock);
	list_add_tail(&shrinker->list, &sys->shrinkers.list);
	spin_unlock(&sys->shrinkers.lock);
}

void unregister_shrinker(struct mem_system *sys, struct shrinker *shrinker)
{
	ASSERT(shrinker->list.next && !list_empty(&shrinker->list), "shrinker %s is not registered",
	       shrinker->name ? shrinker->name : "");
	/* It would wait for itself, or for a shrinker that a fault ended. */
	ASSERT(!shrinker_is_running(&sys->shrinkers, arch_this_cpu()),
	       "shrinker %s is unregistered by a shrinker, or after one failed", shrinker->name);
	spin_lock(&sys->shrinkers.lock);
	shrinker->leaving = true;
	spin_unlock(&sys->shrinkers.lock);
	while (__atomic_load_n(&shrinker->users, __ATOMIC_ACQUIRE))
		arch_relax();
	spin_lock(&sys->shrinkers.lock);
	list_del(&shrinker->list);
	spin_unlock(&sys->shrinkers.lock);
}

/* Moves from one shrinker to the next, which stays on the list while it is used. s NULL: to the
 * first. Returns NULL after the last. */
static struct shrinker *next_shrinker(struct shrinker_system *all, struct shrinker *s)
{
	struct list_head *link;

	spin_lock(&all->lock);
	link = s ? s->list.next : all->list.next;
	while (link != &all->list && list_entry(link, struct shrinker, list)->leaving)
		link = link->next;
	if (s)
		__atomic_sub_fetch(&s->users, 1, __ATOMIC_RELEASE);
	s = link == &all->list ? NULL : list_entry(link, struct shrinker, list);
	if (s)
		s->users++;
	spin_unlock(&all->lock);
	return s;
}

u64 shrink_slab(struct mem_system *sys, gfp_t gfp, int nid, unsigned priority)
{
	struct shrinker_system *all = &sys->shrinkers;
	u32 cpu = arch_this_cpu();
	u64 freed = 0;

	ASSERT(priority <= DEF_PRIORITY, "priority %u", priority);
	ASSERT(nid >= 0 && nid < MAX_NUMNODES, "node %d", nid);
	if (all->busy[cpu])
		return 0;
	all->busy[cpu] = true;
	for (struct shrinker *s = next_shrinker(all, NULL); s; s = next_shrinker(all, s)) {
		struct shrink_control sc = {.sys = sys, .gfp_mask = gfp, .nid = nid};

		freed += shrink_one(s, &sc, priority);
	}
	all->busy[cpu] = false;
	return freed;
}

u64 drop_slab(struct mem_system *sys)
{
	u64 sum = 0, freed;
	unsigned round = 0;

	add(&sys->shrinkers.nr_drops, 1);
	do {
		freed = 0;
		for_each_node(sys, node)
			freed += shrink_slab(sys, GFP_KERNEL, node->node_id, 0);
		sum += freed;
	} while (freed >> round++ > 1); /* each round must free twice as many to go on */
	return sum;
}
