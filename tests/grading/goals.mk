##@ Pour noter une classe (« make test WORK=rendus/ » la note)

.PHONY: similar
similar: ## cherche les passages proches entre les rendus d'une classe (WORK= LAB= OUT= ALIASES=)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing test similar
	$(RUN)sh $(COMMAND)/python.sh tests/grading/similar/similar.py

.PHONY: platform
platform: $(if $(filter vpl autolab inginious,$(PLATFORM)),judges) ## ce qu'une plateforme qui lance le juge attend (PLATFORM= LAB= SCALE=, build/platforms)
	$(RUN)sh $(COMMAND)/python.sh tests/grading/hosted/package.py
