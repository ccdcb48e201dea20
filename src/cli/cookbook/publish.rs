//! `chefrs cookbook publish`.

use std::fmt::Write as _;

use camino::Utf8PathBuf;
use clap::Args;
use serde_json::Value;

use super::check::{tagged, too_low};
use super::chosen_cookbook::{FoundCookbook, OwnCookbook};
use super::compared::{ComparedCookbook, compared, interface};
use super::pack::listed;
use super::rights;
use crate::cli::early_end::EarlyEnd;
use crate::cli::recorded_facts::{CHECKED, RECORDED, recorded};
use crate::cli::terminal::Terminal;
use crate::cli::{environment, project, test_files};
use crate::compile::Input;
use crate::confined::Compiler;
use crate::cookbook::publication::Publication;
use crate::cookbook::publish_place::PublishPlace;
use crate::cookbook::sharing::SharedCookbooks;
use crate::cookbook::signature::{sign, statement};
use crate::locked_run;
use crate::model::english::{count, list_some, one_line};
use crate::model::error::{Diagnostic, Severity};
use crate::model::exit::Exit;

/// Most names in a message.
const NAMED: usize = 5;

/// Checks a cookbook, signs it and publishes it in a registry.
///
/// A registry is a directory or a git repository with an index, or an OCI registry. Before anything is written, the manifest
/// must be complete, the files committed, the recipes and tests without errors, and the version number high enough for what
/// is different from the version before. Nothing may look like a secret. What was published is then read again and compared.
///
/// A published version never changes. `chefrs cookbook yank` takes one out of use.
#[derive(Debug, Args)]
pub(super) struct PublishArguments {
    #[command(flatten)]
    cookbook: OwnCookbook,
    /// Where to: the name of a registry in chefrs.toml, a directory, `git+URL`, `oci://HOST/NAME`, or `tag` for a tag in the
    /// repository of the cookbook, which you push yourself.
    #[arg(long, value_name = "PLACE")]
    to: String,
    /// The SSH key that signs: a private key, or the public one of a key that the agent or a hardware key has.
    #[arg(long, value_name = "FILE", conflicts_with = "unsigned", required_unless_present_any = ["unsigned", "dry_run"])]
    key: Option<Utf8PathBuf>,
    /// Publish without a signature.
    #[arg(long)]
    unsigned: bool,
    /// Check everything, show what would be published, and stop.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn publish(arguments: &PublishArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let found = arguments.cookbook.find()?;
    let failed = |wrong: Vec<Diagnostic>| EarlyEnd::Findings(Exit::Failed, wrong);
    let root = project::root(&found.project);
    let shared = SharedCookbooks::open(&root, &environment::owners()?, None)?;
    let place = shared.publish_place(&arguments.to).map_err(|wrong| failed(vec![wrong]))?;
    let files = found.files()?;
    let mut publication = Publication::of(&files, place.needs_scope()).map_err(|wrong| failed(wrong.0))?;
    if !files.uncommitted.is_empty() {
        let names: Vec<String> =
            files.uncommitted.iter().map(|path| format!("`{}`", one_line(path))).collect();
        let wrong = Diagnostic::error(format!("not everything is committed: {}", list_some(&names, NAMED)));
        return Err(failed(vec![wrong.hint("commit it: what is published is what the repository has")]));
    }
    let tests = well_made(&found)?;
    rights::require_declared(&found)?;
    let earlier = earlier(&found, &place, &publication)?;
    if let Some(wrong) = earlier.as_ref().and_then(|(earlier, _)| too_low(&found, earlier)) {
        let hint = "`chefrs cookbook check` lists what is different";
        return Err(failed(vec![wrong.hint(hint)]));
    }
    let mut text = format!("{} {}\n{}", publication.name, publication.version, listed(&files));
    text.push_str(&capabilities(&publication.capabilities));
    let _ = writeln!(text, "sum {}", publication.sum);
    let _ = writeln!(text, "{} passed", count(tests, "test"));
    if let Some((earlier, origin)) = &earlier {
        let _ = writeln!(text, "follows {} of {origin}", earlier.version);
    }
    terminal.print(&text)?;
    if arguments.dry_run {
        terminal.print("nothing was published\n")?;
        return Ok(Exit::Success);
    }
    let signed = statement(&publication.name, &publication.version, &publication.sum);
    let signature = arguments.key.as_ref().map(|key| sign(key, &signed)).transpose();
    let signature = signature.map_err(|wrong| failed(vec![wrong]))?;
    publication.seal(&locked_run::now(), signature.as_deref());
    place.publish(&publication, &found.directory).map_err(|wrong| failed(vec![wrong]))?;
    let to = one_line(&arguments.to);
    terminal.print(&format!("published {} {} at `{to}`\n", publication.name, publication.version))?;
    Ok(Exit::Success)
}

/// Compiles what can be compiled without a project, and runs the tests. Returns how many there are.
fn well_made(found: &FoundCookbook) -> Result<usize, EarlyEnd> {
    let (project, name) = (&found.project, &found.name);
    // What can't be read is told with its place.
    interface(project, name)?;
    let has_default = project.cookbook(name).is_some_and(|book| book.has("recipes/default.lua"));
    if has_default {
        let run_list = [name.clone()];
        for system in RECORDED.iter().take(CHECKED) {
            let facts = recorded(system)?;
            let input = Input { project, run_list: &run_list, facts: &facts, attributes: &[] };
            if let Err(findings) = Compiler::default().compile(&input) {
                return Err(EarlyEnd::Findings(Exit::Compile, findings.0));
            }
        }
    }
    let tests = test_files::all(project).into_iter().filter(|file| file.cookbook == *name).collect();
    let done = Compiler::default().test(project, tests, None)?;
    let mut wrong = done.broken;
    let tests = done.results.len();
    wrong.extend(done.results.into_iter().flat_map(|result| result.findings));
    if wrong.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(EarlyEnd::Findings(Exit::Failed, wrong));
    }
    Ok(tests)
}

/// The version before: in the registry, or else of a tag.
fn earlier(
    found: &FoundCookbook,
    place: &PublishPlace,
    publication: &Publication,
) -> Result<Option<(ComparedCookbook, String)>, EarlyEnd> {
    // A tag of this version must have the same files.
    let (of_tag, origin) = tagged(found)?;
    let of_place = place.previous(&publication.name, &publication.version);
    let of_place = of_place.map_err(|wrong| EarlyEnd::Findings(Exit::Failed, vec![wrong]))?;
    Ok(match of_place {
        Some(directory) => Some((compared(found, &directory)?, "the registry".to_owned())),
        None => of_tag.map(|earlier| (earlier, origin)),
    })
}

/// What it may do, a line for each kind.
fn capabilities(declared: &Value) -> String {
    let Value::Object(kinds) = declared else { return "may do nothing on a machine\n".to_owned() };
    let mut text = "may:\n".to_owned();
    for (kind, patterns) in kinds {
        let patterns = patterns.as_array().into_iter().flatten().filter_map(Value::as_str);
        let patterns: Vec<&str> = patterns.collect();
        if !patterns.is_empty() {
            let _ = writeln!(text, "  {}: {}", one_line(kind), one_line(&patterns.join(", ")));
        }
    }
    text
}
