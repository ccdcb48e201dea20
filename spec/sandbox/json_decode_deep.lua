-- ends: error
json.decode(string.rep("[", 1e6))
