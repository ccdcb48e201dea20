//! `chefrs secret list`.

use std::collections::BTreeSet;

use camino::Utf8Path;
use clap::Args;

use crate::cookbook::secret_files::{SecretFile, SecretForm, SecretPlace};
use crate::cookbook::{Cookbook, Project};
use crate::model::collection::deferred::secret_key;
use crate::model::english::{count, list_some, one_line};
use crate::model::error::{Diagnostic, Location};
use crate::model::exit::Exit;
use crate::model::sorted;
use crate::secrets::{RecipientList, addressees};

use super::super::early_end::EarlyEnd;
use super::super::terminal::Terminal;
use super::named::{SecretProject, sources};

/// Most keys that are named.
const NAMED: usize = 6;

/// Lists the secrets of the project: their names, whom they are for, and which keys open them.
///
/// It warns of files that are for other keys than recipients.txt lists, and of secrets that no recipe names.
#[derive(Debug, Args)]
pub(super) struct ListSecretsArguments {
    #[command(flatten)]
    project: SecretProject,
}

pub(super) fn listing(arguments: &ListSecretsArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.project.open()?;
    let sources = sources(&project)?;
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut wrong: Vec<Diagnostic> = Vec::new();
    let mentioned = mentioned(&project);
    for place in project.secret_places()? {
        wrong.extend(unknown(&project, &place)?);
        let files = project.secret_files(&place)?;
        let recipients = RecipientList::of(&project, &place);
        if let (Err(findings), true) = (&recipients, files.iter().any(|file| file.form == SecretForm::Age)) {
            wrong.extend(
                findings.0.iter().filter(|mistake| !wrong.contains(mistake)).cloned().collect::<Vec<_>>(),
            );
        }
        for file in &files {
            if file.form == SecretForm::Sops {
                match sources.names_of_sops(&file.path) {
                    Ok(names) => rows
                        .extend(names.into_iter().map(|name| [name, place.to_string(), file.path.clone()])),
                    Err(mistake) => wrong.push(mistake),
                }
                continue;
            }
            let whose = match &recipients {
                Ok(recipients) => {
                    wrong.extend(stale(&project, file, recipients));
                    let names: Vec<String> = recipients.names().collect();
                    format!("{}: {}", count(names.len(), "key"), list_some(&names, NAMED))
                }
                Err(_) => String::new(),
            };
            if !mentioned.contains(&secret_key(&file.name)) {
                wrong.push(at(Diagnostic::warning("no recipe and no attribute names this secret"), file));
            }
            rows.push([file.name.clone(), place.to_string(), whose]);
        }
    }
    wrong.extend(sources.identities().refused().iter().map(|refused| Diagnostic::warning(refused.clone())));
    sorted::sort_by(&mut rows, Ord::cmp);
    let text = if rows.is_empty() {
        "no secrets yet: `chefrs secret set NAME` stores one\n".to_owned()
    } else {
        table(&rows)
    };
    terminal.print(&text)?;
    terminal.tell(&wrong)?;
    Ok(Exit::Success)
}

fn at(finding: Diagnostic, file: &SecretFile) -> Diagnostic {
    finding.at(Location::new(file.path.clone(), 0))
}

/// What is wrong with a file: it is damaged, or for other keys than it should be.
fn stale(project: &Project, file: &SecretFile, recipients: &RecipientList) -> Option<Diagnostic> {
    match project.secret_bytes(&file.path).and_then(|bytes| addressees(&bytes)) {
        Err(mistake) => Some(at(mistake, file)),
        Ok(found) => recipients.stale(&found).map(|stale| {
            at(Diagnostic::warning("the file is not for the present keys"), file)
                .note(stale.to_string())
                .hint("`chefrs secret rotate` encrypts it again")
        }),
    }
}

/// A folder of a node or group that is not in the inventory: nothing reads it.
fn unknown(project: &Project, place: &SecretPlace) -> Result<Option<Diagnostic>, EarlyEnd> {
    let is_known = match place {
        SecretPlace::All => true,
        SecretPlace::Node(node) => project.inventory()?.node(node).is_ok(),
        SecretPlace::Group(group) => project.inventory()?.groups().any(|known| known == group),
    };
    let warning = || Diagnostic::warning(format!("there is no {place}, so nothing reads its secrets"));
    Ok((!is_known).then(|| warning().at(Location::new(place.folder(), 0))))
}

/// All words in quotes in Lua and TOML files of the project and of all cookbooks, as keys of secrets. A recipe may join a
/// name from parts, so one that is not among them may still be used.
fn mentioned(project: &Project) -> BTreeSet<String> {
    let cookbooks = project.cookbook_names().into_iter().filter_map(|name| project.cookbook(name));
    let is_read = |path: &str| matches!(Utf8Path::new(path).extension(), Some("lua" | "toml"));
    let mut found = BTreeSet::new();
    for cookbook in cookbooks.chain([project.own()]) {
        for (path, _) in cookbook.files().iter().filter(|(path, _)| is_read(path)) {
            add_words(cookbook, path, &mut found);
        }
    }
    found
}

fn add_words(cookbook: &Cookbook, path: &str, into: &mut BTreeSet<String>) {
    // A file that can't be read mentions nothing.
    let text = cookbook.text(path).ok().flatten().unwrap_or_default();
    into.extend(text.split(['"', '\'', '`']).filter(|word| word.len() <= 128).map(secret_key));
}

fn table(rows: &[[String; 3]]) -> String {
    let widest = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (names, places) = (widest(0), widest(1));
    let line = |[name, place, whose]: &[String; 3]| {
        let line = format!("{:names$}  {place:places$}  {}", one_line(name), one_line(whose));
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}
