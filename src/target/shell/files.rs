//! Answers about files.

use camino::Utf8Path;

use super::refusal::refused;
use super::seen::{Found, Raced, ShellState};
use super::wire::Frames;
use crate::model::query::{Answer, FileKind, FileText, READ_LIMIT, Stat};

type Asked<'a> = [(usize, &'a Utf8Path)];

/// What the kernel says where we may not look.
const DENIED: &str = "Permission denied";

/// To `Stat` and, with `follow`, `Resolve`.
pub(super) fn stats(asked: &Asked<'_>, follow: bool, mut frames: Frames, seen: &ShellState) -> Found {
    let (marks, text) = marked(asked, "stats", &mut frames)?;
    let mut lines = text.lines();
    let mut found = Vec::with_capacity(asked.len());
    for ((index, path), mark) in asked.iter().zip(marks.chars()) {
        let answer = match mark {
            '+' => {
                let mut stat = lines.next().and_then(|line| parse(line, seen)).ok_or(Raced)?;
                if stat.kind == FileKind::Link && !follow {
                    stat.target = Some(frames.text("to").ok_or(Raced)?);
                }
                Answer::Stat(Some(stat))
            }
            '-' => Answer::Stat(None),
            'o' => Answer::Failed(refused("look at", path, "Too many levels of symbolic links", seen.root)),
            _ => Answer::Failed(refused("look at", path, DENIED, seen.root)),
        };
        found.push((*index, answer));
    }
    // A link that came or went between two looks shifts the targets.
    if frames.0.is_empty() { Ok(found) } else { Err(Raced) }
}

/// A mark for each path, and a line for each that is marked as there.
fn marked(asked: &Asked<'_>, key: &str, frames: &mut Frames) -> Result<(String, String), Raced> {
    let marks = frames.text("marks").ok_or(Raced)?;
    let text = frames.text(key).unwrap_or_default();
    let fits = marks.len() == asked.len() && marks.matches('+').count() == text.lines().count();
    if fits { Ok((marks, text)) } else { Err(Raced) }
}

/// Reads mode, owner, group, size, time, device, inode.
fn parse(line: &str, seen: &ShellState) -> Option<Stat> {
    let words: Vec<&str> = line.split(' ').collect();
    let [mode, uid, gid, size, modified, device, inode] = words.as_slice() else { return None };
    let mode = u32::from_str_radix(mode, 16).ok()?;
    let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
    Some(Stat {
        kind: match mode & 0o170_000 {
            0o100_000 => FileKind::File,
            0o040_000 => FileKind::Directory,
            0o120_000 => FileKind::Link,
            _ => FileKind::Other,
        },
        mode: mode & 0o7777,
        owner: seen.accounts.user_name(uid),
        group: seen.accounts.group_name(gid),
        uid,
        gid,
        size: size.parse().ok()?,
        modified: modified.parse().ok()?,
        inode: (device.parse().ok()?, inode.parse().ok()?),
        target: None,
        access: None,
    })
}

/// To `Digest`.
pub(super) fn digests(asked: &Asked<'_>, mut frames: Frames, seen: &ShellState) -> Found {
    let (marks, text) = marked(asked, "digests", &mut frames)?;
    let mut lines = text.lines();
    let mut found = Vec::with_capacity(asked.len());
    for ((index, path), mark) in asked.iter().zip(marks.chars()) {
        let answer = match mark {
            '+' => {
                // A backslash before the digest says that the name behind it is quoted.
                let line = lines.next().map(|line| line.trim_start_matches('\\')).ok_or(Raced)?;
                let digest = line.get(..64).ok_or(Raced)?;
                if !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(Raced);
                }
                Answer::Digest(Some(digest.to_owned()))
            }
            '-' => Answer::Digest(None),
            other => unreadable(other, path, seen),
        };
        found.push((*index, answer));
    }
    Ok(found)
}

/// `!` marks what is there and may not be read, `?` what may not even be looked at.
fn unreadable(mark: char, path: &Utf8Path, seen: &ShellState) -> Answer {
    let verb = if mark == '!' { "read" } else { "look at" };
    Answer::Failed(refused(verb, path, DENIED, seen.root))
}

/// The call that reads files: one byte more than the limit tells one that is too large.
pub(super) fn ask_read() -> String {
    format!("ask_read {}", READ_LIMIT + 1)
}

/// To `Read`.
pub(super) fn texts(asked: &Asked<'_>, mut frames: Frames, seen: &ShellState) -> Found {
    let mut found = Vec::with_capacity(asked.len());
    for (index, path) in asked {
        let answer = match frames.text("mark").ok_or(Raced)?.as_str() {
            "+" => {
                let bytes = frames.next("bytes").ok_or(Raced)?;
                Answer::Read(Some(if bytes.len() as u64 > READ_LIMIT {
                    FileText::Binary
                } else {
                    String::from_utf8(bytes).map_or(FileText::Binary, FileText::Text)
                }))
            }
            "-" => Answer::Read(None),
            other => unreadable(other.chars().next().unwrap_or('?'), path, seen),
        };
        found.push((*index, answer));
    }
    Ok(found)
}

/// To `List`.
pub(super) fn lists(asked: &Asked<'_>, mut frames: Frames, seen: &ShellState) -> Found {
    let mut found = Vec::with_capacity(asked.len());
    for (index, path) in asked {
        let answer = match frames.text("mark").ok_or(Raced)?.as_str() {
            "+" => {
                let mut names: Vec<String> = std::iter::from_fn(|| frames.text("name")).collect();
                names.sort();
                Answer::List(Some(names))
            }
            "-" => Answer::List(None),
            _ => Answer::Failed(refused("list", path, DENIED, seen.root)),
        };
        found.push((*index, answer));
    }
    Ok(found)
}

/// To `Writable`.
pub(super) fn writable(asked: &Asked<'_>, mut frames: Frames) -> Found {
    asked
        .iter()
        .map(|(index, _)| {
            frames.text("mark").map(|mark| (*index, Answer::Writable(mark == "+"))).ok_or(Raced)
        })
        .collect()
}
