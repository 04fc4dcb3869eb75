/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The balanced tree against a sorted array: order, what nodes know of their subtrees, height. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib.h"
#include "tree.h"

#define MAX_KEYS 600

/* Knows how many keys its subtree has, their sum, and the largest value. */
struct item {
	struct tree_node node;
	u64 key, value;
	u64 nr, sum, most;
};

static struct item items[MAX_KEYS];

static struct item *item_of(struct tree_node *node)
{
	return node ? container_of(node, struct item, node) : NULL;
}

static bool update(struct tree_node *node)
{
	struct item *it = item_of(node), old = *it;

	it->nr = 1;
	it->sum = it->key;
	it->most = it->value;
	for (int side = 0; side < 2; side++) {
		struct item *below = item_of(node->child[side]);

		it->nr += below ? below->nr : 0;
		it->sum += below ? below->sum : 0;
		it->most = max(it->most, below ? below->most : 0);
	}
	return it->nr != old.nr || it->sum != old.sum || it->most != old.most;
}

static void insert(struct tree *tree, struct item *it)
{
	struct tree_node *parent = NULL, *at = tree->root;
	int side = TREE_LEFT;

	while (at) {
		parent = at;
		side = it->key > item_of(at)->key ? TREE_RIGHT : TREE_LEFT;
		at = at->child[side];
	}
	tree_insert(tree, &it->node, parent, side, update);
}

/* What it should be: a byte for each key. */
static void compare(const struct tree *tree, const bool *in)
{
	struct tree_node *node = tree_first(tree), *last = NULL;
	const char *wrong = tree_check(tree, update);
	u64 nr = 0, sum = 0, most = 0, height = 1;

	if (wrong)
		fail_msg("%s", wrong);
	for (u32 i = 0; i < MAX_KEYS; i++) {
		if (!in[i])
			continue;
		assert_non_null(node);
		assert_int_equal(item_of(node)->key, i);
		assert_ptr_equal(tree_prev(node), last);
		last = node;
		node = tree_next(node);
		nr++;
		sum += i;
		most = max(most, items[i].value);
	}
	assert_null(node);
	assert_ptr_equal(tree_end(tree, TREE_RIGHT), last);
	if (!tree->root)
		return;
	assert_int_equal(item_of(tree->root)->nr, nr);
	assert_int_equal(item_of(tree->root)->sum, sum);
	assert_int_equal(item_of(tree->root)->most, most);
	while (1ULL << height <= nr)
		height++;
	assert_in_range(tree->root->height, height, height + height / 2 + 1);
}

static void random_keys_come_and_go(void **state)
{
	struct tree tree = {NULL};
	bool in[MAX_KEYS] = {false};
	struct prng prng;

	(void)state;
	print_message("# seed 3\n");
	prng_seed(&prng, 3);
	for (u32 step = 0; step < 6000; step++) {
		u32 range = step / 1000 % 2 ? MAX_KEYS : 40; /* few, so that it often is empty */
		u32 i = (u32)prng_below(&prng, range);

		if (in[i] && step % 5 == 0) {
			items[i].value = prng_below(&prng, 1000);
			tree_changed(&items[i].node, update);
		} else if (in[i]) {
			tree_erase(&tree, &items[i].node, update);
			in[i] = false;
		} else {
			items[i] = (struct item){.key = i, .value = prng_below(&prng, 1000)};
			insert(&tree, &items[i]);
			in[i] = true;
		}
		compare(&tree, in);
	}
}

/* In order, the other way, and erased from the middle: what makes bare trees degenerate. */
static void keys_in_order(void **state)
{
	(void)state;
	for (u32 way = 0; way < 2; way++) {
		struct tree tree = {NULL};
		bool in[MAX_KEYS] = {false};

		for (u32 i = 0; i < MAX_KEYS; i++) {
			u32 key = way ? MAX_KEYS - 1 - i : i;

			items[key] = (struct item){.key = key, .value = key};
			insert(&tree, &items[key]);
			in[key] = true;
			compare(&tree, in);
		}
		for (u32 i = 0; i < MAX_KEYS; i++) {
			u32 key = (i + MAX_KEYS / 3) % MAX_KEYS;

			tree_erase(&tree, &items[key].node, update);
			in[key] = false;
			compare(&tree, in);
		}
		assert_null(tree.root);
	}
}

static void the_check_finds_what_is_broken(void **state)
{
	struct tree tree = {NULL};
	struct tree_node *root, *left;

	(void)state;
	assert_null(tree_check(&tree, update));
	for (u32 i = 0; i < 7; i++) {
		items[i] = (struct item){.key = i};
		insert(&tree, &items[i]);
	}
	assert_null(tree_check(&tree, update));
	root = tree.root;
	left = root->child[TREE_LEFT];
	root->parent = left;
	assert_string_equal(tree_check(&tree, update), "a tree's root has a parent");
	root->parent = NULL;
	left->parent = left;
	assert_string_equal(tree_check(&tree, update), "a tree's child has another parent");
	left->parent = root;
	left->height++;
	assert_string_equal(tree_check(&tree, update), "a tree is out of balance");
	left->height--;
	item_of(left)->sum++;
	assert_string_equal(tree_check(&tree, update),
			    "a tree's node has wrong values for its subtree");
	assert_null(tree_check(&tree, update)); /* which the check has put right */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_keys_come_and_go),
		cmocka_unit_test(keys_in_order),
		cmocka_unit_test(the_check_finds_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
