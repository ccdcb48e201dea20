//! Backups of replaced and removed files: the newest few of each path, readable only by their owner.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};

use camino::{Utf8Path, Utf8PathBuf};

use super::accounts::Accounts;
use super::drafts::{DraftRecord, temporary_name};
use super::environment::own;
use super::errno::refused_io;
use super::sparse::SparseCopy;
use crate::model::content::sha256;
use crate::model::error::Failure;
use crate::model::kept::{BACKUP, ROOT_STATE, USER_STATE};
use crate::model::sorted;
use crate::model::step::BACKUP_LIMIT;
use crate::model::variables::{HOME, STATE_HOME};

/// Longest name that leaves room for a number after it, in bytes.
const LONGEST: usize = 230;

/// The state directory: `/var/lib/chefrs` for root, in the user's home for others.
pub(super) fn state_directory(accounts: &Accounts) -> Utf8PathBuf {
    let euid = rustix::process::geteuid();
    if euid.is_root() {
        return Utf8PathBuf::from(ROOT_STATE.name);
    }
    if let Some(state) = own(STATE_HOME).filter(|state| state.starts_with('/')) {
        return Utf8PathBuf::from(state).join("chefrs");
    }
    let account = accounts.account_of(euid.as_raw()).map(|account| account.home.clone());
    let home = own(HOME).or(account).unwrap_or_else(|| "/tmp".into());
    Utf8PathBuf::from(home).join(USER_STATE.name)
}

/// Copies an open file to `backup/<path>.~N~` in the state directory, and removes all but the newest `keep` copies.
///
/// # Errors
/// The copy could not be written. The caller must then change nothing.
pub(super) fn keep_copy(
    file: &File,
    path: &Utf8Path,
    keep: u32,
    (state, drafts): (&Utf8Path, &DraftRecord),
) -> Result<(), Failure> {
    let size = file.metadata().map_err(|error| refused_io("look at", path, &error))?.len();
    // Above the limit, the summary of the change says that there is no backup.
    if keep == 0 || size > BACKUP_LIMIT {
        return Ok(());
    }
    let relative = path.as_str().trim_start_matches('/');
    let place = state.join(BACKUP.name).join(relative);
    let dir = place.parent().unwrap_or(state);
    let name = kept_name(path.file_name().unwrap_or("root"));
    let name = name.as_ref();
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| without(refused_io("make the backup directory", dir, &error)))?;
    let mut numbers = numbers(dir, name).map_err(|error| refused_io("list", dir, &error))?;
    let next = numbers.last().map_or(1, |last| last + 1);
    let copy = dir.join(numbered(name, next));
    // Written to a draft first, so that an incomplete copy never looks like a complete one.
    let draft = dir.join(temporary_name());
    drafts.will_make(&draft);
    write(file, &draft).and_then(|()| std::fs::rename(&draft, &copy)).map_err(|error| {
        // If it can't be removed either, nothing more can be done.
        let _ = std::fs::remove_file(&draft);
        without(refused_io("write the backup", &copy, &error))
    })?;
    numbers.push(next);
    let surplus = numbers.len().saturating_sub(usize::try_from(keep).unwrap_or(usize::MAX));
    for number in &numbers[..surplus] {
        let old = dir.join(numbered(name, *number));
        std::fs::remove_file(&old).map_err(|error| refused_io("remove the old backup", &old, &error))?;
    }
    Ok(())
}

fn without(failure: Failure) -> Failure {
    failure.hint("`backup = 0` replaces the file without keeping a copy")
}

fn write(mut file: &File, copy: &Utf8Path) -> std::io::Result<()> {
    file.rewind()?;
    let mut to = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(copy)?;
    let mut buffer = vec![0; 128 * 1024];
    let mut sparse = SparseCopy::to(&mut to);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => sparse.write(&buffer[..n])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    sparse.finish()?;
    to.sync_all()
}

/// The name of a backup without its number: that of the file, or its digest if the name is too long.
fn kept_name(name: &str) -> Cow<'_, str> {
    if name.len() > LONGEST { Cow::Owned(sha256(name.as_bytes())) } else { Cow::Borrowed(name) }
}

fn numbered(name: &str, number: u64) -> String {
    format!("{name}.~{number}~")
}

/// Numbers of the existing backups, oldest first.
fn numbers(dir: &Utf8Path, name: &str) -> std::io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?.file_name();
        let number = entry
            .to_str()
            .and_then(|entry| entry.strip_prefix(name)?.strip_prefix(".~")?.strip_suffix('~'))
            .and_then(|number| number.parse::<u64>().ok());
        numbers.extend(number);
    }
    sorted::sort_by(&mut numbers, Ord::cmp);
    Ok(numbers)
}
