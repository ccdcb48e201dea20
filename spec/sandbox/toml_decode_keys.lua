-- ends: error
toml.decode(string.rep("a.", 5e5) .. "a = 1")
