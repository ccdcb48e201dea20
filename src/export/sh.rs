//! `sh`: a script for any POSIX shell.

use super::form::ExportForm;
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;

mod accounts;
mod body;
mod commands;
mod functions;
mod head;
mod items;
mod names;
mod rows;
mod script;

pub(super) use head::told;

/// A shell script.
pub(super) const FORM: ExportForm = ExportForm {
    name: "sh",
    doc: "A script for any POSIX shell, which needs nothing else on the machine.",
    has_several_files: false,
    write,
};

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let content = text(outline, losses).into_bytes();
    vec![ExportedFile { path: FILE.into(), content }]
}

/// The name of the script.
pub(super) const FILE: &str = "converge.sh";

/// The text of the script.
pub(super) fn text(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> String {
    written(script::ShellScript::new(outline), losses)
}

/// The text of a script that runs while an image is built.
pub(super) fn text_for_image(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> String {
    let mut script = script::ShellScript::new(outline);
    script.is_for_image = true;
    written(script, losses)
}

fn written(mut script: script::ShellScript<'_>, losses: &mut Vec<ExportLoss>) -> String {
    let rows = rows::all(&mut script);
    losses.append(&mut script.losses);
    let mut all = head::comment(script.outline, losses);
    all.push_str(&head::beginning(&script));
    all.push_str(&script.definitions());
    all.push_str(head::READY);
    all.push_str(&rows);
    all
}
