-- ends: error
for i = 1, 300 do file(`/srv/{i}`) { [string.rep("k", 2e6) .. i] = 1 } end
