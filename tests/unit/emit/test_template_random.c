/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Random templates against a naive formatter that has the C library's printf. */
#include "emit_fixture.h"

/* A template of up to 20 fields with what it should give. */
struct made {
	char template[4096], text[4096], json[4096];
	struct emit_value value[20];
	u32 nr;
};

struct made_spec {
	char flags[8], width[4], precision[4];
	char unit; /* 0: none */
};

static const char *pick(struct prng *p, const char *const *words, size_t nr)
{
	return words[prng_below(p, nr)];
}

#define PICK(p, words) pick(p, words, ARRAY_SIZE(words))

static void add(char *to, const char *fmt, ...) __printf(2, 3);
static void add(char *to, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsprintf(to + strlen(to), fmt, ap);
	va_end(ap);
}

static void make_letters(struct made *m, struct prng *p)
{
	static const char *const letters[] = {"a", " ", "\n", "}", ":", "~",
					      "!", "=", "?",  "|", "%"};

	for (u64 n = prng_below(p, 6); n; n--) {
		bool brace = !prng_below(p, 8);
		const char *letter = brace ? "{" : PICK(p, letters);

		add(m->template, "%s%s", letter, brace ? letter : "");
		add(m->text, "%s", letter);
	}
}

static void make_spec(struct made_spec *spec, struct prng *p, const char *flags, const char *units)
{
	*spec = (struct made_spec){.unit = units[prng_below(p, strlen(units) + 1)]};
	for (; *flags; flags++) {
		if (!prng_below(p, 4))
			add(spec->flags, "%c", *flags);
	}
	if (prng_below(p, 2))
		add(spec->width, "%u", 1 + (u32)prng_below(p, 24));
	if (!prng_below(p, 4))
		add(spec->precision, ".%u", (u32)prng_below(p, 10));
}

static void want_string(char *text, const struct made_spec *spec, const char *s)
{
	char fmt[32];

	sprintf(fmt, "%%%s%s%ss", strchr(spec->flags, '-') ? "-" : "", spec->width,
		spec->precision);
	sprintf(text + strlen(text), fmt, s);
}

static void want_number(char *text, const struct made_spec *spec, struct emit_value v)
{
	const char *letter = spec->unit == 'x' ? "x" : spec->unit == 'X' ? "X" : "u";
	s64 scale = spec->unit == 'K' ? 1024 : spec->unit == 'M' ? 1024 * 1024 : 1;
	char fmt[32], size[24];

	if (spec->unit == 'S') {
		want_string(text, spec, fmt_size(size, v.num));
		return;
	}
	if (v.kind == EMIT_VALUE_INT && *letter == 'u')
		letter = "d";
	sprintf(fmt, "%%%s%s%sll%s", spec->flags, spec->width, spec->precision, letter);
	if (v.kind == EMIT_VALUE_INT)
		sprintf(text + strlen(text), fmt, (long long)(v.sint / scale));
	else
		sprintf(text + strlen(text), fmt, (unsigned long long)(v.num / (u64)scale));
}

/* The field's text: of NULL and "" what ~else says. */
static void want_field(char *text, const struct made_spec *spec, struct emit_value v,
		       const char *other)
{
	if (v.kind != EMIT_VALUE_STR)
		want_number(text, spec, v);
	else if (other && (!v.str || !*v.str))
		want_string(text, spec, other);
	else
		want_string(text, spec, v.str ? v.str : "?");
}

static void want_member(char *json, const char *key, struct emit_value v)
{
	static const char *const formats[] = {"%llu", "%lld"};

	add(json, "%s\"%s\": ", *json ? ", " : "", key);
	if (v.kind == EMIT_VALUE_STR)
		add(json, v.str ? "\"%s\"" : "null", v.str);
	else if (!strcmp(key, "start"))
		add(json, "\"0x%llx\"", v.num);
	else if (!strcmp(key, "enabled"))
		add(json, "%s", v.num ? "true" : "false");
	else
		add(json, v.kind == EMIT_VALUE_INT ? formats[1] : formats[0], v.num);
}

static struct emit_value random_number(struct prng *p)
{
	u64 v = prng_next(p) >> prng_below(p, 64);

	switch (prng_below(p, 5)) {
	case 0:
		return emit_value_str(NULL);
	case 1:
		return emit_value_int(-(s64)(v >> 1));
	case 2:
		return emit_value_num(v << prng_below(p, 40));
	default:
		return emit_value_num(v);
	}
}

/* {key=label?yes|no} */
static void make_truth(struct made *m, struct prng *p)
{
	static const char *const words[] = {"", "yes", ", w:x~y!=z"};
	const char *yes = PICK(p, words), *no = PICK(p, words);
	struct emit_value v = random_number(p);
	bool keyed = prng_below(p, 4);

	add(m->template, "{%s%s?%s", keyed ? "enabled" : "", prng_below(p, 2) ? "" : "=on", yes);
	add(m->template, *no || prng_below(p, 2) ? "|%s}" : "%s}", no);
	add(m->text, "%s", v.kind != EMIT_VALUE_STR && v.num ? yes : no);
	if (keyed)
		want_member(m->json, "enabled", v);
	m->value[m->nr++] = v;
}

/* {key=label:spec~else!} of a number or a text. */
static void make_field(struct made *m, struct prng *p)
{
	static const char *const numbers[] = {"pages", "byte", "start", ""};
	static const char *const texts[] = {"name", ""}, *const words[] = {NULL, "", "x", "DMA 32"};
	static const char *const labels[] = {"", "=", "=label", "=two words"};
	static const char *const others[] = {NULL, NULL, "", "none", "a=b?c:d|e"};
	bool is_number = prng_below(p, 2), hidden = !prng_below(p, 8);
	const char *key = is_number ? PICK(p, numbers) : PICK(p, texts), *other = PICK(p, others);
	struct emit_value v = is_number ? random_number(p) : emit_value_str(PICK(p, words));
	struct made_spec spec;

	make_spec(&spec, p, is_number ? "-+ #0" : "-", is_number ? "xXSKM" : "");
	add(m->template, "{%s%s:%s%s%s", key, PICK(p, labels), spec.flags, spec.width,
	    spec.precision);
	add(m->template, "%.1s%s%s%s}", &spec.unit, other ? "~" : "", other ? other : "",
	    hidden ? "!" : "");
	if (!hidden)
		want_field(m->text, &spec, v, other);
	if (*key)
		want_member(m->json, key, v);
	m->value[m->nr++] = v;
}

static void make_template(struct made *m, struct prng *p)
{
	m->template[0] = m->text[0] = m->json[0] = '\0';
	m->nr = 0;
	for (u64 n = prng_below(p, 21); n; n--) {
		make_letters(m, p);
		if (prng_below(p, 4))
			make_field(m, p);
		else
			make_truth(m, p);
	}
	make_letters(m, p);
}

static void random_templates_are_as_printf_has_them(void **state)
{
	static struct made m;
	char json[sizeof(m.json) + 4];
	struct prng p;

	(void)state;
	prng_seed(&p, SEED);
	for (int round = 0; round < 20000; round++) {
		struct emit e = new_emit(EMIT_TEXT);

		make_template(&m, &p);
		emit_put_values(&e, m.template, m.nr, m.value);
		if (strcmp(paper.text, m.text))
			fail_msg("seed %d round %d: `%s` gave `%s`, not `%s`", SEED, round,
				 m.template, paper.text, m.text);
		e = new_emit(EMIT_JSON);
		emit_row_values(&e, m.template, m.nr, m.value);
		sprintf(json, "{%s}\n", m.json);
		if (strcmp(paper.text, json))
			fail_msg("seed %d round %d: `%s` gave `%s`, not `%s`", SEED, round,
				 m.template, paper.text, json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_templates_are_as_printf_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
