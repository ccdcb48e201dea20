//! Keeps secrets out of command lines and names, which every user of a machine can read.

use std::collections::BTreeMap;

use crate::model::collection::Row;
use crate::model::error::Failure;
use crate::model::query::Query;
use crate::model::redact;
use crate::model::step::{Attributes, Command, Step};

use super::row_secrets;

/// A part of a query or step that every user can see.
#[derive(Debug, Clone, Copy)]
pub(super) enum Exposed<'a> {
    /// A word of a command line.
    Word(&'a str),
    /// A name or path. A shell may pass it to programs too.
    Name(&'a str),
}

impl Exposed<'_> {
    /// Whether it contains a secret. A plain secret, which may be part of any word by chance, must be the whole word;
    /// so must a secret in a name, unless the row joins texts.
    fn shows(self, secret: &str, is_composed: bool) -> bool {
        match self {
            Self::Name(word) if is_composed && !redact::is_too_plain(secret) => word.contains(secret),
            Self::Word(word) if !redact::is_too_plain(secret) => word.contains(secret),
            Self::Word(text) | Self::Name(text) => !secret.is_empty() && text == secret,
        }
    }
}

/// Fails if a part of a row would expose one of its secrets.
///
/// # Errors
/// It would; the message names the secret.
pub(super) fn keep_out<'a>(
    row: &Row,
    seen: impl Iterator<Item = Exposed<'a>>,
    secrets: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let names = row.secrets();
    if names.is_empty() {
        return Ok(());
    }
    let is_composed = row_secrets::is_composed(row);
    for seen in seen {
        let shown = names.iter().find(|name| {
            row_secrets::value_of(name, secrets).is_some_and(|value| seen.shows(value, is_composed))
        });
        let Some(name) = shown else { continue };
        return Err(match seen {
            Exposed::Word(_) => Failure::impossible(format!(
                "the secret `{name}` would be visible in the list of processes, which every user can read"
            ))
            .hint("an `execute` accepts a secret in `environment` and `input`, and its guards have the same environment"),
            Exposed::Name(_) => Failure::impossible(format!(
                "the secret `{name}` would be a name on the machine, which every user can read"
            ))
            .hint("a secret belongs in the content of a file, a password, a header or an environment"),
        });
    }
    Ok(())
}

/// The parts of a query that every user can see.
pub(super) fn of_query(query: &Query) -> Vec<Exposed<'_>> {
    match query {
        Query::Command(command) => of_command(command),
        Query::User(name) | Query::Group(name) | Query::Service(name) => vec![Exposed::Name(name)],
        Query::Package { name, .. }
        | Query::Candidate { name, .. }
        | Query::Versions { name, .. }
        | Query::Providers { name, .. } => vec![Exposed::Word(name)],
        other => other.path().map(|path| Exposed::Name(path.as_str())).into_iter().collect(),
    }
}

/// The parts of a step that every user can see.
pub(super) fn of_step(step: &Step) -> Vec<Exposed<'_>> {
    let mut seen: Vec<Exposed<'_>> =
        step.path().map(|path| Exposed::Name(path.as_str())).into_iter().collect();
    seen.extend(step.command().into_iter().flat_map(of_command));
    match step {
        Step::WriteFile(step) => {
            seen.extend(of_attributes(&step.attributes));
            seen.extend(step.verify.iter().flat_map(of_command));
        }
        Step::Packages { packages, .. } => seen.extend(packages.iter().map(|package| Exposed::Word(package))),
        Step::Symlink { to, attributes, .. } => {
            seen.push(Exposed::Name(to));
            seen.extend(of_attributes(attributes));
        }
        Step::Hardlink { to, .. } => seen.push(Exposed::Name(to.as_str())),
        Step::SetAttributes { attributes, .. } | Step::MakeDirectory { attributes, .. } => {
            seen.extend(of_attributes(attributes));
        }
        Step::Fetch(step) => {
            seen.extend(of_attributes(&step.attributes));
            seen.extend(step.verify.iter().flat_map(of_command));
        }
        Step::Unpack(step) => {
            seen.push(Exposed::Name(step.archive.as_str()));
            seen.extend(of_attributes(&step.attributes));
        }
        _ => {}
    }
    seen
}

fn of_command(command: &Command) -> Vec<Exposed<'_>> {
    let mut seen: Vec<Exposed<'_>> = command
        .argv
        .iter()
        .chain(&command.diagnose)
        .chain(command.undo.iter().flatten())
        .map(|word| Exposed::Word(word))
        .collect();
    seen.extend(command.cwd.as_ref().map(|cwd| Exposed::Name(cwd.as_str())));
    seen.extend(command.user.iter().chain(&command.group).map(|name| Exposed::Name(name)));
    seen
}

fn of_attributes(attributes: &Attributes) -> impl Iterator<Item = Exposed<'_>> {
    attributes.owner.iter().chain(&attributes.group).map(|name| Exposed::Name(name))
}
