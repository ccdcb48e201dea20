node.memory.total = 1
