-- ends: error
io.open("/etc/passwd")
