-- ends: safe
local x = 2 ^ 1023 * 2 ^ 1023 / 0 % 3
local function f(a) return a + a + a + a + a + a + a + a end
for i = 1, 8 do for j = 1, 8 do for k = 1, 8 do x = f(f(f(f(i + j + k)))) end end end
