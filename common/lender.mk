# LENT : les sources que prête le lab BORROW, lues dans son lab.mk. TOP : la racine, vue d'où make travaille.
LENT := $(if $(BORROW),$(shell sed -n 's/^LIBRARY := //p' $(TOP)tests/$(BORROW)/lab.mk))
