//! The rights that the tests of a cookbook need, and those that its manifest declares.

use std::collections::BTreeSet;

use toml_edit::{Array, Item, Table, Value};

use super::chosen_cookbook::FoundCookbook;
use crate::cli::add::document;
use crate::cli::early_end::EarlyEnd;
use crate::cli::terminal::Terminal;
use crate::cli::{requests, sharing, test_files};
use crate::confined::Compiler;
use crate::cookbook::own_manifest::{DeclaredRights, declared_rights, write_manifest};
use crate::cookbook::{Cookbook, Project};
use crate::model::capability::{Capabilities, Need, full_control};
use crate::model::english::count;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::sorted;
use crate::model::unit_test::FOLDER;

/// Table of a manifest.
const TABLE: &str = "capabilities";

/// Writes what the tests need into the manifest.
pub(super) fn infer(found: &FoundCookbook, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let FoundCookbook { project, name, directory } = found;
    let rights = Rights::of(project, name)?;
    let added: BTreeSet<Need> =
        sorted::collected(rights.missing().map(|need| Need { kind: need.kind, name: need.pattern() }));
    if !added.is_empty() {
        write_manifest(directory, &with_needs(&rights.manifest, &added)?)?;
    }
    let added: Vec<Need> = added.into_iter().collect();
    let mut lines = vec![match added.len() {
        0 => format!("`{name}` declares all that its tests need"),
        some => format!("wrote {} into the manifest of `{name}`:", count(some, "right")),
    }];
    lines.extend(requests::kind_lines(&added));
    sharing::print_lines(&lines, terminal)?;
    Ok(Exit::Success)
}

/// Writes what the tests need, if the manifest declares rights at all. Says nothing if that is nothing.
pub(in crate::cli) fn infer_more(found: &FoundCookbook, terminal: &Terminal) -> Result<(), EarlyEnd> {
    let rights = Rights::of(&found.project, &found.name)?;
    if rights.needed.is_some() && rights.missing().next().is_some() {
        infer(found, terminal)?;
    }
    Ok(())
}

/// Refuses a cookbook that declares nothing, and needs something in its tests. One that declares is held to that.
pub(super) fn require_declared(found: &FoundCookbook) -> Result<(), EarlyEnd> {
    let FoundCookbook { project, name, .. } = found;
    if !has_tests(found) {
        return Ok(());
    }
    let rights = Rights::of(project, name)?;
    if rights.needed.is_some() || rights.used.is_empty() {
        return Ok(());
    }
    let mut wrong = Diagnostic::error(format!(
        "`{name}` has no `[capabilities]`, so it may do nothing in the projects of others"
    ));
    wrong.notes = rights.used.iter().map(Need::shown).collect();
    let hint = format!("`chefrs cookbook check {name} --infer` writes them");
    Err(EarlyEnd::Findings(Exit::Failed, vec![wrong.hint(hint)]))
}

fn has_tests(FoundCookbook { project, name, .. }: &FoundCookbook) -> bool {
    project.cookbook(name).is_some_and(|book| !book.names(FOLDER, "lua").is_empty())
}

/// Tells of rights that are missing or far too wide. Without `[capabilities]` and without tests, nothing is known of them.
pub(super) fn check_rights(found: &FoundCookbook, terminal: &Terminal) -> Result<(), EarlyEnd> {
    let FoundCookbook { project, name, .. } = found;
    if !has_tests(found) {
        return Ok(());
    }
    let rights = Rights::of(project, name)?;
    let hint = format!("`chefrs cookbook check {name} --infer` writes them");
    let mut wrong =
        Diagnostic::error(format!("the tests of `{name}` need rights that its manifest does not declare"));
    wrong.notes = rights.missing().map(Need::shown).collect();
    if rights.needed.is_none() {
        if !wrong.notes.is_empty() {
            let message =
                format!("`{name}` has no `[capabilities]`, so it may do nothing in the projects of others");
            terminal.tell(&[Diagnostic::warning(message).hint(hint)])?;
        }
        return Ok(());
    }
    terminal.tell(&wide(&rights))?;
    if wrong.notes.is_empty() {
        Ok(())
    } else {
        Err(EarlyEnd::Findings(Exit::Failed, vec![wrong.hint(hint)]))
    }
}

/// What a cookbook declares, and what its tests need.
struct Rights {
    manifest: String,
    needed: Option<Capabilities>,
    optional: Capabilities,
    used: BTreeSet<Need>,
}

impl Rights {
    fn of(project: &Project, name: &str) -> Result<Self, EarlyEnd> {
        let cookbook =
            project.cookbook(name).ok_or_else(|| EarlyEnd::usage(Diagnostic::error("it is gone")))?;
        let DeclaredRights { manifest, needed, optional } = declared_rights(cookbook)?;
        Ok(Self { manifest, needed, optional, used: used(project, cookbook)? })
    }

    fn missing(&self) -> impl Iterator<Item = &Need> {
        let declares = |need: &Need| {
            self.needed.as_ref().is_some_and(|needed| need.is_in(needed)) || need.is_in(&self.optional)
        };
        self.used.iter().filter(move |need| !declares(need))
    }
}

/// What the rows of a cookbook need in its tests.
fn used(project: &Project, cookbook: &Cookbook) -> Result<BTreeSet<Need>, EarlyEnd> {
    let files = test_files::selected(project, std::slice::from_ref(&cookbook.name))?;
    let done = Compiler::default().needs_in_tests(project, files, &cookbook.name)?;
    let failed: Vec<Diagnostic> =
        done.results.iter().flat_map(|result| &result.findings).chain(&done.broken).cloned().collect();
    if !failed.is_empty() {
        return Err(EarlyEnd::Findings(Exit::Failed, failed));
    }
    Ok(sorted::collected(done.results.into_iter().flat_map(|result| result.needs)))
}

/// Warnings about rights that are far wider than what is used.
fn wide(Rights { needed, optional, used, .. }: &Rights) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (kind, patterns) in needed.iter().flatten().chain(optional) {
        for pattern in patterns {
            let only = Capabilities::from([(*kind, vec![pattern.clone()])]);
            let covered: Vec<&Need> = used.iter().filter(|need| need.is_in(&only)).collect();
            let word = kind.word();
            if covered.is_empty() {
                warnings.push(
                    Diagnostic::warning(format!("no test needs {word} `{pattern}`"))
                        .hint("leave it out, or write a test that needs it"),
                );
            } else if let Some(why) = full_control(*kind, pattern)
                && pattern.contains('*')
                && !covered.iter().any(|need| full_control(*kind, &need.name).is_some())
            {
                let names: Vec<String> =
                    covered.iter().take(3).map(|need| format!("`{}`", need.pattern())).collect();
                warnings.push(
                    Diagnostic::warning(format!("{word} `{pattern}` amounts to full control: {why}"))
                        .note(format!("the tests need {}", names.join(", ")))
                        .hint("declare what is needed, and nothing wider"),
                );
            }
        }
    }
    warnings
}

/// The text of a manifest with more rights.
fn with_needs(text: &str, added: &BTreeSet<Need>) -> Result<String, EarlyEnd> {
    let mut document = document(text)?;
    if !document.contains_key(TABLE) {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        document.insert(TABLE, Item::Table(table));
    }
    let no_table = || EarlyEnd::usage(Diagnostic::error(format!("`{TABLE}` must be a table")));
    let table = document.get_mut(TABLE).and_then(Item::as_table_like_mut).ok_or_else(no_table)?;
    for need in added {
        let word = need.kind.word();
        if !table.contains_key(word) {
            table.insert(word, Item::Value(Value::Array(Array::new())));
        }
        let list = table.get_mut(word).and_then(Item::as_array_mut).ok_or_else(no_table)?;
        list.push(need.name.as_str());
        for item in list.iter_mut() {
            item.decor_mut().set_prefix("\n  ");
        }
        list.set_trailing("\n");
        list.set_trailing_comma(true);
    }
    Ok(document.to_string())
}
