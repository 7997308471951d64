# Les buts de qui entretient le dépôt.

##@ Pour ajouter un lab

.PHONY: lab
lab: override export NEW := $(value NEW)
lab: override export PROGRAMS := $(value PROGRAMS)
lab: override export PORT := $(value PORT)
lab: ## écrit un lab déjà vert, à récrire (NEW=04-nom PROGRAMS="server client" PORT=)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/new_lab/new_lab.py
	$(RUN)MAKEFLAGS='' $(MAKE) -s judges && sh $(COMMAND)/python.sh tests/proof/agreement/catalogue.py --write

##@ Pour prouver

.PHONY: check
check: judges build/torture/fault.so ## passe toutes les vérifications du dépôt
	$(RUN)sh tests/proof/check.sh

.PHONY: mutants
mutants: judges ## chaque défaut est-il tué par son test ? (LAB= TEST= FULL=1 UPDATE=1)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/programs/mutants.py

.PHONY: variants
variants: judges ## les programmes justes écrits autrement ont-ils 20/20 ? (LAB= TEST= QUICK=1)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/programs/variants.py

.PHONY: cases
cases: override export CASES := $(value CASES)
cases: judges ## les erreurs que des gens font sont-elles vues, et ce qui est juste acquitté ? (CASES=dossier LAB= TEST= DETAIL=1)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/programs/known_cases.py

.PHONY: steady
steady: override export CASES := $(value CASES)
steady: judges ## chaque programme faux ou juste est-il jugé de même dix fois, la moitié sous la charge ? (LAB= TEST= N= CASES= FEW=)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/programs/steady.py

.PHONY: hostile
hostile: judges ## le juge et la notation tiennent-ils devant les pires programmes et rendus ? (TEST= FULL=1)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing class
	$(RUN)sh $(COMMAND)/python.sh tests/proof/hostile/programs.py && sh $(COMMAND)/python.sh tests/proof/hostile/prove.py

.PHONY: platforms-proof
platforms-proof: judges ## tous les rendus hostiles d'un lab, dans le système de chaque plateforme : pas un point de gagné (PLATFORM= LAB= TEST=)
	$(RUN)FULL=1 sh $(COMMAND)/python.sh tests/proof/grading/hosted_test.py

.PHONY: class-proof
class-proof: judges ## une grande classe : mêmes notes chaque fois, tuée et reprise, et à quel prix (N= SEED= LAB= RUNS= KILLS= SAMPLE= TOGETHER=)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing class
	$(RUN)sh $(COMMAND)/python.sh tests/proof/grading/class_proof.py

.PHONY: slurm-proof
slurm-proof: judges ## la notation de classe sous un vrai Slurm privé : mêmes notes, malgré les pannes ? (LAB=)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing slurm && sh $(COMMAND)/python.sh tests/proof/grading/slurm_test.py

# Leurs noms ont des « = », des « : », des « , » et des espaces, que judge.sh refuse dans celui d'un test.
ifneq ($(filter torture hostile platforms-proof,$(MAKECMDGOALS)),)
ready: override export TEST :=
endif

.PHONY: torture
torture: judges build/torture/fault.so ## les solutions survivent-elles à chaque appel qui échoue ? (LAB= TEST=)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/torture/torture.py

FAULT_FLAGS := -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
build/torture/fault.so: $(wildcard tests/proof/torture/*.[ch]) | ready
	$(RUN)mkdir -p $(@D) && $(CC) $(FAULT_FLAGS) -shared -fPIC -o $@.new $(filter %.c,$^) -ldl && mv -f $@.new $@ || exit 2

.PHONY: coverage
coverage: judges build/torture/fault.so ## les lignes et les branches des solutions qu'exercent les tests (LAB=)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/torture/coverage.py

.PHONY: fuzz
fuzz: ## des entrées au hasard contre des modèles, par libFuzzer (SECONDS= TEST=)
	$(RUN)sh $(COMMAND)/python.sh tests/proof/fuzz/fuzz.py

.PHONY: systems
systems: ## refait le chemin d'un nouvel arrivant, sur des Debian nues (SYSTEM=trixie FULL=1)
	$(RUN)sh tests/proof/systems/systems.sh

# Chaque vérification a un but, et son nom n'est écrit que dans gates.sh.
GATES := $(shell sed -n 's/^gate_\(\w*\)() { .*\#\#.*/check-\1/p' tests/proof/gates.sh)
.PHONY: $(GATES)
$(GATES): judges build/torture/fault.so
	$(RUN)sh tests/proof/check.sh $(@:check-%=%)
