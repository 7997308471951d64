# Tout ce qu'il faut savoir de ce lab : une affectation simple (:=) par ligne.
TITLE := UDP : des datagrammes, une question, une réponse
STEP_0 := Un premier datagramme
STEP_1 := Le serveur répond
STEP_2 := Toutes les tailles, tous les octets
STEP_3 := Le client demande
STEP_4 := La patience : délai et retransmission
STEP_5 := Une seule voix : ne croire que le serveur
STEP_6 := Des programmes qui tiennent
PROGRAMS := server client
SANITIZED := server:address client:address
PORT := 12345
PROTOCOL := udp
# Ce que le contrat énumère pour la sortie standard du serveur ; « … » : la suite est libre.
LINE_1 := received from …
