local text = toml.encode { 1, 2 }
