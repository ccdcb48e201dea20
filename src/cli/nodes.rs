//! `chefrs nodes`.

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::{Map, Value, json};

use crate::cookbook::inventory::Node;
use crate::model::english::one_line;
use crate::model::error::Diagnostics;
use crate::model::exit::Exit;
use crate::model::node::{IDENTITY, merge};
use crate::model::run_list::names;
use crate::report::json::visible;

use super::complete;
use super::early_end::EarlyEnd;
use super::format::Format;
use super::project::open;
use super::terminal::Terminal;

/// Lists the nodes of the inventory: name, address, groups.
///
/// The inventory is the files `nodes/NAME.toml` and `groups/NAME.toml`, and what the program prints that `chefrs.toml`
/// names as `inventory`.
#[derive(Debug, Args)]
pub(super) struct NodesArguments {
    /// Nodes to list, in the same words as for `-t` of `run`: names, `@group`, patterns such as `web*`, or addresses,
    /// separated by commas. Default: all.
    #[arg(value_name = "NODES", add = ArgValueCompleter::new(complete::targets))]
    words: Vec<String>,
    /// Show all that the inventory says of each node: how it is reached, its run list with the file of each entry, and
    /// its attributes.
    #[arg(long)]
    details: bool,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Text for people, or one JSON object a node, with its run list and attributes.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn nodes(arguments: &NodesArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = open(arguments.project.as_deref())?;
    let inventory = project.inventory()?;
    let nodes: Vec<Node> = if arguments.words.is_empty() {
        inventory.nodes().cloned().collect()
    } else {
        let unknown = |Diagnostics(findings)| EarlyEnd::Findings(Exit::Usage, findings);
        inventory.select(&arguments.words).map_err(unknown)?
    };
    let text = match arguments.format {
        Format::Text if nodes.is_empty() => "no nodes yet: write one to `nodes/NAME.toml`\n".to_owned(),
        Format::Text if arguments.details => nodes.iter().map(details).collect::<Vec<_>>().join("\n"),
        Format::Text => table(&nodes),
        Format::Json => nodes.iter().map(object).collect(),
    };
    terminal.print(&text)?;
    Ok(Exit::Success)
}

fn table(nodes: &[Node]) -> String {
    let rows: Vec<[String; 3]> = nodes
        .iter()
        .map(|node| [one_line(&node.name), one_line(&node.address.to_string()), node.groups.join(", ")])
        .collect();
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, addresses) = (widest(0), widest(1));
    let line = |[name, address, groups]: &[String; 3]| {
        format!("{}\n", format!("{name:names$}  {address:addresses$}  {groups}").trim_end())
    };
    rows.iter().map(line).collect()
}

/// All that the inventory says of a node, one thing a line.
fn details(node: &Node) -> String {
    let mut lines = vec![one_line(&node.name)];
    let mut row = |name: &str, value: &str| lines.push(format!("  {name:10} {}", one_line(value)));
    row("address", &node.address.to_string());
    if let Some(r#become) = node.r#become {
        row("become", if r#become { "true" } else { "false" });
    }
    if let Some(engine) = node.engine {
        row("engine", engine.name());
    }
    if !node.groups.is_empty() {
        row("groups", &node.groups.join(", "));
    }
    let widest = node.run_list.iter().map(|entry| entry.recipe.chars().count()).max().unwrap_or_default();
    if node.run_list.is_empty() {
        row("run list", "none");
    }
    for (index, entry) in node.run_list.iter().enumerate() {
        let place = entry.location.as_ref().map(|place| format!("  ({place})")).unwrap_or_default();
        row(if index == 0 { "run list" } else { "" }, &format!("{:widest$}{place}", entry.recipe));
    }
    let mut paths = Vec::new();
    leaves("", &Value::Object(merged(node)), &mut paths);
    for (index, (path, value)) in paths.iter().enumerate() {
        row(if index == 0 { "attributes" } else { "" }, &format!("{path} = {value}"));
    }
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The attributes of a node: those of its groups and its own.
fn merged(node: &Node) -> Map<String, Value> {
    let mut attributes = Map::new();
    for source in &node.attributes {
        merge(&mut attributes, &source.values);
    }
    // Its name and its groups are said already.
    attributes.retain(|key, _| !IDENTITY.contains(&key.as_str()));
    attributes
}

/// Adds the dotted path of each value that is not a table.
fn leaves(path: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) if path.is_empty() || !map.is_empty() => {
            for (key, value) in map {
                leaves(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, into);
            }
        }
        value => into.push((path.to_owned(), value.to_string())),
    }
}

fn object(node: &Node) -> String {
    let attributes = merged(node);
    let object = json!({
        "name": node.name,
        "address": node.address,
        "become": node.r#become,
        "engine": node.engine,
        "groups": node.groups,
        "run_list": names(&node.run_list),
        "attributes": attributes,
    });
    format!("{}\n", visible(&object.to_string()))
}
