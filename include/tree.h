/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A balanced binary tree, augmented: nodes are inside the user's structs, and each can keep a value
 * computed from its whole subtree (such as the largest gap). It is an AVL tree: a path is at most
 * 1.44 log2(n) long.
 *
 * The user compares: it walks down from the root and says where a new node belongs. The value of a
 * subtree is in the user's struct; `update` computes it from the node and its children, and is
 * called when one of these changed. A tree always has the same `update`, so the compiler can inline
 * it into the functions here.
 */
#ifndef TREE_H
#define TREE_H

#include "kernel.h"

enum { TREE_LEFT, TREE_RIGHT };

struct tree_node {
	struct tree_node *parent, *child[2];
	u64 height; /* a leaf has 1 */
};

/* Returns whether the node's value changed: if not, no value above it changes either. */
typedef bool (*tree_update)(struct tree_node *node);

struct tree {
	struct tree_node *root;
};

/* ---- how it stays balanced --------------------------------------------------------------- */

static inline u64 tree_height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

/* Computes the node's height and value from its children. Returns whether one changed. */
static inline bool tree_refresh(struct tree_node *node, tree_update update)
{
	u64 now = max(tree_height(node->child[0]), tree_height(node->child[1])) + 1;
	bool grew = now != node->height;

	node->height = now;
	return update(node) || grew;
}

/* Puts `node` in the place of `old` below old's parent. */
static inline void tree_replace(struct tree *tree, const struct tree_node *old,
				struct tree_node *node)
{
	struct tree_node *parent = old->parent;

	if (!parent)
		tree->root = node;
	else
		parent->child[parent->child[TREE_RIGHT] == old] = node;
	if (node)
		node->parent = parent;
}

/* The child on `side` is two higher than the other one: rotates. */
void tree_balance(struct tree *tree, struct tree_node *node, int side, tree_update update);

/* After a change below `node`: updates and balances from there upwards, until nothing changes. */
static inline void tree_retrace(struct tree *tree, struct tree_node *node, tree_update update)
{
	while (node) {
		struct tree_node *parent = node->parent;
		s64 lean = (s64)tree_height(node->child[TREE_RIGHT]) -
			   (s64)tree_height(node->child[TREE_LEFT]);

		if (unlikely((u64)(lean + 1) > 2))
			tree_balance(tree, node, lean > 0, update);
		else if (!tree_refresh(node, update))
			return;
		node = parent;
	}
}

/* ---- changing it ------------------------------------------------------------------------- */

/* Makes the node a child of `parent`, on a side without a child. parent NULL: the tree is empty. */
static inline void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
			       int side, tree_update update)
{
	*node = (struct tree_node){.parent = parent, .height = 1};
	update(node);
	if (!parent) {
		ASSERT(!tree->root, "the tree is not empty");
		tree->root = node;
		return;
	}
	ASSERT(!parent->child[side], "side %d is taken", side);
	parent->child[side] = node;
	tree_retrace(tree, parent, update);
}

/* Removes a node with two children. Returns the node that takes its place; *ret_changed is the
 * lowest node with a changed subtree. */
struct tree_node *tree_inherit(struct tree *tree, struct tree_node *node,
			       struct tree_node **ret_changed);

static inline void tree_erase(struct tree *tree, struct tree_node *node, tree_update update)
{
	struct tree_node *left = node->child[TREE_LEFT], *right = node->child[TREE_RIGHT];
	struct tree_node *heir = NULL, *changed = node->parent;

	if (unlikely(left && right))
		heir = tree_inherit(tree, node, &changed);
	else
		tree_replace(tree, node, left ? left : right);
	tree_retrace(tree, changed, update);
	if (heir) /* its value is still that of its old place */
		tree_retrace(tree, heir, update);
}

/* Updates the tree after a change of the node's own data that does not move it. */
static inline void tree_changed(struct tree_node *node, tree_update update)
{
	while (node && update(node))
		node = node->parent;
}

/* ---- going through it -------------------------------------------------------------------- */

/* The outermost node on a side; NULL if the tree is empty. */
struct tree_node *tree_end(const struct tree *tree, int side);
/* The next node in order on a side; NULL after the last. */
static inline __attribute__((always_inline)) struct tree_node *
tree_beside(const struct tree_node *node, int side)
{
	struct tree_node *at = node->child[side];

	if (!at) {
		while (node->parent && node->parent->child[side] == node)
			node = node->parent;
		return node->parent;
	}
	while (at->child[!side])
		at = at->child[!side];
	return at;
}

static inline struct tree_node *tree_first(const struct tree *tree)
{
	return tree_end(tree, TREE_LEFT);
}

static inline struct tree_node *tree_next(const struct tree_node *node)
{
	return tree_beside(node, TREE_RIGHT);
}

static inline struct tree_node *tree_prev(const struct tree_node *node)
{
	return tree_beside(node, TREE_LEFT);
}

/* NULL when links, heights and values are right; else what is wrong. Corrects wrong values. */
const char *tree_check(const struct tree *tree, tree_update update);

#endif
