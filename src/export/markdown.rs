//! `markdown`: notes from which a person sets a machine up by hand.

use std::fmt::Write as _;

use super::form::ExportForm;
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use super::shell_words::variable;
use crate::model::english::one_line;
use crate::model::portable::marked::LaterValue;

mod accounts;
mod commands;
mod fetched;
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
         - You are root, and what you make is for others to read: `sudo -i`, `umask 022`.\n\
         - Go from step to step. Every command succeeds. If one fails, do what the step says for that, then what stands below \
         `At the end`, as far as it was asked for, and stop there.\n\
         - Behind `#` stands when a command is needed, or what it prints.\n",
        env!("CARGO_PKG_VERSION"),
        one_line(&machine.platform),
        one_line(&machine.major_version),
    );
    for (shown, instead) in [
        ("<text of ", "`<text of FILE>`, write the text of that file as it is"),
        (
            "<output of ",
            "`<output of COMMAND>`, write what the command prints, without the end of its last line",
        ),
    ] {
        if notes.text.contains(shown) {
            let _ = writeln!(text, "- In the place of {instead}.");
        }
    }
    if notes.text.contains("apt-get install ") {
        text.push_str("- If a package asks about a configuration file that is there, keep it.\n");
    }
    if notes.text.contains("sudo -") {
        text.push_str("- `sudo` is there: steps that run as another user type it.\n");
    }
    if notes.has_sensitive {
        text.push_str("- Some of it is not for everybody. Keep these notes where only you can read them.\n");
    }
    // Writing to a string can't fail.
    for name in outline.secrets() {
        let _ = write!(text, "- You have the secret {}.", texts::code(name));
        let place = format!("<secret {name}");
        if notes.says(&place) {
            let _ = write!(text, " These notes say {} in its place.", texts::code(&(place + ">")));
        }
        text.push('\n');
        let variable = variable(0, &LaterValue::Secret(name.to_owned()));
        if notes.says(&format!("\"${variable}\"")) || notes.says(&format!("${{{variable}}}")) {
            let _ = write!(
                text,
                "  Commands take it from a variable. Type this, then the secret as it is, the Enter key and Ctrl-D; again in each \
                 new shell:\n\n  ```sh\n  {variable}=$(cat)\n  ```\n"
            );
        }
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
        text.push_str("\n## How to go back\n\nIn this order; leave out what was there before you started.");
        if !notes.by_commands.is_empty() {
            let numbers: Vec<String> = notes.by_commands.iter().map(ToString::to_string).collect();
            let _ =
                write!(text, " What the commands of these steps have made stays: {}.", numbers.join(", "));
        }
        text.push_str("\n\n");
        // A directory is empty once the files are gone.
        let (last, first): (Vec<&String>, Vec<&String>) =
            notes.back.iter().rev().partition(|line| line.starts_with("`rmdir "));
        for line in first {
            let _ = writeln!(text, "1. {line}");
        }
        if !notes.files.is_empty() {
            text.push_str(
                "1. Put the files back: `tar -C / -xpf /root/before.tar`. Remove those that are not in it.\n",
            );
        }
        if notes.files.iter().any(|file| file.starts_with("/etc/systemd/")) {
            text.push_str("1. `systemctl daemon-reload`\n");
        }
        for line in last {
            let _ = writeln!(text, "1. {line}");
        }
    }
    text
}
