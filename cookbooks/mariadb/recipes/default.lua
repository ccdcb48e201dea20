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

service(node.names.mariadb.service) { action = { "enable", "start" } }
