-- ends: limit
while true do pcall(file, "/a") end
