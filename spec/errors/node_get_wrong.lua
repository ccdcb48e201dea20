node:get(5)
