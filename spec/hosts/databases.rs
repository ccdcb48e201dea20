//! The cookbooks `postgresql` and `mariadb`, with the real servers.

use super::Host;
use super::boot;
use super::convergence::{converge, fail, planned};

const PREPARED: &str = "apt_update \"lists\"\ninclude_recipe \"postgresql\"\ninclude_recipe \"mariadb\"\n";

const POSTGRESQL: &str = r#"
local postgresql = require "@postgresql"
postgresql.role "readers" { login = false }
postgresql.role "app" {
  password = "it's \\ secret", createdb = true, connection_limit = 10, member_of = "readers",
  valid_until = "2099-01-01T00:00:00Z",
}
postgresql.database "shop" { owner = "app", encoding = "UTF8", template = "template0" }
postgresql.extension "pgcrypto" { database = "shop" }
postgresql.grant "app connects" { role = "app", database = "shop", privileges = { "temporary", "connect" } }
postgresql.grant "readers read" { role = "readers", database = "shop", on = "tables", privileges = { "select" } }
postgresql.parameter "work_mem" { value = "8MB" }
"#;

const MARIADB: &str = r#"
local mariadb = require "@mariadb"
mariadb.database "my_shop" { character_set = "latin1", collation = "latin1_german1_ci" }
mariadb.user "app" { password = "it's \\ secret" }
mariadb.user "copy@10.0.0.%" {}
mariadb.grant "app" { user = "app", database = "my_shop", privileges = { "select", "insert", "grant option" } }
mariadb.grant "copy" { user = "copy@10.0.0.%", database = "*", privileges = "replication slave" }
"#;

#[test]
fn databases_are_as_declared_and_what_differs_is_seen() {
    let Some([host]) = boot() else { return };
    converge(&host, PREPARED);

    assert_eq!(
        converge(&host, POSTGRESQL).len(),
        8 + 6,
        "the settings, and the resources that they belong to"
    );
    host.must(
        "PGPASSWORD=\"it's \\\\ secret\" psql -h 127.0.0.1 -U app shop -c 'CREATE TABLE goods (name text)'",
    );
    // The new table is not covered yet.
    let readers = "setting[PostgreSQL privileges of readers on tables of shop in schema public] set";
    assert_eq!(converge(&host, POSTGRESQL), [readers, "postgresql_grant[readers read] grant"]);
    host.must("su postgres -c 'psql shop -c \"GRANT DELETE ON goods TO readers; ALTER ROLE app SUPERUSER\"'");
    let said = planned(&host, &POSTGRESQL.replace("secret", "other one"));
    for line in [
        "was \"role login superuser createdb connection_limit=10 ",
        "set: would set to \"the declared one\", was \"another one\"",
        "set: would set to \"select\", was \"delete, select\"",
        "3 would change, 6 up to date",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    converge(&host, POSTGRESQL);
    let said = planned(
        &host,
        "local postgresql = require \"@postgresql\"\npostgresql.role \"app\" { action = \"drop\" }\n",
    );
    assert!(said.contains("the role app owns objects (2)"), "{said}");
    let said = planned(&host, &POSTGRESQL.replace("UTF8", "LATIN1"));
    assert!(said.contains("the database shop has encoding UTF8, which can't be changed to LATIN1"), "{said}");
    host.must("systemctl stop 'postgresql@*'");
    let said = planned(&host, POSTGRESQL);
    assert!(said.contains("1 would fail") && said.contains("connection to server"), "{said}");

    assert_eq!(converge(&host, MARIADB).len(), 6 + 5);
    host.must("MYSQL_PWD=\"it's \\\\ secret\" mariadb -u app my_shop -e 'SELECT 1'");
    host.must("mariadb -e 'GRANT DELETE ON `my\\_shop`.* TO app@localhost; DROP USER `copy`@`10.0.0.%`'");
    let said = planned(&host, &MARIADB.replace("secret", "other one"));
    for line in [
        "set: would set to \"the declared one\", was \"another one\"",
        "set: would set to \"grant option, insert, select\", was \"delete, grant option, insert, select\"",
        "set: would set to \"replication slave\", was not set",
        "4 would change, 2 up to date",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    converge(&host, MARIADB);
}

/// Attributes of the cookbooks.
fn attributes(host: &Host, lines: &str) {
    host.write("/root/chefrs.toml", format!("[attributes]\n{lines}").as_bytes());
}

#[test]
fn postgresql_lets_in_who_is_declared_and_has_its_part_of_the_memory() {
    let Some([host]) = boot() else { return };
    const DECLARED: &str = r#"
apt_update "lists"
include_recipe "postgresql::tuning"
local postgresql = require "@postgresql"
postgresql.role "app" { password = "not a secret" }
postgresql.role "shop" {}
postgresql.database "my shop" { owner = "app" }
postgresql.access "shop by itself" { database = "my shop", role = "shop", address = "127.0.0.1/32", method = "trust" }
postgresql.access "nobody else" { role = "app", address = "127.0.0.1/32", method = "reject" }
"#;
    attributes(&host, "postgresql.tuning.memory_percent = 1\n");
    converge(&host, DECLARED);
    let asked = |role: &str, words: &str| {
        let command = format!(
            "PGPASSWORD='not a secret' psql -h 127.0.0.1 -U {role} -Atc '{words}' 'my shop' 2>&1 || true"
        );
        host.must(&command).trim().to_owned()
    };
    assert_eq!(asked("shop", "SELECT 1"), "1");
    assert!(
        asked("app", "SELECT 1").contains("pg_hba.conf rejects connection"),
        "{}",
        asked("app", "SELECT 1")
    );
    let file = host.must("cat /etc/postgresql/*/main/pg_hba.conf");
    assert!(
        file.starts_with(
            "# chefrs: shop by itself\nhost \"my shop\" shop 127.0.0.1/32 trust\n# chefrs: nobody else\n"
        ),
        "{file}"
    );
    host.must("test \"$(stat -c '%a %U' /etc/postgresql/*/main/pg_hba.conf)\" = '640 postgres'");
    let buffers = || host.must("su postgres -c \"psql -Atc 'SHOW shared_buffers'\"");
    let before = buffers();
    attributes(&host, "postgresql.tuning.memory_percent = 2\n");
    converge(&host, DECLARED);
    assert_ne!(buffers(), before);

    // A line in its place, and one less.
    let changed = DECLARED.replace("method = \"trust\"", "method = \"scram-sha-256\"");
    let said = planned(&host, &changed);
    assert!(said.contains("1 would change"), "{said}");
    converge(&host, &changed);
    converge(&host, &changed.replace("method = \"reject\"", "action = \"remove\""));
    assert_eq!(asked("app", "SELECT 1"), "1");
    assert_eq!(host.must("grep -c chefrs /etc/postgresql/*/main/pg_hba.conf"), "1\n");

    // The server's own user is never shut out.
    let old = host.must("cat /etc/postgresql/*/main/pg_hba.conf");
    let said = fail(
        &host,
        "local postgresql = require \"@postgresql\"\npostgresql.access \"nobody\" { method = \"reject\" }\n",
    );
    assert!(said.contains("pg_hba.conf stays as it was"), "{said}");
    assert_eq!(host.must("cat /etc/postgresql/*/main/pg_hba.conf"), old);
    assert_eq!(asked("app", "SELECT 1"), "1");
}

#[test]
fn mariadb_has_the_settings_of_its_attributes() {
    let Some([host]) = boot() else { return };
    const DECLARED: &str = "apt_update \"lists\"\ninclude_recipe \"mariadb\"\n";
    converge(&host, DECLARED);
    attributes(
        &host,
        "mariadb = { memory_percent = 1, bind = \"127.0.0.1\", max_connections = 77, settings = { slow_query_log = \"ON\" } }\n",
    );
    converge(&host, DECLARED);
    let settings = || {
        host.must("mariadb -Ne 'SELECT @@max_connections, @@slow_query_log, @@innodb_buffer_pool_size >= 64*1024*1024'")
    };
    assert_eq!(settings(), "77\t1\t1\n");
    for wrong in ["slow_query_lgo = \"ON\"", "max_connections = \"abc\""] {
        attributes(&host, &format!("mariadb.settings = {{ {wrong} }}\n"));
        let said = fail(&host, DECLARED);
        assert!(said.contains("ERROR"), "{said}");
        assert_eq!(settings(), "77\t1\t1\n");
    }
    attributes(&host, "");
    let said = planned(&host, DECLARED);
    assert!(said.contains("zz-chefrs.cnf] delete: would"), "{said}");
    converge(&host, DECLARED);
    assert!(settings().starts_with("151\t0"), "{}", settings());
}
