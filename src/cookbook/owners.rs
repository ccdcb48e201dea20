//! Checks the owners of a project's files. Another user who can write them could make chefrs do anything.
//!
//! The rule is that of git (`safe.directory`, git-config(1)), but stricter: it holds for every file that is read and
//! for all directories above it, because a user who can write a directory can replace its files.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::process::{getegid, geteuid};

use crate::model::error::Diagnostic;
use crate::model::query::{BY_GROUP, BY_OTHERS, STICKY};
use crate::target::local::access::{self, ListedWriter};
use crate::target::local::accounts::{parse_group, parse_passwd};

/// The users who may own the files of a project. Clones share a cache of checked directories.
#[derive(Debug, Clone)]
pub struct Owners {
    uids: Vec<u32>,
    /// Directories whose content is trusted, whoever owns it.
    trusted: Vec<Utf8PathBuf>,
    /// Directories that passed the check, with all their parents.
    fit: Arc<Mutex<HashSet<Utf8PathBuf>>>,
}

impl Default for Owners {
    /// Accepts the current user and root.
    fn default() -> Self {
        Self { uids: vec![0, geteuid().as_raw()], trusted: Vec::new(), fit: Arc::default() }
    }
}

impl Owners {
    /// Accepts nobody. For projects without files.
    pub(super) fn nobody() -> Self {
        Self { uids: Vec::new(), trusted: Vec::new(), fit: Arc::default() }
    }

    /// Also accepts another user: the one who called sudo.
    #[must_use]
    pub fn and(mut self, uid: u32) -> Self {
        self.uids.push(uid);
        self
    }

    /// Also accepts all users for the content of these directories.
    #[must_use]
    pub fn trusting(self, directories: impl IntoIterator<Item = Utf8PathBuf>) -> Self {
        // A directory that does not exist can't be a project.
        let trusted = directories.into_iter().filter_map(|path| path.canonicalize_utf8().ok()).collect();
        Self { trusted, ..self }
    }

    /// Checks a file or directory, by its real path, and all directories above it.
    ///
    /// # Errors
    /// Another user can change it.
    pub(super) fn check(&self, real: &Utf8Path, metadata: &Metadata, label: &str) -> Result<(), Diagnostic> {
        if self.trusted.iter().any(|trusted| real.starts_with(trusted)) {
            return Ok(());
        }
        let sticky_is_enough = metadata.is_dir();
        if let Some(who) = self.stranger(real, metadata, sticky_is_enough) {
            return Err(refusal(real, label, &who));
        }
        let above: Vec<&Utf8Path> = real.ancestors().skip(1).collect();
        let mut fit = self.fit.lock().unwrap_or_else(PoisonError::into_inner);
        for directory in &above {
            if fit.contains(*directory) {
                break;
            }
            let Ok(metadata) = fs::symlink_metadata(directory) else { break };
            if let Some(who) = self.stranger(directory, &metadata, true) {
                return Err(refusal(directory, directory.as_str(), &who));
            }
        }
        fit.extend(above.into_iter().map(Utf8Path::to_owned));
        Ok(())
    }

    /// Checks a path by name. Accepts one that does not exist.
    ///
    /// # Errors
    /// Another user can change it.
    pub fn check_path(&self, path: &Utf8Path, label: &str) -> Result<(), Diagnostic> {
        match path.canonicalize_utf8().and_then(|real| fs::metadata(&real).map(|metadata| (real, metadata))) {
            Ok((real, metadata)) => self.check(&real, &metadata, label),
            Err(_) => Ok(()),
        }
    }

    /// Describes the other user who can change it, if there is one.
    fn stranger(&self, path: &Utf8Path, metadata: &Metadata, sticky_is_enough: bool) -> Option<String> {
        if !self.uids.contains(&metadata.uid()) {
            return Some(format!("belongs to {}", user(metadata.uid())));
        }
        if sticky_is_enough && metadata.mode() & STICKY != 0 {
            return None;
        }
        if metadata.mode() & BY_OTHERS != 0 {
            return Some("can be written by everybody".to_owned());
        }
        if metadata.mode() & BY_GROUP == 0 {
            return None;
        }
        // With an access control list, the group bits of the mode are the mask of the list: acl(5).
        let who = match access::writers(path.as_str()) {
            Ok(None) => self.stranger_in(metadata.gid()),
            Ok(Some(writers)) => writers.into_iter().find_map(|writer| match writer {
                ListedWriter::User(uid) if self.uids.contains(&uid) => None,
                ListedWriter::User(uid) => Some(user(uid)),
                ListedWriter::Group(gid) => self.stranger_in(gid),
                ListedWriter::OwningGroup => self.stranger_in(metadata.gid()),
            }),
            Err(error) => return Some(format!("has an access control list that can't be read ({error})")),
        };
        who.map(|who| format!("can be written by {who}"))
    }

    /// A member of the group who is not accepted, if there is one.
    fn stranger_in(&self, gid: u32) -> Option<String> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let accounts = parse_passwd(&read("/etc/passwd"));
        let groups = parse_group(&read("/etc/group"));
        let own = |name: &str| {
            accounts.iter().any(|account| account.name == name && self.uids.contains(&account.uid))
        };
        let group = groups.iter().find(|(_, group)| group.gid == gid);
        let member = group.and_then(|(_, group)| group.members.iter().find(|name| !own(name)).cloned());
        let primary = || {
            let others =
                accounts.iter().find(|account| account.gid == gid && !self.uids.contains(&account.uid));
            others.map(|account| account.name.clone())
        };
        match (member.or_else(primary), group) {
            (Some(who), _) => Some(format!("user `{who}`")),
            // The members of a group without an entry in /etc/group are not known.
            (None, None) if gid != 0 && gid != getegid().as_raw() => Some(format!("the group {gid}")),
            _ => None,
        }
    }
}

fn user(uid: u32) -> String {
    let accounts = parse_passwd(&fs::read_to_string("/etc/passwd").unwrap_or_default());
    match accounts.into_iter().find(|account| account.uid == uid) {
        Some(account) => format!("user `{}`", account.name),
        None => format!("the user with uid {uid}"),
    }
}

fn refusal(real: &Utf8Path, label: &str, who: &str) -> Diagnostic {
    let label = if label.is_empty() { real.as_str() } else { label };
    Diagnostic::error(format!("`{label}` {who} and could change what chefrs runs"))
        .hint("make it your own: `chown`, and `chmod go-w`")
        .hint(format!("or trust it as it is: CHEFRS_TRUST={real}"))
}
