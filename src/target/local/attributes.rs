//! Owner, group and mode. Names are looked up before anything is changed; the mode is set last, to keep setuid bits.

use camino::Utf8Path;
use rustix::fs::{AtFlags, FileType, Gid, Stat, Uid};

use super::access;
use super::access::chmod;
use super::accounts::Accounts;
use super::errno::refused;
use super::open::refuse_planted;
use super::path::OpenPlace;
use crate::model::error::Failure;
use crate::model::step::Attributes;

/// Attributes with accounts as numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WantedAttributes {
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) mode: Option<u32>,
}

impl WantedAttributes {
    /// Looks up the accounts.
    ///
    /// # Errors
    /// There is no such user or group.
    pub(super) fn of(attributes: &Attributes, accounts: &Accounts) -> Result<Self, Failure> {
        Ok(Self {
            uid: attributes.owner.as_deref().map(|owner| accounts.uid(owner)).transpose()?,
            gid: attributes.group.as_deref().map(|group| accounts.gid(group)).transpose()?,
            mode: attributes.mode.map(|mode| mode & 0o7777),
        })
    }

    /// Fills in the owner and group of an existing file, and `mode`.
    pub(super) fn or_as(self, old: &Stat, mode: u32) -> Self {
        Self {
            uid: self.uid.or(Some(old.st_uid)),
            gid: self.gid.or(Some(old.st_gid)),
            mode: self.mode.or(Some(mode & 0o7777)),
        }
    }

    /// Sets the attributes on an open file, also on a descriptor opened with `O_PATH`. Only what differs is changed. If
    /// a mode is set, access control lists are removed. In between, only accounts have access that both the old and the
    /// new mode allow.
    ///
    /// # Errors
    /// The kernel refused.
    pub(super) fn set(
        self,
        file: impl std::os::fd::AsFd,
        now: &Stat,
        path: &Utf8Path,
    ) -> Result<(), Failure> {
        let uid = self.uid.filter(|uid| *uid != now.st_uid);
        let gid = self.gid.filter(|gid| *gid != now.st_gid);
        let owned = uid.is_some() || gid.is_some();
        if FileType::from_raw_mode(now.st_mode) != FileType::Symlink {
            return self.set_with_mode(file, now, path, owned);
        }
        if owned { chown(&file, uid, gid, path) } else { Ok(()) }
    }

    fn set_with_mode(
        self,
        file: impl std::os::fd::AsFd,
        now: &Stat,
        path: &Utf8Path,
        owned: bool,
    ) -> Result<(), Failure> {
        let old = now.st_mode & 0o7777;
        let mode = self.mode.unwrap_or(old);
        let set = |mode: u32| chmod(&file, mode).map_err(|errno| refused("set the mode of", path, errno));
        let mut shown = old;
        let listed = |errno| refused("look at the access control list of", path, errno);
        if self.mode.is_some() && access::is_there(&file).map_err(listed)? {
            let list = access::of(&file).map_err(listed)?;
            shown = mode & list.map_or(old, |list| list.mode_without(old));
            set(shown)?;
            access::remove(&file)
                .map_err(|errno| refused("remove the access control list of", path, errno))?;
        }
        if owned {
            if shown & mode != shown {
                shown &= mode;
                set(shown)?;
            }
            chown(&file, self.uid, self.gid, path)?;
        }
        // chown(2) clears setuid and setgid, so the mode comes last.
        if mode != shown || (owned && mode & 0o6000 != 0) {
            set(mode)?;
        }
        Ok(())
    }
}

fn chown(
    file: impl std::os::fd::AsFd,
    uid: Option<u32>,
    gid: Option<u32>,
    path: &Utf8Path,
) -> Result<(), Failure> {
    let (uid, gid) = (uid.map(Uid::from_raw), gid.map(Gid::from_raw));
    let flags = AtFlags::EMPTY_PATH | AtFlags::SYMLINK_NOFOLLOW;
    rustix::fs::chownat(&file, "", uid, gid, flags).map_err(|errno| refused("set the owner of", path, errno))
}

/// Applies `Step::SetAttributes`.
///
/// # Errors
/// The path or an account is missing, or the kernel refused.
pub(super) fn set_attributes(
    path: &Utf8Path,
    attributes: &Attributes,
    accounts: &Accounts,
) -> Result<(), Failure> {
    let wanted = WantedAttributes::of(attributes, accounts)?;
    if path == "/" {
        return Err(Failure::new("the attributes of `/` are not changed"));
    }
    let place = OpenPlace::find(path, accounts)?;
    let file = place.open()?;
    let now = rustix::fs::fstat(&file).map_err(|errno| refused("look at", path, errno))?;
    refuse_planted(place.dir(), path, &now, accounts, "its owner and mode are not changed")?;
    wanted.set(&file, &now, path)
}
