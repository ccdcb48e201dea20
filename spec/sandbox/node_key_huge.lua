-- ends: error
return node[string.rep("a", 3e7)]
