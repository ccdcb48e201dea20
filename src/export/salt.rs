//! `salt`: a state for Salt.

use std::fmt::Write as _;

use super::form::ExportForm;
use super::heading::{self, PlatformNames};
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use salt_file::SaltFile;

mod accounts;
mod commands;
mod files;
mod packages;
mod salt_file;
mod salt_state;
mod units;

/// A state of Salt.
pub(super) const FORM: ExportForm = ExportForm {
    name: "salt",
    doc: "A state for Salt 3006 or newer, with its files.",
    has_several_files: true,
    write,
};

/// What one should know of it.
const NOTES: &[&str] = &[
    "  salt-call --local --file-root=. state.apply              on this machine",
    "  with test=True                                           changes nothing, and says what would change",
    "",
    "Each state needs the one before it. Salt goes on after a failure, but leaves out all that follows it here, also what",
    "was notified for the end. That runs last, each once. What is notified immediately stands behind what notifies it.",
    "A guard that can't be run counts as one that fails.",
];

const TOP: &str = "base:\n  '*':\n    - exported\n";

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let mut states = SaltFile::new(outline, losses);
    states.units();
    let SaltFile { text: all, imports, kept, .. } = states;
    let secrets = "Secrets, as the keys of the pillar `secrets`:";
    let comment = heading::comment(outline, losses, NOTES, secrets);
    // Jinja reads comments, too.
    let mut text = format!("#!jinja|yaml\n{}", comment.replace('{', "(").replace('}', ")"));
    text.push_str(&imports);
    text.push_str(&assertions(outline));
    text.push_str(&all);
    let mut files = vec![
        ExportedFile { path: "top.sls".into(), content: TOP.into() },
        ExportedFile { path: "exported/init.sls".into(), content: text.into_bytes() },
    ];
    files.extend(kept.files);
    files
}

/// Fails on another platform, and without the secrets.
fn assertions(outline: &ExportOutline<'_>) -> String {
    let mut text = String::new();
    if let Some(name) = heading::platform_name(outline, PlatformNames::Salt) {
        let version = heading::major_version(outline);
        let other_version = version
            .map(|version| format!(" or grains['osmajorrelease'] | string != '{version}'"))
            .unwrap_or_default();
        let shown = version.map(|version| format!(" {version}")).unwrap_or_default();
        let _ = write!(
            text,
            "\n# It was made for this system; on another one it may do the wrong thing.\n\
             {{% if grains['os'] != '{name}'{other_version} %}}\n\
             this state is for {name}{shown}:\n  test.fail_without_changes:\n    - failhard: True\n\
             {{% endif %}}\n",
        );
    }
    for name in outline.secrets() {
        let _ = write!(
            text,
            "{{% if {} not in pillar.get('secrets', {{}}) %}}\n\
             {}:\n  test.fail_without_changes:\n    - failhard: True\n{{% endif %}}\n",
            salt_state::literal(name),
            salt_state::text(&format!("the secret {name} is missing")),
        );
    }
    text
}
