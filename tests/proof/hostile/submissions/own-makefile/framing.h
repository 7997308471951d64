#error ce fichier ne devrait pas servir
