//! Parts of the requests of steps, and their results.

use camino::Utf8Path;

use super::refusal;
use super::wire::Frames;
use crate::model::error::Failure;
use crate::model::step::Attributes;

/// The directory and the name of a path.
pub(super) fn split(path: &Utf8Path) -> Result<(&str, &str), Failure> {
    if !path.is_absolute() {
        return Err(Failure::new(format!("`{path}` is not an absolute path")));
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((parent.as_str(), name)),
        _ => Err(Failure::new(format!("`{path}` does not name a thing inside a directory"))),
    }
}

/// Owner, group and mode as arguments. An empty one is not changed.
pub(super) fn words(attributes: &Attributes) -> (&str, &str, String) {
    let mode = attributes.mode.map(|mode| format!("{:o}", mode & 0o7777)).unwrap_or_default();
    (attributes.owner.as_deref().unwrap_or_default(), attributes.group.as_deref().unwrap_or_default(), mode)
}

/// A flag as an argument.
pub(super) fn flag(set: bool) -> &'static str {
    if set { "yes" } else { "" }
}

/// The result of a step.
pub(super) fn done(frames: &mut Frames, root: bool) -> Result<(), Failure> {
    if frames.text("done").is_some() {
        return Ok(());
    }
    Err(refusal::read(frames).map_or_else(
        || Failure::new("the shell ended the step without saying why"),
        |refusal| refusal.failure(root),
    ))
}
