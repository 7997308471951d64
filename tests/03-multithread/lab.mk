# Ce que le juge doit savoir de ce lab. Une affectation simple (:=) par ligne.
TITLE := Multithread : un thread pour chaque client
PROGRAMS := server client
LIBRARY := registry.c registry.h
BORROW := 01-tcp
LAB_CFLAGS := -pthread
SANITIZED := server:thread server:address
