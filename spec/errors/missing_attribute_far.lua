print(node.memory.speed)
