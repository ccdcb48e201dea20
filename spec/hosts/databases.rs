//! The cookbooks `postgresql` and `mariadb`, with the real servers.

use super::boot;
use super::convergence::{converge, planned};

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
