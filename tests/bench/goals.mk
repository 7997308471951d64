##@ Pour mesurer

.PHONY: bench soak
bench: judges ## mesure les solutions à côté d'autres serveurs, et ce que coûte de juger (BENCH= ROUNDS= UPDATE=1)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing test bench && sh $(COMMAND)/python.sh tests/bench/bench.py

soak: judges ## juge N fois, au repos et surchargé, en root et en utilisateur (N= LAB= SOAK= JOBS= SOAK_ALONE=1 UPDATE=1)
	$(RUN)sh $(COMMAND)/deps.sh --if-missing test bench && sh $(COMMAND)/python.sh tests/bench/soak.py
