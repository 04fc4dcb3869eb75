/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Tells AddressSanitizer, if it is built in, which memory of our allocators is in use. */
#ifndef SANITIZE_H
#define SANITIZE_H

#include "kernel.h"

#ifdef __has_feature /* clang */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
void __asan_poison_memory_region(void const volatile *p, size_t size);
void __asan_unpoison_memory_region(void const volatile *p, size_t size);
int __asan_address_is_poisoned(void const volatile *p);
#define sanitize_forbids(p)	 __asan_address_is_poisoned(p)
#define sanitize_forbid(p, size) __asan_poison_memory_region((void *)(uintptr_t)(p), size)
#define sanitize_allow(p, size)	 __asan_unpoison_memory_region((void *)(uintptr_t)(p), size)
#else
#define SANITIZED		 0
#define sanitize_forbids(p)	 false
#define sanitize_forbid(p, size) ((void)(p), (void)(size))
#define sanitize_allow(p, size)	 ((void)(p), (void)(size))
#endif

#endif
