-- ends: stopped
while true do pcall(function() file("") end) end
