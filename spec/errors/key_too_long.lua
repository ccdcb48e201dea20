file "/srv/a" { [string.rep("k", 200)] = 1 }
file "/srv/b" { [string.rep("k", 20000)] = 1 }
print(node[string.rep("k", 20000)])
