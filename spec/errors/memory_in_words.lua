error "the cookbooks use more memory than a compile may"
--- file: recipes/other.lua
error "not enough memory"
--- file: recipes/third.lua
file "/srv/x" { onwer = "root" }
--- run: main other third
