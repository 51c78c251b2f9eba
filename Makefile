# vhdxray: how everything is built, tested, audited and proved.
#
# GNU make, one file, nothing generated. `make help` lists the targets and the variables.

# ---- For the user -------------------------------------------------------------------------

PREFIX  ?= /usr/local
DESTDIR ?=
CFLAGS  ?= $(if $(COVERAGE),-O0 -g,$(if $(SAN),$(if $(filter fuzz afl,$(SAN)),-O2,-O1) -g -fno-omit-frame-pointer,-O2 -g))
LDFLAGS ?=
BUILD   ?= build

# Warnings become errors where we look at them, so that a compiler newer than this file
# never breaks a user's build.
WERROR  ?= $(if $(filter test verify audit coverage,$(MAKECMDGOALS)),1,0)

# `make verify` takes these one after the other.
STAGES  ?= test asan msan audit prove portability coverage fuzz-smoke

# `make crash-long` takes so many random scripts, the first of them made from this number.
CRASH_SCRIPTS ?= 200
CRASH_SEED    ?= 1

# Percent of parser/ and replay/ that the tests must reach.
COVER_LINES    ?= 98
COVER_BRANCHES ?= 90

# The machines unlike ours that the core must agree with: big-endian, and 32 bits.
CROSS ?= s390x-linux-gnu-gcc i686-linux-gnu-gcc

# ---- Nothing below is meant to be changed -------------------------------------------------

MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
.DELETE_ON_ERROR:
.SUFFIXES:

found       = $(firstword $(foreach p,$(1),$(if $(shell command -v $(p) 2>/dev/null),$(p))))
CLANG       = $(call found,clang-19 clang-20 clang-21 clang-18 clang-17 clang-16 clang-15 clang-14 clang)
SHOW_ALL   := $(filter 1,$(V))
Q          := $(if $(SHOW_ALL),,@)
say         = $(if $(SHOW_ALL),,@printf '  %-5s %s\n' '$(1)' '$(2)')

ifeq ($(origin CC),default)
CC := $(if $(SAN),$(if $(filter afl,$(SAN)),afl-clang-fast,$(CLANG)),$(call found,gcc clang cc))
ifeq ($(CC),)
$(error No C compiler$(if $(SAN), with sanitizers) found: ./bootstrap installs one)
endif
endif

CONFIG := $(notdir $(firstword $(CC)))$(SAN:%=-%)$(if $(COVERAGE),-coverage)
B      := $(BUILD)/$(CONFIG)

# What the compiler does not know is left out, so old and foreign compilers build too.
takes    = $(shell $(CC) -Werror $(CFLAGS) $(1) -include stdlib.h -E -x c /dev/null \
           >/dev/null 2>&1 && echo yes)
taken    = $(if $(call takes,$(1)),$(1),$(foreach f,$(1),$(if $(call takes,$(f)),$(f))))
is_clang := $(shell $(CC) -dM -E -x c /dev/null 2>/dev/null | grep -w __clang__)

WARN_BOTH  := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
              -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wcast-qual \
              -Wpointer-arith -Wundef -Wvla -Walloca -Wwrite-strings -Wswitch-enum -Wformat=2 \
              -Wnull-dereference -Wdouble-promotion -Wunused-macros -Wbad-function-cast
WARN_GCC   := -Warith-conversion -Wcast-align=strict -Wduplicated-cond -Wduplicated-branches \
              -Wlogical-op -Wjump-misses-init
WARN_CLANG := -Wcomma -Wassign-enum -Wconditional-uninitialized -Wunreachable-code-aggressive \
              -Wimplicit-int-conversion -Wshorten-64-to-32 -Wmissing-variable-declarations
WARN       := $(call taken,$(WARN_BOTH) $(if $(is_clang),$(WARN_CLANG),$(WARN_GCC)))

FORTIFY    := $(firstword $(foreach n,3 2,$(if \
              $(call takes,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(n)),-D_FORTIFY_SOURCE=$(n))))
HARDEN     := $(call taken,-fstack-protector-strong -ftrivial-auto-var-init=pattern) \
              -U_FORTIFY_SOURCE $(FORTIFY)
HARDEN_LD  := -Wl,-z,relro,-z,now

SAN_asan   := -fsanitize=address,undefined -fsanitize=integer -fsanitize=implicit-conversion \
              -fsanitize=local-bounds -fsanitize=nullability -fno-sanitize-recover=all
# What `make fuzz` builds with: libFuzzer watches edges and comparisons besides.
SAN_fuzz   := $(SAN_asan) -fsanitize=fuzzer-no-link
# The same with the compiler of AFL++, which brings its own instrumentation.
SAN_afl    := $(SAN_asan)
# What `make fuzz-coverage` counts lines and branches with: no sanitizer, clang's own coverage.
SAN_cov    := -fprofile-instr-generate -fcoverage-mapping
SAN_msan   := -fsanitize=memory -fsanitize-memory-track-origins -fno-sanitize-recover=all

# SAN=engine: all flags and what to link with come from the environment, as OSS-Fuzz has it.
ifeq ($(SAN),engine)
HARDEN     := -U_FORTIFY_SOURCE
else ifneq ($(SAN),)
INSTRUMENT := $(call taken,$(SAN_$(SAN)))
ifeq ($(filter -fsanitize=% -fprofile-instr%,$(INSTRUMENT)),)
$(error SAN=$(SAN) is not known to $(CC); there are asan, msan, fuzz, all best with clang, and afl)
endif
HARDEN     := -U_FORTIFY_SOURCE
else ifneq ($(COVERAGE),)
INSTRUMENT := --coverage
HARDEN     := -U_FORTIFY_SOURCE
else
# Frames are judged as shipped; a sanitizer's are its own.
BOUNDED    := $(call taken,-Wframe-larger-than=1024 $(if $(is_clang),,-Wstack-usage=1024))
endif

PKG_CONFIG ?= pkg-config
JSON_CFLAGS := $(shell $(PKG_CONFIG) --cflags json-c 2>/dev/null)
JSON_LIBS   := $(or $(shell $(PKG_CONFIG) --libs json-c 2>/dev/null),-ljson-c)

COMPILE = $(CC) -std=c11 -I. -D_FILE_OFFSET_BITS=64 -fPIE $(HARDEN) $(INSTRUMENT) $(CFLAGS)
LINK    = $(if $(filter engine,$(SAN)),$(CXX) $(CXXFLAGS),$(CC) $(INSTRUMENT) $(CFLAGS)) -pie $(HARDEN_LD) $(LDFLAGS)

.PHONY: all
all: $(B)/vhdxray ## build the command (this is the default)
	@echo '$(B)/vhdxray'

FUZZ_MAINS := fuzz/standalone.c fuzz/fixup_libfuzzer.c fuzz/fixup_afl.c \
              fuzz/template_harness.c fuzz/reader_vhdxray.c

# ---- Layers: every folder is an archive ---------------------------------------------------

# $(call layer,FOLDER,ARCHIVE,FILES LEFT OUT); a folder may be empty or not exist yet.
define layer
$(1)_OBJECTS := $$(patsubst %.c,$(B)/%.o,$$(filter-out $(3),$$(wildcard $(1)/*.c)))
$(B)/$(2): $$($(1)_OBJECTS) $(B)/sources
endef

$(eval $(call layer,parser,libvx.a))
$(eval $(call layer,replay,libvxr.a))
$(eval $(call layer,reports,libvxo.a))
$(eval $(call layer,cli,libcli.a,cli/main.c))
$(eval $(call layer,corpus,libcorpus.a,corpus/vhdxforge.c))
$(eval $(call layer,tests/support,libsupport.a))
$(eval $(call layer,fuzz,libfuzz.a,$(wildcard fuzz/fuzz_*.c) $(FUZZ_MAINS)))

LIBRARIES := $(addprefix $(B)/,libcli.a libvxo.a libvxr.a libvx.a)
OBJECTS   := $(parser_OBJECTS) $(replay_OBJECTS) $(reports_OBJECTS) $(cli_OBJECTS) \
             $(patsubst %.c,$(B)/%.o,$(wildcard cli/main.c))

$(B)/%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/vhdxray: $(B)/cli/main.o $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(JSON_LIBS)

# For readers of VHDX of any kind: images with known faults. It reads files as vhdxray does.
$(B)/vhdxforge: $(B)/corpus/vhdxforge.o $(B)/libcorpus.a $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lnettle

.PHONY: corpus
corpus: $(B)/vhdxforge ## build vhdxforge and every image of the corpus
	@$(B)/vhdxforge build --all --force $(BUILD)/corpus
	@echo '$(B)/vhdxforge'
	@echo '$(BUILD)/corpus'

.PHONY: peers
peers: $(B)/vhdxforge ## what the other readers that are installed make of the corpus: docs/peers.md
	@VHDXFORGE='$(CURDIR)/$(B)/vhdxforge' tests/peers/run -o docs/peers.md
	@echo docs/peers.md

$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $(WARN) $(LAYER) $(UNTRACED) $(if $(filter 1,$(WERROR)),-Werror) -MMD -MP -c -o $@ $<

# Clang may call bcmp for a memcmp: one function more than the core asks of a libc.
$(B)/parser/%.o $(B)/replay/%.o: LAYER = -fno-builtin-bcmp $(BOUNDED)
export AFL_LLVM_DENYLIST := $(CURDIR)/fuzz/afl-denylist
export AFL_QUIET := 1
# A fuzzer is told each comparison of numbers: of loops over the bytes of an image, and of what
# makes it and judges it, that is time for nothing; and a checksum has no paths worth looking for.
ifeq ($(SAN),fuzz)
NO_CMP   := -fno-sanitize-coverage=trace-cmp
NO_EDGES := -fno-sanitize-coverage=trace-cmp,inline-8bit-counters,pc-table
$(B)/parser/source.o $(B)/parser/bat.o $(B)/tests/support/%.o: UNTRACED = $(NO_CMP)
$(patsubst %,$(B)/corpus/%.o,image logbuild sparse packed): UNTRACED = $(NO_CMP)
$(B)/parser/crc32c.o $(B)/parser/crc32c_hw.o: UNTRACED = $(NO_EDGES)
# What these do is no property of an input: they keep memory, and the count of edges itself.
$(B)/tests/support/replayed.o $(B)/fuzz/standalone.o: UNTRACED = $(NO_EDGES)
endif
$(B)/reports/%.o $(B)/cli/%.o:   LAYER = $(JSON_CFLAGS)
# cmocka's macros cast the results of calls.
$(B)/tests/%.o:                  LAYER = $(JSON_CFLAGS) -Wno-bad-function-cast

# Objects follow their flags, archives follow the list of sources: both are remembered in
# files that are rewritten only when they change.
define remembered
	@mkdir -p $(@D)
	@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
endef

.PHONY: always
$(B)/flags: always
	$(call remembered,$(COMPILE) $(WARN) $(BOUNDED) $(NO_CMP) $(NO_EDGES) $(JSON_CFLAGS) | $(LINK))
$(B)/sources: always
	$(call remembered,$(sort $(OBJECTS) $(TEST_OBJECTS)))

# ---- Tests --------------------------------------------------------------------------------

UNITS     := $(patsubst %.c,%,$(wildcard tests/test_*.c))
CLI_TESTS := $(wildcard tests/cli/*.bats)
TEST_OBJECTS := $(UNITS:%=$(B)/%.o) $(tests/support_OBJECTS) $(corpus_OBJECTS) \
                $(patsubst %.c,$(B)/%.o,$(wildcard corpus/vhdxforge.c tests/corpus_expect.c \
                fuzz/fuzz_*.c $(FUZZ_MAINS))) $(fuzz_OBJECTS)

# Every test is one program; it may use what it likes of the archives.
test_crc32c_LIBS := -lisal

# What is left out is said: -s NAME=WHY is printed and counted as skipped.
ifeq ($(shell $(PKG_CONFIG) --exists libisal 2>/dev/null && echo yes),)
SKIP += $(if $(filter tests/test_crc32c,$(UNITS)),-s 'test_crc32c=its oracle ISA-L is not installed')
UNITS := $(filter-out tests/test_crc32c,$(UNITS))
endif

# Limits of memory and traces of system calls are about the program as shipped; instrumented,
# it maps terabytes, writes counters, and will not be traced.
ifneq ($(SAN)$(COVERAGE),)
AS_SHIPPED := $(filter %/bounded.bats %/fuzzkit.bats %/fuzzpeer.bats %/peers.bats %/readonly.bats $(if $(COVERAGE),%/export.bats),$(CLI_TESTS))
CLI_TESTS  := $(filter-out $(AS_SHIPPED),$(CLI_TESTS))
SKIP += $(foreach t,$(AS_SHIPPED),-s '$(basename $(notdir $(t)))=is about the program as shipped')
endif

# MemorySanitizer believes only code it compiled. json-c is not, so what comes from it looks
# uninitialised, and no test that reads its output can be judged.
ifeq ($(SAN),msan)
JSON_UNITS := $(basename $(shell grep -lE '^\#include "reports/json' $(UNITS:%=%.c) /dev/null))
JSON_CLI   := $(shell grep -liE 'json|jq' $(CLI_TESTS) /dev/null)
UNITS      := $(filter-out $(JSON_UNITS),$(UNITS))
CLI_TESTS  := $(filter-out $(JSON_CLI),$(CLI_TESTS))
SKIP += $(foreach t,$(JSON_UNITS) $(JSON_CLI),-s '$(basename $(notdir $(t)))=reads from json-c, which is not instrumented')
endif

UNIT_PROGRAMS := $(UNITS:%=$(B)/%)
$(UNIT_PROGRAMS): $(B)/%: $(B)/%.o $(B)/libsupport.a $(B)/libcorpus.a $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(JSON_LIBS) -lcmocka $($(@F)_LIBS)

# For authors of recipes: prints what an .expect file would say today.
$(B)/corpus_expect: $(B)/tests/corpus_expect.o $(B)/libsupport.a $(B)/libcorpus.a $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(JSON_LIBS)

.PHONY: objects test-objects
objects: $(OBJECTS)
test-objects: $(OBJECTS) $(TEST_OBJECTS)

# ---- Fuzzing ------------------------------------------------------------------------------

# A harness is linked with libFuzzer, or else with a main that runs the files it is given.
FUZZ_NAMES := $(sort $(patsubst fuzz/%.c,%,$(wildcard fuzz/fuzz_*.c)))
ifeq ($(SAN),msan)
FUZZ_NAMES := $(filter-out fuzz_report,$(FUZZ_NAMES))
SKIP += -s 'fuzz_report=reads from json-c, which is not instrumented'
endif
FUZZERS    := $(FUZZ_NAMES:%=$(B)/fuzz/%)
FUZZ_LIBS  := $(B)/libfuzz.a $(B)/libsupport.a $(B)/libcorpus.a $(B)/libvxr.a $(B)/libvx.a
FUZZ_MAIN  := $(B)/fuzz/standalone.o
ifneq ($(filter fuzz afl,$(SAN)),)
FUZZ_MAIN  := -fsanitize=fuzzer
else ifeq ($(SAN),engine)
FUZZ_MAIN  := $(LIB_FUZZING_ENGINE)
endif

# Those about reports and about command lines are linked with more than the rest.
fuzz_report_LIBS  := $(B)/libvxo.a
fuzz_report_JSON  := $(JSON_LIBS)
fuzz_options_LIBS := $(B)/libcli.a $(B)/libvxo.a
$(B)/fuzz/fuzz_report: $(fuzz_report_LIBS)
$(B)/fuzz/fuzz_options: $(fuzz_options_LIBS)
$(B)/fuzz/%.o: LAYER = $(JSON_CFLAGS)

# $(call fuzz_linked,NAME): what stands behind a harness's own object, its main first.
fuzz_behind = $($(1)_LIBS) $(FUZZ_LIBS) $($(1)_JSON)
fuzz_linked = $(FUZZ_MAIN) $(call fuzz_behind,$(1))

$(FUZZERS): %: %.o $(FUZZ_LIBS) $(filter %/standalone.o,$(FUZZ_MAIN))
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $< $(call fuzz_linked,$(@F))
# Besides, with edges counted, each as a program that runs files: standalone.c compares the edges.
ifeq ($(SAN),fuzz)
TWICE := $(FUZZERS:%=%-twice)
$(B)/fuzz/fuzz_report-twice: $(fuzz_report_LIBS)
$(B)/fuzz/fuzz_options-twice: $(fuzz_options_LIBS)
$(TWICE): %-twice: %.o $(FUZZ_LIBS) $(B)/fuzz/standalone.o
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $< $(B)/fuzz/standalone.o $(call fuzz_behind,$(@F:-twice=))

# And one of them with a planted fault of that comparison.
TWICE += $(B)/fuzz/twice-planted
$(B)/fuzz/twice-planted: fuzz/standalone.c $(B)/fuzz/fuzz_log.o $(FUZZ_LIBS)
	$(call say,PLANT,$@)
	$(Q)$(COMPILE) $(NO_EDGES) -DFUZZ_PLANT=1 -c -o $@.o $<
	$(Q)$(LINK) -o $@ $@.o $(filter-out $<,$^)
endif


# The same with one of its planted faults: fuzz/harness.h.
define planted
$(B)/fuzz/$(1)-$(2): fuzz/$(1).c $(FUZZ_LIBS) $($(1)_LIBS)
	$$(call say,PLANT,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(COMPILE) $(JSON_CFLAGS) -DFUZZ_PLANT=$(2) -c -o $$@.o $$<
	$$(Q)$(LINK) -o $$@ $$@.o $(call fuzz_linked,$(1))
PLANTED += $(B)/fuzz/$(1)-$(2)
endef
ifeq ($(SAN),fuzz)
plants = $(shell grep -oE 'fuzz_planted.[0-9]+' fuzz/$(1).c | tr -dc '0-9\n' | sort -un)
$(foreach n,$(FUZZ_NAMES),$(foreach p,$(call plants,$(n)),$(eval $(call planted,$(n),$(p)))))
endif

.PHONY: fuzzers
fuzzers: $(FUZZERS) $(TWICE) $(PLANTED) $(if $(filter engine,$(SAN)),,$(B)/vhdxforge)

# The harness to run, without its prefix; for how many seconds, with how many processes; hours of CPU.
TARGET ?= image
TIME   ?= 60
JOBS   ?= 2
HOURS  ?= 4
FUZZ_WORK := $(BUILD)/fuzz
LIBFUZZER := $(BUILD)/$(CLANG)-fuzz/fuzz
AFL       := $(BUILD)/afl-clang-fast-afl/fuzz
HAS_AFL   := $(call found,afl-clang-fast)

# $(call fuzz_asked,COMPILER): stop before anything is built for a harness or an engine that is not there.
fuzz_asked = $(if $(filter fuzz_$(TARGET),$(FUZZ_NAMES)),,$(error TARGET=$(TARGET) is no harness; there are \
             $(FUZZ_NAMES:fuzz_%=%)))$(if $(1),,$(error AFL++ (afl-clang-fast) is not installed))

.PHONY: fuzz
fuzz: ## look for what breaks a harness with libFuzzer (TARGET, TIME); keeps its corpus
	$(call fuzz_asked,libFuzzer)
	@$(MAKE) SAN=fuzz $(LIBFUZZER)/fuzz_$(TARGET) $(dir $(LIBFUZZER))vhdxforge
	@fuzz/run -e libfuzzer -b $(LIBFUZZER) -w $(FUZZ_WORK) -t '$(TIME)' fuzz_$(TARGET)

.PHONY: afl
afl: ## the same with AFL++ (TARGET, TIME, JOBS: one process is the main one)
	$(call fuzz_asked,$(HAS_AFL))
	@$(MAKE) SAN=afl $(AFL)/fuzz_$(TARGET) $(dir $(AFL))vhdxforge
	@fuzz/run -e afl -b $(AFL) -w $(FUZZ_WORK) -t '$(TIME)' -j '$(JOBS)' fuzz_$(TARGET)

.PHONY: fuzz-long
fuzz-long: ## all harnesses, HOURS of CPU in libFuzzer, a quarter in AFL++, JOBS at a time; goes on where it stopped
	@$(MAKE) SAN=fuzz fuzzers
	$(if $(HAS_AFL),@$(MAKE) SAN=afl fuzzers,@echo 'AFL++ is not installed: libFuzzer alone')
	@fuzz/long -b $(LIBFUZZER) $(if $(HAS_AFL),-a $(AFL)) -w $(FUZZ_WORK) -h '$(HOURS)' -j '$(JOBS)' \
	    $(FUZZ_NAMES)

.PHONY: fuzz-table
fuzz-table: ## what the harnesses as they are built now have had of fuzz, afl and fuzz-long
	@fuzz/table -b $(LIBFUZZER) $(if $(HAS_AFL),-a $(AFL)) -w $(FUZZ_WORK) $(FUZZ_NAMES)

.PHONY: fuzz-minimise
fuzz-minimise: ## keep of each corpus below build/fuzz only what adds to what it reaches
	@$(MAKE) SAN=fuzz $(FUZZ_NAMES:%=$(LIBFUZZER)/%)
	@fuzz/minimise -b $(LIBFUZZER) -w $(FUZZ_WORK) $(FUZZ_NAMES)

.PHONY: fuzz-coverage
fuzz-coverage: ## what the corpora reach of parser/ and replay/, and what they never do
	@$(MAKE) SAN=cov $(FUZZ_NAMES:%=$(BUILD)/$(CLANG)-cov/fuzz/%) $(BUILD)/$(CLANG)-cov/vhdxforge
	@fuzz/coverage -b $(BUILD)/$(CLANG)-cov/fuzz -o $(BUILD)/fuzz-coverage \
	    -v '$(CLANG:clang%=%)' $(FUZZ_WORK) $(BUILD)/fuzz-smoke

.PHONY: fuzz-smoke
fuzz-smoke: ## every harness some seconds, and each of its planted faults must be found
	@$(MAKE) SAN=fuzz WERROR=1 fuzzers
	@tests/run -1 -l $(BUILD)/logs/fuzz \
	    'fuzz/smoke -b $(LIBFUZZER) -w $(BUILD)/fuzz-smoke $(FUZZ_NAMES)' \
	    'fuzz/test_clusterfuzzlite $(CLANG:clang%=%)'

# For fuzzing other readers: the fix-up mutator as an object for libFuzzer and a library for AFL++,
# and the template harness. Uninstrumented, and with no name but those that a fuzzer looks for.
OBJCOPY     ?= objcopy
KIT         := $(addprefix $(BUILD)/kit/,vhdxfix.o libvhdxfix.so vhdxharness.o)
KIT_SOURCES := fuzz/fixup.c $(addprefix parser/,crc32c.c crc32c_hw.c source.c) \
               $(addprefix corpus/,anatomy.c image.c image_locator.c logbuild.c memory.c mutate.c packed.c \
               rearrange.c reseal.c sparse.c)
KIT_NAMES   := LLVMFuzzerTestOneInput LLVMFuzzerCustomMutator LLVMFuzzerCustomCrossOver afl_custom_*

$(BUILD)/kit/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -I. -D_FILE_OFFSET_BITS=64 -O2 -g -fPIC $(WARN) -MMD -MP -c -o $@ $<

$(BUILD)/kit/vhdxfix.o: $(BUILD)/kit/fuzz/fixup_libfuzzer.o
$(BUILD)/kit/vhdxfix_afl.o: $(BUILD)/kit/fuzz/fixup_afl.o
$(BUILD)/kit/vhdxharness.o: $(BUILD)/kit/fuzz/template_harness.o $(BUILD)/kit/fuzz/oracle.o
KIT_OBJECTS := $(addprefix $(BUILD)/kit/,vhdxfix.o vhdxfix_afl.o vhdxharness.o)
$(KIT_OBJECTS): $(KIT_SOURCES:%.c=$(BUILD)/kit/%.o)
	$(call say,LD,$@)
	$(Q)$(CC) -nostdlib -r -o $@ $^
	$(Q)$(OBJCOPY) --wildcard $(KIT_NAMES:%=--keep-global-symbol='%') $@

$(BUILD)/kit/libvhdxfix.so: $(BUILD)/kit/vhdxfix_afl.o
	$(call say,LINK,$@)
	$(Q)$(CC) -shared -Wl,-z,defs -o $@ $^

# With a command, and with vhdxray as an example of a function.
TEMPLATES := $(B)/fuzz/template_command $(B)/fuzz/template_vhdxray
$(TEMPLATES): $(BUILD)/kit/vhdxharness.o $(filter %.o,$(FUZZ_MAIN)) \
    $(if $(filter fuzz,$(SAN)),$(BUILD)/kit/vhdxfix.o)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(filter -%,$(FUZZ_MAIN))
$(B)/fuzz/template_vhdxray: $(B)/fuzz/reader_vhdxray.o $(FUZZ_LIBS)

KIT_TESTED := $(if $(SAN)$(COVERAGE),,$(KIT) $(TEMPLATES))

.PHONY: fuzz-kit
fuzz-kit: $(KIT) $(TEMPLATES) ## mutator and template harness for other readers: fuzz/README.md
	@printf '%s\n' $^

-include $(wildcard $(BUILD)/kit/*/*.d)

export PEER
.PHONY: fuzz-peer
fuzz-peer: $(B)/vhdxforge ## corpus and mutants against another reader: PEER='COMMAND {}' (TIME, SEED)
	@VHDXFORGE='$(CURDIR)/$(B)/vhdxforge' fuzz/peer -t $(TIME) -s $(SEED) -o $(BUILD)/fuzz-peer "$$PEER"

# The digests of the corpus come from libnettle.
FORGE := $(B)/vhdxforge
ifeq ($(shell $(PKG_CONFIG) --exists nettle 2>/dev/null && echo yes),)
FORGE     :=
FORGING   := $(shell grep -l VHDXFORGE $(CLI_TESTS) /dev/null)
CLI_TESTS := $(filter-out $(FORGING),$(CLI_TESTS))
SKIP += $(foreach t,$(FORGING),-s '$(basename $(notdir $(t)))=libnettle, which vhdxforge needs, is not installed')
endif

.PHONY: test
test: $(B)/vhdxray $(FORGE) $(UNIT_PROGRAMS) $(FUZZERS) $(KIT_TESTED) ## pass the unit tests and the command-line tests
	@VHDXRAY='$(CURDIR)/$(B)/vhdxray' VHDXFORGE='$(CURDIR)/$(B)/vhdxforge' \
	    FUZZ_KIT='$(CURDIR)/$(BUILD)/kit' FUZZ_TEMPLATE='$(CURDIR)/$(B)/fuzz/template_command' \
	    VHDXRAY_SRC='$(CURDIR)' tests/run -l $(B)/logs $(SKIP) $(UNIT_PROGRAMS) $(CLI_TESTS) \
	    $(foreach f,$(FUZZERS),'$(f) fuzz/regressions/$(notdir $(f))')

.PHONY: crash-long
crash-long: $(B)/tests/test_crash ## power cuts during random scripts (CRASH_SCRIPTS, CRASH_SEED)
	@CRASH_SCRIPTS='$(CRASH_SCRIPTS)' CRASH_SEED='$(CRASH_SEED)' $<

# Random cases against the naive models, 20 times as many as make test has: three million of the
# overlay's. Another seed every time, and it is printed.
TIMES ?= 20
SEED  ?= $(shell date +%s)
LONG  := $(filter $(UNITS:%=$(B)/%),$(addprefix $(B)/tests/test_,overlay scan layout))

.PHONY: long
long: $(LONG) ## random cases against the naive models, by the million (TIMES, SEED)
	@RANDOM_TIMES='$(TIMES)' RANDOM_SEED='$(SEED)' TEST_TIMEOUT=0 \
	    tests/run -1 -l $(B)/logs/long $(LONG)

# Faults put into parser/ and replay/, one at a time: ONLY, files or FILE:FUNCTION; SAMPLE, so many
# by SEED. Goes on where it was left, until make clean.
.PHONY: mutants
mutants: ## do the tests notice when the code is wrong? hours (ONLY, SAMPLE, SEED)
	@tests/mutants/run --results $(BUILD)/mutants --resume \
	    $(SAMPLE:%=--sample %) $(if $(SAMPLE),--seed $(SEED)) $(ONLY)

.PHONY: audit
audit: ## what a reviewer would look for: imports, layers, stack, warnings, linters, style
	@tests/audit/numbers.awk $(wildcard $(foreach d,parser replay reports cli corpus fuzz,$(d)/*.[ch]))
	@tests/run -l $(BUILD)/audit $(filter-out %.bash %.awk,$(wildcard tests/audit/*))

.PHONY: prove
prove: ## Frama-C: contracts of the leaf functions, no undefined behaviour in parser/, replay/
	@env -u CC -u CFLAGS -u MAKEFLAGS tests/proofs/run

.PHONY: portability
portability: ## the same findings on a big-endian and on a 32-bit machine
	@env -u CC -u CFLAGS -u MAKEFLAGS tests/portability/run $(CROSS)

.PHONY: bench
bench: all ## time and memory against qemu-img and against reading alone
	@VHDXRAY='$(CURDIR)/$(B)/vhdxray' VHDXRAY_SRC='$(CURDIR)' tests/bench/run

.PHONY: coverage
coverage: ## lines and branches of parser/ and replay/ reached by the tests
	@find $(BUILD)/gcc-coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) test CC=gcc COVERAGE=1 SAN=
	@gcovr --root . --filter parser/ --filter replay/ --branches \
	    --exclude-unreachable-branches --print-summary $(BUILD)/gcc-coverage \
	    --fail-under-line $(COVER_LINES) --fail-under-branch $(COVER_BRANCHES)

stage_asan := test SAN=asan
stage_msan := test SAN=msan

.PHONY: verify
verify: ## everything: test, sanitizers, audit, proofs, portability, coverage, fuzzers (long)
	+@tests/run -1 -l $(BUILD)/verify $(foreach s,$(STAGES),'$(MAKE) $(or $(stage_$(s)),$(s))')

# ---- For people ---------------------------------------------------------------------------

.PHONY: demo
demo: all ## an example image, and a damaged copy that qemu-img finds no fault with
	@command -v qemu-io >/dev/null || \
	    { echo 'The demo makes its image with qemu-utils: apt-get install qemu-utils'; exit 1; }
	@mkdir -p $(BUILD)/demo
	@qemu-img create -q -f vhdx $(BUILD)/demo/example.vhdx 10G
	@qemu-io -f vhdx -c 'write -q 0 64k' -c 'write -q 1G 64k' $(BUILD)/demo/example.vhdx
	@cp $(BUILD)/demo/example.vhdx $(BUILD)/demo/damaged.vhdx
	@# The block table starts at 2 MiB: let its second entry name the first one's block.
	@dd if=$(BUILD)/demo/example.vhdx of=$(BUILD)/demo/damaged.vhdx bs=8 skip=262144 \
	    seek=262145 count=1 conv=notrunc status=none
	@cd $(BUILD)/demo && PATH='$(CURDIR)/$(B)':"$$PATH" && for step in \
	    '0 vhdxray check example.vhdx' '0 vhdxray info example.vhdx' \
	    '2 vhdxray check damaged.vhdx' '0 qemu-img check damaged.vhdx'; \
	do \
	    command=$${step#* }; status=0; printf '\n$$ %s\n' "$$command"; \
	    $$command || status=$$?; echo "(exit status $$status)"; \
	    test "$$status" = "$${step%% *}" || exit 1; \
	done

.PHONY: install
install: all ## install the command and its man page (PREFIX, DESTDIR)
	install -D -m 755 $(B)/vhdxray '$(DESTDIR)$(PREFIX)/bin/vhdxray'
ifneq ($(wildcard docs/vhdxray.1),)
	install -D -m 644 docs/vhdxray.1 '$(DESTDIR)$(PREFIX)/share/man/man1/vhdxray.1'
endif

.PHONY: install-corpus
install-corpus: $(B)/vhdxforge ## install vhdxforge and its recipes (PREFIX, DESTDIR)
	install -D -m 755 $(B)/vhdxforge '$(DESTDIR)$(PREFIX)/bin/vhdxforge'
	cd corpus/recipes && find . -type f -exec \
	    install -D -m 644 {} '$(abspath $(DESTDIR)$(PREFIX))/share/vhdxray/recipes/{}' \;

.PHONY: format
format: ## apply .clang-format (version 14, whose layout the sources have)
	find $(wildcard parser replay reports cli corpus fuzz tests) -name '*.[ch]' -exec clang-format-14 -i {} +

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: help
help: ## print this
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo 'Variables:'
	@echo '  CC=gcc|clang   compiler; CFLAGS, LDFLAGS as usual'
	@echo '  SAN=asan|msan  build and test with sanitizers (clang)'
	@echo '  WERROR=1       warnings are errors (so for test, verify, audit)'
	@echo '  TIMES=N SEED=N how many times the random cases of make test, from where (make long)'
	@echo '  V=1            show the commands'

-include $(patsubst %.o,%.d,$(OBJECTS) $(TEST_OBJECTS))

# Several goals come one after the other: `make clean test`.
ifneq ($(word 2,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif
