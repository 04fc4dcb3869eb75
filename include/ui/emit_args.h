/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How many arguments a macro was given, at most 20, and EMIT_VALUE() of each: for ui/emit.h. */
#ifndef UI_EMIT_ARGS_H
#define UI_EMIT_ARGS_H

#define EMIT_CAT(a, b)	EMIT_CAT_(a, b)
#define EMIT_CAT_(a, b) a##b

/* clang-format off */
#define EMIT_COUNT(...) \
	EMIT_COUNT_(_, ##__VA_ARGS__, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, \
		    3, 2, 1, 0)
#define EMIT_COUNT_(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, \
		    _17, _18, _19, _20, n, ...) n

#define EMIT_MAP_0(...) {0}
#define EMIT_MAP_1(v) EMIT_VALUE(v)
#define EMIT_MAP_2(v, ...) EMIT_VALUE(v), EMIT_MAP_1(__VA_ARGS__)
#define EMIT_MAP_3(v, ...) EMIT_VALUE(v), EMIT_MAP_2(__VA_ARGS__)
#define EMIT_MAP_4(v, ...) EMIT_VALUE(v), EMIT_MAP_3(__VA_ARGS__)
#define EMIT_MAP_5(v, ...) EMIT_VALUE(v), EMIT_MAP_4(__VA_ARGS__)
#define EMIT_MAP_6(v, ...) EMIT_VALUE(v), EMIT_MAP_5(__VA_ARGS__)
#define EMIT_MAP_7(v, ...) EMIT_VALUE(v), EMIT_MAP_6(__VA_ARGS__)
#define EMIT_MAP_8(v, ...) EMIT_VALUE(v), EMIT_MAP_7(__VA_ARGS__)
#define EMIT_MAP_9(v, ...) EMIT_VALUE(v), EMIT_MAP_8(__VA_ARGS__)
#define EMIT_MAP_10(v, ...) EMIT_VALUE(v), EMIT_MAP_9(__VA_ARGS__)
#define EMIT_MAP_11(v, ...) EMIT_VALUE(v), EMIT_MAP_10(__VA_ARGS__)
#define EMIT_MAP_12(v, ...) EMIT_VALUE(v), EMIT_MAP_11(__VA_ARGS__)
#define EMIT_MAP_13(v, ...) EMIT_VALUE(v), EMIT_MAP_12(__VA_ARGS__)
#define EMIT_MAP_14(v, ...) EMIT_VALUE(v), EMIT_MAP_13(__VA_ARGS__)
#define EMIT_MAP_15(v, ...) EMIT_VALUE(v), EMIT_MAP_14(__VA_ARGS__)
#define EMIT_MAP_16(v, ...) EMIT_VALUE(v), EMIT_MAP_15(__VA_ARGS__)
#define EMIT_MAP_17(v, ...) EMIT_VALUE(v), EMIT_MAP_16(__VA_ARGS__)
#define EMIT_MAP_18(v, ...) EMIT_VALUE(v), EMIT_MAP_17(__VA_ARGS__)
#define EMIT_MAP_19(v, ...) EMIT_VALUE(v), EMIT_MAP_18(__VA_ARGS__)
#define EMIT_MAP_20(v, ...) EMIT_VALUE(v), EMIT_MAP_19(__VA_ARGS__)
/* clang-format on */

#endif
