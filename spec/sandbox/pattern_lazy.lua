-- ends: stopped
print((("x"):rep(20000)):match(".-.-.-.-b"))
