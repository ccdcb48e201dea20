-- ends: safe
local s = string.rep("", 2^53)
