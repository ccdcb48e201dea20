-- ends: error
yaml.decode(string.rep("[", 5e5))
