-- ends: stopped
print((("a"):rep(3000)):match("a*a*a*a*a*b"))
