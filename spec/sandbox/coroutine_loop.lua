-- ends: stopped
while true do local c = coroutine.create(function() while true do end end) coroutine.resume(c) end
