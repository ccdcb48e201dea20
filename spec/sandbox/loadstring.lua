-- ends: error
loadstring("return 1")()
