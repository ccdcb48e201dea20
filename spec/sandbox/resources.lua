-- ends: error
for i = 1, 1e9 do file("/" .. i) end
