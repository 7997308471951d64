# Construit ce qui juge. LABS : les labs dont le juge est voulu. Appelé par judges.sh, sous le verrou de build/.
# Rien n'est écrit sur place : un juge ou un injecteur qui sert encore n'est pas récrit, et un compilateur tué ne
# laisse pas d'objet tronqué que make croirait à jour.

.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

judge_sources = $(filter-out %_driver.c,$(wildcard tests/$1/*.c tests/$1/private/*.c))
judge_objects = $(patsubst tests/%.c,build/tests/%.o,$(call judge_sources,$1))
TEST_OBJECTS := $(foreach lab,$(LABS),$(call judge_objects,$(lab)))
HARNESS_OBJECTS := $(patsubst tests/%.c,build/%.o,$(filter-out %_preload.c,$(wildcard tests/harness/*.c)))
INJECTORS := $(patsubst tests/%_preload.c,build/%.so,$(wildcard tests/harness/*_preload.c))
JUDGES := $(LABS:%=build/tests/%/judge)
# Ce qui entre dans le bac à sable, pour juger une classe ; l'archive des étudiants ne l'a pas.
STARTER := $(if $(wildcard tests/grading/sandbox/start.c),build/sandbox/start)

comma := ,
CFLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
# Criterion, quand ce n'est pas le système qui l'a : deps.sh l'a déballé là.
CRITERION := $(firstword $(wildcard build/packages/usr/lib/*/libcriterion.so))
CRITERION_DIR := $(patsubst %/libcriterion.so,%,$(CRITERION))
CPPFLAGS := -Itests/harness -Icommon $(if $(CRITERION),-isystem build/packages/usr/include)
# La doublure de libgit2 (lighten.sh) passe devant la vraie : un DT_RPATH vaut aussi pour les bibliothèques de Criterion.
RPATH := $$ORIGIN/../../harness$(if $(CRITERION),:$$ORIGIN/../../../$(CRITERION_DIR))
LDLIBS := $(if $(CRITERION),-L$(CRITERION_DIR) -Wl$(comma)-rpath-link$(comma)build/harness:$(CRITERION_DIR)) \
          -lcriterion -ldl -pthread -Wl,--disable-new-dtags,-rpath,'$(RPATH)'
COMPILE = mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.new $< && mv -f $@.new $@

.PHONY: all
all: $(JUDGES) $(INJECTORS) $(STARTER)

build/harness/libjudge.a: $(HARNESS_OBJECTS)
	rm -f $@.new && ar rcs $@.new $^ && mv -f $@.new $@

build/harness/lightened: tests/tools/lighten.sh
	mkdir -p $(@D) && sh tests/tools/lighten.sh $(@D) $(CRITERION) && touch $@

$(HARNESS_OBJECTS): build/%.o: tests/%.c
	$(COMPILE)

$(TEST_OBJECTS): build/tests/%.o: tests/%.c
	$(COMPILE)

$(INJECTORS): build/%.so: tests/%_preload.c $(wildcard tests/harness/inject/*.[ch])
	mkdir -p $(@D) && $(CC) -Itests/harness $(CFLAGS) -shared -fPIC -o $@.new $(filter %.c,$^) -ldl && mv -f $@.new $@

# Lancé à chaque programme : lié en statique, si la machine le permet, il démarre plus vite.
build/sandbox/start: tests/grading/sandbox/start.c tests/harness/sandbox_report.h
	mkdir -p $(@D) && { $(CC) -Itests/harness $(CFLAGS) -static -o $@.new $< 2>/dev/null || $(CC) -Itests/harness $(CFLAGS) -o $@.new $<; } && mv -f $@.new $@

.SECONDEXPANSION:
$(JUDGES): build/tests/%/judge: $$(call judge_objects,$$*) build/harness/libjudge.a build/tests/%/objects build/harness/lightened
	$(CC) $(CFLAGS) -o $@.new $(filter %.o %.a,$^) $(LDLIBS) && mv -f $@.new $@

# De quels objets est fait un juge : un test ôté (un test réservé surtout) doit en sortir aussitôt.
$(JUDGES:%judge=%objects): build/tests/%/objects: FORCE
	mkdir -p $(@D) && echo '$(call judge_objects,$*)' | cmp -s - $@ || echo '$(call judge_objects,$*)' >$@

.PHONY: FORCE
FORCE:

-include $(HARNESS_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d)
