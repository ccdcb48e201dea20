--- run: main
--- file: recipes/main.lua
﻿print(node.x)
--- file: chefrs.toml
﻿attributes.x = "a"
