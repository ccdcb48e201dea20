-- What a name is on each platform, as another cookbook reads it.

for facts, name in { ["debian-12"] = "www-data", ["ubuntu-24.04"] = "www-data", arch = "http", ["rocky-9"] = "nginx" } do
  test(`the user of nginx on {facts}`) {
    facts = facts,
    recipe = function() user(node.names.nginx.user) end,
    expect = function(run) run:resource(`user[{name}]`) end,
  }
end

for release, name in { ["9.5"] = "redis", ["10.1"] = "valkey" } do
  test(`what RHEL {release} has of Redis`) {
    facts = { "rocky-9", platform_version = release },
    recipe = function()
      package(node.names.redis.packages)
      service(node.names.redis.service)
      file(node.names.redis.config) { owner = node.names.redis.user }
    end,
    expect = function(run)
      run:resource(`package[{name}]`)
      run:resource(`service[{name}]`)
      equal(run:resource(`file[/etc/{name}/{name}.conf]`).properties.owner, name)
    end,
  }
end
