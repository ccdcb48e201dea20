//! `chefrs facts`.

use camino::Utf8PathBuf;
use clap::Args;
use serde_json::{Map, Value};

use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::node::lookup;
use crate::remote::{Destination, Session};
use crate::report::json::visible;

use super::destination::Place;
use super::machine;
use super::plain::bare;
use super::selection::open;
use super::stop::Stop;
use super::terminal::Terminal;

/// Prints what a machine says of itself, as recipes see it in `node`.
///
/// Without a path, everything as JSON; a file of that can be given to `check` and `compile` as `--facts FILE`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Dotted paths of single facts: `platform`, `memory.total`. A string is printed bare, anything else as JSON.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Facts to read from: the name of a recording or a file; the machine's own unless said.
    #[arg(long, value_name = "FACTS", conflicts_with = "target")]
    facts: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Directory of the project, whose inventory knows the targets.
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: Utf8PathBuf,
}

pub(super) fn facts(arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Stop> {
    let facts = match destination(arguments)? {
        Some(destination) => there(&destination)?,
        None => machine::facts(arguments.facts.as_deref())?,
    };
    if arguments.paths.is_empty() {
        let json = serde_json::to_string_pretty(&facts).map_err(std::io::Error::from)?;
        terminal.print(&format!("{}\n", visible(&json)))?;
        return Ok(Exit::Success);
    }
    let mut text = String::new();
    for path in &arguments.paths {
        let value = lookup(&facts, path).ok_or_else(|| Stop::usage(unknown(&facts, path)))?;
        text.push_str(&bare(value));
        text.push('\n');
    }
    terminal.print(&text)?;
    Ok(Exit::Success)
}

fn destination(arguments: &Arguments) -> Result<Option<Destination>, Stop> {
    if arguments.place.is_here()? {
        // Facts of this machine need no project; what stands in this directory may be anything.
        return Ok(None);
    }
    Ok(arguments.place.choose(&open(&arguments.project)?)?.destination)
}

fn there(destination: &Destination) -> Result<Map<String, Value>, Stop> {
    let session = Session::open(destination)?;
    let facts = session.facts().clone();
    session.close();
    Ok(facts)
}

fn unknown(facts: &Map<String, Value>, path: &str) -> Diagnostic {
    let mut paths = Vec::new();
    collect(facts, "", &mut paths);
    let diagnostic = Diagnostic::error(format!("there is no fact `{path}`"));
    match nearest(path, paths.iter().map(String::as_str)) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("`chefrs facts` prints all of them"),
    }
}

fn collect(map: &Map<String, Value>, prefix: &str, paths: &mut Vec<String>) {
    for (key, value) in map {
        let path = format!("{prefix}{key}");
        if let Value::Object(inner) = value {
            collect(inner, &format!("{path}."), paths);
        }
        paths.push(path);
    }
}
