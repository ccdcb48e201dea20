local x = 1
local _chefrs_tested = function(value) return value end
