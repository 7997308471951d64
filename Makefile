# Le chef d'orchestre. Les recettes appellent des scripts ; les labs sont découverts, jamais nommés.
# Rien n'utilise de chemin absolu : le dépôt peut vivre sous un nom à espaces ou à apostrophes.

.DEFAULT_GOAL := help
.SUFFIXES:
# Les recettes sont préfixées d'un « + » (voir plus bas), sauf sous « make -n ».
RUN := $(if $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),@,+@)
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Les scripts vont de front d'eux-mêmes ; les buts, l'un après l'autre : « make clean test » nettoie avant de juger.
.NOTPARALLEL:

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
# Ce que deps.sh a déballé sans être administrateur. Celles du système, d'abord.
export PATH := $(PATH):$(CURDIR)/build/packages/bin

# Un lab est jugé dès qu'il a un lab.mk et des tests.
LABS := $(strip $(foreach lab,$(patsubst tests/%/lab.mk,%,$(wildcard tests/*/lab.mk)),$(if $(wildcard tests/$(lab)/*.c),$(lab))))
export LABS
# Pour juger un lab, le juge de ce lab suffit. Si LAB ne désigne rien, judge.sh le dira.
WANTED := $(or $(if $(LAB),$(filter $(LAB) $(LAB)-%,$(LABS))),$(LABS))
# Le nom sous lequel une commande se fait attendre (lock.sh).
export GOAL := « make $(MAKECMDGOALS) »

TOOLS := tests/tools
# Devant une commande qui juge, lance ou montre des programmes : ceux d'une autre ne sont pas les siens.
ROOM := sh $(TOOLS)/room.sh

# Efface ce qui a été fabriqué, et non les paquets déballés : il faudrait les télécharger encore.
FORGET := { [ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name packages -exec rm -rf {} +; [ -d build/packages ] || rm -rf build; }
# Une archive plus récente a été déballée (make handout) : ce qui a été fabriqué avec l'ancienne est périmé.
$(shell [ ! -f edition ] || cmp -s edition build/edition || { $(FORGET) && mkdir -p build && cp edition build/; })

##@ Pour apprendre et pour juger

.PHONY: help
help: ## affiche cette aide
	$(RUN)sh $(TOOLS)/help.sh $(firstword $(MAKEFILE_LIST))

.PHONY: test
test: judge ## juge un travail (WORK= LAB= STEP= TEST= MIN= JUNIT= DETAIL=1)
	$(RUN)sh $(TOOLS)/judge.sh

.PHONY: demo
demo: ready ## fait dialoguer le vrai serveur et le vrai client (WORK= LAB=)
	$(RUN)$(ROOM) sh $(TOOLS)/demo.sh

.PHONY: trace
trace: $(if $(TEST),judge,ready) ## dessine les vrais paquets d'un échange, et la ligne qui fait partir chacun (WORK= LAB= TEST=)
	$(RUN)$(ROOM) sh tests/trace/trace.sh

.PHONY: deps
deps: ## installe ce qui manque pour juger, ou dit la commande à taper (GROUP= : plus bas)
	$(RUN)sh $(TOOLS)/deps.sh

##@ Pour avancer, pas à pas (dans le dossier d'un lab, ou avec LAB=)

# Ces buts travaillent sur « labs », ou sur WORK= ; leurs scripts sont dans tests/student/.
STUDENT := tests/student

.PHONY: watch hint progress
watch: judge ## rejuge à chaque enregistrement ; q ou Ctrl-C pour finir (LAB= WORK=)
	$(RUN)$(ROOM) sh $(TOOLS)/python.sh $(STUDENT)/watch.py

hint: judge ## un indice pour l'étape en cours, plus précis à chaque fois (LAB= STEP=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/hint.py

progress: judge ## vos étapes et vos points, et par où continuer (LAB= WORK=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/progress.py

.PHONY: reset debug-server debug-client strace
reset: ## rend un fichier du squelette ; le vôtre est gardé (FILE=server.c LAB=)
	$(RUN)sh $(TOOLS)/python.sh $(STUDENT)/reset.py

debug-server: ## votre serveur sous gdb, session préparée (LAB= ARGS=)
	$(RUN)$(ROOM) sh $(TOOLS)/python.sh $(STUDENT)/debug.py server

debug-client: ## votre client sous gdb (LAB= ARGS=)
	$(RUN)$(ROOM) sh $(TOOLS)/python.sh $(STUDENT)/debug.py client

strace: ## votre serveur sous strace : chaque appel au réseau, en direct (LAB= ARGS=)
	$(RUN)$(ROOM) sh $(TOOLS)/python.sh $(STUDENT)/strace.py

##@ Pour la maintenance

.PHONY: docs
docs: ## écrit la documentation dans build/docs/html
	$(RUN)sh $(TOOLS)/docs.sh

.PHONY: pdf
pdf: ## imprime les notes et le catalogue, dans build/docs/pdf
	$(RUN)sh $(TOOLS)/pdf.sh

# [maintenance : ce qui suit, jusqu'à la fin, n'est pas remis aux étudiants (make handout).
.PHONY: check
check: judges build/torture/fault.so ## passe toutes les vérifications du dépôt
	$(RUN)sh $(TOOLS)/check.sh

.PHONY: mutants
mutants: judges ## chaque défaut est-il tué par son test ? (LAB= TEST= FULL=1 UPDATE=1)
	$(RUN)sh $(TOOLS)/python.sh $(TOOLS)/mutants.py

.PHONY: variants
variants: judges ## les programmes justes écrits autrement ont-ils 20/20 ? (LAB= TEST= QUICK=1)
	$(RUN)sh $(TOOLS)/python.sh $(TOOLS)/variants.py

.PHONY: hostile
hostile: judges ## le juge et la notation tiennent-ils devant les pires programmes et rendus ? (TEST= FULL=1)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing class
	$(RUN)sh $(TOOLS)/python.sh tests/grading/hostile/programs.py && sh $(TOOLS)/python.sh tests/grading/hostile/prove.py

.PHONY: class-proof
class-proof: judges ## une grande classe : mêmes notes chaque fois, tuée et reprise, et à quel prix (N= SEED= LAB= RUNS= KILLS= SAMPLE= TOGETHER=)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing class
	$(RUN)sh $(TOOLS)/python.sh tests/grading/proofs/class_proof.py

# Leurs noms ont des « = », des « : », des « , » et des espaces, que judge.sh refuse dans celui d'un test.
ifneq ($(filter torture hostile,$(MAKECMDGOALS)),)
ready: override export TEST :=
endif

.PHONY: torture
torture: judges build/torture/fault.so ## les solutions survivent-elles à chaque appel qui échoue ? (LAB= TEST=)
	$(RUN)sh $(TOOLS)/python.sh tests/torture/torture.py

CFLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
build/torture/fault.so: $(wildcard tests/torture/*.[ch]) | ready
	$(RUN)mkdir -p $(@D) && $(CC) $(CFLAGS) -shared -fPIC -o $@.new $(filter %.c,$^) -ldl && mv -f $@.new $@ || exit 2

.PHONY: fuzz
fuzz: ## des entrées au hasard contre des modèles, par libFuzzer (SECONDS= TEST=)
	$(RUN)sh $(TOOLS)/python.sh tests/fuzz/fuzz.py

.PHONY: check-slurm
check-slurm: judges ## la notation de classe sous un vrai Slurm privé : mêmes notes, malgré les pannes ? (LAB=)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing slurm && sh $(TOOLS)/python.sh tests/grading/slurm/check.py

.PHONY: coverage
coverage: judges build/torture/fault.so ## les lignes et les branches des solutions qu'exercent les tests (LAB=)
	$(RUN)sh $(TOOLS)/python.sh tests/torture/coverage.py

.PHONY: bench soak
bench: judges ## mesure les solutions à côté d'autres serveurs, et ce que coûte de juger (BENCH= ROUNDS= UPDATE=1)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test bench && sh $(TOOLS)/python.sh tests/bench/bench.py

soak: judges ## juge N fois, au repos et surchargé, en root et en utilisateur (N= LAB= SOAK= JOBS= UPDATE=1)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test bench && sh $(TOOLS)/python.sh tests/bench/soak.py

# Les vérifications sont nommées une seule fois, dans check.sh ; docs et pdf ont leur propre règle.
GATES := $(filter-out docs pdf mutants variants hostile torture fuzz coverage,$(shell sed -n 's/^ALL="\(.*\)"$$/\1/p' $(TOOLS)/check.sh))
.PHONY: $(GATES)
$(GATES): judges
	$(RUN)sh $(TOOLS)/check.sh $@

.PHONY: handout
handout: ## fait l'archive à remettre aux étudiants, sans les corrigés (build/handout)
	$(RUN)sh $(TOOLS)/python.sh tests/handout/handout.py
.PHONY: similar
similar: ## cherche les passages proches entre les rendus d'une classe (WORK= LAB= OUT= ALIASES=)
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test similar
	$(RUN)sh $(TOOLS)/python.sh tests/grading/similar/similar.py

.PHONY: systems
systems: ## refait le chemin d'un nouvel arrivant, sur des Debian nues (SYSTEM=trixie FULL=1)
	$(RUN)sh $(TOOLS)/systems.sh
# maintenance : fin.]

.PHONY: compile_commands.json
compile_commands.json: ## décrit les compilations aux éditeurs
	$(RUN)sh $(TOOLS)/python.sh $(TOOLS)/compile_commands.py

.PHONY: clean
clean: ## efface tout ce qui a été fabriqué
	$(RUN)rm -f compile_commands.json && $(FORGET)

# Avant de compiler quoi que ce soit : la demande est-elle juste, et a-t-on tout ce qu'il faut ?
.PHONY: ready
ready:
	$(RUN)for lab in labs/*/.squelette/; do [ ! -d "$$lab" ] || \
	    MAKEFLAGS='' $(MAKE) -s -C "$${lab%.squelette/}" skeleton || exit 2; done
	$(RUN)sh $(TOOLS)/judge.sh --check
	$(RUN)sh $(TOOLS)/deps.sh --if-missing test

.PHONY: judge judges
judge: ready
	$(RUN)sh $(TOOLS)/judges.sh $(WANTED) || exit 2

judges: ready
	$(RUN)sh $(TOOLS)/judges.sh $(LABS) || exit 2
