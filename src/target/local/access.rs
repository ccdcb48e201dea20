//! Modes and access control lists: what a list grants beyond the mode, and how lists are removed and copied.

use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd as _};

use rustix::fs::{Mode, XattrFlags};
use rustix::io::{Errno, Result};

use super::accounts::Accounts;
use crate::model::query::AccessList;

/// Extended attribute of the list of a file or directory.
const ACCESS: &CStr = c"system.posix_acl_access";
/// Extended attribute of the list for new files in a directory.
const DEFAULT: &CStr = c"system.posix_acl_default";
/// Longest list that is read, in bytes. File systems allow less.
const LONGEST: usize = 64 * 1024;

/// A list in the kernel's format.
pub(super) struct Acl {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    rights: u16,
    id: u32,
}

/// An account that a list grants write access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedWriter {
    /// A user, by number.
    User(u32),
    /// A group, by number.
    Group(u32),
    /// The group of the file or directory.
    OwningGroup,
}

const OWNER: u16 = 0x01;
const USER: u16 = 0x02;
const OWNING_GROUP: u16 = 0x04;
const GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
const OTHER: u16 = 0x20;

impl Acl {
    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let (version, rest) = bytes.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*version) != 2 {
            return None;
        }
        let (entries, []) = rest.as_chunks::<8>() else { return None };
        let entries = entries
            .iter()
            .map(|[a, b, c, d, id @ ..]| Entry {
                tag: u16::from_le_bytes([*a, *b]),
                rights: u16::from_le_bytes([*c, *d]),
                id: u32::from_le_bytes(*id),
            })
            .collect();
        Some(Self { bytes, entries })
    }

    fn rights(&self, tag: u16) -> Option<u32> {
        self.entries.iter().find(|entry| entry.tag == tag).map(|entry| u32::from(entry.rights) & 7)
    }

    fn mask(&self) -> u32 {
        self.rights(MASK).unwrap_or(7)
    }

    /// The mode without the list. `mode` is the one that the kernel shows with the list.
    pub(super) fn mode_without(&self, mode: u32) -> u32 {
        let group = self.rights(OWNING_GROUP).unwrap_or(0) & self.mask();
        (mode & 0o7707) | (group << 3)
    }

    /// The accounts that it names, with their rights.
    fn grants(&self, accounts: &Accounts) -> Vec<String> {
        let named = |entry: &Entry| {
            let rights = letters(u32::from(entry.rights) & self.mask());
            match entry.tag {
                USER => Some(format!("user {} {rights}", accounts.user_name(entry.id))),
                GROUP => Some(format!("group {} {rights}", accounts.group_name(entry.id))),
                _ => None,
            }
        };
        self.entries.iter().filter_map(named).collect()
    }

    /// The accounts that may write.
    fn writers(&self) -> Vec<ListedWriter> {
        let named = |entry: &Entry| match entry.tag {
            _ if u32::from(entry.rights) & self.mask() & 2 == 0 => None,
            USER => Some(ListedWriter::User(entry.id)),
            GROUP => Some(ListedWriter::Group(entry.id)),
            OWNING_GROUP => Some(ListedWriter::OwningGroup),
            _ => None,
        };
        self.entries.iter().filter_map(named).collect()
    }

    /// Sets the list on another file.
    ///
    /// # Errors
    /// The error of the kernel.
    pub(super) fn give(&self, file: impl AsFd) -> Result<()> {
        rustix::fs::fsetxattr(file, ACCESS, &self.bytes, XattrFlags::empty())
    }
}

fn letters(rights: u32) -> String {
    let each = [(4, 'r'), (2, 'w'), (1, 'x')];
    let told: String = each.iter().filter(|(bit, _)| rights & bit != 0).map(|(_, letter)| *letter).collect();
    if told.is_empty() { "-".to_owned() } else { told }
}

/// The list of an open file or directory; `None` if there is only a mode.
///
/// # Errors
/// The error of the kernel.
pub(super) fn of(file: impl AsFd) -> Result<Option<Acl>> {
    match collect(|buffer| rustix::fs::fgetxattr(&file, ACCESS, buffer)) {
        Err(Errno::BADF) => read(&named(&file), ACCESS),
        told => told,
    }
}

/// The path of a descriptor. A descriptor that was opened with `O_PATH` can only be used through it.
fn named(file: &impl AsFd) -> String {
    format!("/proc/self/fd/{}", file.as_fd().as_raw_fd())
}

fn read(path: &str, name: &CStr) -> Result<Option<Acl>> {
    match collect(|buffer| rustix::fs::getxattr(path, name, buffer)) {
        // Without /proc it can't be found out.
        Err(Errno::NOENT) => Ok(None),
        told => told,
    }
}

fn collect(get: impl Fn(&mut [u8]) -> Result<usize>) -> Result<Option<Acl>> {
    let mut buffer = [0; 1024];
    let bytes = match get(&mut buffer[..]) {
        Ok(length) => buffer[..length].to_vec(),
        Err(Errno::RANGE) => {
            let mut longer = vec![0; LONGEST];
            let length = get(&mut longer[..])?;
            longer.truncate(length);
            longer
        }
        Err(Errno::NODATA | Errno::NOTSUP | Errno::NOSYS) => return Ok(None),
        Err(errno) => return Err(errno),
    };
    Acl::parse(bytes).map(Some).ok_or(Errno::INVAL)
}

/// The accounts that the list at a path grants write access; `None` if there is only a mode.
///
/// # Errors
/// The error of the kernel.
pub fn writers(path: &str) -> std::io::Result<Option<Vec<ListedWriter>>> {
    Ok(read(path, ACCESS)?.map(|list| list.writers()))
}

/// What the lists at a path grant beyond its mode. The path must be free of symlinks, except for that of a descriptor.
pub(super) fn look(path: &str, directory: bool, mode: u32, accounts: &Accounts) -> Option<Box<AccessList>> {
    // One system call tells that there is none, which is the usual case.
    let mut names = [0; 512];
    match rustix::fs::llistxattr(path, &mut names[..]) {
        Ok(length) if memchr::memmem::find(&names[..length], b"posix_acl").is_none() => return None,
        Ok(_) | Err(Errno::RANGE) => {}
        Err(_) => return None,
    }
    let access = read(path, ACCESS).ok().flatten();
    let default = if directory { read(path, DEFAULT).ok().flatten() } else { None };
    let mut grants = Vec::new();
    let mut without = mode;
    if let Some(access) = &access {
        grants = access.grants(accounts);
        without = access.mode_without(mode);
        if grants.is_empty() {
            grants.push(format!("mask {}", letters(access.mask())));
        }
    }
    if let Some(default) = &default {
        let granted = default.grants(accounts);
        if granted.is_empty() {
            let bits = [OWNER, OWNING_GROUP, OTHER].map(|tag| default.rights(tag).unwrap_or(0));
            grants.push(format!("default mode 0{}{}{}", bits[0], bits[1], bits[2]));
        }
        grants.extend(granted.into_iter().map(|grant| format!("default {grant}")));
    }
    (!grants.is_empty()).then(|| Box::new(AccessList { grants, mode: without }))
}

/// Removes all lists from an open file or directory. Its mode then shows the mask as the rights of the group.
///
/// # Errors
/// The error of the kernel.
pub(super) fn remove(file: impl AsFd) -> Result<()> {
    if !is_there(&file)? {
        return Ok(());
    }
    let path = named(&file);
    for name in [ACCESS, DEFAULT] {
        let removed = match rustix::fs::fremovexattr(&file, name) {
            Err(Errno::BADF) => rustix::fs::removexattr(&path, name),
            removed => removed,
        };
        match removed {
            // Only directories have a default list; for others there are several error codes.
            Ok(()) | Err(Errno::NODATA | Errno::NOTSUP | Errno::NOSYS) => {}
            Err(Errno::ACCESS) if name == DEFAULT => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Whether an open file or directory has any list.
///
/// # Errors
/// The error of the kernel.
pub(super) fn is_there(file: impl AsFd) -> Result<bool> {
    let mut names = [0; 512];
    let told = match rustix::fs::flistxattr(&file, &mut names[..]) {
        Err(Errno::BADF) => rustix::fs::listxattr(named(&file), &mut names[..]),
        told => told,
    };
    match told {
        Ok(length) => Ok(memchr::memmem::find(&names[..length], b"posix_acl").is_some()),
        Err(Errno::RANGE) => Ok(true),
        // Without /proc it can't be read, nor changed.
        Err(Errno::NOTSUP | Errno::NOSYS | Errno::NOENT) => Ok(false),
        Err(errno) => Err(errno),
    }
}

/// Sets the mode of an open file. fchmod(2) refuses descriptors opened with `O_PATH`, so these go through
/// /proc.
///
/// # Errors
/// The error of the kernel.
pub(super) fn chmod(file: impl AsFd, mode: u32) -> Result<()> {
    match rustix::fs::fchmod(&file, Mode::from_raw_mode(mode)) {
        Err(Errno::BADF) => {}
        done => return done,
    }
    rustix::fs::chmod(named(&file), Mode::from_raw_mode(mode))
}
