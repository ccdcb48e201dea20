-- ends: error
rawset(getmetatable(file), "x", 1)
