# akreport. `make help` lists the targets.
#
# One non-recursive Makefile. A module is a folder with a module.mk of three lines:
#   DEPS   the modules it may use (their public headers are on its include path, nothing else)
#   LIBS   pkg-config names or -l flags its code needs at link time
#   LINK   lib (default) or plugin folders below <module>/plugin/<name>/, opened on first use
# All output goes to $(B)/<variant>/; the release programs are also $(B)/akreport and $(B)/akbench.

MODULES  := base profile stats templates store runtime collector reporter bench cli
PROGRAMS := akreport akbench

B       ?= build
VARIANT ?= release
CC      ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
CC_KIND := $(if $(findstring clang,$(notdir $(CC))),clang,gcc)
O       := $(B)/$(VARIANT)$(if $(filter clang,$(CC_KIND)),$(if $(filter fuzz,$(VARIANT)),,-clang))
PREFIX  ?= /usr/local
DESTDIR ?=
V       ?=
Q       := $(if $(V),,@)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wvla -Wformat=2 -Wcast-qual -Wcast-align -Wwrite-strings -Wundef \
        -Wnull-dereference -Wdouble-promotion -Wswitch-enum -Wpointer-arith -Werror

OPT.release := -O2
OPT.debug   := -O0
OPT.asan    := -O1 -fsanitize=address
OPT.ubsan   := -O1 -fsanitize=undefined -fno-sanitize-recover=all
OPT.tsan    := -O1 -fsanitize=thread
OPT.cov     := -O0 --coverage
OPT.calls   := -O0 -fcallgraph-info=su,da
OPT.fuzz    := -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
SAN         := $(filter -fsanitize% -fno-sanitize% --coverage,$(OPT.$(VARIANT)))

# gcc's value-range warnings are tuned for -O2; at other levels with sanitizers they misfire.
WARN += $(if $(filter release debug calls,$(VARIANT)),,-Wno-null-dereference)

CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -g -fPIC -fvisibility=hidden -ffp-contract=off \
              -fno-omit-frame-pointer -fno-optimize-sibling-calls $(OPT.$(VARIANT)) $(WARN) $(CFLAGS)
find_c = $(sort $(shell find $(1) -name '*.c' 2>/dev/null))

.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

# --- modules -------------------------------------------------------------------------------

define read_module
DEPS :=
LIBS :=
PLUGINS :=
-include $(1)/module.mk
$(1).DEPS := $$(DEPS)
$(1).LIBS := $$(LIBS)
$(1).PLUGINS := $$(PLUGINS)
$(1).SRCS := $$(filter-out $(1)/plugin/%,$$(call find_c,$(1)))
endef
$(foreach m,$(MODULES),$(eval $(call read_module,$(m))))

# Include path of a module: its own folder, its own public headers, the public headers of its DEPS.
inc = -I$(1) -I$(1)/include $(foreach d,$($(1).DEPS),-I$(d)/include) $(if $($(1).GEN),) -isystem $(O)/gen
pkg_cflags = $(shell pkg-config --cflags-only-I $(filter-out -l%,$(1)) 2>/dev/null | sed 's/-I/-isystem /g')
pkg_libs   = $(if $(filter-out -l%,$(1)),$(shell pkg-config --libs $(filter-out -l%,$(1)) 2>/dev/null)) $(filter -l%,$(1))

objs = $(patsubst %.c,$(O)/obj/%.o,$(1))
lib  = $(O)/lib$(1).a

define module_rules
$(1).OBJS := $$(call objs,$$($(1).SRCS))
$(1).INC  := $$(call inc,$(1)) $$(call pkg_cflags,$$($(1).LIBS))
$$($(1).OBJS): $(O)/obj/%.o: %.c $(GEN_HDRS) | $(O)/.dirs
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$($(1).INC) -MMD -MP -c $$< -o $$@
# A deleted source must leave the archive: the archive depends on the list of its members.
$(O)/$(1).list: FORCE
	@mkdir -p $$(@D); echo '$$($(1).OBJS)' | cmp -s - $$@ || echo '$$($(1).OBJS)' > $$@
$$(call lib,$(1)): $$($(1).OBJS) $$($(1).EXTRA_OBJS) $(O)/$(1).list
	@rm -f $$@
	$$(Q)ar rcs $$@ $$($(1).OBJS) $$($(1).EXTRA_OBJS)
-include $$($(1).OBJS:.o=.d)
endef

# protobuf-c code from our profile.proto: the runtime's writer and the tests' oracle use it.
GEN_HDRS := $(O)/gen/pb/profile.pb-c.h
# libbacktrace's header lies among gcc's own, which clang must not see: it gets a copy of the one.
ifeq ($(CC_KIND),clang)
GEN_HDRS += $(O)/gen/backtrace.h
endif
$(O)/gen/backtrace.h: $(shell gcc -print-file-name=include 2>/dev/null)/backtrace.h
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(O)/gen/pb/profile.pb-c.h: profile/proto/profile.proto
	@mkdir -p $(@D)
	$(Q)protoc-c --c_out=$(@D) --proto_path=profile/proto profile.proto
$(O)/gen/pb/profile.pb-c.c: $(O)/gen/pb/profile.pb-c.h
$(O)/obj/pb/profile.pb-c.o: $(O)/gen/pb/profile.pb-c.c $(O)/gen/pb/profile.pb-c.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -W%,$(CFLAGS_ALL)) -fvisibility=default -I$(O)/gen/pb -c $< -o $@
$(O)/libpb.a: $(O)/obj/pb/profile.pb-c.o
	$(Q)ar rcs $@ $^

# Files under templates/ are linked in by .incbin (see templates/embed.sh).
templates.EXTRA_OBJS := $(O)/obj/templates/files.o
TEMPLATE_FILES := $(sort $(shell find templates -type f ! -name '*.c' ! -name '*.h' ! -name '*.sh' ! -name '*.mk'))
$(O)/gen/embedded.S: templates/embed.sh $(TEMPLATE_FILES)
	@mkdir -p $(@D)
	$(Q)sh templates/embed.sh > $@
$(O)/obj/templates/files.o: $(O)/gen/embedded.S
	@mkdir -p $(@D)
	$(Q)$(CC) -c $< -o $@

$(foreach m,$(MODULES),$(eval $(call module_rules,$(m))))

# --- plug-ins: heavy libraries, opened on first use ----------------------------------------

define plugin_rules
$(1).$(2).SRCS := $$(call find_c,$(1)/plugin/$(2))
$(1).$(2).OBJS := $$(call objs,$$($(1).$(2).SRCS))
$$($(1).$(2).OBJS): $(O)/obj/%.o: %.c $(GEN_HDRS) | $(O)/.dirs
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_ALL) -I$(1)/plugin/$(2) $$($(1).INC) $$(call pkg_cflags,$$(LIBS.$(2))) -MMD -MP -c $$< -o $$@
$(O)/plugins/akreport-$(2).so: $$($(1).$(2).OBJS) $$(call lib,base)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -shared $$(SAN) -o $$@ $$($(1).$(2).OBJS) -Wl,--as-needed $$(call lib,base) $$(call pkg_libs,$$(LIBS.$(2))) $$(call pkg_libs,$$(base.LIBS)) -lm
-include $$($(1).$(2).OBJS:.o=.d)
ALL_PLUGINS += $(O)/plugins/akreport-$(2).so
endef
LIBS.canvas := gdlib freetype2
LIBS.fetch  := libcurl
LIBS.serve  := libmicrohttpd
LIBS.disasm := capstone
$(foreach m,$(MODULES),$(foreach p,$($(m).PLUGINS),$(eval $(call plugin_rules,$(m),$(p)))))

# --- programs ------------------------------------------------------------------------------

akreport.MODULES := cli collector reporter store templates profile stats base
akbench.MODULES  := bench runtime store profile stats base

prog_libs = $(call pkg_libs,$(sort $(foreach m,$(1),$($(m).LIBS))))
$(O)/akreport: $(foreach m,$(akreport.MODULES),$(call lib,$(m)))
	$(Q)$(CC) $(SAN) -o $@ -Wl,--as-needed -Wl,--start-group $^ -Wl,--end-group $(call prog_libs,$(akreport.MODULES)) -lm -ldl -pthread
$(O)/akbench: $(foreach m,$(akbench.MODULES),$(call lib,$(m))) $(O)/libpb.a
	$(Q)$(CC) $(SAN) -o $@ -Wl,--as-needed -Wl,--start-group $^ -Wl,--end-group $(call prog_libs,$(akbench.MODULES)) -lprotobuf-c -lm -ldl -pthread

$(O)/.dirs:
	@mkdir -p $(O)/obj $(O)/gen $(O)/plugins && touch $@
FORCE:

ifeq ($(VARIANT)-$(CC_KIND),release-gcc)
LINKS := $(foreach p,$(PROGRAMS),$(B)/$(p)) $(B)/plugins
$(B)/akreport $(B)/akbench: $(B)/%: $(O)/%
	@ln -f $< $@
$(B)/plugins: $(ALL_PLUGINS)
	@mkdir -p $@ && if [ -n "$^" ]; then ln -f $^ $@/; fi && touch $@
endif

.PHONY: all help FORCE
all: $(foreach p,$(PROGRAMS),$(O)/$(p)) $(ALL_PLUGINS) $(LINKS) ## build build/akreport and build/akbench

lib-%: $(O)/lib%.a ; @:

# The malloc family hands over to the C library's by jumps: a counted call costs a few instructions.
$(O)/obj/runtime/prof/malloc.o: CFLAGS_ALL += -fomit-frame-pointer -foptimize-sibling-calls -fno-plt

# --- tests ---------------------------------------------------------------------------------

UNIT_SRCS := $(sort $(wildcard tests/unit/*/test_*.c))
unit_mod   = $(word 3,$(subst /, ,$(1)))
# tests/unit/<module>/test_<file>.c is linked with the module, its DEPS and cmocka.
closure = $(sort $(1) $(foreach d,$($(1).DEPS),$(d) $($(d).DEPS)))
define unit_rules
$(O)/$(basename $(1)): $(1) $(foreach m,$(call closure,$(2)),$(call lib,$(m))) $(O)/libpb.a $(wildcard tests/unit/*.h)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(filter-out -Wmissing-prototypes -Wnull-dereference,$$(CFLAGS_ALL)) -Itests/unit $$($(2).INC) $$(foreach d,$$(call closure,$(2)),-I$$(d)/include) -MMD -MP -o $$@ $(1) \
	  -Wl,--start-group $(foreach m,$(call closure,$(2)),$(call lib,$(m))) $(O)/libpb.a -Wl,--end-group \
	  -Wl,--as-needed $(call prog_libs,$(call closure,$(2))) -lcmocka -lprotobuf-c -lm -ldl -pthread
-include $(O)/$(basename $(1)).d
UNIT_BINS += $(O)/$(basename $(1))
UNIT_BINS.$(2) += $(O)/$(basename $(1))
endef
$(foreach t,$(UNIT_SRCS),$(eval $(call unit_rules,$(t),$(call unit_mod,$(t)))))

FUZZ_SRCS := $(wildcard tests/fuzz/fuzz_*.c)
# tests/fuzz/fuzz_<target>.c names its module in a first line "// module: NAME".
fuzz_mod = $(shell sed -n '1s|// module: ||p' $(1))
define fuzz_rules
$(O)/$(basename $(1)): $(1) $(foreach m,$(call closure,$(2)),$(call lib,$(m)))
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(filter-out -Wmissing-prototypes,$$(CFLAGS_ALL)) -fsanitize=fuzzer $$($(2).INC) $$(foreach d,$$(call closure,$(2)),-I$$(d)/include) -o $$@ $(1) \
	  -Wl,--start-group $(foreach m,$(call closure,$(2)),$(call lib,$(m))) -Wl,--end-group \
	  -Wl,--as-needed $(call prog_libs,$(call closure,$(2))) -lm -ldl -pthread
FUZZ_BINS += $(O)/$(basename $(1))
endef
ifeq ($(VARIANT),fuzz)
$(foreach t,$(FUZZ_SRCS),$(eval $(call fuzz_rules,$(t),$(call fuzz_mod,$(t)))))
endif

.PHONY: callgraph print-units unit unit-bins fuzz-bins test test-all deps demo images fresh fuzz tidy install clean variants
unit-bins: $(UNIT_BINS) $(ALL_PLUGINS)
print-units:
	@echo $(UNIT_BINS)
fuzz-bins: $(FUZZ_BINS)
unit: unit-bins ## run the unit tests of this variant
	@sh tests/run.sh unit $(O) $(UNIT_BINS)
unit-%: FORCE ## run one module's unit tests: make unit-profile
	@$(MAKE) --no-print-directory $(UNIT_BINS.$*) $(ALL_PLUGINS) && sh tests/run.sh unit $(O) $(UNIT_BINS.$*)

deps: ## install what is missing (Debian packages); prints the command where it may not
	@sh tools/deps.sh
test: deps ## build and run every test; the last line is the count
	@$(MAKE) --no-print-directory test-all
test-all:
	@sh tests/run.sh all "$(MAKE)" "$(B)"
demo: deps ## the main job on real data, results in demo/
	@$(MAKE) --no-print-directory all
	@sh tools/demo.sh "$(B)"
images: all ## draw docs/images anew
	@sh tools/images.sh "$(B)"
fresh: ## prove demo and test in a new Debian root under build/
	@sh tools/fresh.sh "$(B)"
fuzz: ## fuzz every decoder for long: make fuzz SECONDS=600
	@sh tests/run.sh fuzz "$(MAKE)" "$(B)" $(or $(SECONDS),600)
tidy: ## report what is larger than the house style aims at, and what static checkers say
	@sh tools/tidy.sh
debug asan ubsan tsan cov: ## the same build with another variant, in build/<variant>/
	@$(MAKE) --no-print-directory VARIANT=$@ all
callgraph: ## gcc's call graphs of the runtime and the benchmarks, and what their handlers can reach
	@$(MAKE) --no-print-directory VARIANT=calls CC=gcc $(addprefix lib-,base profile runtime bench)
	@$(MAKE) --no-print-directory all
	@$(B)/akreport lint c --strict --criteria bench/handlers.ini $(addprefix $(B)/calls/obj/,base runtime bench)
clang: ## the same build with clang
	@$(MAKE) --no-print-directory CC=clang-14 all
simulate: all ## the seeded simulations behind docs/STATISTICS.md
	@$(O)/akreport simulate

MAN_PAGES := $(patsubst docs/man/%.scd,$(O)/man/%,$(wildcard docs/man/*.scd))
$(O)/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	$(Q)scdoc < $< > $@
man: $(MAN_PAGES) ## the manual pages

# The runtime and its profilers for other programs: one archive of which a program links what it
# uses, the public headers, and a pkg-config file by either name.
$(O)/libakruntime.a: $(foreach m,runtime profile base pb,$(call lib,$(m)))
	$(Q)rm -f $@ && (echo create $@; for a in $^; do echo addlib $$a; done; echo save; echo end) | ar -M
$(O)/%.pc: runtime/akruntime.pc.in FORCE
	@sed -e 's|@PREFIX@|$(PREFIX)|; s|@NAME@|$*|; s|@DESCRIPTION@|$(DESCRIPTION.$*)|' $< > $@
DESCRIPTION.akprof    := CPU, heap and contention profilers that write pprof profiles
DESCRIPTION.akruntime := Actors, with their profilers
.PHONY: install-runtime
install-runtime: $(O)/libakruntime.a $(O)/akprof.pc $(O)/akruntime.pc
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,lib/pkgconfig include/akreport/runtime include/akreport/base)
	install -m 644 $< $(DESTDIR)$(PREFIX)/lib/
	install -m 644 $(O)/akprof.pc $(O)/akruntime.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/
	install -m 644 runtime/include/runtime/*.h $(DESTDIR)$(PREFIX)/include/akreport/runtime/
	install -m 644 base/include/base/status.h $(DESTDIR)$(PREFIX)/include/akreport/base/

install: all man install-runtime ## install to $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/akreport $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(O)/akreport $(O)/akbench $(DESTDIR)$(PREFIX)/bin/
	$(if $(ALL_PLUGINS),install -m 755 $(ALL_PLUGINS) $(DESTDIR)$(PREFIX)/lib/akreport/)
	$(if $(MAN_PAGES),install -m 644 $(MAN_PAGES) $(DESTDIR)$(PREFIX)/share/man/man1/)
clean: ## remove what was built
	rm -rf $(B)
help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\)[a-z %]*:.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14
