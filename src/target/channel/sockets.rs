//! Sockets of shared connections, and their names.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};

use camino::Utf8PathBuf;
use rustix::process::geteuid;
use sha2::{Digest as _, Sha256};

use super::options::{HostWords, SshOptions};
use crate::model::content::hex;

/// Longest path of a socket, less the suffix that `ssh` uses while it creates one.
const LONGEST: usize = 107 - 17;

/// Digits of the name of a destination.
const DIGITS: usize = 16;

/// The sockets for one destination.
#[derive(Debug)]
pub(super) struct Sockets {
    /// A socket that only this process creates.
    pub(super) own: Utf8PathBuf,
    /// The name by which other processes find a connection to the destination.
    shared: Utf8PathBuf,
}

impl Sockets {
    /// The names for a destination. `nonce` makes its own socket unique.
    ///
    /// # Errors
    /// Why no socket can be created there.
    pub(super) fn new(options: &SshOptions, host: HostWords<'_>, nonce: &str) -> Result<Self, String> {
        let Some(directory) = &options.sockets else { return Err("no directory for its socket".to_owned()) };
        let told = format!("{:?}", (&options.config, host));
        let name = &hex(&Sha256::digest(told))[..DIGITS];
        let own = directory.join(format!("{name}.{}", nonce.get(..DIGITS / 2).unwrap_or(nonce)));
        if own.as_str().len() > LONGEST {
            return Err(format!("the path `{directory}` is too long for a socket"));
        }
        let fits = || {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
            fs::symlink_metadata(directory)
        };
        match fits() {
            Ok(found)
                if found.is_dir() && found.uid() == geteuid().as_raw() && found.mode() & 0o777 == 0o700 =>
            {
                Ok(Self { own, shared: directory.join(name) })
            }
            Ok(_) => Err(format!("`{directory}` must be a directory that is yours alone (mode 0700)")),
            Err(error) => Err(format!("`{directory}` can't hold a socket: {error}")),
        }
    }

    /// The socket of another process's connection, if there is one. The connection may be dead.
    pub(super) fn found(&self) -> Option<Utf8PathBuf> {
        fs::symlink_metadata(&self.shared).is_ok().then(|| self.shared.clone())
    }

    /// Publishes our own connection under the shared name, in place of any other.
    pub(super) fn share(&self) {
        let draft = self.own.with_extension(format!("{}~", self.own.extension().unwrap_or_default()));
        // Without it, others make their own connections.
        if fs::hard_link(&self.own, &draft).is_ok() && fs::rename(&draft, &self.shared).is_err() {
            let _ = fs::remove_file(&draft);
        }
    }

    /// Removes our own connection from the shared name.
    pub(super) fn withdraw(&self) {
        let inode = |path| fs::symlink_metadata(path).map(|found| (found.dev(), found.ino())).ok();
        let own = inode(&self.own);
        if own.is_some() && own == inode(&self.shared) {
            // If it stays, others find out that it is dead.
            let _ = fs::remove_file(&self.shared);
        }
    }
}
