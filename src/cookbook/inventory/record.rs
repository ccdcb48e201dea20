//! Records about nodes and groups, from files or from a program. Both have the same keys and checks.

use serde_json::Value;

use crate::cookbook::document::Document;
use crate::cookbook::{attributes, keys};
use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::model::english::{list, nearest, one_line};
use crate::model::error::{Diagnostic, Location};
use crate::model::node::{AttributeSource, Layer};
use crate::model::run_list::ListedRecipe;

/// All records from one source.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) nodes: Vec<NodeRecord>,
    pub(super) groups: Vec<GroupRecord>,
}

/// A node as written.
#[derive(Debug)]
pub(super) struct NodeRecord {
    pub(super) name: String,
    pub(super) address: Address,
    pub(super) r#become: Option<bool>,
    pub(super) engine: Option<EngineChoice>,
    pub(super) groups: Vec<String>,
    pub(super) run_list: Vec<ListedRecipe>,
    pub(super) attributes: Option<AttributeSource>,
    /// Location of the node.
    pub(super) location: Location,
    /// Location of its groups.
    pub(super) groups_location: Location,
    /// Location of its address.
    pub(super) address_location: Location,
}

/// A group as written.
#[derive(Debug)]
pub(super) struct GroupRecord {
    pub(super) name: String,
    /// Names and patterns of nodes.
    pub(super) nodes: Vec<String>,
    pub(super) run_list: Vec<ListedRecipe>,
    pub(super) attributes: Option<AttributeSource>,
    /// Location of its nodes.
    pub(super) nodes_location: Location,
}

/// Parses the output of an inventory program.
pub(super) fn of_program(printed: &Document, wrong: &mut Vec<Diagnostic>) -> Records {
    wrong.extend(printed.unknown_keys("", keys::INVENTORY));
    let mut records = Records::default();
    for (name, document) in entries(printed, "nodes", wrong) {
        let Some(record) = node(&name, document, wrong) else { continue };
        if !matches!(record.address, Address::Ssh { .. }) {
            wrong.push(not_by_program(&record));
        }
        records.nodes.push(record);
    }
    for (name, document) in entries(printed, "groups", wrong) {
        records.groups.extend(group(&name, document, wrong));
    }
    // A program does not misspell names, so groups that only its nodes name are defined implicitly.
    let implied = |node: &NodeRecord| -> Vec<GroupRecord> {
        let nodes_location = &node.groups_location;
        let group = |name: &String| GroupRecord {
            name: name.clone(),
            nodes: Vec::new(),
            run_list: Vec::new(),
            attributes: None,
            nodes_location: nodes_location.clone(),
        };
        node.groups.iter().map(group).collect()
    };
    let implied: Vec<GroupRecord> = records.nodes.iter().flat_map(implied).collect();
    records.groups.extend(implied);
    records
}

/// Only people may define addresses that stand for this machine or something on it. A program must not redirect a run
/// on another machine to this one.
fn not_by_program(record: &NodeRecord) -> Diagnostic {
    let NodeRecord { name, address, address_location, .. } = record;
    Diagnostic::error(format!("a program can't set the address of the node `{name}` to `{address}`"))
        .at(address_location.clone())
        .hint("it can only use hosts that `ssh` reaches")
        .hint(format!("if that is intended, write `address = \"{address}\"` into nodes/{name}.toml by hand"))
}

/// The tables below a key, by name.
fn entries(printed: &Document, key: &str, wrong: &mut Vec<Diagnostic>) -> Vec<(String, Document)> {
    let inner = match printed.values.get(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(_) => printed.inner(key),
    };
    let Some(inner) = inner else {
        let mistake = printed.wrong(key, format!("`{key}` must be an object"));
        wrong.push(mistake.hint(format!("print `{{ \"{key}\": {{ \"NAME\": {{}} }} }}`")));
        return Vec::new();
    };
    let mut found = Vec::new();
    for name in inner.values.keys() {
        match inner.inner(name) {
            Some(document) => found.push((name.clone(), document)),
            None => {
                wrong.push(inner.wrong(name, format!("`{}` must be an object", inner.shown(name))));
            }
        }
    }
    found
}

/// Parses a node.
pub(super) fn node(name: &str, mut document: Document, wrong: &mut Vec<Diagnostic>) -> Option<NodeRecord> {
    let before = wrong.len();
    check_name("node", name, &document).map_err(|mistake| wrong.push(mistake)).ok()?;
    wrong.extend(document.unknown_keys("", keys::NODE));
    document.values.retain(|_, value| !value.is_null());
    let address = address(name, &document, wrong);
    let r#become = document.boolean("become", wrong);
    let engine = engine(&document, wrong);
    let groups = document.strings("groups", wrong);
    let run_list = run_list(&document, wrong);
    let attributes = attributes::of_table(&document, Layer::Node, wrong);
    let said = |key: &&str| document.values.contains_key(*key);
    let address_key = ["address", "host", "user", "port"].into_iter().find(said).unwrap_or_default();
    (wrong.len() == before).then_some(NodeRecord {
        name: name.to_owned(),
        address: address?,
        r#become,
        engine,
        groups,
        run_list,
        attributes,
        location: document.whole.clone(),
        groups_location: document.place("groups"),
        address_location: document.place(address_key),
    })
}

/// Parses a group.
pub(super) fn group(name: &str, mut document: Document, wrong: &mut Vec<Diagnostic>) -> Option<GroupRecord> {
    let before = wrong.len();
    check_name("group", name, &document).map_err(|mistake| wrong.push(mistake)).ok()?;
    wrong.extend(document.unknown_keys("", keys::GROUP));
    document.values.retain(|_, value| !value.is_null());
    let nodes = document.strings("nodes", wrong);
    let run_list = run_list(&document, wrong);
    let attributes = attributes::of_table(&document, Layer::Node, wrong);
    (wrong.len() == before).then_some(GroupRecord {
        name: name.to_owned(),
        nodes,
        run_list,
        attributes,
        nodes_location: document.place("nodes"),
    })
}

/// Parses a run list. Whether its recipes exist is checked when it is used.
fn run_list(document: &Document, wrong: &mut Vec<Diagnostic>) -> Vec<ListedRecipe> {
    const KEY: &str = "run_list";
    let listed = document.strings(KEY, wrong);
    if listed.iter().any(|recipe| recipe.trim() != recipe || recipe.is_empty()) {
        let message = format!("a name in `{}` is empty, or has a space at an end", document.shown(KEY));
        wrong.push(
            document
                .wrong(KEY, message)
                .hint("name recipes and cookbooks: `run_list = [\"base\", \"nginx\"]`"),
        );
        return Vec::new();
    }
    let location = Some(document.place(KEY));
    listed.into_iter().map(|recipe| ListedRecipe { recipe, location: location.clone() }).collect()
}

fn check_name(noun: &str, name: &str, document: &Document) -> Result<(), Diagnostic> {
    let fits = name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if fits {
        return Ok(());
    }
    Err(document
        .wrong("", format!("`{}` is not a valid name for a {noun}", one_line(name)))
        .hint("a name has letters, digits, `.`, `_` and `-`, and begins with a letter or a digit"))
}

/// Reads `address`, or `host`, `user` and `port`, or uses the name of the node as host.
fn address(name: &str, document: &Document, wrong: &mut Vec<Diagnostic>) -> Option<Address> {
    let before = wrong.len();
    let whole = document.string("address", wrong);
    let host = document.string("host", wrong);
    let user = document.string("user", wrong);
    let port = port(document, wrong);
    if wrong.len() > before {
        return None;
    }
    let found = match whole {
        Some(whole) => alone(document).and_then(|()| at(document, "address", Address::parse(&whole))),
        None => reached(name, document, host.as_deref(), user, port),
    };
    found.map_err(|mistake| wrong.push(mistake)).ok()
}

fn engine(document: &Document, wrong: &mut Vec<Diagnostic>) -> Option<EngineChoice> {
    let name = document.string("engine", wrong)?;
    let engine = EngineChoice::named(&name);
    if engine.is_none() {
        let names = EngineChoice::ALL.map(|engine| format!("`{}`", engine.name()));
        let message = format!("`{}` must be {}", document.shown("engine"), list(&names, "or"));
        let mistake = document.wrong("engine", message);
        wrong.push(match nearest(&name, EngineChoice::ALL.map(EngineChoice::name)) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake,
        });
    }
    engine
}

fn port(document: &Document, wrong: &mut Vec<Diagnostic>) -> Option<u16> {
    let said = document.values.get("port")?;
    let port = said.as_u64().and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
    if port.is_none() {
        let message = format!("`{}` must be a number from 1 to 65535", document.shown("port"));
        wrong.push(document.wrong("port", message).hint("write `port = 22`, without quotes"));
    }
    port
}

/// Checks that `address` is not combined with `host`, `user` or `port`.
fn alone(document: &Document) -> Result<(), Diagnostic> {
    let other = ["host", "user", "port"].into_iter().find(|key| document.values.contains_key(*key));
    other.map_or(Ok(()), |key| {
        let message = format!("`address` and `{}` can't be used together", document.shown(key));
        Err(document.wrong(key, message).hint("write either `address`, or `host`, `user` and `port`"))
    })
}

/// Builds an ssh address. `host` may contain user and port: `deploy@web1:2222`.
fn reached(
    name: &str,
    document: &Document,
    host: Option<&str>,
    user: Option<String>,
    port: Option<u16>,
) -> Result<Address, Diagnostic> {
    let found = at(document, "host", Address::parse(host.unwrap_or(name)))?;
    let Address::Ssh { user: in_host, host, port: port_in_host } = found else {
        if host.is_none() && user.is_none() && port.is_none() {
            return Ok(found);
        }
        let message = format!("`{found}` is not a host");
        return Err(document.wrong("host", message).hint(format!("write `address = \"{found}\"` alone")));
    };
    for (key, twice) in
        [("user", user.is_some() && in_host.is_some()), ("port", port.is_some() && port_in_host.is_some())]
    {
        if twice {
            let message = format!("the {key} is given twice: here, and in `{}`", document.shown("host"));
            return Err(document.wrong(key, message).hint("leave one of them out"));
        }
    }
    // Parsed again, so that the same checks apply as for a typed address.
    let key = if user.is_some() { "user" } else { "host" };
    let together = Address::Ssh { user: user.or(in_host), host, port: port.or(port_in_host) };
    at(document, key, Address::parse(&together.to_string()))
}

/// Adds the location of a key to an error.
fn at(document: &Document, key: &str, found: Result<Address, Diagnostic>) -> Result<Address, Diagnostic> {
    found.map_err(|mistake| mistake.at(document.place(key)))
}
