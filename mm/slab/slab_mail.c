/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Objects that a CPU frees to another CPU's slab. They are marked in the slab, and the first one
 * puts the slab into its owner's mailbox: so for the owner many objects cost only one word.
 *
 *	CPU B frees an object of A's slab	CPU A sorts its mail
 *	1. sets the object's bit in `mailed`	1. takes all of its mailbox
 *	2. if `mailed` was 0: puts the slab	2. reads the slab's mail_next
 *	   into A's mailbox			3. takes all of `mailed`, which is 0 then
 *						4. frees these objects
 *
 * - B1 before A3: A frees the object. Only the first of several CPUs found 0 and put the slab into
 *   the mailbox, so it is there once.
 * - B1 after A3: B finds 0 and puts the slab into the mailbox again. This writes mail_next, which A
 *   has already read.
 * - A's slab cannot be freed meanwhile: a marked object is not free yet, so the slab is not empty.
 * - The slab may get another owner while it is in A's mailbox: A4 passes the objects on to that CPU
 *   or node, and tries again if the owner changes at the same moment.
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

/* Marks objects of word i, and puts the slab into the mailbox of CPU `to` if it is in none. False:
 * one of them was marked already. */
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

/* Clears all marks of the slab and returns them. */
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
	/* Clear hand_for: else the owner could free the object once more into its hand. The owner
	 * itself writes there only objects that it allocates or frees, not this one. */
	if (hand_for == object)
		__atomic_compare_exchange_n(&to->hand_for, &hand_for, 0, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	return mark(cache, to, slab, (u32)index / 64, 1ULL << index % 64);
}

/* Frees marked objects to the present owner of their slab. */
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
		next = slab->mail_next; /* before the slab can be posted again */
		unmark(cache, slab, words);
		for (u32 i = 0; i < slab_nr_words(cache); i++) {
			if (words[i])
				deliver(sys, cache, c, slab, i, words[i]);
		}
	}
}
