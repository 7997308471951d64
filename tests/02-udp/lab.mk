# Ce que le juge doit savoir de ce lab. Une affectation simple (:=) par ligne.
TITLE := UDP : des datagrammes, une question, une réponse
PROGRAMS := server client
SANITIZED := server:address client:address
PROTOCOL := udp
