--- run: main
--- file: recipes/main.lua
template "/comment" { source = "comment.hbs" }
template "/bom" { source = "bom.hbs" }
template "/shell" { source = "shell.hbs" }
--- file: templates/comment.hbs
a line
{# a comment #}
--- file: templates/bom.hbs
﻿a line
--- file: templates/shell.hbs
echo ${#name} #}
