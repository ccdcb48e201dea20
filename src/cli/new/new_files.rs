//! Files that `chefrs new` writes, and the names that it accepts.

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::early_end::EarlyEnd;
use crate::cookbook::scoped_name::{NAMES, forms, is_full_name, is_name, short};
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Failure};
use crate::target::local::document::DocumentDirectory;

/// Files to write.
pub(super) struct NewFiles {
    /// The directory that they are in.
    pub(super) directory: Utf8PathBuf,
    /// The cookbook that was there before and gets them.
    pub(super) cookbook: Option<String>,
    /// Paths in it, with their texts.
    pub(super) files: Vec<(String, String)>,
    /// What to do with them, in a line.
    pub(super) next: String,
}

impl NewFiles {
    /// Writes all of them, or none. Returns their paths.
    pub(super) fn write(&self) -> Result<Vec<Utf8PathBuf>, EarlyEnd> {
        let paths: Vec<Utf8PathBuf> = self.files.iter().map(|(path, _)| self.directory.join(path)).collect();
        if let Some(present) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
            let wrong = Diagnostic::error(format!("`{}` exists already", one_line(present.as_str())));
            return Err(EarlyEnd::usage(wrong.hint("take another name; nothing was written")));
        }
        for (at, (path, (_, text))) in paths.iter().zip(&self.files).enumerate() {
            written(path, text).map_err(|failure| {
                for path in &paths[..at] {
                    // What can't be removed again stays, as it would without this.
                    let _ = std::fs::remove_file(path);
                }
                EarlyEnd::unwritten("the files", &self.directory, failure, "name another directory")
            })?;
        }
        Ok(paths)
    }
}

fn written(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    DocumentDirectory::open_or_make(folder)?.write(path.file_name().unwrap_or_default(), text.as_bytes())
}

/// The script for continuous integration of a project or a cookbook.
pub(super) const CI: &str = "#!/bin/sh
# What must pass before a change is taken. Call it from continuous integration: `sh ci.sh`. It needs the program chefrs.
set -eu
cd \"$(dirname \"$0\")\"

chefrs lock --check
chefrs check
";

/// A text with a name in the place of `[name]`.
pub(super) fn filled(text: &str, name: &str) -> String {
    text.replace("[name]", name)
}

/// The error for what can't name a thing.
pub(super) fn unnamed(name: &str, what: &str, hint: &str) -> EarlyEnd {
    let wrong = Diagnostic::error(format!("`{}` is not a valid name for {what}", one_line(name)));
    EarlyEnd::usage(wrong.hint(hint))
}

/// Checks the name of a recipe or a custom resource.
pub(super) fn checked<'a>(name: &'a str, what: &str) -> Result<&'a str, EarlyEnd> {
    if is_name(name) { Ok(name) } else { Err(unnamed(name, what, NAMES)) }
}

/// Checks the name of a cookbook. Returns the name in a project, without the scope.
pub(super) fn checked_cookbook(name: &str) -> Result<String, EarlyEnd> {
    if is_full_name(name) { Ok(short(name)) } else { Err(unnamed(name, "a cookbook", forms(name))) }
}
