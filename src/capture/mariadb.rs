//! What is in a MariaDB server, as root sees it.

use serde_json::Value;

use super::asking::AskedMachine;
use super::captured_server::{CapturedServer, InServer};
use super::declaration::CapturedResource;
use crate::model::error::Failure;
use crate::model::step::Command;

/// Accounts that people made: user, host, and whether there is a password.
const USERS: &str = "select User, Host, json_value(Priv, '$.authentication_string') not in ('', 'invalid') from mysql.global_priv \
    where User not in ('', 'root', 'mysql', 'mariadb.sys', 'debian-sys-maint', 'PUBLIC') and Host <> '' \
    and ifnull(json_value(Priv, '$.is_role'), 'false') in ('false', '0') order by 1, 2";
/// Databases that people made: name, character set, and the order of strings if it is not the usual one.
const DATABASES: &str = "select schema_name, default_character_set_name, if(default_collation_name = default_collate_name, '', \
    default_collation_name) from information_schema.schemata join information_schema.character_sets \
    on character_set_name = default_character_set_name where schema_name not in \
    ('information_schema', 'mysql', 'performance_schema', 'sys') order by 1";
/// The character set of a database of which nothing is said.
const USUAL: &str = "utf8mb4";

pub(super) fn read(asked: &mut AskedMachine<'_>, recipe: String) -> Result<CapturedServer, Failure> {
    let ask = |statements: String| Command {
        cwd: Some("/".into()),
        input: Some(statements),
        ..Command::new(["mariadb", "--user=root", "--batch", "--skip-column-names", "--raw"])
    };
    let texts = asked.printed([USERS, DATABASES].map(|query| ask(query.to_owned())).into())?;
    let [users, databases] = texts.as_slice() else { return Err(Failure::new("the server was not asked")) };
    let mut things: Vec<InServer> = databases.lines().filter_map(database).collect();
    let mut shows = String::new();
    for line in users.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [user, host, password] = fields[..] else { continue };
        let declaration = CapturedResource::new("mariadb.user", account(user, host));
        things.push(InServer { declaration, has_password: password == "1" });
        shows.extend(["SHOW GRANTS FOR ", &text(user), "@", &text(host), ";\n"]);
    }
    let mut untold = Vec::new();
    if !shows.is_empty() {
        for line in asked.printed(vec![ask(shows)])?.iter().flat_map(|text| text.lines()) {
            match grant(line) {
                Grant::Declared(declaration) => things.push((*declaration).into()),
                Grant::Nothing => {}
                Grant::Untold(place) => {
                    untold.push(format!(
                        "Privileges on {place} are not captured: mariadb.grant can't declare them."
                    ));
                }
            }
        }
    }
    Ok(CapturedServer { cookbook: "mariadb", recipe, things, untold })
}

fn database(line: &str) -> Option<InServer> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, characters, order] = fields[..] else { return None };
    let mut declaration = CapturedResource::new("mariadb.database", name);
    if characters != USUAL {
        declaration = declaration.with("character_set", characters);
    }
    if !order.is_empty() {
        declaration = declaration.with("collation", order);
    }
    Some(declaration.into())
}

/// What a line of SHOW GRANTS becomes.
enum Grant {
    Declared(Box<CapturedResource>),
    Nothing,
    Untold(String),
}

/// A line such as ``GRANT SELECT, INSERT ON `shop`.* TO `app`@`localhost` WITH GRANT OPTION``.
fn grant(line: &str) -> Grant {
    let parts = || {
        let (privileges, rest) = line.strip_prefix("GRANT ")?.split_once(" ON ")?;
        let (place, rest) = rest.split_once(" TO ")?;
        let rest = rest.strip_prefix('`')?;
        let (user, rest) = rest.split_once("`@`")?;
        Some((privileges, place, user, rest.split_once('`')?))
    };
    let Some((privileges, place, user, (host, options))) = parts() else { return Grant::Nothing };
    let mut held: Vec<String> = privileges.split(", ").map(str::to_lowercase).collect();
    if options.contains("WITH GRANT OPTION") {
        held.push("grant option".to_owned());
    }
    held.retain(|privilege| privilege != "usage");
    if held.is_empty() {
        return Grant::Nothing;
    }
    let is_plain =
        held.iter().all(|privilege| privilege.bytes().all(|byte| byte == b' ' || byte.is_ascii_lowercase()));
    let Some((database, table)) = of_place(place).filter(|_| is_plain) else {
        return Grant::Untold(format!("{place} of {user}@{host}"));
    };
    let account = account(user, host);
    let name = match (&table, database.as_str()) {
        (Some(table), _) => format!("{account} on {database}.{table}"),
        (None, "*") => format!("{account} everywhere"),
        _ => format!("{account} on {database}"),
    };
    held.sort();
    let held: Vec<&str> =
        held.iter().map(|word| if word == "all privileges" { "all" } else { word }).collect();
    let mut declaration =
        CapturedResource::new("mariadb.grant", name).with("user", account).with("database", database);
    if let Some(table) = table {
        declaration = declaration.with("table", table);
    }
    Grant::Declared(Box::new(declaration.with("privileges", Value::from(held))))
}

/// The database and the table of a place. None for a pattern of databases, where `_` and `%` are not themselves.
fn of_place(place: &str) -> Option<(String, Option<String>)> {
    if place == "*.*" {
        return Some(("*".to_owned(), None));
    }
    let (database, table) = place.strip_prefix('`')?.split_once("`.")?;
    match table.strip_prefix('`').and_then(|table| table.strip_suffix('`')) {
        Some(table) => Some((database.to_owned(), Some(table.to_owned()))),
        None => {
            let name = database.replace("\\_", "_").replace("\\%", "%");
            (name.replace('_', "\\_").replace('%', "\\%") == database && table == "*").then_some((name, None))
        }
    }
}

/// An account as a recipe names it.
fn account(user: &str, host: &str) -> String {
    if host == "localhost" { user.to_owned() } else { format!("{user}@{host}") }
}

/// A string in quotes.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
