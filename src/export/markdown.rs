//! `markdown`: notes from which a person sets a machine up by hand.

use std::fmt::Write as _;

use super::form::ExportForm;
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use crate::model::english::one_line;

mod commands;
mod scripts;
mod steps;
mod texts;
mod things;

/// A runbook.
pub(super) const FORM: ExportForm = ExportForm {
    name: "markdown",
    doc: "Notes for people: numbered steps with the commands to type, and how to see that they worked.",
    has_several_files: false,
    write,
};

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let mut notes = steps::Notes::new(outline);
    notes.all();
    losses.append(&mut notes.losses);
    let text = head(outline, losses, &notes) + notes.text.trim_end() + "\n" + &end(&notes);
    vec![ExportedFile { path: "runbook.md".into(), content: text.into_bytes() }]
}

fn head(outline: &ExportOutline<'_>, losses: &[ExportLoss], notes: &steps::Notes<'_>) -> String {
    let machine = &outline.machine;
    let list = texts::plain(&outline.collection.run_list.join(", "));
    let mut text = format!(
        "# Runbook: {list}\n\n\
         Written by `chefrs export` {} from the run list {list}. These notes need no chefrs. They are yours now: keep them, and \
         change them when the machine changes.\n\n\
         ## Before you start\n\n\
         - The machine is {} {}. On another system, names and commands may differ.\n\
         - You are root: `sudo -i`.\n",
        env!("CARGO_PKG_VERSION"),
        one_line(&machine.platform),
        one_line(&machine.major_version),
    );
    if notes.text.contains("sudo -") {
        text.push_str("- `sudo` is there: steps that run as another user type it.\n");
    }
    if notes.has_sensitive {
        text.push_str("- Some of it is not for everybody. Keep these notes where only you can read them.\n");
    }
    // Writing to a string can't fail.
    for name in outline.secrets() {
        let _ = writeln!(text, "- You have the secret {}. It is not in these notes.", texts::code(name));
    }
    if !notes.files.is_empty() {
        let words: Vec<String> =
            notes.files.iter().map(|path| commands::word(path.trim_start_matches('/'))).collect();
        let _ = write!(
            text,
            "- Keep the files as they are now, so that you can go back. Those that are missing yet are passed over:\n\n\
             ```sh\ntar -C / --ignore-failed-read -cf /root/before.tar {}\n```\n",
            words.join(" ")
        );
    }
    if !losses.is_empty() {
        text.push_str("\nWhat these notes do not carry:\n\n");
        for loss in losses {
            let id = outline.rows[loss.row].row.id();
            let _ = writeln!(
                text,
                "- {} {}: {}",
                texts::code(&id),
                texts::code(&loss.of),
                texts::plain(&loss.reason)
            );
        }
    }
    text
}

fn end(notes: &steps::Notes<'_>) -> String {
    let mut text = String::new();
    if !notes.at_end.is_empty() {
        text.push_str(
            "\n## At the end\n\nDo each of these once, in this order, if a step has asked for it. Do it also if a later step \
             has failed.\n",
        );
        for (action, lines) in &notes.at_end {
            let _ = write!(text, "\n### {action}\n\n{}\n", lines.trim());
        }
    }
    if !notes.back.is_empty() || !notes.files.is_empty() {
        text.push_str(
            "\n## How to go back\n\nIn this order; leave out what was there before you started.\n\n",
        );
        for line in notes.back.iter().rev() {
            let _ = writeln!(text, "1. {line}");
        }
        if !notes.files.is_empty() {
            text.push_str(
                "1. Put the files back: `tar -C / -xpf /root/before.tar`. Remove those that are not in it.\n",
            );
        }
    }
    text
}
