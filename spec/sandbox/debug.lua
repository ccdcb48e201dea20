-- ends: error
debug.info(1, "f")
