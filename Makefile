# SPDX-License-Identifier: BSD-2-Clause-Patent
# tablewalk: `make help` lists the targets. Everything that is built lies in $(O).
O        ?= build
MAPS     ?= ../shared/maps
CLANG    ?= clang-14
OBJCOPY  ?= objcopy
ifeq ($(origin CC),default)
CC := gcc
endif
MAKEFLAGS += --no-print-directory
# A job for each CPU where the caller says nothing. (Make 4.3 shows -jN not here but in the environment of
# what it starts, and prefers the one of its command line to ours.)
ifeq ($(filter -j%,$(MAKEFLAGS) $(shell echo "$$MAKEFLAGS")),)
MAKEFLAGS += -j$(shell nproc)
endif

# One list, built twice: for EFI and for the host. mm/lib/string.c is what a C library has already.
PURE      := $(sort $(shell find mm $(addprefix efi/,app cmd emit parse shell tui view) -name '*.c') \
             $(wildcard arch/*.c))
EFI_ONLY  := $(sort $(wildcard arch/x86/*.c efi/fw/*.c efi/*.c))
EFI_ASM   := $(sort $(wildcard arch/x86/*.S))
HOST_PURE := $(filter-out mm/lib/string.c,$(PURE))
HOST_ONLY := $(sort $(wildcard arch/host/*.c efi/host/*.c))

WARN   := -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wvla
COMMON := -std=gnu11 -g -Iinclude -Iefi -MMD -MP -ffile-prefix-map=$(CURDIR)=. $(WARN)

# Progress goes to standard error: standard output belongs to what `make run CMD=...` prints.
# V=1 prints the commands instead.
say = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' $(1) $@ >&2 &&)
Q  := $(if $(filter 1,$(V)),,@)

.SECONDARY: # no object is removed after it was linked
.PHONY: all efi host run test unit fuzz qemu-test lint image coverage bench clean setup help
all: efi host
efi: $(O)/BOOTX64.EFI $(O)/tablewalk.efi
host: $(O)/host/tablewalk

help:
	@echo 'make            the EFI program and the host program, in $(O)/'
	@echo 'make run        boot it in QEMU; MEM= CPU= SMP= NUMA= MACHINE= FIRMWARE= OPTIONS= CMD= ICOUNT= TIMEOUT= QEMU_ARGS='
	@echo 'make test       all tests; make unit, fuzz, qemu-test, lint, coverage: parts of them'
	@echo 'make bench      figures of speed, in a table and in $(O)/bench.json'
	@echo 'make host       $(O)/host/tablewalk, for machines described by a file'
	@echo 'make image      $(O)/tablewalk.img, for a USB stick'
	@echo 'make clean      removes $(O)/'
	@echo
	@echo 'V=1 prints the commands; -jN: N jobs, by default one for each CPU; CC=, CLANG=, LD=, AR=, OBJCOPY=: the tools'
	@echo 'Helpers: tests/lint/pe.py finishes the EFI program, tests/image.sh makes the image,'
	@echo '         tests/setup.sh installs packages, tests/qemu/run.py boots QEMU'

# ---- packages -------------------------------------------------------------------------------------
SETUP := tests/setup.sh
setup:; @$(SETUP) all
.PHONY: need-build need-run need-image need-test need-bench
need-build:; @$(SETUP) build
need-run:;   @$(SETUP) build run
need-image:; @$(SETUP) build image
need-test:;  @$(SETUP) all
need-bench:; @$(SETUP) build run bench

# ---- EFI ------------------------------------------------------------------------------------------
EFI_CFLAGS := $(COMMON) -O2 -ffreestanding -fshort-wchar -fpic -fvisibility=hidden \
              -fno-stack-protector -mno-red-zone -mgeneral-regs-only -maccumulate-outgoing-args -fno-strict-aliasing \
              -fno-asynchronous-unwind-tables -Wframe-larger-than=4096
EFI_INC    := -isystem /usr/include/efi -isystem /usr/include/efi/x86_64 -DGNU_EFI_USE_MS_ABI
EFI_OBJS   := $(patsubst %,$(O)/efi/%.o,$(PURE) $(EFI_ONLY) $(EFI_ASM))
EFI_LDFLAGS := -nostdlib -shared -Bsymbolic -z pack-relative-relocs -z noexecstack --no-undefined \
               --build-id=none --fatal-warnings -T efi/tablewalk.lds
EFI_SECTIONS := .text .reloc .rodata .relr .sbat .data .bss

$(O)/efi/efi/fw/%.c.o: EFI_CFLAGS += $(EFI_INC)
$(O)/efi/%.c.o: %.c Makefile | need-build
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(EFI_CFLAGS) -c $< -o $@
$(O)/efi/%.S.o: %.S Makefile | need-build
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(EFI_CFLAGS) -c $< -o $@
$(O)/efi/sbat.o: efi/sbat.csv | need-build
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) -I binary -O elf64-x86-64 --rename-section .data=.sbat,alloc,load,readonly,data \
	    --strip-all $< $@
$(O)/efi/tablewalk.so: $(EFI_OBJS) $(O)/efi/sbat.o efi/tablewalk.lds
	$(call say,LD) $(LD) $(EFI_LDFLAGS) /usr/lib/crt0-efi-x86_64.o $(filter %.o,$^) \
	    /usr/lib/libgnuefi.a -o $@
$(O)/BOOTX64.EFI: $(O)/efi/tablewalk.so tests/lint/pe.py tests/qemu/gdb.in
	$(call say,EFI) $(OBJCOPY) -S $(addprefix -j ,$(EFI_SECTIONS)) --target efi-app-x86_64 $< $@
	$(Q)$(OBJCOPY) --only-keep-debug $< $(O)/tablewalk.debug
	$(Q)tests/lint/pe.py finish $@
	$(Q)sed 's|@O@|$(abspath $(O))|' tests/qemu/gdb.in >$(O)/tablewalk.gdb
$(O)/tablewalk.efi: $(O)/BOOTX64.EFI
	$(Q)cp $< $@

# ---- host -----------------------------------------------------------------------------------------
HOST_OBJS := $(patsubst %,$(O)/host/%.o,$(HOST_PURE) $(HOST_ONLY))
$(O)/host/%.c.o: %.c Makefile | need-build
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(COMMON) -O2 -c $< -o $@
$(O)/host/tablewalk: $(HOST_OBJS)
	$(call say,LD) $(CC) $^ -o $@

# ---- unit tests: ASan and UBSan ---------------------------------------------------------------------
SAN       := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_LIBC := $(sort $(wildcard tests/lib/*.c))
TEST_OBJS := $(patsubst %,$(O)/test/%.o,$(HOST_PURE) $(filter arch/host/%,$(HOST_ONLY)) $(TEST_LIBC))
UNIT_SRCS := $(sort $(wildcard tests/unit/*/test_*.c))
UNITS     := $(patsubst tests/unit/%.c,$(O)/test/unit/%,$(UNIT_SRCS))
$(O)/test/%.c.o: %.c Makefile | need-test
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(COMMON) -O1 $(SAN) $(COVERAGE) -Itests/lib -Itests/unit -c $< -o $@
$(O)/test/libtablewalk.a: $(TEST_OBJS)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
$(O)/test/unit/%: $(O)/test/tests/unit/%.c.o $(O)/test/libtablewalk.a
	@mkdir -p $(@D)
	$(call say,LD) $(CC) $(SAN) $(COVERAGE) $^ -lcmocka -o $@

# ---- fuzzers: clang's libFuzzer ---------------------------------------------------------------------
FUZZ_FLAGS := -std=gnu11 -g -O1 -Iinclude -Iefi -Itests/lib -MMD -MP -fno-sanitize-recover=undefined
FUZZERS    := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJS  := $(patsubst %,$(O)/fuzz/%.o,$(HOST_PURE) $(filter arch/host/%,$(HOST_ONLY)) \
              $(filter-out tests/lib/assert.c,$(TEST_LIBC)) tests/fuzz/assert.c)
$(O)/fuzz/%.c.o: %.c Makefile | need-test
	@mkdir -p $(@D)
	$(call say,FUZZ) $(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined -c $< -o $@
$(O)/fuzz/libtablewalk.a: $(FUZZ_OBJS)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
$(O)/fuzz/fuzz_%: $(O)/fuzz/tests/fuzz/fuzz_%.c.o $(O)/fuzz/libtablewalk.a
	$(call say,LD) $(CLANG) -fsanitize=fuzzer,address,undefined $^ -o $@

# ---- benchmarks: optimised host code -----------------------------------------------------------------
BENCHES := $(patsubst tests/bench/%.c,$(O)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
$(O)/bench/bench_%: $(O)/host/tests/bench/bench_%.c.o $(O)/host/tests/fuzz/assert.c.o \
                    $(filter $(O)/host/mm/% $(O)/host/arch/%,$(HOST_OBJS))
	@mkdir -p $(@D)
	$(call say,LD) $(CC) $^ -o $@
# The yardstick: workloads of a kind, linked with one allocator each.
YARD_OBJS := $(patsubst %,$(O)/yard/%.o,$(filter mm/% arch/%,$(HOST_PURE)) \
             $(filter arch/host/%,$(HOST_ONLY)) tests/fuzz/assert.c)
MALLOCS   := glibc jemalloc tcmalloc mimalloc
LIB_jemalloc := -ljemalloc
LIB_tcmalloc := -ltcmalloc_minimal
LIB_mimalloc := -lmimalloc
YARDSTICK := $(addprefix $(O)/yard/,page-null page-lifo page-ours object-null object-freelist object-ours) \
             $(MALLOCS:%=$(O)/yard/object-%)
YARD_C    := $(O)/yard/tests/bench/yardstick
$(O)/yard/%.c.o: %.c Makefile | need-build
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(COMMON) -O2 -march=x86-64-v3 -c $< -o $@
$(O)/yard/libmm.a: $(YARD_OBJS)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
$(O)/yard/page-%: $(YARD_C)/page_%.c.o $(YARD_C)/page.c.o $(YARD_C)/yard.c.o $(O)/yard/libmm.a
	$(call say,LD) $(CC) $^ -o $@
$(MALLOCS:%=$(O)/yard/object-%): $(O)/yard/object-%: $(YARD_C)/object_malloc.c.o $(YARD_C)/object.c.o $(YARD_C)/yard.c.o
	$(call say,LD) $(CC) $^ $(LIB_$*) -o $@
$(O)/yard/object-%: $(YARD_C)/object_%.c.o $(YARD_C)/object.c.o $(YARD_C)/yard.c.o $(O)/yard/libmm.a
	$(call say,LD) $(CC) $^ -o $@
bench: need-bench efi $(BENCHES) $(YARDSTICK)
	@/usr/bin/python3 tests/bench/run.py --build $(O)

# ---- what is run --------------------------------------------------------------------------------------
export MEM CPU SMP NUMA MACHINE FIRMWARE OPTIONS CMD ICOUNT TIMEOUT QEMU_ARGS GUI
run: need-run efi
	@/usr/bin/python3 tests/qemu/run.py --build $(O)
unit: $(UNITS)
	@/usr/bin/python3 tests/run_all.py --build $(O) --maps $(MAPS) unit
fuzz: $(FUZZERS)
	@/usr/bin/python3 tests/run_all.py --build $(O) fuzz
qemu-test: need-test efi
	@/usr/bin/python3 tests/run_all.py --build $(O) qemu
lint: need-test all
	@/usr/bin/python3 tests/run_all.py --build $(O) lint
test: need-test all $(UNITS) $(FUZZERS)
	@/usr/bin/python3 tests/run_all.py --build $(O) --maps $(MAPS) lint unit fuzz host qemu
# Says what the tests reach even when some of them fail.
coverage:
	@find $(O)/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) O=$(O)/coverage COVERAGE=--coverage MAPS=$(MAPS) unit; failed=$$?; \
	tests/coverage.py $(O)/coverage/test mm 90 && exit $$failed
image: need-image efi host
	@tests/image.sh $(O)
clean:
	rm -rf $(O)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
