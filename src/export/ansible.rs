//! `ansible`: a play for `ansible-playbook`.

use std::fmt::Write as _;

use super::form::ExportForm;
use super::heading::{self, PlatformNames};
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use super::yaml;
use crate::resources;
use play::Play;

mod accounts;
mod ansible_call;
mod commands;
mod fetched;
mod files;
mod packages;
mod play;
mod units;

/// A play of Ansible.
pub(super) const FORM: ExportForm = ExportForm {
    name: "ansible",
    doc: "A play for Ansible 2.14 or newer, with its files.",
    has_several_files: true,
    write,
};

/// What one should know of it.
const NOTES: &[&str] = &[
    "  ansible-playbook -i HOST, site.yml                      on a host",
    "  ansible-playbook -i localhost, -c local site.yml        on this machine",
    "  with --check --diff                                     changes nothing, and says what would change",
    "",
    "It stops at the first failure. What was notified for the end runs then, too, each once, in the order in which it",
    "stands under `handlers`. What is notified immediately stands behind what notifies it.",
    "A link takes the place of a file that is at its path. Missing parents of a directory are made.",
];

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let mut play = Play::new(outline, losses);
    play.units();
    let Play { calls, notified, kept, .. } = play;
    let secrets = "Secrets, as values of the variable `secrets`: ansible-playbook -e @FILE, which ansible-vault encrypts";
    let mut text = heading::comment(outline, losses, NOTES, secrets);
    let list = yaml::scalar(&outline.collection.run_list.join(", "));
    let _ = write!(text, "---\n- name: {}\n  hosts: all\n", unbraced(&list));
    let needs_root = |kind: &str| resources::find(kind).is_some_and(|found| found.needs_root);
    if outline.rows.iter().any(|row| row.never.is_none() && needs_root(&row.row.r#type)) {
        text.push_str("  become: true\n");
    }
    text.push_str("  gather_facts: true\n  gather_subset:\n    - min\n  force_handlers: true\n  tasks:\n");
    text.push_str(&assertions(outline));
    text.push_str(&calls);
    if !notified.is_empty() {
        text.push_str("\n  handlers:\n");
        text.push_str(notified.trim_start_matches('\n'));
    }
    let mut files = vec![ExportedFile { path: "site.yml".into(), content: text.into_bytes() }];
    files.extend(kept.files);
    files
}

/// Fails on another platform, and without the secrets.
fn assertions(outline: &ExportOutline<'_>) -> String {
    let mut text = String::new();
    if let Some(name) = heading::platform_name(outline, PlatformNames::Ansible) {
        let version = heading::major_version(outline);
        let _ = write!(
            text,
            "    # It was made for this system; on another one it may do the wrong thing.\n    \
             - name: The system is {name} {}\n      \
             ansible.builtin.assert:\n        that:\n          \
             - ansible_facts.distribution == '{name}'\n",
            version.unwrap_or_default(),
        );
        if let Some(version) = version {
            let _ = writeln!(text, "          - ansible_facts.distribution_major_version == '{version}'");
        }
    }
    let names = outline.secrets();
    if !names.is_empty() {
        text.push_str(
            "    - name: All secrets are there\n      ansible.builtin.assert:\n        \
             that: names | difference((secrets | default({})).keys() | list) | length == 0\n        \
             fail_msg: set the variable `secrets`\n      vars:\n        names:\n",
        );
        for name in names {
            let _ = writeln!(text, "          - {}", ansible_call::untemplated(name));
        }
    }
    if text.is_empty() {
        text.push_str("    - ansible.builtin.meta: noop\n");
    }
    text
}

/// A text in which Ansible finds no template.
fn unbraced(text: &str) -> String {
    text.replace('{', "(").replace('}', ")")
}
