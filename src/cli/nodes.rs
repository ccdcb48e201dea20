//! `chefrs nodes`.

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use serde_json::{Map, json};

use crate::cookbook::inventory::{Inventory, Node, PATIENCE};
use crate::model::english::one_line;
use crate::model::error::Diagnostics;
use crate::model::exit::Exit;
use crate::model::node::merge;
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
    /// Nodes to list: names, `@group`, patterns such as `web*`, or addresses, separated by commas. Default: all.
    #[arg(value_name = "NODES", add = ArgValueCompleter::new(complete::targets))]
    words: Vec<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Text for people, or one JSON object a node, with its attributes.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn nodes(arguments: &NodesArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let inventory = Inventory::open(&open(arguments.project.as_deref())?, PATIENCE)?;
    let nodes: Vec<Node> = if arguments.words.is_empty() {
        inventory.nodes().cloned().collect()
    } else {
        let unknown = |Diagnostics(findings)| EarlyEnd::Findings(Exit::Usage, findings);
        inventory.select(&arguments.words).map_err(unknown)?
    };
    let text = match arguments.format {
        Format::Text if nodes.is_empty() => "no nodes yet: write one to `nodes/NAME.toml`\n".to_owned(),
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

fn object(node: &Node) -> String {
    let mut attributes = Map::new();
    for source in &node.attributes {
        merge(&mut attributes, &source.values);
    }
    let object = json!({
        "name": node.name,
        "address": node.address,
        "become": node.r#become,
        "engine": node.engine,
        "groups": node.groups,
        "attributes": attributes,
    });
    format!("{}\n", visible(&object.to_string()))
}
