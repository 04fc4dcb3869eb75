/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A balanced binary tree whose nodes live in what they sort, and know something of all that is
 * below them: an AVL tree, so that a path is at most 1.44 log2(n) long.
 *
 * Who uses it orders its things by itself: it goes down from the root, comparing, and says where a
 * node belongs. What a node knows of its subtree (the largest gap, say) is in the user's struct;
 * `update` works it out from the node and its children, and is called whenever they changed. It is
 * always the same function for a tree; as these here are inline it can be inlined into them.
 */
#ifndef TREE_H
#define TREE_H

#include "kernel.h"

enum { TREE_LEFT, TREE_RIGHT };

struct tree_node {
	struct tree_node *parent, *child[2];
	u64 height; /* a leaf has 1 */
};

/* Says whether anything changed: if not, nothing above it changes either. */
typedef bool (*tree_update)(struct tree_node *node);

struct tree {
	struct tree_node *root;
};

/* ---- how it stays balanced --------------------------------------------------------------- */

static inline u64 tree_height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

/* What the node knows, from its children. Did anything change? */
static inline bool tree_refresh(struct tree_node *node, tree_update update)
{
	u64 now = max(tree_height(node->child[0]), tree_height(node->child[1])) + 1;
	bool grew = now != node->height;

	node->height = now;
	return update(node) || grew;
}

/* Puts `node` where `old` was below its parent. */
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

/* From the node, below which something changed, upwards until nothing does. */
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

/* The node becomes a child of `parent`, at a side where it has none; NULL: of an empty tree. */
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

/* A node with two children goes; returns the one that takes its place, *ret_changed is where
 * something changed below. */
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
	if (heir) /* what it knows is of its old place, even if nothing below changed */
		tree_retrace(tree, heir, update);
}

/* The node's own values changed, its place did not. */
static inline void tree_changed(struct tree_node *node, tree_update update)
{
	while (node && update(node))
		node = node->parent;
}

/* ---- going through it -------------------------------------------------------------------- */

/* In order; NULL behind the last. */
struct tree_node *tree_end(const struct tree *tree, int side);
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

/* NULL when links and heights are right and no update is due; else what is wrong. An update that is
 * due is done. */
const char *tree_check(const struct tree *tree, tree_update update);

#endif
