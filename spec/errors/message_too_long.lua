error(string.rep("word ", 10000))
