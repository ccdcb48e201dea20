-- PostgreSQL, running, and the program that the custom resources ask and change it with.

package(node.names.postgresql.packages)

-- Most packages and services make a first cluster by themselves. Elsewhere somebody has to.
local red_hat = { path = "/var/lib/pgsql/data/PG_VERSION", command = { "postgresql-setup", "--initdb" }, user = "root" }
local initialised = value_for_platform {
  rhel = red_hat,
  fedora = red_hat,
  amazon = red_hat,
  arch = {
    path = "/var/lib/postgres/data/PG_VERSION",
    command = { "initdb", "-D", "/var/lib/postgres/data", "--data-checksums" },
    user = "postgres",
  },
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
