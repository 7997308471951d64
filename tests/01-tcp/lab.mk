# Ce que le juge doit savoir de ce lab. Une affectation simple (:=) par ligne.
TITLE := TCP : un serveur, un client, des lignes
PROGRAMS := server client
LIBRARY := framing.c
HEADERS := framing.h
DRIVERS := framing_driver
