--- run: main
--- set: port=81
--- set: frobnicate=1
--- file: recipes/main.lua
print(1)
