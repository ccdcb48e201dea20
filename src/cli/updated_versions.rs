//! What is different in the versions of cookbooks that an update takes: their files, and what others use of them.

use std::fmt::Write as _;

use camino::Utf8Path;

use crate::cookbook::Project;
use crate::cookbook::changed_files::{FileChange, changed_files};
use crate::cookbook::interface::{InterfaceImpact, interface_changes};
use crate::cookbook::replaced_versions::ReplacedVersion;
use crate::model::english::{list_some, one_line};

use super::cookbook::compared::interface;
use super::early_end::EarlyEnd;
use super::environment;

/// Most files that a line names.
const NAMED: usize = 5;

/// The differences between the versions that a lock had and those that it has: lines for each.
pub(super) fn updated_versions(
    root: &Utf8Path,
    replaced: &[ReplacedVersion],
) -> Result<Vec<String>, EarlyEnd> {
    let mut lines = Vec::new();
    if replaced.is_empty() {
        return Ok(lines);
    }
    let owners = environment::owners()?;
    let new = Project::open_of(root, &owners)?;
    for ReplacedVersion { name, directory } in replaced {
        let old = Project::open_with(root, &owners, Some((name, directory)));
        // What the old version needs may be gone.
        let Ok(old) = old else { continue };
        let (Some(before), Some(after)) = (old.cookbook(name), new.cookbook(name)) else { continue };
        lines.push(format!("{name} {} to {}:", before.version, after.version));
        lines.push(format!("  files: {}", of_files(&changed_files(before, after))));
        // A version that can't be described is told by the next check.
        let (Ok(offered), Ok(offers)) = (interface(&old, name), interface(&new, name)) else { continue };
        for change in interface_changes(&offered, &offers) {
            let impact = match change.impact {
                InterfaceImpact::Breaking => "breaking: ",
                InterfaceImpact::Compatible => "",
            };
            lines.push(format!("  {impact}{}", change.text));
        }
    }
    Ok(lines)
}

fn of_files(files: &[(String, FileChange)]) -> String {
    let mut text = String::new();
    for (change, verb) in
        [(FileChange::Changed, "changed"), (FileChange::Added, "added"), (FileChange::Removed, "removed")]
    {
        let names: Vec<String> = files
            .iter()
            .filter(|(_, found)| *found == change)
            .map(|(path, _)| format!("`{}`", one_line(path)))
            .collect();
        if !names.is_empty() {
            let gap = if text.is_empty() { "" } else { "; " };
            // Writing to a string does not fail.
            let _ = write!(text, "{gap}{verb} {}", list_some(&names, NAMED));
        }
    }
    text
}
