# Les règles communes aux Makefile des labs. De quoi un lab est fait, tests/NN/lab.mk le dit, inclus avant ce fichier :
# PROGRAMS, LIBRARY, BORROW et LAB_CFLAGS y ont le sens qu'ils ont pour le juge.
# Tous les chemins sont relatifs : un espace dans le nom d'un dossier parent ne gêne pas.

COMMON := ../../common
BUILD  := build

WARNINGS    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
CFLAGS      ?= -O1 -g
TOP := ../../
include $(TOP)common/lender.mk

# Les sources d'un dossier, sauf celles dont le nom a une espace : make y verrait deux noms. $1 : le dossier.
plain = $(shell cd $1 2>/dev/null && ls | grep -E '^[A-Za-z0-9_][A-Za-z0-9_.+-]*[.]c$$')
# Ce que tests/NN/lab.mk nomme. $1 : le lab.
expected_in = $(shell sed -n 's/^LIBRARY := //p; s/^PROGRAMS := //p' $(TOP)tests/$1/lab.mk | tr ' ' '\n' | sed 's/[.]c$$//; s/$$/.c/')

# Qui a tout écrit dans le programme lui-même n'a pas ses autres sources : elles ne sont demandées que si elles sont là.
LIBRARY_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(filter %.c,$(LIBRARY))))
LENT_OBJECTS    := $(patsubst %.c,$(BUILD)/%.o,$(filter %.c,$(LENT)))
# Vos autres sources, celles du lab qui prête les siennes aussi : liées à qui s'en sert (le juge a la même règle).
OWN_OBJECTS     := $(patsubst %.c,$(BUILD)/own/%.o,$(filter-out $(PROGRAMS:%=%.c) $(LIBRARY) $(LENT),$(call plain,.)))
ifdef BORROW
OWN_OBJECTS     += $(patsubst %.c,$(BUILD)/lent/%.o,$(filter-out $(call expected_in,$(BORROW)),$(call plain,../$(BORROW))))
endif
COMMON_OBJECTS  := $(patsubst $(COMMON)/%.c,$(BUILD)/%.o,$(wildcard $(COMMON)/*.c))
ARCHIVE         := $(BUILD)/shared.a

# Une source où il reste un TODO a des paramètres, et des fonctions, dont rien ne se sert encore.
UNFINISHED := -Wno-unused-parameter -Wno-unused-function
unfinished = $(shell grep -qs TODO $< && echo "$(UNFINISHED)")

# -MMD note de quels en-têtes dépend chaque objet : modifier un .h recompile ce qu'il faut.
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -I$(COMMON) $(if $(BORROW),-I../$(BORROW)) \
          $(unfinished) -MMD -MP $(CPPFLAGS) $(LAB_CFLAGS) $(CFLAGS)

.PHONY: all programs test clean help
.DELETE_ON_ERROR:

# Un seul make à la fois compile ici : « make test », un éditeur et un autre terminal peuvent le demander ensemble.
all:
	@command -v $(firstword $(CC)) >/dev/null || { echo "$(firstword $(CC)) n'est pas installé : il faut un compilateur C. Pour l'avoir : make deps" >&2; exit 2; }
	@[ -e /usr/include/stdio.h ] || echo '#include <stdio.h>' | $(CC) -E -x c - >/dev/null 2>&1 || \
	    { echo "les en-têtes de la bibliothèque C ne sont pas installés. Pour les avoir : make deps" >&2; exit 2; }
	@mkdir -p $(BUILD) && for goal in skeleton programs; do flock $(BUILD)/.lock $(MAKE) --no-print-directory $$goal || exit; done

programs: $(PROGRAMS)

$(PROGRAMS): %: $(BUILD)/%.o $(ARCHIVE)
	$(CC) $(LAB_CFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Une archive, pas une liste d'objets : un programme qui ne s'en sert pas s'en passe.
# Les fichiers attendus d'abord : ceux-là définissent ce qu'un autre définit aussi.
$(ARCHIVE): $(LIBRARY_OBJECTS) $(LENT_OBJECTS) $(OWN_OBJECTS) $(COMMON_OBJECTS)
	@sh $(TOP)tests/judge/command/compile.sh archive $@ $^

$(PROGRAMS:%=$(BUILD)/%.o) $(LIBRARY_OBJECTS): $(BUILD)/%.o: %.c | $(BUILD)
	$(COMPILE) -c -o $@ $<

$(LENT_OBJECTS): $(BUILD)/%.o: ../$(BORROW)/%.c | $(BUILD)
	$(COMPILE) -c -o $@ $<

# Une de vos autres sources qui ne se compile pas est laissée de côté : rien ne s'en sert peut-être.
$(BUILD)/own/%.o: %.c
	@rm -f $@ && mkdir -p $(@D)
	-$(COMPILE) -c -o $@ $<

$(BUILD)/lent/%.o: ../$(BORROW)/%.c
	@rm -f $@ && mkdir -p $(@D)
	-$(COMPILE) -c -o $@ $<

$(COMMON_OBJECTS): $(BUILD)/%.o: $(COMMON)/%.c | $(BUILD)
	$(COMPILE) -c -o $@ $<

$(BUILD):
	@mkdir -p $@

# Dans l'archive remise aux étudiants, les sources à compléter sont dans .skeleton/ : la première fois, elles
# sont posées ici ; celles qui y sont déjà ne sont jamais touchées, même par « make -B ». Dans le dépôt, ce dossier
# n'existe pas.
SKELETON := $(patsubst .skeleton/%,%,$(wildcard .skeleton/*))
ifdef BORROW
SKELETON += $(patsubst ../$(BORROW)/.skeleton/%,../$(BORROW)/%,$(wildcard ../$(BORROW)/.skeleton/*))
endif
# Un .c et son .h, tous deux à compléter, sont une part d'un programme : ils ne sont posés que si une source s'en sert. Qui
# avait tout écrit dans le programme, sur une édition plus ancienne, n'a pas à l'écrire deux fois.
PARTS := $(filter %.h,$(SKELETON))
PARTS += $(PARTS:.h=.c)
.PHONY: skeleton
skeleton: $(SKELETON)
	@:
$(filter $(PARTS),$(SKELETON)): | $(filter-out $(PARTS),$(SKELETON))
$(SKELETON):
	@[ ! -e $@ ] || exit 0; case ' $(PARTS) ' in *' $@ '*) grep -qs '^ *# *include *"$(basename $(@F)).h"' $(@D)/*.c || exit 0 ;; esac; \
	    cp $(@D)/.skeleton/$(@F) $@ && folder=$$(cd $(@D) && pwd) && echo "$${folder##*/}/$(@F) : posé, à compléter" >&2

# Une archive plus récente a été déballée : ce qui a été fabriqué avec l'ancienne est périmé.
$(shell [ ! -f ../../edition ] || cmp -s ../../edition $(BUILD)/edition || \
    { rm -rf $(BUILD) && mkdir $(BUILD) && cp ../../edition $(BUILD)/; })

# make rend 2 à tout échec ; en mode question (-q), il garde le statut 1 du juge : des points manquent.
ifeq ($(MAKECMDGOALS),test)
MAKEFLAGS += -q
endif

# Un barème est cherché d'ici, où on le tape.
OWN_SCALE = $(if $(SCALE),SCALE="$$(realpath -m -- "$$SCALE")")

# Le juge recompile lui-même ; STEP=3 ou TEST=motif lui sont transmis. Avant lui, ceux d'ici
# sont refaits sans bruit, s'ils peuvent l'être : vos essais à la main portent sur ce qui est jugé.
# MAKEFLAGS est vidé pour que -q n'y soit plus ; sous « make -n », rien n'est fait.
test:
	@case "$${MAKEFLAGS%% *}" in --*) ;; *n*) exit 0 ;; esac; \
	    MAKEFLAGS= MAKELEVEL= $(MAKE) -s -k all </dev/null >/dev/null 2>&1 || :
	@FROM_LAB="$$(basename "$$(pwd)")" $(MAKE) --no-print-directory -C ../.. test \
	    WORK="$$(basename "$$(dirname "$$(pwd)")")" LAB="$$(basename "$$(pwd)")" $(OWN_SCALE)

# Ces buts sont ceux du dépôt, pour ce dossier : voir « make help » ici, et tests/student/.
COMFORTS := deps demo watch hint progress reset $(PROGRAMS:%=debug-%) strace trace
.PHONY: $(COMFORTS)
$(COMFORTS):
	@FROM_LAB="$$(basename "$$(pwd)")" $(MAKE) --no-print-directory -C ../.. $@ \
	    WORK="$$(basename "$$(dirname "$$(pwd)")")" $(if $(filter progress,$@),,LAB="$$(basename "$$(pwd)")") $(OWN_SCALE)

help:
	@{ echo "make                  compile $(PROGRAMS:%=./%)"; \
	   echo "make test             juge les programmes de ce dossier (et refait $(PROGRAMS:%=./%))"; \
	   echo "make test STEP=3      ne juge que l'étape 3"; \
	   echo "make test TEST='*un_mot*'   ne juge que les tests dont le nom contient ce mot"; \
	   echo "make test DETAIL=1    nomme chaque test, réussi ou non"; \
	   echo "make demo             fait dialoguer vos programmes"; \
	   echo "make watch            rejuge à chaque enregistrement (q ou Ctrl-C pour finir)"; \
	   echo "make hint             un indice pour l'étape en cours ; encore une fois : un indice plus précis"; \
	   echo "make progress         vos étapes, vos points, et par où continuer"; \
	   echo "make reset FILE=$(firstword $(PROGRAMS)).c    rend ce fichier du squelette, et garde le vôtre sous un autre nom"; \
	   $(foreach program,$(PROGRAMS),printf '%-21s %s\n' 'make debug-$(program)' 'votre programme $(program) sous gdb' ;) \
	   echo "make strace           votre serveur, et chacun de ses appels au réseau"; \
	   echo "make trace            les vrais paquets d'un échange, dessinés, et la ligne qui fait partir chacun"; \
	   echo "make deps             installe ce qui manque pour juger"; \
	   echo "make clean            efface ce que make a fabriqué ici"; \
	   echo "L'énoncé et le cours sont dans NOTES.fr.md ; d'autres buts : make -C ../.. help"; } | sh $(TOP)tests/student/fold.sh

clean:
	rm -rf $(BUILD) $(PROGRAMS)

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d)
