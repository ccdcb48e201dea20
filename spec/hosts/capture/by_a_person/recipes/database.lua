-- The database of the blog.

local postgresql = require "@postgresql"

include_recipe "postgresql"

for name, value in { listen_addresses = "'localhost'", max_connections = "50" } do
  line(`{name} = {value}`) {
    path = "/etc/postgresql/15/main/postgresql.conf",
    match = `^#?{name} = `,
    notifies = { "restart", "service[postgresql]" },
  }
end
postgresql.role "blog" { password = secret "blog_password" }
postgresql.database "blog" { owner = "blog" }
