//! What the commands for cookbooks from elsewhere have in common: their options, and the lock that they write.

use camino::Utf8PathBuf;
use clap::Args;

use crate::cookbook::sharing::{NewLock, SharedCookbooks};
use crate::cookbook::update_wish::{UpdateWish, UpdatedCookbooks};
use crate::model::english::printable;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::terminal::Terminal;
use super::{environment, project};

#[derive(Debug, Clone, Args)]
pub(super) struct SharingOptions {
    /// Fail if chefrs.lock would change.
    #[arg(long)]
    pub(super) locked: bool,
    /// Use only what was fetched before.
    #[arg(long)]
    pub(super) offline: bool,
    /// The same as `--locked --offline`.
    #[arg(long)]
    frozen: bool,
    #[command(flatten)]
    project: SharingProject,
}

#[derive(Debug, Clone, Args)]
pub(super) struct SharingProject {
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

impl SharingProject {
    /// The directory.
    pub(super) fn directory(&self) -> Result<Utf8PathBuf, EarlyEnd> {
        project::directory(self.project.as_deref())
    }

    /// The cookbooks of the project.
    pub(super) fn open(&self) -> Result<SharedCookbooks, EarlyEnd> {
        Ok(SharedCookbooks::open(&self.directory()?, &environment::owners()?, None)?)
    }
}

impl SharingOptions {
    /// The directory of the project.
    pub(super) fn directory(&self) -> Result<Utf8PathBuf, EarlyEnd> {
        self.project.directory()
    }

    /// The cookbooks of the project.
    pub(super) fn open(&self) -> Result<SharedCookbooks, EarlyEnd> {
        self.project.open()
    }

    /// What may change, with these options.
    pub(super) fn wish(&self, update: UpdatedCookbooks, precise: Option<String>) -> UpdateWish {
        UpdateWish { update, precise, offline: self.offline || self.frozen }
    }

    /// Chooses and fetches. Writes nothing into the project.
    pub(super) fn resolve(&self, shared: &SharedCookbooks, wish: &UpdateWish) -> Result<NewLock, EarlyEnd> {
        let new = shared.resolve(wish).map_err(failed)?;
        if (self.locked || self.frozen) && new.is_new {
            let mut wrong =
                Diagnostic::error("chefrs.lock does not fit the project, and must not be changed");
            wrong.notes.clone_from(&new.changes);
            let hint = "`chefrs fetch` writes it, without `--locked` and `--frozen`; commit it then";
            return Err(EarlyEnd::Findings(Exit::Failed, vec![wrong.hint(hint)]));
        }
        Ok(new)
    }
}

/// Errors of sources are failures, not mistakes in the words that were typed.
pub(super) fn failed(findings: Diagnostics) -> EarlyEnd {
    EarlyEnd::Findings(Exit::Failed, findings.0)
}

/// Writes the lock, and says what is different.
pub(super) fn write(shared: &SharedCookbooks, new: &NewLock, terminal: &Terminal) -> Result<(), EarlyEnd> {
    terminal.tell(&new.warnings)?;
    shared.write_lock(new).map_err(failed)?;
    let mut lines = new.changes.clone();
    lines.push(summary(shared, new));
    print_lines(&lines, terminal)
}

/// Prints lines, of which none can control a terminal.
pub(super) fn print_lines(lines: &[String], terminal: &Terminal) -> Result<(), EarlyEnd> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&printable(line));
        text.push('\n');
    }
    Ok(terminal.print(&text)?)
}

/// The last line: what is in the lock.
fn summary(shared: &SharedCookbooks, new: &NewLock) -> String {
    match (new.counts.join(", "), new.is_new) {
        (parts, false) if parts.is_empty() && !shared.has_lock() => {
            "no cookbooks come from elsewhere; `chefrs add` adds one".to_owned()
        }
        (parts, true) if parts.is_empty() => "wrote chefrs.lock: no cookbooks".to_owned(),
        (parts, false) if parts.is_empty() => "chefrs.lock is up to date: no cookbooks".to_owned(),
        (parts, true) => format!("wrote chefrs.lock: {parts}"),
        (parts, false) => format!("chefrs.lock is up to date: {parts}"),
    }
}
