//! What a cookbook offers, compared with an earlier version.

use camino::Utf8Path;

use super::chosen_cookbook::FoundCookbook;
use crate::cli::early_end::EarlyEnd;
use crate::cli::environment;
use crate::cli::offer::offer;
use crate::cookbook::Project;
use crate::cookbook::interface::{CookbookInterface, InterfaceChange, TypeInterface, interface_changes};
use crate::cookbook::own_manifest::declared_rights;
use crate::model::error::{Diagnostic, Severity};
use crate::model::exit::Exit;
use crate::model::sorted;

/// The differences from the version in another directory.
pub(in crate::cli) struct ComparedCookbook {
    /// The version there.
    pub(in crate::cli) version: String,
    pub(in crate::cli) changes: Vec<InterfaceChange>,
}

/// Compares a cookbook with another directory that has an earlier version of it.
pub(in crate::cli) fn compared(found: &FoundCookbook, with: &Utf8Path) -> Result<ComparedCookbook, EarlyEnd> {
    let name = &found.name;
    let with = with
        .canonicalize_utf8()
        .map_err(|_| EarlyEnd::usage(Diagnostic::error(format!("there is no directory `{with}`"))))?;
    let root = crate::cli::project::root(&found.project);
    let new = interface(&found.project, name)?;
    let earlier = Project::open_with(&root, &environment::owners()?, Some((name, &with)))?;
    let old = interface(&earlier, name)?;
    let version = earlier.cookbook(name).map(|book| book.version.clone()).unwrap_or_default();
    Ok(ComparedCookbook { version, changes: interface_changes(&old, &new) })
}

/// What a cookbook of a project offers to others.
pub(in crate::cli) fn interface(project: &Project, name: &str) -> Result<CookbookInterface, EarlyEnd> {
    let Some(book) = project.cookbook(name) else { return Ok(CookbookInterface::default()) };
    let offer = offer(project)?;
    let label = book.label("");
    let is_of = |finding: &Diagnostic| {
        let place = finding.location.as_ref();
        finding.severity == Severity::Error && place.is_none_or(|place| place.file.starts_with(&label))
    };
    let wrong: Vec<Diagnostic> = offer.findings.into_iter().filter(is_of).collect();
    if !wrong.is_empty() {
        return Err(EarlyEnd::Findings(Exit::Compile, wrong));
    }
    let mut interface = CookbookInterface::default();
    for (kind, patterns) in declared_rights(book)?.needed.into_iter().flatten() {
        interface.capabilities.extend(patterns.iter().map(|pattern| format!("{} {pattern}", kind.word())));
    }
    interface.recipes.extend(book.names("recipes", "lua"));
    for card in offer.types.into_iter().filter(|card| card.cookbook.as_deref() == Some(name)) {
        let word = card.word.split_once('.').map_or(card.word.as_str(), |(_, word)| word).to_owned();
        let properties = card.schema.properties.into_iter().map(|property| (property.name.clone(), property));
        let actions = card.actions.into_iter().map(|(action, _)| action).collect();
        interface.types.insert(word, TypeInterface { properties: sorted::collected(properties), actions });
    }
    for attribute in offer.attributes {
        if let (Some((book, path)), Some(property)) = (attribute.path.split_once('.'), attribute.property)
            && book == name
        {
            interface.attributes.insert(path.to_owned(), property);
        }
    }
    Ok(interface)
}
