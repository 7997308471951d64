##@ Pour remettre les labs

.PHONY: handout
handout: ## fait l'archive à remettre aux étudiants, sans les corrigés (build/handout)
	$(RUN)sh $(COMMAND)/python.sh tests/handout/handout.py
