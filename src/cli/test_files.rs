//! The files with tests of a project, and those that are named on the command line.

use camino::Utf8Path;

use crate::cookbook::{Cookbook, Project};
use crate::model::english::{list_some, nearest};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::unit_test::{FOLDER, TestFile};

use super::early_end::EarlyEnd;

/// Most names in a hint.
const NAMED: usize = 5;

/// The tests of the project and of its own cookbooks, without the shipped ones.
pub(super) fn all(project: &Project) -> Vec<TestFile> {
    let own = project.cookbook_names().into_iter().filter_map(|name| project.cookbook(name));
    let books = std::iter::once(project.own()).chain(own.filter(|book| !book.is_shipped()));
    books.flat_map(of_book).collect()
}

fn of_book(book: &Cookbook) -> Vec<TestFile> {
    let names = book.names(FOLDER, "lua").into_iter();
    let file = |name| TestFile { cookbook: book.name.clone(), path: format!("{FOLDER}/{name}.lua") };
    names.map(file).collect()
}

/// The path of a file as messages show it.
pub(super) fn label(project: &Project, file: &TestFile) -> String {
    let book = if file.cookbook.is_empty() { Some(project.own()) } else { project.cookbook(&file.cookbook) };
    book.map_or_else(|| file.path.clone(), |book| book.label(&file.path))
}

/// The files that these names mean, each once. Without names, all.
///
/// # Errors
/// There are no tests, or none of a name.
pub(super) fn selected(project: &Project, names: &[String]) -> Result<Vec<TestFile>, EarlyEnd> {
    let all = all(project);
    if all.is_empty() {
        let nothing = Diagnostic::error("there are no tests");
        return Err(EarlyEnd::usage(
            nothing
                .hint("write them to `tests/NAME.lua` of the project, or `cookbooks/NAME/tests/NAME.lua`")
                .hint("`chefrs help tests` explains how"),
        ));
    }
    let means = |name: &str, file: &TestFile| {
        let label = label(project, file);
        let path = inside(project, name);
        let is_below = |folder: &str| {
            folder.is_empty()
                || label.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        file.cookbook == name || path.as_deref().is_some_and(is_below) || is_below(name.trim_end_matches('/'))
    };
    let wrong: Vec<Diagnostic> = names
        .iter()
        .filter(|name| !all.iter().any(|file| means(name, file)))
        .map(|name| unknown(project, name, &all))
        .collect();
    if !wrong.is_empty() {
        return Err(EarlyEnd::Findings(Exit::Usage, wrong));
    }
    let is_named = |file: &TestFile| names.is_empty() || names.iter().any(|name| means(name, file));
    Ok(all.into_iter().filter(is_named).collect())
}

/// The path below the project of something that exists.
fn inside(project: &Project, name: &str) -> Option<String> {
    let real = Utf8Path::new(name).canonicalize_utf8().ok()?;
    let root = project.root().canonicalize_utf8().ok()?;
    real.strip_prefix(&root).ok().map(|path| path.as_str().to_owned())
}

fn unknown(project: &Project, name: &str, all: &[TestFile]) -> Diagnostic {
    let mut known: Vec<String> =
        all.iter().map(|file| file.cookbook.clone()).filter(|name| !name.is_empty()).collect();
    known.dedup();
    known.extend(all.iter().map(|file| label(project, file)));
    let wrong = Diagnostic::error(match project.cookbook(name) {
        Some(book) if book.is_shipped() => {
            format!("the tests of the cookbook `{name}`, which ships with chefrs, are not in the program")
        }
        Some(_) => format!("the cookbook `{name}` has no tests"),
        None => format!("there are no tests `{name}`"),
    });
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        return wrong.hint(format!("did you mean `{near}`?"));
    }
    let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    wrong.hint(format!("there are {}", list_some(&quoted, NAMED)))
}
