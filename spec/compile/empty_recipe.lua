--- run: main comment full
--- file: recipes/main.lua

--- file: recipes/comment.lua
-- later
--- file: recipes/full.lua
include_recipe "later"
package "nginx"
--- file: recipes/later.lua
-- nothing yet
