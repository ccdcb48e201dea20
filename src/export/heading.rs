//! What stands at the top of code: where it comes from, what one should know, and what it does not carry.

use super::loss::ExportLoss;
use super::outlined::ExportOutline;
use super::sh;
use crate::model::english::one_line;
use std::fmt::Write as _;

/// The name of a platform in the facts of other tools: chefrs, Ansible, Puppet, Salt.
const PLATFORMS: &[[&str; 4]] = &[
    ["debian", "Debian", "Debian", "Debian"],
    ["ubuntu", "Ubuntu", "Ubuntu", "Ubuntu"],
    ["fedora", "Fedora", "Fedora", "Fedora"],
    ["rocky", "Rocky", "Rocky", "Rocky"],
    ["almalinux", "AlmaLinux", "AlmaLinux", "AlmaLinux"],
    ["centos", "CentOS", "CentOS", "CentOS"],
    ["redhat", "RedHat", "RedHat", "RedHat"],
    ["oracle", "OracleLinux", "OracleLinux", "OEL"],
    ["amazon", "Amazon", "Amazon", "Amazon"],
    ["arch", "Archlinux", "Archlinux", "Arch"],
    ["alpine", "Alpine", "Alpine", "Alpine"],
    ["gentoo", "Gentoo", "Gentoo", "Gentoo"],
];

/// A tool that has its own names for platforms.
#[derive(Debug, Clone, Copy)]
pub(super) enum PlatformNames {
    Ansible = 1,
    Puppet,
    Salt,
}

/// The name of the outline's platform in the facts of a tool, if it is known.
pub(super) fn platform_name(outline: &ExportOutline<'_>, tool: PlatformNames) -> Option<&'static str> {
    let names = PLATFORMS.iter().find(|names| names[0] == outline.machine.platform)?;
    names.get(tool as usize).copied()
}

/// The major version of the outline's platform, if it has a number.
pub(super) fn major_version<'o>(outline: &'o ExportOutline<'_>) -> Option<&'o str> {
    let version = outline.machine.major_version.as_str();
    (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some(version)
}

/// The comment at the top, in lines that begin with `#`. `notes` are lines about the form.
pub(super) fn comment(
    outline: &ExportOutline<'_>,
    losses: &[ExportLoss],
    notes: &[&str],
    secrets: &str,
) -> String {
    let list = one_line(&outline.collection.run_list.join(", "));
    let machine = &outline.machine;
    let mut text = format!(
        "# Written by `chefrs export` {} from the run list {list}, for {} {}.\n\
         # It needs no chefrs. The code is yours now: read it, keep it, change it.\n#\n",
        env!("CARGO_PKG_VERSION"),
        one_line(&machine.platform),
        one_line(&machine.major_version),
    );
    for note in notes {
        text.push_str(format!("# {note}").trim_end());
        text.push('\n');
    }
    let names = outline.secrets();
    if !names.is_empty() {
        let _ = write!(text, "#\n# {secrets}\n");
        for name in names {
            let _ = writeln!(text, "#   {}", one_line(name));
        }
    }
    if !losses.is_empty() {
        text.push_str("#\n# What it does not carry:\n");
        for loss in losses {
            let _ = writeln!(text, "#   {}", sh::told(outline, loss));
        }
    }
    text
}

/// Where a row was declared, and why, as one line.
pub(super) fn place(row: &super::outlined::OutlinedRow<'_>) -> String {
    let why = row.row.why.as_ref().map(|why| format!(": {}", one_line(why))).unwrap_or_default();
    format!("{}{why}", one_line(&row.row.location.to_string()))
}
