# Tout ce qu'il faut savoir de ce lab : une affectation simple (:=) par ligne.
TITLE := TCP : un serveur, un client, des lignes
STEP_0 := Une première connexion
STEP_1 := Le serveur écoute
STEP_2 := Le cadrage : send_all et read_line
STEP_3 := Le serveur dialogue
STEP_4 := Le client dialogue
STEP_5 := Un serveur qui tient
STEP_6 := Un client qui tient
PROGRAMS := server client
LIBRARY := framing.c
HEADERS := framing.h
DRIVERS := framing_driver
PORT := 8001
# Ce que le contrat énumère pour la sortie standard du serveur ; « … » : la suite est libre.
LINE_1 := server waiting...
LINE_2 := client connected from …
LINE_3 := received from client: …
