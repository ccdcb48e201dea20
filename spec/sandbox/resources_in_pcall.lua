-- ends: stopped
while true do pcall(file, "/a") end
