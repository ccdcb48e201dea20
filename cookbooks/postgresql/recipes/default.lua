-- PostgreSQL, running, and the program that the custom resources ask and change it with.

package(node.names.postgresql.packages)

-- Debian makes a first cluster with the package. Elsewhere somebody has to.
local initialised = value_for_platform {
  debian = {},
  rhel = { path = "/var/lib/pgsql/data/PG_VERSION", command = { "postgresql-setup", "--initdb" }, user = "root" },
  fedora = { path = "/var/lib/pgsql/data/PG_VERSION", command = { "postgresql-setup", "--initdb" }, user = "root" },
  amazon = { path = "/var/lib/pgsql/data/PG_VERSION", command = { "postgresql-setup", "--initdb" }, user = "root" },
  arch = {
    path = "/var/lib/postgres/data/PG_VERSION",
    command = { "initdb", "-D", "/var/lib/postgres/data", "--data-checksums" },
    user = "postgres",
  },
  -- Their services make it themselves.
  suse = {},
  alpine = {},
  default = {},
}
if initialised.path then
  execute "first cluster of PostgreSQL" {
    command = initialised.command,
    creates = initialised.path,
    user = initialised.user,
    cwd = "/",
  }
end

cookbook_file "/usr/local/sbin/postgresql-setting" {
  source = "postgresql-setting",
  mode = "0755",
  diff = false,
  why = "the custom resources ask the server with it, and change what differs",
}

service(node.names.postgresql.service) { action = { "enable", "start" } }
