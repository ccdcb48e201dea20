-- ends: stopped
local text = string.rep("x", 1e6)
while true do pcall(sha256, text) pcall(base64.encode, text) pcall(base64.decode, text) end
