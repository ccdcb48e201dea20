-- ends: error
sha256(string.rep("x", 2e7))
