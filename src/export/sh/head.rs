//! The head of a script: what it is, what it does not carry, and what it needs.

use std::fmt::Write as _;

use super::script::ShellScript;
use crate::export::loss::ExportLoss;
use crate::export::outlined::ExportOutline;
use crate::export::shell_words::{identifier, quoted, secret_variable};
use crate::facts::platform;
use crate::model::english::one_line;
use crate::model::query::Init;
use crate::resources;

/// The end of the head: the variables of the run, and its arguments.
pub(super) const READY: &str = r"umask 022
scratch=$(mktemp -d)
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
";

/// The comment at the top.
pub(super) fn comment(outline: &ExportOutline<'_>, losses: &[ExportLoss]) -> String {
    let machine = &outline.machine;
    let list = one_line(&outline.collection.run_list.join(", "));
    let mut text = format!(
        "#!/bin/sh\n\
         # Written by `chefrs export` {} from the run list {list}, for {} {}.\n\
         # It needs no chefrs. The code is yours now: read it, keep it, change it.\n\
         #\n\
         #   sh SCRIPT           changes what differs\n\
         #   sh SCRIPT --check   changes nothing; ends with 2 if something would change\n",
        env!("CARGO_PKG_VERSION"),
        one_line(&machine.platform),
        one_line(&machine.major_version),
    );
    if !losses.is_empty() {
        text.push_str("#\n# What it does not carry:\n");
        for loss in losses {
            let _ = writeln!(text, "#   {}", told(outline, loss));
        }
    }
    text.push('\n');
    text
}

/// A loss in one line.
pub(in crate::export) fn told(outline: &ExportOutline<'_>, loss: &ExportLoss) -> String {
    one_line(&format!("{} `{}`: {}", outline.rows[loss.row].row.id(), loss.of, loss.reason))
}

/// Arguments, rights, the machine, and secrets.
pub(super) fn beginning(script: &ShellScript<'_>) -> String {
    let mut text = String::from(
        "set -eu\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH LC_ALL=C.UTF-8\n\n",
    );
    text.push_str(
        "check=0 changes=0 counted=0 updated=0 same=0 current= start=0 owed= made= draft= failed=\n\
         case ${1:-} in\n\
         '') ;;\n\
         --check) check=1 ;;\n\
         *)\n  echo \"usage: sh $0 [--check]\" >&2\n  exit 64\n  ;;\n\
         esac\n",
    );
    let rows = &script.outline.rows;
    let needs_root = |kind: &str| resources::find(kind).is_some_and(|found| found.needs_root);
    if rows.iter().any(|row| row.never.is_none() && !row.actions.is_empty() && needs_root(&row.row.r#type)) {
        text.push_str(
            "if [ \"$(id -u)\" != 0 ]; then\n  echo \"run it as root: sudo sh $0\" >&2\n  exit 1\nfi\n",
        );
    }
    text.push_str(&assertions(script));
    text.push_str(&secrets(script.outline));
    text.push('\n');
    text
}

/// Fails on another machine than the one that the collection was compiled for.
fn assertions(script: &ShellScript<'_>) -> String {
    let machine = &script.outline.machine;
    let mut text = String::new();
    if !machine.platform.is_empty() {
        let id = platform::os_release_id(&machine.platform);
        let (shown, wanted) = if machine.major_version.starts_with(|c: char| c.is_ascii_digit()) {
            ("$ID ${VERSION_ID%%.*}", format!("{id} {}", machine.major_version))
        } else {
            ("$ID", id.to_owned())
        };
        let _ = write!(
            text,
            "\n# It was made for this system; on another one it may do the wrong thing.\n\
             if [ \"$(VERSION_ID= && . /etc/os-release && echo \"{shown}\")\" != {} ]; then\n  \
             echo \"this script is for {wanted}\" >&2\n  exit 1\nfi\n",
            quoted(&wanted),
        );
    }
    let program = script.has_services.then(|| service_program(machine.init)).flatten();
    let manager = script.manager.and_then(|manager| manager.commands.install.first().copied());
    for program in manager.into_iter().chain(program) {
        let _ = write!(
            text,
            "command -v {program} >/dev/null || {{\n  echo \"this script needs {program}\" >&2\n  exit 1\n}}\n"
        );
    }
    text
}

/// Reads the secrets, and fails with the list of those that are missing.
fn secrets(outline: &ExportOutline<'_>) -> String {
    let names = outline.secrets();
    if names.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n# Secrets come from the environment, or from files that it names.\nmissing_secrets=\n",
    );
    for name in names {
        let variable = secret_variable(name);
        let own = format!("secret_{}", identifier(name));
        let _ = write!(
            text,
            "{own}=${{{variable}:-}}\n\
             if [ -z \"${own}\" ] && [ -n \"${{{variable}_FILE:-}}\" ]; then {own}=$(cat -- \"${variable}_FILE\"); fi\n\
             if [ -z \"${own}\" ]; then missing_secrets=\"$missing_secrets {variable}\"; fi\n\
             unset {variable} {variable}_FILE\n"
        );
    }
    text.push_str(
        "if [ -n \"$missing_secrets\" ]; then\n  \
         echo \"secrets are missing; set these variables, or NAME_FILE to the path of a file:$missing_secrets\" >&2\n  \
         exit 1\nfi\n",
    );
    text
}

/// The program that a machine with this service manager has.
fn service_program(init: Init) -> Option<&'static str> {
    match init {
        Init::Systemd => Some("systemctl"),
        Init::Openrc => Some("rc-service"),
        Init::Sysv | Init::None => None,
    }
}
