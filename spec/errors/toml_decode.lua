local port = toml.decode("[app]\nport = eighty").app.port
