//! A program that is run as a user must belong to root or that user, and so must every directory above it: anyone who
//! can write one of them can replace the program.

use std::collections::VecDeque;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{BY_GROUP, BY_OTHERS, FileKind, Query, STICKY, Stat};

/// Groups from this number on may be a user's primary group, so they may have members that they do not list: `GID_MIN`
/// in login.defs(5).
const FIRST_GROUP: u32 = 1000;
/// The exception: the group `users` may be everybody's primary group.
const USERS: u32 = 100;

/// Links on one path; the kernel's limit.
const LINKS: usize = 40;

/// Queries for a program and each directory above it.
pub fn observe(program: &Utf8Path) -> impl Iterator<Item = Query> {
    program.ancestors().map(|path| Query::Stat(path.to_owned()))
}

/// Fails if anyone other than root and the user could replace the program. `user` is the user that it runs as; `None`
/// is the current user.
///
/// # Errors
/// Someone could, or an answer is missing.
pub fn require(program: &Utf8Path, user: Option<&str>, known: &Known) -> Result<(), Stop> {
    match untrusted(program, user, known)? {
        Some(stranger) => Err(refusal(program, runner(user, known)?, &stranger).into()),
        None => Ok(()),
    }
}

/// The failure for a program that someone else could replace.
#[must_use]
pub fn refusal(program: &Utf8Path, runner: &str, stranger: &UntrustedAccount) -> Failure {
    Failure::impossible(format!("`{program}` would run as `{runner}`, and {}", stranger.words)).hint(format!(
        "it and the directories above it must be {runner}'s or root's alone: `chown`, `chmod go-w`"
    ))
}

/// An account, other than root and the user, that could replace the program.
#[derive(Debug, PartialEq, Eq)]
pub struct UntrustedAccount {
    /// `` `/srv/app` belongs to `deploy` ``, or that it can be written by others.
    pub words: String,
    /// The owner of the path, if it is that one account.
    pub owner: Option<String>,
}

/// Looks for one. What does not exist, or is not known yet, is accepted.
///
/// # Errors
/// An answer is missing.
pub fn untrusted(
    program: &Utf8Path,
    user: Option<&str>,
    known: &Known,
) -> Result<Option<UntrustedAccount>, Stop> {
    let runner = runner(user, known)?;
    let mut left: VecDeque<Utf8PathBuf> = parts(program).into();
    let (mut here, mut links) = (Utf8PathBuf::from("/"), 0);
    if let Some(found) = untrusted_at(&here, runner, known)? {
        return Ok(Some(found));
    }
    while let Some(part) = left.pop_front() {
        if part == ".." {
            here.pop();
            continue;
        }
        let path = here.join(&part);
        if let Some(found) = untrusted_at(&path, runner, known)? {
            return Ok(Some(found));
        }
        match known.stat(&path) {
            Ok(Some(Stat { kind: FileKind::Link, target: Some(target), .. })) if links < LINKS => {
                links += 1;
                if target.starts_with('/') {
                    here = "/".into();
                }
                for part in parts(Utf8Path::new(target)).into_iter().rev() {
                    left.push_front(part);
                }
            }
            Ok(Some(_)) => here = path,
            Ok(None) | Err(Stop::Unknown(_)) => return Ok(None),
            Err(stop) => return Err(stop),
        }
    }
    Ok(None)
}

/// The components of a path, without `/` and `.`.
fn parts(path: &Utf8Path) -> Vec<Utf8PathBuf> {
    let named =
        |part: &Utf8Component<'_>| matches!(part, Utf8Component::Normal(_) | Utf8Component::ParentDir);
    path.components().filter(named).map(|part| part.as_str().into()).collect()
}

/// The user that the program runs as.
///
/// # Errors
/// An answer is missing.
pub fn runner<'a>(user: Option<&'a str>, known: &'a Known) -> Result<&'a str, Stop> {
    match user {
        Some(user) => Ok(user),
        None => Ok(&known.host()?.user),
    }
}

/// Another account that owns this path, or can write it.
fn untrusted_at(path: &Utf8Path, runner: &str, known: &Known) -> Result<Option<UntrustedAccount>, Stop> {
    let stat = match known.stat(path) {
        Ok(Some(stat)) => stat,
        Ok(None) | Err(Stop::Unknown(_)) => return Ok(None),
        Err(stop) => return Err(stop),
    };
    if stat.uid != 0 && stat.owner != runner && stat.uid.to_string() != runner {
        let words = format!("`{path}` belongs to `{}`", stat.owner);
        return Ok(Some(UntrustedAccount { words, owner: Some(stat.owner.clone()) }));
    }
    // The mode of a link means nothing.
    if stat.kind == FileKind::Link || stat.kind == FileKind::Directory && stat.mode & STICKY != 0 {
        return Ok(None);
    }
    let by = |who: &str| {
        Ok(Some(UntrustedAccount { words: format!("`{path}` can be written by {who}"), owner: None }))
    };
    if stat.mode & BY_OTHERS != 0 {
        return by("everybody");
    }
    if stat.mode & BY_GROUP == 0 {
        return Ok(None);
    }
    if let Some(list) = &stat.access {
        return by(&format!("others: {}", list.grants.join(", ")));
    }
    if stat.gid == 0 || !has_untrusted_members(stat, runner, known)? {
        return Ok(None);
    }
    by(&format!("the group `{}`", stat.group))
}

/// Whether the group of a path may have members other than root and the user.
fn has_untrusted_members(stat: &Stat, runner: &str, known: &Known) -> Result<bool, Stop> {
    let members = known.group(&stat.group)?.map(|group| group.members.as_slice()).unwrap_or_default();
    if members.iter().any(|member| member != "root" && member != runner) {
        return Ok(true);
    }
    let is_systems = stat.gid < FIRST_GROUP && stat.gid != USERS;
    // The private group of a user has the user's name: useradd(8).
    Ok(!is_systems && stat.group != runner)
}
