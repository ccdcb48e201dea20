--- run: main
--- file: recipes/main.lua
local text, number = "web", 0
print(text == number, text ~= number, "10G" == number, "1.2.3" == number)
print("12" == "12", 12 == 12, text == "web" == true, not (text ~= "web"))
print(if text == "web" then "a" else "b", (text) == (if number == 0 then "web" else "x"))
print(text -- a comment
  == "web")
