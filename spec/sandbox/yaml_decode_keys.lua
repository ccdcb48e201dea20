-- ends: error
yaml.decode(string.rep("? ", 500000))
