node.hostname = "x"
