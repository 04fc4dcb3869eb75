/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Objects that one CPU frees and another CPU's slab is of. They are marked in the slab, and the
 * first one brings it into its owner's mailbox: so many of them cost the owner one word.
 *
 *	CPU B frees an object of A's slab	CPU A sorts its mail
 *	1. sets the object's bit in `mailed`	1. takes all of its mailbox
 *	2. if `mailed` was 0: puts the slab	2. reads the slab's mail_next
 *	   into A's mailbox			3. takes all of `mailed`, which is 0 then
 *						4. frees these objects
 *
 * - B1 before A3: A frees the object. Only the first of several CPUs found 0, and put the slab into
 *   the mailbox, so it lies there once.
 * - B1 after A3: B finds 0, and the slab comes into the mailbox again. This writes mail_next, which
 *   A has read before.
 * - A's slab does not go away meanwhile: an object that is marked is not free yet, so the slab is
 *   not empty.
 * - The slab may change hands while it lies in A's mailbox: A4 passes the objects on to the CPU or
 *   node that has it, and if that changes at the same moment, tries again.
 */
#include "slab_inner.h"

static void post(struct kmem_cache_cpu *to, struct page *slab)
{
	struct page *old = __atomic_load_n(&to->mailbox, __ATOMIC_RELAXED);

	do
		slab->mail_next = old;
	while (!__atomic_compare_exchange_n(&to->mailbox, &old, slab, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED));
}

/* Marks objects of word i; the slab is in a mailbox, or comes into that of CPU `to`. False: one of
 * them is marked. */
static bool mark(struct kmem_cache *cache, struct kmem_cache_cpu *to, struct page *slab, u32 i,
		 u64 bits)
{
	u64 old;
	bool posted;

	if (!slab_is_mapped(cache)) {
		old = __atomic_fetch_or(&slab->mailed, bits, __ATOMIC_ACQ_REL);
		if (!old)
			post(to, slab);
		return !(old & bits);
	}
	spin_lock(&cache->mail_lock);
	old = slab->map->mailed[i];
	slab->map->mailed[i] |= bits;
	posted = slab->posted;
	slab->posted = true;
	if (!posted)
		post(to, slab);
	spin_unlock(&cache->mail_lock);
	return !(old & bits);
}

/* Takes all marks off. */
static void unmark(struct kmem_cache *cache, struct page *slab, u64 *ret_words)
{
	if (!slab_is_mapped(cache)) {
		ret_words[0] = __atomic_exchange_n(&slab->mailed, 0, __ATOMIC_ACQ_REL);
		return;
	}
	spin_lock(&cache->mail_lock);
	memcpy(ret_words, slab->map->mailed, sizeof(slab->map->mailed));
	memset(slab->map->mailed, 0, sizeof(slab->map->mailed));
	slab->posted = false;
	spin_unlock(&cache->mail_lock);
}

bool slab_mail(struct kmem_cache *cache, struct page *slab, u64 index, u64 object)
{
	u32 cpu = slab_cpu(slab);
	struct kmem_cache_cpu *to = cache->cpu[cpu == NO_CPU ? 0 : cpu];
	u64 hand_for = __atomic_load_n(&to->hand_for, __ATOMIC_RELAXED);

	if (__atomic_load_n(&to->hand, __ATOMIC_RELAXED) == object ||
	    slab_is_free(cache, slab, index))
		return false;
	/* Its place in the owner's hand is lost: else the owner could free it once more there. The
	 * owner writes there only what it takes or frees itself, and it has not this one. */
	if (hand_for == object)
		__atomic_compare_exchange_n(&to->hand_for, &hand_for, 0, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	return mark(cache, to, slab, (u32)index / 64, 1ULL << index % 64);
}

/* To whoever has the slab now. */
static void deliver(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c,
		    struct page *slab, u32 i, u64 bits)
{
	for (;;) {
		u32 cpu = slab_cpu(slab);

		if (cpu == c->holder.cpu) {
			slab_cpu_put_bits(sys, cache, c, slab, i, bits);
			return;
		}
		if (cpu != NO_CPU) {
			mark(cache, cache->cpu[cpu], slab, i, bits);
			return;
		}
		if (node_put_bits(sys, cache, slab, i, bits, NULL))
			return;
	}
}

void slab_sort_mail(struct mem_system *sys, struct kmem_cache *cache, struct kmem_cache_cpu *c)
{
	struct page *slab, *next;
	u64 words[SLAB_MAX_WORDS];

	slab = __atomic_exchange_n(&c->mailbox, NULL, __ATOMIC_ACQUIRE);
	for (; slab; slab = next) {
		next = slab->mail_next; /* before it can come into a mailbox again */
		unmark(cache, slab, words);
		for (u32 i = 0; i < slab_nr_words(cache); i++) {
			if (words[i])
				deliver(sys, cache, c, slab, i, words[i]);
		}
	}
}
