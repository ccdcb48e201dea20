-- What a name is on each platform, as another cookbook reads it.

for facts, name in { ["debian-12"] = "www-data", ["ubuntu-24.04"] = "www-data", arch = "http", ["rocky-9"] = "nginx" } do
  test(`the user of nginx on {facts}`) {
    facts = facts,
    recipe = function() user(node.names.nginx.user) end,
    expect = function(run) run:resource(`user[{name}]`) end,
  }
end
