-- ends: error
yaml.decode(string.rep("- a\n", 250000))
