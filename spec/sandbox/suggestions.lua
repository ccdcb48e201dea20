-- ends: error
for i = 1, 900 do file(string.rep("/a", 60) .. i) { notifies = { "create", "file[" .. string.rep("/b", 2000) .. i .. "]" } } end
