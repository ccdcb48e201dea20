-- ends: error
print(math.random())
