-- ends: error
toml.decode(string.rep("[[a]]\n", 170000))
