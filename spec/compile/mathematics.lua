-- Numbers are computed in one way on every processor: all their digits are the same everywhere.

local function digits(name, ...)
  return string.format("%s %.17g", name, math[name](...))
end

file "/srv/numbers" {
  content = table.concat({
    digits("sin", 1e22), digits("cos", 0.1), digits("tan", 1.5), digits("asin", 0.3), digits("acos", 0.3),
    digits("atan", 0.7), digits("atan2", 1, -2), digits("sinh", 0.5), digits("cosh", 0.5), digits("tanh", 0.5),
    digits("exp", 0.1), digits("log", 10), digits("log10", 7), digits("pow", 1.1, 10.5), digits("fmod", 7.5, 2),
  }, "\n"),
}
