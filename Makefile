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
OPTIONS := PLATFORM WORK LAB STEP TEST MIN SCALE JUNIT DETAIL FRAMING SANITIZE GROUP COMPILE_WRAPPER JUDGE_WRAPPER REVEAL OUT JOBS ENGINE INSECURE ALIASES LATE SANDBOX PREVIEW DEADLINE HOLD SLURM_OPTIONS FILE ARGS EDITION
$(foreach option,$(OPTIONS),$(if $(value $(option)),$(eval override $(option) := $$(value $(option)))))
export $(OPTIONS)
export CC
# Ce que deps.sh a déballé sans être administrateur. Celles du système, d'abord.
export PATH := $(PATH):$(CURDIR)/build/packages/bin

# Ce que le terminal disait savoir montrer, avant que nos scripts ne parlent tous UTF-8 (paint.py).
export TERMINAL_LOCALE := $(or $(LC_ALL),$(LC_CTYPE),$(LANG))

# Un lab est jugé dès qu'il a un lab.mk et des tests.
LABS := $(strip $(foreach lab,$(patsubst tests/%/lab.mk,%,$(wildcard tests/*/lab.mk)),$(if $(wildcard tests/$(lab)/*.c),$(lab))))
export LABS
# Pour juger un lab, le juge de ce lab suffit. Si LAB ne désigne rien, judge.sh le dira.
WANTED := $(or $(if $(LAB),$(filter $(LAB) $(LAB)-%,$(LABS))),$(LABS))
# Le nom sous lequel une commande se fait attendre (lock.sh).
export GOAL := « make $(MAKECMDGOALS) »

COMMAND := tests/judge/command
STUDENT := tests/student
# Devant une commande qui juge, lance ou montre des programmes : ceux d'une autre ne sont pas les siens.
ROOM := sh $(COMMAND)/room.sh

# Efface ce qui a été fabriqué, et non les paquets déballés : il faudrait les télécharger encore.
FORGET := { [ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name packages -exec rm -rf {} +; [ -d build/packages ] || rm -rf build; }
# Une archive plus récente a été déballée (make handout) : ce qui a été fabriqué avec l'ancienne est périmé.
$(shell [ ! -f edition ] || cmp -s edition build/edition || { $(FORGET) && mkdir -p build && cp edition build/; })

##@ Pour apprendre et pour juger

.PHONY: help
help: ## affiche cette aide
	$(RUN)sh $(STUDENT)/help.sh $(filter-out %lab.mk,$(MAKEFILE_LIST)) | sh $(STUDENT)/fold.sh

.PHONY: test
test: $(if $(filter 1,$(PREVIEW)),,judge) ## juge un travail (WORK= LAB= STEP= TEST= MIN= SCALE= JUNIT= DETAIL=1)
	$(RUN)sh $(COMMAND)/judge.sh

.PHONY: demo
demo: ready ## fait dialoguer le vrai serveur et le vrai client (WORK= LAB=)
	$(RUN)$(ROOM) sh $(STUDENT)/demo.sh

.PHONY: trace
trace: $(if $(TEST),judge,ready) ## dessine les vrais paquets d'un échange, et la ligne qui fait partir chacun (WORK= LAB= TEST=)
	$(RUN)$(ROOM) sh tests/student/trace/trace.sh

.PHONY: deps
deps: ## installe ce qui manque pour juger, ou dit la commande à taper (GROUP= : plus bas)
	$(RUN)sh $(COMMAND)/deps.sh

##@ Pour avancer, pas à pas (dans le dossier d'un lab, ou avec LAB=)

.PHONY: watch hint progress
watch: judge ## rejuge à chaque enregistrement ; q ou Ctrl-C pour finir (LAB= WORK=)
	$(RUN)$(ROOM) sh $(COMMAND)/python.sh $(STUDENT)/watch.py

hint: judge ## un indice pour l'étape en cours, plus précis à chaque fois (LAB= STEP=)
	$(RUN)sh $(COMMAND)/python.sh $(STUDENT)/hint.py

progress: judge ## vos étapes et vos points, et par où continuer (LAB= WORK=)
	$(RUN)sh $(COMMAND)/python.sh $(STUDENT)/progress.py

.PHONY: reset strace
reset: ## rend un fichier du squelette ; le vôtre est gardé (FILE=server.c LAB=)
	$(RUN)sh $(COMMAND)/python.sh $(STUDENT)/reset.py

debug-server: ## votre serveur sous gdb, session préparée (LAB= ARGS=)
debug-client: ## votre client sous gdb ; de même, tout programme d'un lab (LAB= ARGS=)
debug-%:
	$(RUN)$(ROOM) sh $(COMMAND)/python.sh $(STUDENT)/debug.py $*

strace: ## votre serveur sous strace : chaque appel au réseau, en direct (LAB= ARGS=)
	$(RUN)$(ROOM) sh $(COMMAND)/python.sh $(STUDENT)/strace.py

##@ Pour la maintenance

.PHONY: docs
docs: ## écrit la documentation dans build/docs/html
	$(RUN)sh docs/site/docs.sh

.PHONY: pdf
pdf: ## imprime les notes et le catalogue, dans build/docs/pdf
	$(RUN)sh docs/site/pdf.sh

.PHONY: epub
epub: ## fait des notes un livre pour liseuse, dans build/docs/epub
	$(RUN)sh docs/site/epub.sh

.PHONY: compile_commands.json
compile_commands.json: ## décrit les compilations aux éditeurs
	$(RUN)sh $(COMMAND)/python.sh $(STUDENT)/compile_commands.py

.PHONY: clean
clean: ## efface tout ce qui a été fabriqué
	$(RUN)rm -f compile_commands.json && $(FORGET)

# Avant de compiler quoi que ce soit : la demande est-elle juste, et a-t-on tout ce qu'il faut ?
.PHONY: ready
ready:
	$(RUN)for lab in labs/*/.skeleton/; do [ ! -d "$$lab" ] || \
	    MAKEFLAGS='' $(MAKE) -s -C "$${lab%.skeleton/}" skeleton || exit 2; done
	$(RUN)sh $(COMMAND)/judge.sh --check
	$(RUN)sh $(COMMAND)/deps.sh --if-missing test

.PHONY: judge judges
judge: ready
	$(RUN)sh $(COMMAND)/judges.sh $(WANTED) || exit 2

judges: ready
	$(RUN)sh $(COMMAND)/judges.sh $(LABS) || exit 2

# Les buts d'une pièce de tests/ sont dans son goals.mk : qui n'a pas la pièce (les étudiants) n'en a pas les buts.
include $(wildcard tests/*/goals.mk)
