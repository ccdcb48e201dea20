//! What is in a PostgreSQL server: names of roles and databases, never their data.

use super::asking::AskedMachine;
use super::declaration::CapturedResource;
use crate::model::error::Failure;
use crate::model::step::Command;

/// Roles that people made: name, whether it may log in, its rights, and whether it has a password.
const ROLES: &str = "select rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolpassword is not null \
                     from pg_authid where rolname !~ '^pg_' and rolname <> 'postgres' order by 1";
/// Databases that people made, with their owners.
const DATABASES: &str = "select datname, pg_get_userbyid(datdba) from pg_database \
                         where not datistemplate and datname <> 'postgres' order by 1";

/// A role, and whether its password must be given.
pub(super) struct Role {
    pub(super) declaration: CapturedResource,
    pub(super) has_password: bool,
}

/// What is in the server of the machine. Nothing if there is none.
#[derive(Default)]
pub(super) struct Databases {
    pub(super) roles: Vec<Role>,
    pub(super) databases: Vec<CapturedResource>,
}

/// Asks the server, as its own user.
pub(super) fn read(asked: &mut AskedMachine<'_>) -> Result<Databases, Failure> {
    let psql = |query: &str| Command {
        user: Some("postgres".into()),
        cwd: Some("/".into()),
        ..Command::new(["psql", "--no-psqlrc", "-qAtF", "\t", "-c", query])
    };
    let texts = asked.printed(vec![psql(ROLES), psql(DATABASES)])?;
    let [roles, databases] = texts.as_slice() else { return Ok(Databases::default()) };
    Ok(Databases {
        roles: roles.lines().filter_map(role).collect(),
        databases: databases
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(name, owner)| {
                let database = CapturedResource::new("postgresql.database", name);
                if owner == "postgres" { database } else { database.with("owner", owner) }
            })
            .collect(),
    })
}

fn role(line: &str) -> Option<Role> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, login, superuser, createdb, createrole, replication, password] = fields[..] else {
        return None;
    };
    let mut declaration = CapturedResource::new("postgresql.role", name);
    if login == "f" {
        declaration = declaration.with("login", false);
    }
    let rights = [
        ("superuser", superuser),
        ("createdb", createdb),
        ("createrole", createrole),
        ("replication", replication),
    ];
    for (right, _) in rights.into_iter().filter(|(_, has)| *has == "t") {
        declaration = declaration.with(right, true);
    }
    Some(Role { declaration, has_password: password == "t" })
}
