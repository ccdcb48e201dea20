local t = {}
t.go()
