# Compile un travail jugé. BASE : son dossier sous build/ ; LABS : les labs à compiler.
# Les règles sont celles du juge : rien du Makefile de l'étudiant n'est lu. Chaque objet est compilé
# par compile.sh, qui ne fait jamais échouer make : ce qui n'a pas pu l'être est écrit dans un
# « .error » à côté, et le reste est construit.

.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# Où sont les objets de common/, une fois pour tous les travaux. $1 : l'assainisseur, ou rien.
common_folder = build/given/$(subst /,-,$(CC)$(if $1,+$1))
COMMON := $(call common_folder,$(SANITIZE))
SANITIZER_address := -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANITIZER_thread := -fsanitize=thread
# Sans optimisation, chaque branche comptée est une branche écrite.
SANITIZER_coverage := --coverage -fprofile-update=atomic -O0
sanitizer_flags = $(if $1,$(SANITIZER_$1) -fno-omit-frame-pointer)
SANITIZER := $(call sanitizer_flags,$(SANITIZE))
# Une variable lue avant d'avoir une valeur en a toujours la même, et qui se remarque : le verdict ne dépend pas de ce que la
# pile contenait. gcc 12, clang 8 ; un compilateur plus ancien s'en passe.
UNSET := $(shell $(CC) -ftrivial-auto-var-init=pattern -E -x c /dev/null >/dev/null 2>&1 && echo -ftrivial-auto-var-init=pattern || \
    echo "note : $(CC) ne remplit pas les variables sans valeur : qui en lit une peut passer inaperçu" >&2)
PLAIN_FLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Icommon -pthread $(UNSET)
FLAGS := $(PLAIN_FLAGS) $(SANITIZER)
COMPILE := sh tests/judge/command/compile.sh
RULES := tests/judge/command/work.mk common/lender.mk tests/judge/command/compile.sh

.PHONY: all common ALWAYS
all:

# Une source absente n'est pas une erreur de make : compile.sh dira laquelle, à chaque fois.
present = $(or $(wildcard $1),ALWAYS)
# Les en-têtes que l'étudiant a écrits. $1 : le lab.
own_headers = $(wildcard $(BASE)/$1/src/*.h $(BASE)/$1/src/lent/*.h)
# Ses sources en plus, et celles du lab qui prête sa bibliothèque : compilées, et liées à qui s'en sert. $1 : le lab.
own_sources = $(filter-out $(LIBRARIES) $(PROGRAMS:%=%.c),$(notdir $(wildcard $(BASE)/$1/src/*.c)))
lent_sources = $(filter-out $(LIBRARIES),$(notdir $(wildcard $(BASE)/$1/src/lent/*.c)))
# Ce qu'une de ses sources peut inclure : un en-tête, ou même un .c.
own_files = $(call own_headers,$1) $(addprefix $(BASE)/$1/src/,$(call own_sources,$1)) $(addprefix $(BASE)/$1/src/lent/,$(call lent_sources,$1))
# Les objets d'une archive, les fichiers attendus d'abord : ceux-là définissent ce qu'un autre définit aussi.
# $1 : le lab ; $2 : le dossier de l'archive.
library_objects = $(LIBRARIES:%.c=$2/%.o) $(patsubst %.c,$2/own/%.o,$(call own_sources,$1)) \
	$(patsubst %.c,$2/lent/%.o,$(call lent_sources,$1))
# Où est une source de la bibliothèque. $1 : le lab ; $2 : la source.
source_of = $(BASE)/$1/src/$(if $(filter $2,$(LENT)),lent/)$2

# $1 : le lab ; $2 : le dossier de l'archive ; $3 : les options. « left » date le départ de la dernière source partie.
define library_rules
$2/library.a: $(call library_objects,$1,$2) $(wildcard $(BASE)/$1/left)
	$(COMPILE) archive $$@ $$(filter %.o,$$^)

$(call library_objects,$1,$2): $(RULES) $(call own_headers,$1)
$(foreach source,$(LIBRARIES),
$2/$(source:.c=.o): $(call present,$(call source_of,$1,$(source)))
	$(COMPILE) object $$@ $(call source_of,$1,$(source)) $3 $(INCLUDES) $(LAB_CFLAGS)
)
$2/own/%.o: $(BASE)/$1/src/%.c
	$(COMPILE) object $$@ $$< $3 $(INCLUDES) $(LAB_CFLAGS)

$2/lent/%.o: $(BASE)/$1/src/lent/%.c
	$(COMPILE) object $$@ $$< $3 $(INCLUDES) $(LAB_CFLAGS)

-include $(patsubst %.o,%.d,$(call library_objects,$1,$2))
endef

define lab_rules
all: $(PROGRAMS:%=$(BASE)/$1/bin/%) $(DRIVERS:%=$(BASE)/$1/bin/%)

$(call library_rules,$1,$(BASE)/$1/lib,$(FLAGS))
$(foreach program,$(PROGRAMS),
$(BASE)/$1/obj/$(program).o: $(call present,$(BASE)/$1/src/$(program).c) $(RULES)
	$(COMPILE) object $$@ $(BASE)/$1/src/$(program).c $(FLAGS) $(INCLUDES) $(LAB_CFLAGS)
)
$(foreach driver,$(DRIVERS),
$(BASE)/$1/obj/$(driver).o: tests/$1/$(driver).c $(RULES)
	$(COMPILE) object $$@ $$< $(FLAGS) $(GIVEN) $(LAB_CFLAGS)
)
$(PROGRAMS:%=$(BASE)/$1/bin/%) $(DRIVERS:%=$(BASE)/$1/bin/%): $(BASE)/$1/bin/%: \
		$(BASE)/$1/obj/%.o $(BASE)/$1/lib/library.a $(COMMON)/common.a
	$(COMPILE) program $$@ $$^ $(if $(SANITIZE),$(SANITIZER),-Wl,--wrap=memset) -pthread $(LAB_CFLAGS)

# Un en-tête de l'étudiant : le bac à sable n'écrit pas de dépendances, et celui qui vient d'arriver n'est nommé nulle part.
$(PROGRAMS:%=$(BASE)/$1/obj/%.o): $(call own_headers,$1)

# Une source effacée, ou rangée ailleurs, depuis le dernier jugement est encore nommée dans les .d : ce n'est pas une erreur.
$(BASE)/$1/src/%.c: ;

-include $(PROGRAMS:%=$(BASE)/$1/obj/%.d) $(DRIVERS:%=$(BASE)/$1/obj/%.d)
endef

# Ce qui est lié tel quel à un jumeau : rien n'y est appelé par le programme, ou l'assainisseur, lié avant tout, l'a déjà.
# $1 : l'assainisseur.
watchers = $(if $(filter address,$1),$(patsubst %,$(call common_folder,$1)/%.o,leak_watch checked_arrivals))

# Un jumeau : un programme du lab compilé en plus avec un assainisseur, pour les tests qui le lancent
# (SANITIZED := server:thread donne server_thread). $1 : le lab ; $2 : le programme ; $3 : l'assainisseur.
# La sonde, un programme vide compilé de même, dit au juge si l'assainisseur marche sur cette machine.
define twin_rules
all: $(BASE)/$1/bin/$2_$3 $(BASE)/$1/bin/probe_$3

$(BASE)/$1/$3/$2.o: $(call present,$(BASE)/$1/src/$2.c) $(call own_headers,$1) $(RULES)
	$(COMPILE) object $$@ $(BASE)/$1/src/$2.c $(PLAIN_FLAGS) $(call sanitizer_flags,$3) $(INCLUDES) $(LAB_CFLAGS)

$(BASE)/$1/bin/$2_$3: $(BASE)/$1/$3/$2.o $(call watchers,$3) $(BASE)/$1/$3/lib/library.a $(call common_folder,$3)/common.a
	$(COMPILE) program $$@ $$^ $(call sanitizer_flags,$3) -pthread $(LAB_CFLAGS)

-include $(BASE)/$1/$3/$2.d
endef

# Ce que tous les jumeaux d'un lab ont en commun pour un assainisseur. $1 : le lab ; $2 : l'assainisseur.
define twin_library_rules
$(call library_rules,$1,$(BASE)/$1/$2/lib,$(PLAIN_FLAGS) $(call sanitizer_flags,$2))

$(BASE)/$1/bin/probe_$2: $(call common_folder,$2)/sanitizer_probe.o $(call watchers,$2)
	$(COMPILE) program $$@ $$^ $(call sanitizer_flags,$2) -pthread
endef

# Chaque lab.mk est lu à neuf. Le lab qui prête sa bibliothèque (BORROW) est lu le premier.
define load_lab
TITLE :=
PROGRAMS :=
LIBRARY :=
HEADERS :=
DRIVERS :=
BORROW :=
LAB_CFLAGS :=
SANITIZED :=
include tests/$1/lab.mk
endef

after_colon = $(lastword $(subst :, ,$1))
before_colon = $(firstword $(subst :, ,$1))

TWINS :=
$(foreach lab,$(LABS),\
	$(eval $(call load_lab,$(lab)))\
	$(eval include common/lender.mk)\
	$(eval LIBRARIES := $(filter %.c,$(LIBRARY) $(LENT)))\
	$(eval GIVEN := -Ilabs/$(lab) $(BORROW:%=-Ilabs/%))\
	$(eval INCLUDES := $(addprefix -iquote,$(sort $(dir $(call own_files,$(lab))))) $(GIVEN))\
	$(eval $(call lab_rules,$(lab)))\
	$(eval KINDS := $(sort $(foreach twin,$(SANITIZED),$(call after_colon,$(twin)))))\
	$(eval TWINS += $(KINDS))\
	$(foreach kind,$(KINDS),$(eval $(call twin_library_rules,$(lab),$(kind))))\
	$(foreach twin,$(SANITIZED),\
		$(eval $(call twin_rules,$(lab),$(call before_colon,$(twin)),$(call after_colon,$(twin))))))

# Ce qu'il faut ajouter à un programme juste pour qu'un assainisseur ne l'accuse pas à tort ; ou, sans lui, pour qu'il ne coûte pas trop.
helpers = $(if $1,roomy_stacks,brief_fill) $(if $(filter thread,$1),c11_threads)
common_objects = $(patsubst common/%.c,$(call common_folder,$1)/%.o,$(wildcard common/*.c)) \
	$(patsubst %,$(call common_folder,$1)/%.o,$(call helpers,$1))

# $1 : l'assainisseur, ou rien.
define common_rules
$(call common_folder,$1)/common.a: $(call common_objects,$1)
	$(COMPILE) archive $$@ $$^

$(call common_folder,$1)/%.o: common/%.c $(RULES)
	$(COMPILE) object $$@ $$< $(PLAIN_FLAGS) $(call sanitizer_flags,$1)

$(call common_folder,$1)/%.o: tests/judge/command/%.c $(RULES)
	$(COMPILE) object $$@ $$< $(PLAIN_FLAGS) $(call sanitizer_flags,$1)

-include $(patsubst %.o,%.d,$(call common_objects,$1) $(call watchers,$1))
endef

$(eval $(call common_rules,$(SANITIZE)))
$(foreach kind,$(filter-out $(SANITIZE),$(sort $(TWINS))),$(eval $(call common_rules,$(kind))))

# Ce que tous les travaux partagent : construit d'avance quand plusieurs vont être jugés à la fois.
common: $(foreach kind,$(sort $(TWINS)),$(call common_folder,$(kind))/common.a $(call common_folder,$(kind))/sanitizer_probe.o $(call watchers,$(kind))) \
	$(COMMON)/common.a
