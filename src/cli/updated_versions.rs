//! What is different in the versions of cookbooks that an update takes: their files, and what others use of them.

use std::fmt::Write as _;

use crate::cookbook::Project;
use crate::cookbook::changed_files::{FileChange, changed_files};
use crate::cookbook::interface::{InterfaceImpact, interface_changes};
use crate::model::english::{count, list_some, one_line};

use super::cookbook::compared::interface;

/// Most files that a line names.
const NAMED: usize = 5;

/// The differences between the cookbooks that a project had and those that it has: lines for each that has another version.
pub(super) fn updated_versions(old: &Project, new: &Project) -> Vec<String> {
    let mut lines = Vec::new();
    for name in new.cookbook_names() {
        let (Some(before), Some(after)) = (old.cookbook(name), new.cookbook(name)) else { continue };
        if new.is_own(name) || after.is_shipped() || before.is_shipped() {
            continue;
        }
        let files = changed_files(before, after);
        if files.is_empty() {
            continue;
        }
        lines.push(format!("{name} {} to {}:", before.version, after.version));
        lines.push(format!("  files: {}", of_files(&files)));
        // A version that can't be described is told by the next check.
        let (Ok(offered), Ok(offers)) = (interface(old, name), interface(new, name)) else { continue };
        for change in interface_changes(&offered, &offers) {
            let impact = match change.impact {
                InterfaceImpact::Breaking => "breaking: ",
                InterfaceImpact::Compatible => "",
            };
            lines.push(format!("  {impact}{}", change.text));
        }
    }
    lines
}

fn of_files(files: &[(String, FileChange)]) -> String {
    let mut text = String::new();
    for (change, verb) in
        [(FileChange::Changed, "changed"), (FileChange::Added, "added"), (FileChange::Removed, "removed")]
    {
        let names: Vec<String> =
            files.iter().filter(|(_, found)| *found == change).map(|(path, _)| one_line(path)).collect();
        if !names.is_empty() {
            let gap = if text.is_empty() { "" } else { "; " };
            // Writing to a string does not fail.
            let _ = write!(text, "{gap}{} {verb}, {}", count(names.len(), "file"), list_some(&names, NAMED));
        }
    }
    text.trim_start_matches("files: ").to_owned()
}
