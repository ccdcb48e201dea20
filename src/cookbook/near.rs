//! The way out when a file is not there: the name that was probably meant, or what there is.

use crate::model::english;
use crate::model::error::Diagnostic;

use super::path::whole;
use super::source::Source;

/// Most names that a hint lists.
const NAMED: usize = 8;

/// The error for a path (`files/site.conf`) that is not there; `noun` is what was looked for.
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
            .note("a source is looked for in `files/`, which is not part of its name")
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

/// Names for a hint, not too many; nothing where there are none.
pub(super) fn these<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> Option<String> {
    let more = names.len().saturating_sub(NAMED);
    let mut shown: Vec<String> = names.take(NAMED).map(|name| format!("`{name}`")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    (!shown.is_empty()).then(|| english::list(&shown, "and"))
}

fn directories(files: &[String]) -> Vec<String> {
    let mut found: Vec<String> =
        files.iter().filter_map(|file| file.rsplit_once('/')).map(|(folder, _)| folder.to_owned()).collect();
    found.dedup();
    found
}
