##@ Pour noter une classe (« make test WORK=rendus/ » la note)

.PHONY: similar
similar: ## cherche les passages proches entre les rendus d'une classe (WORK= LAB= OUT= ALIASES=)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing test similar
	$(RUN)sh $(COMMAND)/python.sh tests/grading/similar/similar.py
