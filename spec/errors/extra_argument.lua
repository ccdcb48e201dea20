file("/a", {}, 1)
