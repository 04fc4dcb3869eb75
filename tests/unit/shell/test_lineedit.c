/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The line editor against a naive one, its history, and escape sequences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fw.h"
#include "lib.h"
#include "ui/lineedit.h"

#define SEED	20264
#define CTRL(c) ((c)&0x1f)

static struct lineedit *new_line(void)
{
	struct lineedit *l = calloc(1, sizeof(*l));

	line_reset(l);
	return l;
}

static void type(struct lineedit *l, const char *text)
{
	while (*text)
		line_key(l, *text++);
}

static void enter(struct lineedit *l, const char *text)
{
	type(l, text);
	assert_int_equal(line_key(l, '\n'), LINE_DONE);
	line_reset(l);
}

/* ---- editing ----------------------------------------------------------------------------- */

/* "ab|cd": the text with its cursor after the keys. */
static void assert_line(const struct lineedit *l, const char *picture)
{
	char got[LINE_MAX_LEN + 2];

	memcpy(got, l->text, l->cursor);
	got[l->cursor] = '|';
	strcpy(got + l->cursor + 1, l->text + l->cursor);
	assert_string_equal(got, picture);
	assert_int_equal(strlen(l->text), l->len);
}

static void each_key_does_its_work(void **state)
{
	struct lineedit *l = new_line();

	(void)state;
	type(l, "pt  dump own");
	assert_line(l, "pt  dump own|");
	assert_int_equal(line_key(l, KEY_RIGHT), LINE_SAME);
	assert_int_equal(line_key(l, KEY_LEFT), LINE_CHANGED);
	assert_line(l, "pt  dump ow|n");
	line_key(l, CTRL('w'));
	assert_line(l, "pt  dump |n");
	line_key(l, CTRL('w'));
	assert_line(l, "pt  |n");
	line_key(l, CTRL('a'));
	assert_line(l, "|pt  n");
	assert_int_equal(line_key(l, '\b'), LINE_SAME);
	assert_int_equal(line_key(l, KEY_HOME), LINE_SAME);
	line_key(l, KEY_DELETE);
	assert_line(l, "|t  n");
	line_key(l, CTRL('d'));
	assert_line(l, "|  n");
	line_key(l, CTRL('f'));
	line_key(l, 'x');
	assert_line(l, " x| n");
	line_key(l, CTRL('k'));
	assert_line(l, " x|");
	line_key(l, CTRL('b'));
	line_key(l, CTRL('u'));
	assert_line(l, "|x");
	line_key(l, CTRL('e'));
	line_key(l, 127);
	assert_line(l, "|");
	assert_int_equal(line_key(l, KEY_END), LINE_SAME);
	free(l);
}

static void each_event_is_told(void **state)
{
	struct lineedit *l = new_line();

	(void)state;
	assert_int_equal(line_key(l, CTRL('d')), LINE_EOF);
	assert_int_equal(line_key(l, 'a'), LINE_CHANGED);
	assert_int_equal(line_key(l, CTRL('d')),
			 LINE_SAME); /* at the end there is nothing to cut */
	assert_int_equal(line_key(l, '\t'), LINE_COMPLETE);
	assert_int_equal(line_key(l, CTRL('l')), LINE_CLEAR);
	assert_int_equal(line_key(l, KEY_F1), LINE_SAME);
	assert_int_equal(line_key(l, KEY_ESC), LINE_SAME);
	assert_int_equal(line_key(l, 200), LINE_SAME);
	assert_line(l, "a|");
	assert_int_equal(line_key(l, CTRL('c')), LINE_CANCEL);
	assert_line(l, "|");
	type(l, "b");
	assert_int_equal(line_key(l, KEY_EOF), LINE_EOF);
	free(l);
}

static void a_full_line_takes_no_more(void **state)
{
	struct lineedit *l = new_line();

	(void)state;
	for (int i = 0; i < LINE_MAX_LEN; i++)
		assert_int_equal(line_key(l, 'a'), LINE_CHANGED);
	assert_int_equal(line_key(l, 'b'), LINE_SAME);
	line_key(l, '\b');
	line_key(l, '\b');
	line_insert(l, "xyz"); /* as far as it fits */
	assert_int_equal(l->len, LINE_MAX_LEN);
	assert_string_equal(l->text + LINE_MAX_LEN - 3, "axy");
	assert_int_equal(line_key(l, '\n'), LINE_DONE);
	line_reset(l);
	line_key(l, KEY_UP);
	assert_int_equal(l->len, LINE_MAX_LEN);
	free(l);
}

/* ---- history ----------------------------------------------------------------------------- */

static void up_and_down_walk_the_history(void **state)
{
	struct lineedit *l = new_line();

	(void)state;
	assert_int_equal(line_key(l, KEY_UP), LINE_SAME);
	enter(l, "zones");
	enter(l, "cpu");
	type(l, "mem");
	line_key(l, KEY_LEFT);
	line_key(l, KEY_UP);
	assert_line(l, "cpu|");
	line_key(l, CTRL('p'));
	assert_line(l, "zones|");
	assert_int_equal(line_key(l, KEY_UP), LINE_SAME);
	line_key(l, CTRL('n'));
	assert_line(l, "cpu|");
	line_key(l, KEY_DOWN);
	assert_line(l, "mem|"); /* what was being typed comes back */
	assert_int_equal(line_key(l, KEY_DOWN), LINE_SAME);
	free(l);
}

/* Expect: an old line that is changed and entered is a new line; the old one stays as it was. */
static void editing_history_leaves_it_alone(void **state)
{
	struct lineedit *l = new_line();

	(void)state;
	enter(l, "zones");
	line_key(l, KEY_UP);
	enter(l, " --json");
	line_key(l, KEY_UP);
	assert_line(l, "zones --json|");
	line_key(l, KEY_UP);
	assert_line(l, "zones|");
	free(l);
}

static void the_history_has_no_repeats_and_an_end(void **state)
{
	struct lineedit *l = new_line();
	char text[8] = "cmd00";

	(void)state;
	enter(l, "a");
	enter(l, "a");
	enter(l, "");
	assert_int_equal(l->nr_history, 1);
	for (int i = 0; i < 40; i++) {
		text[3] = (char)('0' + i / 10);
		text[4] = (char)('0' + i % 10);
		enter(l, text);
	}
	assert_int_equal(l->nr_history, LINE_MAX_HISTORY);
	for (int i = 0; i < 50; i++)
		line_key(l, KEY_UP);
	assert_line(l, "cmd08|");
	free(l);
}

/* ---- against a naive editor -------------------------------------------------------------- */

struct naive {
	char text[LINE_MAX_LEN + 1];
	size_t at;
};

static void naive_cut(struct naive *n, size_t from, size_t to)
{
	char rest[LINE_MAX_LEN + 1];

	strcpy(rest, n->text + to);
	n->text[from] = '\0';
	strcat(n->text, rest);
	n->at = from;
}

static void naive_key(struct naive *n, int key)
{
	size_t len = strlen(n->text), from = n->at;
	char rest[LINE_MAX_LEN + 1];

	if (key >= ' ' && key < 127 && len < LINE_MAX_LEN) {
		strcpy(rest, n->text + n->at);
		n->text[n->at++] = (char)key;
		strcpy(n->text + n->at, rest);
	} else if (key == KEY_LEFT && n->at) {
		n->at--;
	} else if (key == KEY_RIGHT && n->at < len) {
		n->at++;
	} else if (key == KEY_HOME || key == KEY_END) {
		n->at = key == KEY_HOME ? 0 : len;
	} else if (key == '\b' && n->at) {
		naive_cut(n, n->at - 1, n->at);
	} else if (key == KEY_DELETE && n->at < len) {
		naive_cut(n, n->at, n->at + 1);
	} else if (key == CTRL('k')) {
		naive_cut(n, n->at, len);
	} else if (key == CTRL('u')) {
		naive_cut(n, 0, n->at);
	} else if (key == CTRL('w')) {
		while (from && n->text[from - 1] == ' ')
			from--;
		while (from && n->text[from - 1] != ' ')
			from--;
		naive_cut(n, from, n->at);
	}
}

static int random_key(struct prng *p)
{
	static const int keys[] = {KEY_LEFT, KEY_LEFT, KEY_LEFT,   KEY_RIGHT, KEY_RIGHT, KEY_HOME,
				   KEY_END,  '\b',     KEY_DELETE, KEY_F12,   KEY_ESC,	 250};
	static const int rare[] = {CTRL('k'), CTRL('u'), CTRL('w')};
	u64 dice = prng_below(p, 100);

	if (dice < 3)
		return rare[prng_below(p, ARRAY_SIZE(rare))];
	if (dice < 35)
		return keys[prng_below(p, ARRAY_SIZE(keys))];
	return "abc xyz;'~"[prng_below(p, 10)];
}

static void random_keys_do_what_a_naive_editor_does(void **state)
{
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 40; round++) {
		struct lineedit *l = new_line();
		struct naive n = {.at = 0};

		for (int i = 0; i < 3000; i++) {
			/* some rounds type until the line is full */
			int key = round % 4 == 0 && i < 600 ? 'a' + i % 26 : random_key(&p);

			line_key(l, key);
			naive_key(&n, key);
			if (strcmp(l->text, n.text) || l->cursor != n.at ||
			    strlen(l->text) != l->len)
				fail_msg("seed %d round %d key %d (%#x): \"%s\" at %u, not \"%s\" "
					 "at %zu",
					 SEED, round, i, (unsigned)key, l->text, l->cursor, n.text,
					 n.at);
		}
		free(l);
	}
}

/* ---- escape sequences -------------------------------------------------------------------- */

/* The keys that bytes make, with the time running out after the last. */
static u32 decode(const char *bytes, int *keys)
{
	struct key_decoder d = {.len = 0};
	u32 nr = 0;
	int key;

	for (; *bytes; bytes++) {
		key = key_decode(&d, (unsigned char)*bytes, false);
		if (key)
			keys[nr++] = key;
	}
	key = key_decode(&d, 0, true);
	if (key)
		keys[nr++] = key;
	assert_int_equal(d.len, 0);
	return nr;
}

static void sequences_are_keys(void **state)
{
	static const struct {
		const char *bytes;
		int key;
	} cases[] = {
		{"a", 'a'},
		{"\r", '\r'},
		{"\033", KEY_ESC},
		{"\033[A", KEY_UP},
		{"\033[B", KEY_DOWN},
		{"\033[C", KEY_RIGHT},
		{"\033[D", KEY_LEFT},
		{"\033OA", KEY_UP},
		{"\033[H", KEY_HOME},
		{"\033[F", KEY_END},
		{"\033OH", KEY_HOME},
		{"\033OF", KEY_END},
		{"\033[1~", KEY_HOME},
		{"\033[4~", KEY_END},
		{"\033[7~", KEY_HOME},
		{"\033[8~", KEY_END},
		{"\033[2~", KEY_INSERT},
		{"\033[3~", KEY_DELETE},
		{"\033[5~", KEY_PAGE_UP},
		{"\033[6~", KEY_PAGE_DOWN},
		{"\033OP", KEY_F1},
		{"\033OS", KEY_F1 + 3},
		{"\033[11~", KEY_F1},
		{"\033[15~", KEY_F1 + 4},
		{"\033[17~", KEY_F1 + 5},
		{"\033[21~", KEY_F1 + 9},
		{"\033[23~", KEY_F1 + 10},
		{"\033[24~", KEY_F12},
		{"\033[[A", KEY_F1},
		{"\033[[E", KEY_F1 + 4},
		{"\033[1;5C", KEY_RIGHT}, /* with Ctrl */
		{"\033[3;2~", KEY_DELETE},
		{"\033[1;2P", KEY_F1},
		{"\033O5P", KEY_F1},
		{"\033x", 'x'}, /* Alt */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int keys[16];

		if (decode(cases[i].bytes, keys) != 1 || keys[0] != cases[i].key)
			fail_msg("case %zu: ESC %s", i, cases[i].bytes + 1);
	}
}

/* Expect: what means nothing to us leaves nothing behind, however long; what follows it counts. */
static void garbage_is_dropped(void **state)
{
	static const char *const garbage[] = {
		"\033[",     "\033O",	 "\033[1",	   "\033[?25h",
		"\033[99~",  "\033[16~", "\033[[Z",	   "\033[1;2;3;4;5;6;7;8;9~",
		"\033[200~", "\033Oz",	 "\033[<0;10;20M", "\033[12345678901234567890~",
		"\033[ q",
	};
	int keys[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(garbage); i++) {
		if (decode(garbage[i], keys))
			fail_msg("case %zu gives key %#x", i, (unsigned)keys[0]);
	}
	assert_int_equal(decode("\033\033", keys), 2);
	assert_int_equal(keys[1], KEY_ESC);
	assert_int_equal(decode("\033\033[A", keys), 2);
	assert_int_equal(keys[0], KEY_ESC);
	assert_int_equal(keys[1], KEY_UP);
	assert_int_equal(decode("\033[1\033[B", keys), 1); /* a sequence that broke off */
	assert_int_equal(keys[0], KEY_DOWN);
	assert_int_equal(decode("\033[1\003x", keys), 2);
	assert_int_equal(keys[0], 3); /* Ctrl-C is never swallowed */
	assert_int_equal(decode("\033[3~x\033[Ay", keys), 4);
	assert_int_equal(keys[3], 'y');
}

/* Any bytes: Ctrl-C comes through, plain text after a pause does, the buffer holds. */
static void any_bytes_are_survived(void **state)
{
	static const char alphabet[] = "\033\033[[OO0123456789;?~ABPSx\x7f\xff";
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 20000; round++) {
		struct key_decoder *d = calloc(1, sizeof(*d));

		for (u64 i = 0, n = prng_below(&p, 40); i < n; i++)
			key_decode(d, (u8)alphabet[prng_below(&p, sizeof(alphabet) - 1)], false);
		if (round & 1) {
			assert_int_equal(key_decode(d, 3, false), 3);
		} else {
			key_decode(d, 0, true);
			assert_int_equal(key_decode(d, 'z', false), 'z');
		}
		free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_does_its_work),
		cmocka_unit_test(each_event_is_told),
		cmocka_unit_test(a_full_line_takes_no_more),
		cmocka_unit_test(up_and_down_walk_the_history),
		cmocka_unit_test(editing_history_leaves_it_alone),
		cmocka_unit_test(the_history_has_no_repeats_and_an_end),
		cmocka_unit_test(random_keys_do_what_a_naive_editor_does),
		cmocka_unit_test(sequences_are_keys),
		cmocka_unit_test(garbage_is_dropped),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
