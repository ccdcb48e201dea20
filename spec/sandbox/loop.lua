-- ends: stopped
while true do end
