//! Relative paths in a cookbook.

use camino::{Utf8Component, Utf8Path};

use crate::model::error::{Diagnostic, Location};

/// Checks that a path is relative and has no `..`.
pub(super) fn checked(written: &str, path: &str) -> Result<(), Diagnostic> {
    let refused = |message: String| {
        Err(Diagnostic::error(message).hint("name a path inside the cookbook, such as `conf/site.conf`"))
    };
    if written.starts_with('/') {
        return refused(format!("`{written}` is absolute, but a source must be inside its cookbook"));
    }
    if written.is_empty() || written.contains(['\0', '\n']) {
        return refused(format!("`{}` is not a path", written.escape_debug()));
    }
    if Utf8Path::new(path).components().any(|part| part == Utf8Component::ParentDir) {
        return refused(format!("`{written}` has `..` in it, but a source must be inside its cookbook"));
    }
    Ok(())
}

/// Joins two relative paths. Either may be empty.
pub(super) fn join(left: &str, right: &str) -> String {
    match (left, right) {
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{left}/{right}"),
    }
}

/// A location for a whole file.
pub(super) fn whole(file: impl Into<String>) -> Location {
    Location::new(file, 0)
}
