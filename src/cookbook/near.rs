//! Hints for a file that does not exist: a near name, or a list of the existing ones.

use crate::model::english;
use crate::model::error::Diagnostic;

use super::path::whole;
use super::source::Source;

/// Most names in a hint.
const NAMED: usize = 8;

/// The error for a missing path such as `files/site.conf`. `noun` says what was looked for.
pub(super) fn missing(source: &Source, path: &str, noun: &str) -> Diagnostic {
    let (folder, name) = match path.strip_prefix("files/") {
        Some(name) => ("files", name),
        None => ("", path),
    };
    let mut names = source.files(folder);
    if noun == "directory" {
        names = directories(&names);
    }
    let wrong = Diagnostic::error(format!("there is no {noun} `{name}`")).at(whole(source.label(path)));
    if let Some(inside) = name.strip_prefix("files/") {
        return wrong
            .note("`files/` is not part of the name of a source")
            .hint(format!("write `source = \"{inside}\"`"));
    }
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(near) = english::nearest(name, names.iter().map(String::as_str)) {
        return wrong.hint(format!("did you mean `{near}`?"));
    }
    if let Some(near) = names.iter().find(|known| base(known) == base(name)) {
        return wrong.hint(format!("did you mean `{near}`?"));
    }
    match these(names.iter()) {
        Some(these) => wrong.hint(format!("there is {these}")),
        None => wrong.hint(format!("create it at `{}`", source.label(path))),
    }
}

/// A list of names for a hint, cut off if it is long. None if it is empty.
pub(super) fn these<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> Option<String> {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    (!quoted.is_empty()).then(|| english::list_some(&quoted, NAMED))
}

fn directories(files: &[String]) -> Vec<String> {
    let mut found: Vec<String> =
        files.iter().filter_map(|file| file.rsplit_once('/')).map(|(folder, _)| folder.to_owned()).collect();
    found.dedup();
    found
}
