-- ends: memory
for i = 1, 300 do template(`/srv/{i}`) { source = "x", variables = { [string.rep("k", 2e6) .. i] = { {}, [string.rep("x", 1e6)] = 1 } } } end
