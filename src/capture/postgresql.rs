//! What is in a PostgreSQL server, as its own user sees it.

use serde_json::Value;

use super::asking::AskedMachine;
use super::captured_server::{CapturedServer, InServer};
use super::declaration::CapturedResource;
use crate::model::error::Failure;
use crate::model::step::Command;

/// Roles that people made: name, whether it has a password, its rights as the properties are called, its limits, and what it
/// is a member of.
const ROLES: &str = "select rolname, rolpassword is not null, concat_ws(',', \
    case when not rolcanlogin then 'login' end, case when not rolinherit then 'inherit' end, \
    case when rolsuper then 'superuser' end, case when rolcreatedb then 'createdb' end, \
    case when rolcreaterole then 'createrole' end, case when rolreplication then 'replication' end, \
    case when rolbypassrls then 'bypassrls' end), rolconnlimit, \
    case when rolvaliduntil < 'infinity' then to_char(rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') end, \
    (select string_agg(held.rolname, ',' order by held.rolname) from pg_auth_members join pg_roles held on held.oid = roleid \
    where member = pg_authid.oid) from pg_authid where rolname !~ '^pg_' and rolname <> 'postgres' order by 1";
/// Databases that people made, with their owners.
const DATABASES: &str = "select datname, pg_get_userbyid(datdba) from pg_database \
                         where not datistemplate and datname <> 'postgres' order by 1";
/// Parameters that were set in the server itself.
const PARAMETERS: &str = "select distinct on (name) name, setting from pg_file_settings \
                          where sourcefile like '%/postgresql.auto.conf' order by name, seqno desc";
/// Extensions of a database, but the language that every one has.
const EXTENSIONS: &str = "select extname from pg_extension where extname <> 'plpgsql' order by 1";
/// Rights that a role has unless it is said otherwise.
const USUAL: [&str; 2] = ["login", "inherit"];

pub(super) fn read(asked: &mut AskedMachine<'_>) -> Result<CapturedServer, Failure> {
    let psql = |database: &str, query: &str| Command {
        user: Some("postgres".into()),
        cwd: Some("/".into()),
        ..Command::new(["psql", "--no-psqlrc", "-qAtF", "\t", "-d", database, "-c", query])
    };
    let queries = [ROLES, DATABASES, PARAMETERS].map(|query| psql("postgres", query));
    let texts = asked.printed(queries.into())?;
    let mut lines = texts.iter().map(|text| text.lines().collect::<Vec<_>>());
    let mut next = || lines.next().unwrap_or_default();
    let (roles, databases, parameters) = (next(), next(), next());
    let databases: Vec<(&str, &str)> = databases.iter().filter_map(|line| line.split_once('\t')).collect();
    let extensions = asked.printed(databases.iter().map(|(name, _)| psql(name, EXTENSIONS)).collect())?;
    let mut things = in_order(roles.iter().filter_map(|line| role(line)).collect());
    for ((name, owner), extensions) in databases.iter().zip(&extensions) {
        let database = CapturedResource::new("postgresql.database", *name);
        let database = if *owner == "postgres" { database } else { database.with("owner", *owner) };
        things.push(database.into());
        let extension = |extension| {
            CapturedResource::new("postgresql.extension", extension).with("database", *name).into()
        };
        things.extend(extensions.lines().map(extension));
    }
    things.extend(parameters.iter().filter_map(|line| line.split_once('\t')).map(|(name, value)| {
        CapturedResource::new("postgresql.parameter", name).with("value", value).into()
    }));
    let untold =
        "Privileges on databases, schemas and tables are not captured: postgresql.grant declares them.";
    let untold = if databases.is_empty() { Vec::new() } else { vec![untold.to_owned()] };
    Ok(CapturedServer { cookbook: "postgresql", recipe: "postgresql".to_owned(), things, untold })
}

/// Roles behind those that they are members of.
fn in_order(mut roles: Vec<InServer>) -> Vec<InServer> {
    let mut ordered: Vec<InServer> = Vec::new();
    while !roles.is_empty() {
        let is_there = |group: &Value| {
            ordered.iter().any(|role| Some(role.declaration.names[0].as_str()) == group.as_str())
        };
        let is_free = |role: &InServer| {
            let groups = role.declaration.property("member_of").and_then(Value::as_array);
            groups.is_none_or(|groups| groups.iter().all(is_there))
        };
        // PostgreSQL has no circles. A role of its own that is not listed must not stop the others.
        let next = roles.iter().position(is_free).unwrap_or(0);
        ordered.push(roles.remove(next));
    }
    ordered
}

fn role(line: &str) -> Option<InServer> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, password, rights, limit, until, groups] = fields[..] else { return None };
    let mut declaration = CapturedResource::new("postgresql.role", name);
    for right in rights.split(',').filter(|right| !right.is_empty()) {
        declaration = declaration.with(right, !USUAL.contains(&right));
    }
    if let Some(limit) = limit.parse::<i64>().ok().filter(|limit| *limit >= 0) {
        declaration = declaration.with("connection_limit", limit);
    }
    if !until.is_empty() {
        declaration = declaration.with("valid_until", until);
    }
    if !groups.is_empty() {
        declaration = declaration.with("member_of", groups.split(',').map(str::to_owned).collect::<Vec<_>>());
    }
    Some(InServer { declaration, has_password: password == "t" })
}
