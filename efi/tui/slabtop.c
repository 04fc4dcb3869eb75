/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The columns, sums and keys of procps' slabtop(1), for our caches. */
#include "ui/slabtop.h"

#include "fw.h"
#include "lib.h"
#include "ui/motion.h"

#define NR_SUMS	  5
#define LIST_LINE (NR_SUMS + 2) /* the first line of the list, below its heads */
#define HEADS	  "  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME"

static u64 slab_bytes(const struct slabtop_cache *c)
{
	return PAGE_SIZE << c->order;
}

static u64 percent(u64 part, u64 whole)
{
	return whole ? part * 100 / whole : 0;
}

/* ---- order ------------------------------------------------------------------------------- */

static const struct {
	char key;
	const char *what;
} sorts[] = {
	{'o', "objects"},
	{'a', "active objects"},
	{'u', "use"},
	{'s', "object size"},
	{'l', "slabs"},
	{'v', "active slabs"},
	{'b', "objects per slab"},
	{'p', "pages per slab"},
	{'c', "cache size"},
	{'n', "name"},
};

static u64 rank_of(const struct slabtop_cache *c, char key)
{
	switch (key) {
	case 'a':
		return c->st.active_objs;
	case 'u':
		return percent(c->st.active_objs, c->st.num_objs);
	case 's':
		return c->size;
	case 'l':
		return c->st.num_slabs;
	case 'v':
		return c->st.active_slabs;
	case 'b':
		return c->objects;
	case 'p':
		return c->order;
	case 'c':
		return c->st.num_slabs * slab_bytes(c);
	case 'n':
		return 0;
	default:
		return c->st.num_objs;
	}
}

/* Larger values first, equal ones by name. */
static int by_rank(const void *a, const void *b)
{
	const struct slabtop_cache *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void put_in_order(struct slabtop *t)
{
	for (u32 i = 0; i < t->nr; i++)
		t->cache[i].rank = rank_of(&t->cache[i], t->sort);
	sort(t->cache, t->nr, sizeof(t->cache[0]), by_rank);
}

static const char *sort_name(char key)
{
	u32 i = 0;

	while (i + 1 < ARRAY_SIZE(sorts) && sorts[i].key != key)
		i++;
	return sorts[i].what;
}

bool slabtop_sort(struct slabtop *t, int key)
{
	for (u32 i = 0; i < ARRAY_SIZE(sorts); i++) {
		if (sorts[i].key == key) {
			t->sort = (char)key;
			put_in_order(t);
			return true;
		}
	}
	return false;
}

/* ---- reading ----------------------------------------------------------------------------- */

static void add_to_sums(struct slabtop_sums *s, const struct slab_stat *st, u32 size)
{
	s->min_size = s->num_caches ? min(s->min_size, size) : size;
	s->max_size = max(s->max_size, size);
	s->num_caches++;
	s->active_caches += st->active_objs != 0;
	s->active_objs += st->active_objs;
	s->num_objs += st->num_objs;
	s->active_slabs += st->active_slabs;
	s->num_slabs += st->num_slabs;
	s->active_bytes += st->active_objs * size;
	s->num_bytes += st->num_objs * size;
}

void slabtop_read(struct slabtop *t, const struct mem_system *sys)
{
	const struct kmem_cache *cache;

	t->nr = 0;
	t->sums = (struct slabtop_sums){0};
	list_for_each_entry(cache, &sys->slab.caches, list) {
		struct slabtop_cache *c = &t->cache[t->nr];
		struct slab_stat st;

		kmem_cache_stat(sys, cache, &st);
		add_to_sums(&t->sums, &st, cache->size);
		if (t->nr == SLABTOP_MAX_CACHES)
			continue;
		*c = (struct slabtop_cache){.st = st,
					    .size = cache->size,
					    .objects = cache->objects,
					    .order = cache->order};
		fmt_print(c->name, sizeof(c->name), "%s", cache->name);
		t->nr++;
	}
	put_in_order(t);
}

void slabtop_init(struct slabtop *t, u32 columns, u32 rows)
{
	screen_init(&t->screen, columns, rows);
	t->sort = 'o';
	t->done = false;
	t->nr = t->top = 0;
	t->sums = (struct slabtop_sums){0};
}

/* ---- lines ------------------------------------------------------------------------------- */

/* n/d, rounded as in printf(): a half goes to the even neighbour. */
static u64 rounded(u64 n, u64 d)
{
	u64 whole = d ? n / d : 0, rest = d ? n % d : 0;

	return whole + (2 * rest > d || (2 * rest == d && d && whole & 1));
}

/* In KiB, "12.34". */
static const char *kib(char buf[24], u64 bytes)
{
	return fmt_hundredths(buf, rounded(bytes * 100, KiB));
}

static void put_ratio(struct emit *out, const char *template, u64 part, u64 whole)
{
	u64 tenths = rounded(part * 1000, whole);

	emit_put(out, template, part, whole, tenths / 10, tenths % 10);
}

/* NR_SUMS lines. */
static void put_sums(struct emit *out, const struct slabtop_sums *s)
{
	u64 tenths = rounded(s->active_bytes * 1000, s->num_bytes);
	u64 mean = s->num_objs ? s->num_bytes / s->num_objs : 0;
	char a[24], b[24], c[24];

	put_ratio(out,
		  " Active / Total Objects (% used)    : {active_objs} / {num_objs} ({:}.{:}%)\n",
		  s->active_objs, s->num_objs);
	put_ratio(out,
		  " Active / Total Slabs (% used)      : {active_slabs} / {num_slabs} ({:}.{:}%)\n",
		  s->active_slabs, s->num_slabs);
	put_ratio(
		out,
		" Active / Total Caches (% used)     : {active_caches} / {num_caches} ({:}.{:}%)\n",
		s->active_caches, s->num_caches);
	emit_put(out,
		 " Active / Total Size (% used)       : {active_bytes!}{:}K / {num_bytes!}{:}K "
		 "({:}.{:}%)\n",
		 s->active_bytes, kib(a, s->active_bytes), s->num_bytes, kib(b, s->num_bytes),
		 tenths / 10, tenths % 10);
	emit_put(out,
		 " Minimum / Average / Maximum Object : {min_objsize!}{:}K / {:}K / "
		 "{max_objsize!}{:}K\n",
		 s->min_size, kib(a, s->min_size), kib(b, mean), s->max_size, kib(c, s->max_size));
}

static void put_cache(struct emit *out, const struct slabtop_cache *c)
{
	char size[24];

	emit_row(out,
		 "{num_objs:6} {active_objs:6} {use_percent:3}% {objsize!}{:7}K {num_slabs:6} "
		 "{objperslab:8} {cache_bytes:9K}K {name}\n",
		 c->st.num_objs, c->st.active_objs, percent(c->st.active_objs, c->st.num_objs),
		 c->size, kib(size, c->size), c->st.num_slabs, c->objects,
		 c->st.num_slabs * slab_bytes(c), c->name);
}

/* ---- the screen -------------------------------------------------------------------------- */

static u32 list_height(const struct slabtop *t)
{
	return t->screen.rows > LIST_LINE + 1 ? t->screen.rows - LIST_LINE - 1 : 0;
}

struct pen {
	struct screen *screen;
	u32 row, column;
};

/* Where text is written to (struct emit): the cells of the screen. */
static int draw_text(void *ctx, const char *s, size_t n)
{
	struct pen *p = ctx;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n') {
			p->row++;
			p->column = 0;
		} else {
			p->column =
				screen_print(p->screen, p->row, p->column, FW_NORMAL, "%c", s[i]);
		}
	}
	return 0;
}

void slabtop_draw(struct slabtop *t)
{
	struct screen *s = &t->screen;
	struct pen pen = {.screen = s};
	struct emit out;

	screen_clear(s);
	emit_init(&out, EMIT_TEXT, draw_text, &pen);
	put_sums(&out, &t->sums);
	screen_print(s, NR_SUMS, 0, FW_DIM, " sorted by %s", sort_name(t->sort));
	screen_print(s, NR_SUMS + 1, 0, FW_REVERSE, "%s", HEADS);
	screen_fill(s, NR_SUMS + 1, 0, FW_REVERSE);
	pen.row = LIST_LINE;
	for (u32 i = 0; i < list_height(t) && t->top + i < t->nr; i++)
		put_cache(&out, &t->cache[t->top + i]);
	screen_print(s, s->rows - 1, 0, FW_DIM, "%s",
		     "o objs a active u use s size l slabs b obj/slab p pages c cache n name  "
		     "q quit");
}

void slabtop_key(struct slabtop *t, int key)
{
	s64 page = list_height(t);

	if (slabtop_sort(t, key))
		t->top = 0;
	else if (key == 'q' || key == KEY_ESC || key == KEY_EOF || key == 3)
		t->done = true;
	else /* any other key only reads the caches again */
		t->top = (u32)max(min(t->top + key_motion(key, page), (s64)t->nr - page), (s64)0);
}

/* ---- at once ----------------------------------------------------------------------------- */

void slabtop_emit(const struct slabtop *t, struct emit *out)
{
	emit_object(out, NULL);
	put_sums(out, &t->sums);
	emit_text(out, "\n%s\n", HEADS);
	emit_list(out, "caches");
	for (u32 i = 0; i < t->nr && !emit_stopped(out); i++)
		put_cache(out, &t->cache[i]);
	emit_end(out);
	emit_end(out);
}
