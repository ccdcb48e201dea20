print(#secret "x")
