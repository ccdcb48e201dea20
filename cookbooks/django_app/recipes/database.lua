-- The servers that the site keeps its data in: PostgreSQL and Redis. On this machine there is no password: the site's user is known to
-- the server by its own name.

local site = (require "./site").of(node)
local wanted = node.django_app

if wanted.database == "postgres" then
  if node:get("django_app.database_url") then
    package(node.names.postgresql.client)
  else
    include_recipe "postgresql"

    local postgresql = require "@postgresql"
    postgresql.role(site.name) {}
    postgresql.database(site.name) { owner = site.name, encoding = "UTF8", template = "template0" }
  end
end

if wanted.broker == "redis" then
  package(node.names.redis.packages)
  service(node.names.redis.service) { action = { "enable", "start" } }
end
