# Le chef d'orchestre. Les recettes appellent des scripts ; les labs sont découverts, jamais nommés.
# Rien n'utilise de chemin absolu : le dépôt peut vivre sous un nom à espaces ou à apostrophes.

.DEFAULT_GOAL := help
.SUFFIXES:
# Les recettes sont préfixées d'un « + » (voir plus bas), sauf sous « make -n ».
RUN := $(if $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),@,+@)
MAKEFLAGS += --no-builtin-rules --no-print-directory -j$(shell nproc 2>/dev/null || echo 2)

# `make clean test` doit nettoyer avant de juger, même quand les tâches vont de front ; et deux buts ne
# peuvent pas écrire la documentation à la fois.
ifneq ($(filter clean,$(MAKECMDGOALS))$(word 2,$(filter docs links axe pdf,$(MAKECMDGOALS))),)
.NOTPARALLEL:
endif

# make rend 2 à toute recette qui échoue : « points manquants » (1) et « le juge n'a pas pu
# travailler » (2) se confondraient. En mode question (-q), il rend 1 quand une recette rend 1.
# Le « + » des recettes les fait exécuter dans ce mode aussi.
ifneq ($(filter test,$(MAKECMDGOALS)),)
ifneq ($(findstring +,$(RUN)),)
MAKEFLAGS += -q
endif
endif

# Ce que l'utilisateur écrit passe aux scripts par l'environnement, à l'octet près : $(value …)
# empêche make d'y voir des variables, et aucun shell ne l'interprète.
OPTIONS := WORK LAB STEP TEST MIN JUNIT DETAIL FRAMING SANITIZE GROUP COMPILE_WRAPPER JUDGE_WRAPPER REVEAL OUT JOBS ENGINE INSECURE ALIASES LATE SANDBOX SLURM_OPTIONS FILE ARGS
$(foreach option,$(OPTIONS),$(if $(value $(option)),$(eval override $(option) := $$(value $(option)))))
export $(OPTIONS)
export CC

# Un lab est jugé dès qu'il a un lab.mk et des tests.
judge_sources = $(filter-out %_driver.c,$(wildcard tests/$1/*.c tests/$1/private/*.c))
LABS := $(strip $(foreach lab,$(patsubst tests/%/lab.mk,%,$(wildcard tests/*/lab.mk)),$(if $(call judge_sources,$(lab)),$(lab))))
export LABS
JUDGES := $(LABS:%=build/tests/%/judge)
# Pour juger un lab, le juge de ce lab suffit. Si LAB ne désigne rien, judge.sh le dira.
WANTED := $(or $(if $(LAB),$(filter $(LAB) $(LAB)-%,$(LABS))),$(LABS))
# Ce qui entre dans le bac à sable, pour juger une classe ; l'archive des étudiants ne l'a pas.
STARTER := $(if $(wildcard tests/grading/sandbox/start.c),build/sandbox/start)
INJECTORS := $(patsubst tests/%_preload.c,build/%.so,$(wildcard tests/harness/*_preload.c))

CFLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
CPPFLAGS := -MMD -MP -Itests/harness -Icommon
# La doublure de libgit2 (lighten.sh) passe devant la vraie : un DT_RPATH vaut aussi pour les bibliothèques de Criterion.
JUDGE_LIBS := -lcriterion -ldl -pthread -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../../harness'

TOOLS := tests/tools

# Une archive plus récente a été déballée (make handout) : ce qui a été fabriqué avec l'ancienne est périmé.
$(shell [ ! -f edition ] || cmp -s edition build/edition || { rm -rf build && mkdir build && cp edition build/; })

##@ Pour apprendre et pour juger

.PHONY: help
help: ## affiche cette aide
	$(RUN)sh $(TOOLS)/help.sh $(firstword $(MAKEFILE_LIST))

.PHONY: test
test: $(WANTED:%=build/tests/%/judge) $(INJECTORS) $(STARTER) ## juge un travail (WORK= LAB= STEP= TEST= MIN= JUNIT= DETAIL=1)
	$(RUN)sh $(TOOLS)/judge.sh

.PHONY: demo
demo: ready ## fait dialoguer le vrai serveur et le vrai client (WORK= LAB=)
	$(RUN)sh $(TOOLS)/demo.sh

.PHONY: trace
trace: $(if $(TEST),$(WANTED:%=build/tests/%/judge) $(INJECTORS),ready) ## dessine les vrais paquets d'un échange, et la ligne qui fait partir chacun (WORK= LAB= TEST=)
	$(RUN)sh tests/trace/trace.sh

.PHONY: deps
deps: ## trouve et installe ce qui manque (GROUP=test, docs, check ou trace)
	$(RUN)sh $(TOOLS)/deps.sh

##@ Pour avancer, pas à pas (dans le dossier d'un lab, ou avec LAB=)

# Ces buts travaillent sur « labs », ou sur WORK= ; leurs scripts sont dans tests/student/.
STUDENT := tests/student

.PHONY: watch hint progress
watch: $(WANTED:%=build/tests/%/judge) $(INJECTORS) ## rejuge à chaque enregistrement ; q ou Ctrl-C pour finir (LAB= WORK=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/watch.py

hint: $(WANTED:%=build/tests/%/judge) $(INJECTORS) ## un indice pour l'étape en cours, plus précis à chaque fois (LAB= STEP=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/hint.py

progress: $(WANTED:%=build/tests/%/judge) ## vos étapes et vos points, et par où continuer (LAB= WORK=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/progress.py

.PHONY: reset debug-server debug-client strace
reset: ## rend un fichier du squelette ; le vôtre est gardé (FILE=server.c LAB=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/reset.py

debug-server: ## votre serveur sous gdb, session préparée (LAB= ARGS=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/debug.py server

debug-client: ## votre client sous gdb (LAB= ARGS=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/debug.py client

strace: ## votre serveur sous strace : chaque appel au réseau, en direct (LAB= ARGS=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/strace.py

##@ Pour la maintenance

.PHONY: docs
docs: ## écrit la documentation dans build/docs/html
	$(RUN)sh $(TOOLS)/docs.sh

.PHONY: pdf
pdf: ## imprime les notes et le catalogue, dans build/docs/pdf
	$(RUN)sh $(TOOLS)/pdf.sh

# [maintenance : ce qui suit, jusqu'à la fin, n'est pas remis aux étudiants (make handout).
.PHONY: check
check: $(JUDGES) $(INJECTORS) build/sandbox/start build/torture/fault.so ## passe toutes les vérifications du dépôt
	$(RUN)sh $(TOOLS)/check.sh

.PHONY: mutants
mutants: $(JUDGES) $(INJECTORS) build/sandbox/start ## chaque défaut est-il tué par son test ? (LAB= TEST= FULL=1 UPDATE=1)
	$(RUN)sh $(TOOLS)/python.sh $(TOOLS)/mutants.py

.PHONY: variants
variants: $(JUDGES) $(INJECTORS) build/sandbox/start ## les programmes justes écrits autrement ont-ils 20/20 ? (LAB= TEST= QUICK=1)
	$(RUN)sh $(TOOLS)/python.sh $(TOOLS)/variants.py

.PHONY: hostile
hostile: $(JUDGES) $(INJECTORS) build/sandbox/start ## le juge et la notation tiennent-ils devant les pires programmes et rendus ? (TEST= FULL=1)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing class
	$(RUN)sh $(TOOLS)/python.sh tests/grading/hostile/programs.py && sh $(TOOLS)/python.sh tests/grading/hostile/prove.py

.PHONY: class-proof
class-proof: $(JUDGES) $(INJECTORS) build/sandbox/start ## une grande classe : mêmes notes chaque fois, tuée et reprise, et à quel prix (N= SEED= LAB= RUNS= KILLS= SAMPLE= TOGETHER=)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing class
	$(RUN)sh $(TOOLS)/python.sh tests/grading/proofs/class_proof.py

# Leurs noms ont des « = », des « : », des « , » et des espaces, que judge.sh refuse dans celui d'un test.
ifneq ($(filter torture hostile,$(MAKECMDGOALS)),)
ready: override export TEST :=
endif

.PHONY: torture
torture: $(JUDGES) $(INJECTORS) build/torture/fault.so ## les solutions survivent-elles à chaque appel qui échoue ? (LAB= TEST=)
	$(RUN)sh $(TOOLS)/python.sh tests/torture/torture.py

.PHONY: fuzz
fuzz: ## des entrées au hasard contre des modèles, par libFuzzer (SECONDS= TEST=)
	$(RUN)sh $(TOOLS)/python.sh tests/fuzz/fuzz.py

.PHONY: check-slurm
check-slurm: $(JUDGES) $(INJECTORS) ## la notation de classe sous un vrai Slurm privé : mêmes notes, malgré les pannes ? (LAB=)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing slurm && sh $(TOOLS)/python.sh tests/grading/slurm/check.py

.PHONY: coverage
coverage: $(JUDGES) $(INJECTORS) build/torture/fault.so ## les lignes et les branches des solutions qu'exercent les tests (LAB=)
	$(RUN)sh $(TOOLS)/python.sh tests/torture/coverage.py

.PHONY: bench soak
bench: $(JUDGES) $(INJECTORS) build/sandbox/start ## mesure les solutions à côté d'autres serveurs, et ce que coûte de juger (BENCH= ROUNDS= UPDATE=1)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test bench && sh $(TOOLS)/python.sh tests/bench/bench.py

soak: $(JUDGES) $(INJECTORS) build/sandbox/start ## juge N fois, au repos et surchargé, en root et en utilisateur (N= LAB= SOAK= JOBS= UPDATE=1)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test bench && sh $(TOOLS)/python.sh tests/bench/soak.py

# Les vérifications sont nommées une seule fois, dans check.sh ; docs et pdf ont leur propre règle.
GATES := $(filter-out docs pdf mutants variants hostile torture fuzz coverage,$(shell sed -n 's/^ALL="\(.*\)"$$/\1/p' $(TOOLS)/check.sh))
.PHONY: $(GATES)
$(GATES): $(JUDGES) $(INJECTORS) build/sandbox/start
	$(RUN)sh $(TOOLS)/check.sh $@

.PHONY: handout
handout: ## fait l'archive à remettre aux étudiants, sans les corrigés (build/handout)
	$(RUN)sh $(TOOLS)/python.sh tests/handout/handout.py
.PHONY: similar
similar: ## cherche les passages proches entre les rendus d'une classe (WORK= LAB= OUT= ALIASES=)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test similar
	$(RUN)sh $(TOOLS)/python.sh tests/grading/similar/similar.py
# maintenance : fin.]

.PHONY: compile_commands.json
compile_commands.json: ## décrit les compilations aux éditeurs
	$(RUN)sh $(TOOLS)/python.sh $(TOOLS)/compile_commands.py

.PHONY: clean
clean: ## efface tout ce qui a été fabriqué
	$(RUN)rm -rf build compile_commands.json

# Avant de compiler quoi que ce soit : la demande est-elle juste, et a-t-on tout ce qu'il faut ?
.PHONY: ready
ready:
	$(RUN)for lab in labs/*/.squelette/; do [ ! -d "$$lab" ] || \
	    MAKEFLAGS='' $(MAKE) -s -C "$${lab%.squelette/}" skeleton || exit 2; done
	$(RUN)sh $(TOOLS)/judge.sh --check
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test

HARNESS_OBJECTS := $(patsubst tests/%.c,build/%.o,$(filter-out %_preload.c,$(wildcard tests/harness/*.c)))

build/harness/libjudge.a: $(HARNESS_OBJECTS)
	$(RUN)rm -f $@ && ar rcs $@ $^ || exit 2

build/harness/lightened: $(TOOLS)/lighten.sh | ready
	$(RUN)mkdir -p $(@D) && sh $(TOOLS)/lighten.sh $(@D) && touch $@ || exit 2

$(HARNESS_OBJECTS): build/%.o: tests/%.c | ready
	$(RUN)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $< || exit 2

$(INJECTORS): build/%.so: tests/%_preload.c $(wildcard tests/harness/inject/*.[ch]) | ready
	$(RUN)mkdir -p $(@D) && $(CC) -Itests/harness $(CFLAGS) -shared -fPIC -o $@.new $(filter %.c,$^) -ldl && mv -f $@.new $@ || exit 2

# Lancé à chaque programme : lié en statique, si la machine le permet, il démarre plus vite.
build/sandbox/start: tests/grading/sandbox/start.c tests/harness/sandbox_report.h | ready
	$(RUN)mkdir -p $(@D) && { $(CC) -Itests/harness $(CFLAGS) -static -o $@.new $< 2>/dev/null || $(CC) -Itests/harness $(CFLAGS) -o $@.new $<; } && mv -f $@.new $@ || exit 2

build/torture/fault.so: $(wildcard tests/torture/*.[ch]) | ready
	$(RUN)mkdir -p $(@D) && $(CC) $(CFLAGS) -shared -fPIC -o $@.new $(filter %.c,$^) -ldl && mv -f $@.new $@ || exit 2

judge_objects = $(patsubst tests/%.c,build/tests/%.o,$(call judge_sources,$1))
TEST_OBJECTS := $(foreach lab,$(LABS),$(call judge_objects,$(lab)))

# Un juge ou un injecteur qui sert encore n'est jamais réécrit : le nouveau prend sa place d'un coup.
.SECONDEXPANSION:
$(JUDGES): build/tests/%/judge: $$(call judge_objects,$$*) build/harness/libjudge.a build/tests/%/objects build/harness/lightened
	$(RUN)$(CC) $(CFLAGS) -o $@.new $(filter %.o %.a,$^) $(JUDGE_LIBS) && mv -f $@.new $@ || exit 2

# De quels objets est fait un juge : un test ôté (un test réservé surtout) doit en sortir aussitôt.
$(JUDGES:%judge=%objects): build/tests/%/objects: FORCE | ready
	$(RUN)mkdir -p $(@D) && echo '$(call judge_objects,$*)' | cmp -s - $@ || echo '$(call judge_objects,$*)' >$@

.PHONY: FORCE
FORCE:

$(TEST_OBJECTS): build/tests/%.o: tests/%.c | ready
	$(RUN)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $< || exit 2

-include $(HARNESS_OBJECTS:.o=.d) $(TEST_OBJECTS:.o=.d)
