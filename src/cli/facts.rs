//! `chefrs facts`.

use std::num::NonZeroUsize;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cookbook::Project;
use crate::cookbook::reach::ProbingCookbooks;
use crate::fleet::{self, FleetHost, FleetLimits};
use crate::model::english::{nearest, printable};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::node::lookup;
use crate::model::probe::ANSWERS;
use crate::model::run_list::names;
use crate::model::sorted;
use crate::remote::Session;
use crate::report::json::visible;
use crate::target::Target;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

use super::early_end::EarlyEnd;
use super::recorded_facts;
use super::target_options::Targets;
use super::terminal::Terminal;

/// Prints the facts of a machine, as recipes see them in `node`.
///
/// Without a path: all facts as JSON, which `check` and `compile` take as `--facts FILE`. With several targets: one
/// JSON object a line, `{"target": NAME, "facts": {...}}`, as each of them answers.
///
/// In a project, `probes` has the answers to the probes of its cookbooks: those that the run list of the node reaches, or
/// all if there is none.
#[derive(Debug, Args)]
pub(super) struct FactsArguments {
    /// Dotted paths of facts: `platform`, `memory.total`. A string is printed as it is, anything else as JSON.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Facts to read: the name of a recording, or a file. Default: the facts of the machine.
    #[arg(long, value_name = "FACTS", conflicts_with = "target")]
    facts: Option<String>,
    #[command(flatten)]
    targets: Targets,
    /// Ask no probes that run a command. For cookbooks that you don't trust yet.
    #[arg(long)]
    no_commands: bool,
    /// Number of targets to ask at a time. Default: 64, or the `forks` of chefrs.toml.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
}

pub(super) fn facts(arguments: &FactsArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    // Facts of a file need no machine.
    let chosen = if arguments.facts.is_some() { Vec::new() } else { arguments.targets.choose()? };
    let project = if arguments.facts.is_some() { None } else { asking(arguments, terminal)? };
    let asking = ProjectProbes { project, no_commands: arguments.no_commands };
    if chosen.len() > 1 || arguments.targets.may_be_several() {
        return of_many(arguments, &chosen, &asking, terminal);
    }
    let facts = match chosen.first() {
        Some(host) => asking.of_host(host)?,
        None => recorded_facts::facts(arguments.facts.as_deref())?,
    };
    if arguments.paths.is_empty() {
        let json = serde_json::to_string_pretty(&facts).map_err(std::io::Error::from)?;
        terminal.print(&format!("{}\n", visible(&json)))?;
        return Ok(Exit::Success);
    }
    let mut text = String::new();
    for (_, value) in asked(arguments, &facts)? {
        text.push_str(&bare(value));
        text.push('\n');
    }
    terminal.print(&text)?;
    Ok(Exit::Success)
}

/// The project whose probes are asked.
fn asking(arguments: &FactsArguments, terminal: &Terminal) -> Result<Option<Project>, EarlyEnd> {
    let is_about_probes = |path: &String| path.split('.').next() == Some(ANSWERS);
    if !arguments.paths.is_empty() && !arguments.paths.iter().any(is_about_probes) {
        return Ok(None);
    }
    match arguments.targets.project_around() {
        None => Ok(None),
        Some(Ok(project)) => Ok(Some(project)),
        // The facts are of the machine, whatever is wrong with the directory.
        Some(Err(EarlyEnd::Findings(_, findings))) => {
            let words = findings.first().map(|finding| finding.message.as_str()).unwrap_or_default();
            terminal.note(&format!("warning: no probes are asked: {words}"))?;
            Ok(None)
        }
        Some(Err(other)) => Err(other),
    }
}

/// What is asked besides the facts.
struct ProjectProbes {
    /// The project whose probes are asked.
    project: Option<Project>,
    no_commands: bool,
}

impl ProjectProbes {
    fn of_host(&self, host: &FleetHost) -> Result<Map<String, Value>, EarlyEnd> {
        match &host.destination {
            None => self.of_target(recorded_facts::facts(None)?, &mut Local::new(), host),
            Some(destination) => {
                let mut session = Session::open(destination, &Interrupt::default())?;
                let facts = session.take_facts();
                let facts = self.of_target(facts, &mut session, host);
                session.close();
                facts
            }
        }
    }

    fn of_target(
        &self,
        facts: Map<String, Value>,
        target: &mut dyn Target,
        host: &FleetHost,
    ) -> Result<Map<String, Value>, EarlyEnd> {
        let Some(project) = &self.project else { return Ok(facts) };
        // What is not reached is left out, too: a recording must not say that it was not asked.
        let cookbooks =
            ProbingCookbooks { others: Vec::new(), ..project.probing_cookbooks(&names(&host.run_list)) };
        recorded_facts::with_answers(facts, target, (project, &cookbooks), self.no_commands)
    }
}

/// Prints one object a line for each machine. Failures go to standard error.
fn of_many(
    arguments: &FactsArguments,
    hosts: &[FleetHost],
    asking: &ProjectProbes,
    terminal: &Terminal,
) -> Result<Exit, EarlyEnd> {
    let limits = FleetLimits { forks: arguments.targets.forks(arguments.forks), ..FleetLimits::default() };
    let mut exits = Vec::new();
    let mut written = Ok(());
    let mut hear = |host: &FleetHost, answer: Result<Map<String, Value>, EarlyEnd>| match answer
        .and_then(|facts| line(arguments, host, &facts))
    {
        Ok(line) if written.is_ok() => written = terminal.print(&line),
        Ok(_) => {}
        Err(stop) => exits.push(stop.named(&host.name).tell(terminal)),
    };
    fleet::each(hosts, limits, &|| false, &|host| asking.of_host(host), &mut hear)?;
    written?;
    // A machine that did not answer matters more than a fact that does not exist.
    let unreachable = exits.iter().find(|exit| **exit == Exit::Unreachable);
    Ok(unreachable.or(exits.first()).copied().unwrap_or(Exit::Success))
}

fn line(
    arguments: &FactsArguments,
    host: &FleetHost,
    facts: &Map<String, Value>,
) -> Result<String, EarlyEnd> {
    let facts = if arguments.paths.is_empty() {
        facts.clone()
    } else {
        let asked = asked(arguments, facts)?.into_iter();
        sorted::collected(asked.map(|(path, value)| (path.to_owned(), value.clone())))
    };
    let line = FactsLine { target: &host.name, facts: &facts };
    let json = serde_json::to_string(&line).map_err(std::io::Error::from)?;
    Ok(format!("{}\n", visible(&json)))
}

/// A line of JSON for one of several machines.
#[derive(Serialize)]
struct FactsLine<'a> {
    target: &'a str,
    facts: &'a Map<String, Value>,
}

/// The facts at these paths.
fn asked<'a>(
    arguments: &'a FactsArguments,
    facts: &'a Map<String, Value>,
) -> Result<Vec<(&'a str, &'a Value)>, EarlyEnd> {
    let find = |path: &'a String| {
        let value = lookup(facts, path).ok_or_else(|| EarlyEnd::usage(unknown(facts, path)))?;
        Ok((path.as_str(), value))
    };
    arguments.paths.iter().map(find).collect()
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

/// Formats a value, with visible control characters.
fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => printable(text),
        other => printable(&format!("{other:#}")),
    }
}
