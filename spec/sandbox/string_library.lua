-- ends: error
string.upper = function() end
