error("the port is taken")
