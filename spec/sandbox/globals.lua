-- ends: error
rawset(_G, "x", 1)
