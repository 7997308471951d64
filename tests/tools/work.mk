# Compile un travail jugé. BASE : son dossier sous build/ ; LABS : les labs à compiler.
# Les règles sont celles du juge : rien du Makefile de l'étudiant n'est lu. Chaque objet est compilé
# par compile.sh, qui ne fait jamais échouer make : ce qui n'a pas pu l'être est écrit dans un
# « .error » à côté, et le reste est construit.

.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

VARIANT := $(CC)$(if $(SANITIZE),+$(SANITIZE))
COMMON := build/common/$(subst /,-,$(VARIANT))
SANITIZER_address := -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANITIZER_thread := -fsanitize=thread
SANITIZER := $(if $(SANITIZE),$(SANITIZER_$(SANITIZE)) -fno-omit-frame-pointer)
FLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Icommon -pthread $(SANITIZER)
COMPILE := sh tests/tools/compile.sh
RULES := tests/tools/work.mk tests/tools/compile.sh

.PHONY: all ALWAYS
all:

# Une source absente n'est pas une erreur de make : compile.sh dira laquelle, à chaque fois.
present = $(or $(wildcard $1),ALWAYS)

define lab_rules
all: $(PROGRAMS:%=$(BASE)/$1/bin/%) $(DRIVERS:%=$(BASE)/$1/bin/%)

$(BASE)/$1/lib/library.a: $(LIBRARIES:%.c=$(BASE)/$1/lib/%.o)
	$(COMPILE) archive $$@ $$^

$(foreach source,$(LIBRARIES),
$(BASE)/$1/lib/$(source:.c=.o): $(call present,$(BASE)/$1/src/$(source)) $(RULES)
	$(COMPILE) object $$@ $(BASE)/$1/src/$(source) $(FLAGS) $(INCLUDES) $(LAB_CFLAGS)
)
$(foreach program,$(PROGRAMS),
$(BASE)/$1/obj/$(program).o: $(call present,$(BASE)/$1/src/$(program).c) $(RULES)
	$(COMPILE) object $$@ $(BASE)/$1/src/$(program).c $(FLAGS) $(INCLUDES) $(LAB_CFLAGS)
)
$(foreach driver,$(DRIVERS),
$(BASE)/$1/obj/$(driver).o: tests/$1/$(driver).c $(RULES)
	$(COMPILE) object $$@ $$< $(FLAGS) $(INCLUDES) $(LAB_CFLAGS)
)
$(PROGRAMS:%=$(BASE)/$1/bin/%) $(DRIVERS:%=$(BASE)/$1/bin/%): $(BASE)/$1/bin/%: \
		$(BASE)/$1/obj/%.o $(BASE)/$1/lib/library.a $(COMMON)/common.a
	$(COMPILE) program $$@ $$^ $(SANITIZER) -pthread $(LAB_CFLAGS)

-include $(PROGRAMS:%=$(BASE)/$1/obj/%.d) $(DRIVERS:%=$(BASE)/$1/obj/%.d) $(LIBRARIES:%.c=$(BASE)/$1/lib/%.d)
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
include tests/$1/lab.mk
endef

define borrow_lab
LENT := $$(shell sed -n 's/^LIBRARY := //p' tests/$(BORROW)/lab.mk)
endef

$(foreach lab,$(LABS),\
	$(eval $(call load_lab,$(lab)))\
	$(eval LENT :=)\
	$(if $(BORROW),$(eval $(call borrow_lab)))\
	$(eval LIBRARIES := $(LIBRARY) $(LENT))\
	$(eval INCLUDES := -Ilabs/$(lab) $(BORROW:%=-Ilabs/%))\
	$(eval $(call lab_rules,$(lab))))

COMMON_OBJECTS := $(patsubst common/%.c,$(COMMON)/%.o,$(wildcard common/*.c))

$(COMMON)/common.a: $(COMMON_OBJECTS)
	$(COMPILE) archive $@ $^

$(COMMON_OBJECTS): $(COMMON)/%.o: common/%.c $(RULES)
	$(COMPILE) object $@ $< $(FLAGS)

-include $(COMMON_OBJECTS:.o=.d)
