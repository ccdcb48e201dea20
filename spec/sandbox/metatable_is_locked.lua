-- ends: error
getmetatable(node.memory).__index = nil
