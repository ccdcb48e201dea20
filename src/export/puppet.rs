//! `puppet`: a manifest for Puppet.

use std::fmt::Write as _;

use super::form::ExportForm;
use super::heading::{self, PlatformNames};
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use manifest::Manifest;
use words::quoted;

mod accounts;
mod commands;
mod files;
mod manifest;
mod packages;
mod puppet_resource;
mod units;
mod words;

/// A manifest of Puppet.
pub(super) const FORM: ExportForm = ExportForm {
    name: "puppet",
    doc: "A manifest for Puppet 7 or newer, with its files.",
    has_several_files: true,
    write,
};

/// What one should know of it.
const NOTES: &[&str] = &[
    "  puppet apply --modulepath modules site.pp           on this machine",
    "  with --noop                                         changes nothing, and says what would change",
    "",
    "Each resource needs the one before it. Puppet goes on after a failure, but leaves out all that follows it here, also",
    "what was notified for the end. That runs last, each once. What is notified immediately stands behind what notifies it.",
    "A guard that can't be run counts as one that fails. A link takes the place of a file that is at its path.",
];

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let mut manifest = Manifest::new(outline, losses);
    manifest.units();
    let Manifest { text: resources, kept, .. } = manifest;
    let secrets = "Secrets, as the keys of the hash `secrets` that Hiera looks up:";
    let mut text = heading::comment(outline, losses, NOTES, secrets);
    text.push_str(&assertions(outline));
    let _ = write!(
        text,
        "\nExec {{\n  path     => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',\n  \
         provider => shell,\n  timeout  => {},\n}}\n",
        commands::USUAL_TIMEOUT,
    );
    text.push_str(&resources);
    let mut files = vec![ExportedFile { path: "site.pp".into(), content: text.into_bytes() }];
    files.extend(kept.files);
    files
}

/// Fails on another platform, and without the secrets.
fn assertions(outline: &ExportOutline<'_>) -> String {
    let mut text = String::new();
    if let Some(name) = heading::platform_name(outline, PlatformNames::Puppet) {
        let version = heading::major_version(outline);
        let other_version = version
            .map(|version| format!(" or $facts['os']['release']['full'] !~ /\\A{version}(\\.|\\z)/"))
            .unwrap_or_default();
        let shown = version.map(|version| format!(" {version}")).unwrap_or_default();
        let _ = write!(
            text,
            "\n# It was made for this system; on another one it may do the wrong thing.\n\
             if $facts['os']['name'] != '{name}'{other_version} {{\n  \
             fail('this manifest is for {name}{shown}')\n}}\n",
        );
    }
    let names = outline.secrets();
    if !names.is_empty() {
        let names: Vec<String> = names.into_iter().map(quoted).collect();
        let _ = write!(
            text,
            "\n$secrets = lookup('secrets', Hash, 'first', {{}})\n\
             $missing_secrets = [{}].filter |$name| {{ !($name in $secrets) }}\n\
             unless empty($missing_secrets) {{\n  \
             fail(\"secrets are missing: ${{join($missing_secrets, ', ')}}\")\n}}\n",
            names.join(", "),
        );
    }
    text
}
