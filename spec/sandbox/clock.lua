-- ends: error
print(os.clock())
