//! Whose files a project may consist of: what another user owns or may write could make chefrs do what that user wants.
//!
//! The rule is that of git (`safe.directory`, git-config(1)), and goes further: it holds for every file that is read and
//! for every directory above it, because who may write a directory may put another file into it.

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

/// Whose files a project may consist of. Clones remember together which directories were looked at.
#[derive(Debug, Clone)]
pub struct Owners {
    uids: Vec<u32>,
    /// Projects that are trusted whoever owns them, and all that lies in them.
    trusted: Vec<Utf8PathBuf>,
    /// Directories that are as they should be, with all above them.
    fit: Arc<Mutex<HashSet<Utf8PathBuf>>>,
}

impl Default for Owners {
    /// The user whom we run as, and root.
    fn default() -> Self {
        Self { uids: vec![0, geteuid().as_raw()], trusted: Vec::new(), fit: Arc::default() }
    }
}

impl Owners {
    /// Nobody: for who reads no files.
    pub(super) fn nobody() -> Self {
        Self { uids: Vec::new(), trusted: Vec::new(), fit: Arc::default() }
    }

    /// These, and another user: the one who became us.
    #[must_use]
    pub fn and(mut self, uid: u32) -> Self {
        self.uids.push(uid);
        self
    }

    /// These, and everybody for what lies in these directories.
    #[must_use]
    pub fn trusting(self, directories: impl IntoIterator<Item = Utf8PathBuf>) -> Self {
        // What is not there can't be a project either.
        let trusted = directories.into_iter().filter_map(|path| path.canonicalize_utf8().ok()).collect();
        Self { trusted, ..self }
    }

    /// Looks at a file or directory, by its real path, and at all directories above it.
    ///
    /// # Errors
    /// Somebody else could make it another one.
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

    /// The same for a path that was not looked at yet; what is not there is nobody's.
    pub(super) fn check_path(&self, path: &Utf8Path, label: &str) -> Result<(), Diagnostic> {
        match path.canonicalize_utf8().and_then(|real| fs::metadata(&real).map(|metadata| (real, metadata))) {
            Ok((real, metadata)) => self.check(&real, &metadata, label),
            Err(_) => Ok(()),
        }
    }

    /// Who else could change it, in words.
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
        // With a list, the group's part of the mode says what the list gives to anybody at most: acl(5).
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

    /// A user in a group who is none of these.
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
            // A group that is known elsewhere alone may have anybody in it, but for our own.
            (None, None) if gid != 0 && gid != getegid().as_raw() => Some(format!("the group {gid}")),
            _ => None,
        }
    }
}

fn user(uid: u32) -> String {
    let accounts = parse_passwd(&fs::read_to_string("/etc/passwd").unwrap_or_default());
    match accounts.into_iter().find(|account| account.uid == uid) {
        Some(account) => format!("user `{}`", account.name),
        None => format!("the user with the number {uid}"),
    }
}

fn refusal(real: &Utf8Path, label: &str, who: &str) -> Diagnostic {
    let label = if label.is_empty() { real.as_str() } else { label };
    Diagnostic::error(format!("`{label}` {who} and could change what chefrs runs"))
        .hint("make it your own: `chown`, and `chmod go-w`")
        .hint(format!("or trust it as it is: CHEFRS_TRUST={real}"))
}
