--- set: a..b=1
--- file: recipes/main.lua
file "/a"
