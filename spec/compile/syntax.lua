--!strict
-- The whole syntax of the language, as the recipe is rewritten before it runs: each line means what it says.
--[==[ a comment ]] with == and if x then ]==] type Pair<T, U = string> = { first: T, second: U, [string]: (number) -> ...any }
export type Shape = { kind: "circle", radius: number } | ({ kind: 'square' } & typeof(if true then 1 else 2))?
type Maybe<T...> = <A, B...>(A, B...) -> (A?, ...string)
type Nested = Pair<Pair<number, string>, Array<Array<number>>>
type Array<T> = { T }
local type = type
local a: number, b: string? = 1, if node.hostname == "web1" then "yes" elseif node.hostname == "" then "empty" else "no"
local function generic<T, U...>(x: T, ...: U...): (T, U...) return x, ... end
local function typed(f: (number, string) -> (boolean, ...any), g: nil | true): { number } return { 1 } end
print(a == 1 and b == "yes", generic<<number, string>>(1, "x"))
print((generic :: any)("cast") :: string == "cast", #typed(print :: any, nil) == 1)
local t = { 1, 2; three = 3, ["four"] = 4, [5 + 0] = 5, [`six`] = 6, f = function(self, x: number?) return x or "none" end, }
t.three += 1 t["four"] -= 2 t[5] *= 3 t.six ..= "th"
print(t.three, t["four"], t[5], t.six, t:f(), t:f(7), t.f(t, 8))
t[1], t.x, t["y" .. "z"] = t[2], t[1], not t[9]
print(t[1], t.x, t.yz, #t, -#t, - -a, not not a, 2 ^ 3 ^ 2, -2 ^ 2, 1 .. 2 .. 3, 7 // 2, 7 % 4)
print(1 < 2 == true, "a" .. "b" == "ab", (1 == 1) == (2 == 2), not (1 == 2), not 1 == 2, 1 == 1 ~= false)
print(nil == false, false or nil, nil and 1, false == nil or "x", a and nil, (nil))
local s = 'it\'s "quoted" \z
   on two lines' .. "\\" .. [[long ]=] -- not a comment]] .. [==[ ]] ]==]
print(s == "x", #s, `a{1}b{`inner {2} "}"`}c\`\{d{ ({ 1, 2 })[2] }`, `plain`, `{"}"}{'{'}`)
print(0xFF, 0b11, 1_000, 1e3, .5, 1., 0XfF, 1_0.5e-3)
for i = 1, 3 do
  if i == 2 then continue elseif i > 5 then break end
  local continue = i
  continue = continue + 1
  print(i, continue)
end
for i: number = 3, 1, -2 do print(i) end
while a == 1 do a += 1 if a ~= 1 then break end end
repeat local done = a == 2; a = 3 until done
do local function nested(...) local x, y = ..., select("#", ...); return x == y, ... == 2 end print(nested(2, 3)) end
local obj = { deep = { list = { 1, 2, 3 } } }
function obj.deep.last(list) return list[#list] end
function obj.deep:first() return self.list[1] end
print(obj.deep.last(obj.deep.list), obj.deep:first(), obj["deep"]["list"][obj.deep:first() + 1], (obj).deep.list[2])
print((function(...) return select("#", ...) end)(nil, nil), type "x", #{ n = 1 }, #"abc");
(print)("brackets"); ("text"):rep(2)
local function tail(n) if n == 0 then return "end" else return tail(n - 1) end end print(tail(50))
@native local function marked() return 1 end
local export, continue_, const_ = 1, 2, 3
const LIMIT = 5
print(marked(), export + continue_ + const_ + LIMIT)
if a == 3 then return end
error "not reached"
