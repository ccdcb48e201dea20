local t = {}
t.t = t
file "/a" { content = t }
