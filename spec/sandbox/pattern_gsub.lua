-- ends: stopped
print((("a"):rep(3000)):gsub("a*a*a*a*b", ""))
