-- MariaDB, running, and the program that the custom resources ask and change it with.

package(node.names.mariadb.packages)

-- Most packages make the system tables by themselves.
if value_for_platform { arch = true, default = false } then
  execute "system tables of MariaDB" {
    command = { "mariadb-install-db", "--user=mysql", "--basedir=/usr", "--datadir=/var/lib/mysql" },
    creates = "/var/lib/mysql/mysql",
  }
end

cookbook_file "/usr/local/sbin/mariadb-setting" {
  source = "mariadb-setting",
  mode = "0755",
  diff = false,
  why = "the custom resources ask the server with it, and change what differs",
}

local settings = (require "./tuning").lines(node.mariadb, node:get("memory.total", "0"))
-- Read after the distribution's own files.
file(`{node.names.mariadb.settings}/zz-chefrs.cnf`) {
  content = `# (chefrs, cookbook mariadb)\n[mariadbd]\n{settings}`,
  mode = "0644",
  verify = { "/usr/local/sbin/mariadb-setting", "verify", "file", "{path}" },
  action = if settings ~= "" then "create" else "delete",
  notifies = { "restart", `service[{node.names.mariadb.service}]`, "immediately" },
}

service(node.names.mariadb.service) { action = { "enable", "start" } }
