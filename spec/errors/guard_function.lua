file "/a" { not_if = function() return true end }
