file("/srv/" .. string.rep("a", 5000))
