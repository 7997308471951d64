# Construit ce qui juge. LABS : les labs dont le juge est voulu. Appelé par judges.sh, sous le verrou de build/.
# Rien n'est écrit sur place : un juge ou un injecteur qui sert encore n'est pas récrit, et un compilateur tué ne
# laisse pas d'objet tronqué que make croirait à jour.

.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

judge_sources = $(filter-out %_driver.c,$(wildcard tests/$1/*.c tests/$1/private/*.c))
# lab.c, ce que le juge sait du lab, est tiré de lab.mk.
judge_objects = $(patsubst tests/%.c,build/tests/%.o,$(call judge_sources,$1) $(wildcard tests/shared/*.c)) build/tests/$1/lab.o
LAB_OBJECTS := $(LABS:%=build/tests/%/lab.o)
TEST_OBJECTS := $(filter-out $(LAB_OBJECTS),$(sort $(foreach lab,$(LABS),$(call judge_objects,$(lab)))))
# La bibliothèque du juge, et ce qui se glisse dans le programme jugé pour qu'un appel y échoue.
ROOMS := $(filter-out %/inject,$(patsubst %/,%,$(wildcard tests/judge/library/*/)))
LIBRARY_OBJECTS := $(patsubst tests/%.c,build/%.o,$(wildcard $(ROOMS:%=%/*.c)))
INJECTOR := build/judge/inject.so
JUDGES := $(LABS:%=build/tests/%/judge)
# Ce qui entre dans le bac à sable, pour juger une classe ; l'archive des étudiants ne l'a pas.
STARTER := $(if $(wildcard tests/grading/sandbox/start.c),build/sandbox/start)

comma := ,
CFLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
# Criterion, quand ce n'est pas le système qui l'a : deps.sh l'a déballé là.
CRITERION := $(firstword $(wildcard build/packages/usr/lib/*/libcriterion.so))
CRITERION_DIR := $(patsubst %/libcriterion.so,%,$(CRITERION))
CPPFLAGS := $(ROOMS:%=-I%) -Itests/shared -Icommon $(if $(CRITERION),-isystem build/packages/usr/include)
# La doublure de libgit2 (lighten.sh) passe devant la vraie : un DT_RPATH vaut aussi pour les bibliothèques de Criterion.
RPATH := $$ORIGIN/../../judge$(if $(CRITERION),:$$ORIGIN/../../../$(CRITERION_DIR))
LDLIBS := $(if $(CRITERION),-L$(CRITERION_DIR) -Wl$(comma)-rpath-link$(comma)build/judge:$(CRITERION_DIR)) \
          -lcriterion -ldl -pthread -Wl,--disable-new-dtags,-rpath,'$(RPATH)'
COMPILE = mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.new $< && mv -f $@.new $@

.PHONY: all
all: $(JUDGES) $(INJECTOR) $(STARTER)

build/judge/libjudge.a: $(LIBRARY_OBJECTS)
	rm -f $@.new && ar rcs $@.new $^ && mv -f $@.new $@

build/judge/lightened: tests/judge/command/lighten.sh
	mkdir -p $(@D) && sh tests/judge/command/lighten.sh $(@D) $(CRITERION) && touch $@

$(LIBRARY_OBJECTS): build/%.o: tests/%.c
	$(COMPILE)

$(TEST_OBJECTS): build/tests/%.o: tests/%.c
	$(COMPILE)

$(LAB_OBJECTS:.o=.c): build/tests/%/lab.c: tests/%/lab.mk tests/judge/command/lab_reader.py
	mkdir -p $(@D) && sh tests/judge/command/python.sh tests/judge/command/lab_reader.py $* >$@.new && mv -f $@.new $@

$(LAB_OBJECTS): %.o: %.c
	$(COMPILE)

$(INJECTOR): $(wildcard tests/judge/library/inject/*.[ch])
	mkdir -p $(@D) && $(CC) $(CFLAGS) -shared -fPIC -o $@.new $(filter %.c,$^) -ldl && mv -f $@.new $@

# Lancé à chaque programme : lié en statique, si la machine le permet, il démarre plus vite.
build/sandbox/start: $(wildcard tests/grading/sandbox/start.c tests/grading/sandbox/closing.*) tests/judge/library/launch/sandbox_report.h
	mkdir -p $(@D) && { $(CC) -Itests/judge/library/launch $(CFLAGS) -static -o $@.new $(filter %.c,$^) 2>/dev/null || $(CC) -Itests/judge/library/launch $(CFLAGS) -o $@.new $(filter %.c,$^); } && mv -f $@.new $@

.SECONDEXPANSION:
$(JUDGES): build/tests/%/judge: $$(call judge_objects,$$*) build/judge/libjudge.a build/tests/%/objects build/judge/lightened
	$(CC) $(CFLAGS) -o $@.new $(filter %.o %.a,$^) $(LDLIBS) && mv -f $@.new $@

# De quels objets est fait un juge : un test ôté (un test réservé surtout) doit en sortir aussitôt.
$(JUDGES:%judge=%objects): build/tests/%/objects: FORCE
	mkdir -p $(@D) && echo '$(call judge_objects,$*)' | cmp -s - $@ || echo '$(call judge_objects,$*)' >$@

.PHONY: FORCE
FORCE:

-include $(LIBRARY_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d) $(LAB_OBJECTS:.o=.d)

# Un objet fait d'une version plus ancienne nomme peut-être une source qui n'est plus là : il est refait, et make continue.
tests/%.c: ;
