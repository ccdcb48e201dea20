pcall(function() nodes "@wbe" end)
pcall(function() nodes "web9,db" end)
pcall(function() nodes { "web1" } end)
pcall(function() return nodes("web1")[1].hots end)
pcall(function() nodes "web1"[1] = 2 end)
--- file: groups/web.toml
--- file: nodes/web1.toml
