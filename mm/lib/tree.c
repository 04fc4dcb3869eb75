/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* AVL trees: the heights of a node's two children differ by at most one. */
#include "tree.h"

static void adopt(struct tree_node *parent, int side, struct tree_node *node)
{
	parent->child[side] = node;
	if (node)
		node->parent = parent;
}

/* Moves the child on the other side up and the node down to `side`. */
static void rotate(struct tree *tree, struct tree_node *node, int side, tree_update update)
{
	struct tree_node *up = node->child[!side];

	tree_replace(tree, node, up);
	adopt(node, !side, up->child[side]);
	adopt(up, side, node);
	tree_refresh(node, update);
	tree_refresh(up, update);
}

void tree_balance(struct tree *tree, struct tree_node *node, int side, tree_update update)
{
	struct tree_node *high = node->child[side];

	if (tree_height(high->child[side]) < tree_height(high->child[!side]))
		rotate(tree, high, side, update);
	rotate(tree, node, !side, update);
}

struct tree_node *tree_inherit(struct tree *tree, struct tree_node *node,
			       struct tree_node **ret_changed)
{
	struct tree_node *right = node->child[TREE_RIGHT], *heir = right;

	while (heir->child[TREE_LEFT])
		heir = heir->child[TREE_LEFT];
	*ret_changed = heir->parent == node ? heir : heir->parent;
	if (heir != right) {
		tree_replace(tree, heir, heir->child[TREE_RIGHT]);
		adopt(heir, TREE_RIGHT, right);
	}
	tree_replace(tree, node, heir);
	adopt(heir, TREE_LEFT, node->child[TREE_LEFT]);
	heir->height = node->height;
	return heir;
}

struct tree_node *tree_end(const struct tree *tree, int side)
{
	struct tree_node *node = tree->root;

	while (node && node->child[side])
		node = node->child[side];
	return node;
}

/* ---- the check --------------------------------------------------------------------------- */

static const char *check_links(const struct tree_node *node)
{
	u64 left = tree_height(node->child[TREE_LEFT]);
	u64 right = tree_height(node->child[TREE_RIGHT]);

	for (int side = TREE_LEFT; side <= TREE_RIGHT; side++) {
		if (node->child[side] && node->child[side]->parent != node)
			return "a tree's child has another parent";
	}
	if (node->height != max(left, right) + 1 || left > right + 1 || right > left + 1)
		return "a tree is out of balance";
	return NULL;
}

/* Walks the tree without a stack. A node's links are checked before they are followed, its height
 * and value after those of all nodes below. */
const char *tree_check(const struct tree *tree, tree_update update)
{
	struct tree_node *node = tree->root, *from = NULL;
	const char *wrong = NULL;

	if (node && node->parent)
		return "a tree's root has a parent";
	while (node && !wrong) {
		struct tree_node *left = node->child[TREE_LEFT], *right = node->child[TREE_RIGHT];
		struct tree_node *next = node->parent;

		if (from == node->parent)
			wrong = check_links(node);
		if (from == node->parent && (left || right))
			next = left ? left : right;
		else if (from == left && right)
			next = right;
		else if (!wrong && update(node))
			wrong = "a tree's node has wrong values for its subtree";
		from = node;
		node = next;
	}
	return wrong;
}
