-- ends: error
setmetatable(node.memory, {})
