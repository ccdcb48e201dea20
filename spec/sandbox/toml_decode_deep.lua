-- ends: error
toml.decode("a = " .. string.rep("[", 5e5))
