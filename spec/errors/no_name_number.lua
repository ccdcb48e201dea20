file(5)
