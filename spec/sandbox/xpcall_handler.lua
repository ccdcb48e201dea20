-- ends: stopped
xpcall(error, function() while true do end end)
