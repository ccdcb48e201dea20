-- ends: error
for i = 1, 500 do pcall(function() file("/" .. string.rep("a", 1e5) .. i) end) end
