//! Answers about files.

use camino::Utf8Path;

use super::lists::Lists;
use super::question::NamesQuestion;
use super::refusal::{self, Refusal, refused};
use super::shell_state::{Found, Raced, ShellState};
use super::wire::Frames;
use crate::model::query::{Answer, FileKind, FileText, READ_LIMIT, Stat};

type Asked<'a> = [(usize, &'a Utf8Path)];

/// The kernel's error if we have no permission.
const DENIED: &str = "Permission denied";

/// Answers `Stat`, `Resolve`, `Digest` and `Read` for names in one directory.
///
/// # Errors
/// Files changed meanwhile.
pub(super) fn names(kind: NamesQuestion, asked: &Asked<'_>, mut frames: Frames, seen: &ShellState) -> Found {
    if let Some(refusal) = turned_back(&mut frames)? {
        return asked
            .iter()
            .map(|(index, path)| Ok((*index, astray(&refusal, path, kind.nothing(), seen)?)))
            .collect();
    }
    let found = match kind {
        NamesQuestion::Stat => stats(asked, &mut frames, seen)?,
        NamesQuestion::Resolve => {
            one_by_one(asked, &mut frames, Answer::Stat(None), seen, &mut |frames| resolved(frames, seen))?
        }
        NamesQuestion::Digest => digests(asked, &mut frames, seen)?,
        NamesQuestion::Read => one_by_one(asked, &mut frames, Answer::Read(None), seen, &mut text)?,
    };
    // If a symlink appeared or vanished in between, the other answers are shifted.
    if frames.0.is_empty() { Ok(found) } else { Err(Raced) }
}

/// Whether the directory was entered, or why not.
fn turned_back(frames: &mut Frames) -> Result<Option<Refusal>, Raced> {
    if frames.text("inside").is_some() {
        return Ok(None);
    }
    refusal::read(frames).map(Some).ok_or(Raced)
}

/// The answer if the directory of a path can't be reached.
fn astray(refusal: &Refusal, path: &Utf8Path, nothing: Answer, seen: &ShellState) -> Result<Answer, Raced> {
    let verb = if refusal.word(0) == "open" { "look at" } else { refusal.word(0) };
    Ok(match refusal.what.as_str() {
        "swapped" => return Err(Raced),
        "missing" | "obstacle" | "absent" | "irregular" => nothing,
        "refused" => Answer::Failed(refused(verb, path, DENIED, seen.root)),
        "circle" => Answer::Failed(refused("look at", path, "Too many levels of symbolic links", seen.root)),
        _ => Answer::Failed(refusal.failure(seen.root)),
    })
}

/// An answer or a failure for each name in turn.
fn one_by_one(
    asked: &Asked<'_>,
    frames: &mut Frames,
    nothing: Answer,
    seen: &ShellState,
    read: &mut dyn FnMut(&mut Frames) -> Result<Answer, Raced>,
) -> Found {
    let mut found = Vec::with_capacity(asked.len());
    for (index, path) in asked {
        let answer = match refusal::read(frames) {
            Some(refusal) => astray(&refusal, path, nothing.clone(), seen)?,
            None => read(frames)?,
        };
        found.push((*index, answer));
    }
    Ok(found)
}

fn stats(asked: &Asked<'_>, frames: &mut Frames, seen: &ShellState) -> Found {
    let (marks, text) = marked(asked, "stats", frames)?;
    let mut lines = text.lines();
    let mut told = Vec::with_capacity(asked.len());
    for mark in marks.chars() {
        let mut stat = None;
        if mark == '+' {
            let mut there = lines.next().and_then(|line| parse(line, seen)).ok_or(Raced)?;
            if there.kind == FileKind::Link {
                there.target = Some(frames.text("to").ok_or(Raced)?);
            }
            stat = Some(there);
        }
        told.push(stat);
    }
    let mut lists = Lists::read(frames);
    let found = asked.iter().zip(told).map(|((index, path), stat)| {
        let stat = stat.map(|stat| {
            let plain = matches!(stat.kind, FileKind::File | FileKind::Directory);
            let name = path.file_name().unwrap_or(".");
            Stat { access: lists.of(name, stat.mode, plain, seen), ..stat }
        });
        (*index, Answer::Stat(stat))
    });
    Ok(found.collect())
}

fn resolved(frames: &mut Frames, seen: &ShellState) -> Result<Answer, Raced> {
    let line = frames.text("stat").ok_or(Raced)?;
    let stat = parse(&line, seen).filter(|stat| stat.kind != FileKind::Link).ok_or(Raced)?;
    Ok(Answer::Stat(Some(stat)))
}

/// One mark for each path, and one line for each path with a `+`.
fn marked(asked: &Asked<'_>, key: &str, frames: &mut Frames) -> Result<(String, String), Raced> {
    let marks = frames.text("marks").ok_or(Raced)?;
    let text = frames.text(key).unwrap_or_default();
    let fits = marks.len() == asked.len() && marks.matches('+').count() == text.lines().count();
    if fits { Ok((marks, text)) } else { Err(Raced) }
}

/// Parses mode, owner, group, size, time, device, inode.
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

fn digests(asked: &Asked<'_>, frames: &mut Frames, seen: &ShellState) -> Found {
    // Files that were opened one by one come before the rest.
    let begin = frames.0.iter().position(|frame| frame.key == "marks").ok_or(Raced)?;
    let rest = Frames(frames.0.split_off(begin));
    let mut single = std::mem::replace(frames, rest);
    let (marks, text) = marked(asked, "digests", frames)?;
    let mut lines = text.lines();
    let mut found = Vec::with_capacity(asked.len());
    for ((index, path), mark) in asked.iter().zip(marks.chars()) {
        let answer = match mark {
            '+' => Answer::Digest(Some(digest(lines.next().ok_or(Raced)?)?)),
            'l' => match refusal::read(&mut single) {
                Some(refusal) => astray(&refusal, path, Answer::Digest(None), seen)?,
                None => Answer::Digest(Some(digest(&single.text("digest").ok_or(Raced)?)?)),
            },
            '-' => Answer::Digest(None),
            _ => Answer::Failed(refused("read", path, DENIED, seen.root)),
        };
        found.push((*index, answer));
    }
    if single.0.is_empty() { Ok(found) } else { Err(Raced) }
}

fn digest(line: &str) -> Result<String, Raced> {
    // A backslash before the digest means that the name after it is escaped.
    let digest = line.trim_start_matches('\\').get(..64).ok_or(Raced)?;
    if digest.bytes().all(|byte| byte.is_ascii_hexdigit()) { Ok(digest.to_owned()) } else { Err(Raced) }
}

fn text(frames: &mut Frames) -> Result<Answer, Raced> {
    let bytes = frames.next("bytes").ok_or(Raced)?;
    Ok(Answer::Read(Some(if bytes.len() as u64 > READ_LIMIT {
        FileText::Binary
    } else {
        String::from_utf8(bytes).map_or(FileText::Binary, FileText::Text)
    })))
}

/// Answers `List`.
///
/// # Errors
/// The directory changed meanwhile.
pub(super) fn list(index: usize, path: &Utf8Path, mut frames: Frames, seen: &ShellState) -> Found {
    let refusal = match turned_back(&mut frames)? {
        Some(refusal) => Some(refusal),
        None => refusal::read(&mut frames),
    };
    if let Some(refusal) = refusal {
        return Ok(vec![(index, astray(&refusal, path, Answer::List(None), seen)?)]);
    }
    frames.text("mark").ok_or(Raced)?;
    let mut names: Vec<String> = std::iter::from_fn(|| frames.text("name")).collect();
    names.sort();
    Ok(vec![(index, Answer::List(Some(names)))])
}

/// Answers `Writable`.
pub(super) fn writable(asked: &Asked<'_>, mut frames: Frames) -> Found {
    asked
        .iter()
        .map(|(index, _)| {
            frames.text("mark").map(|mark| (*index, Answer::Writable(mark == "+"))).ok_or(Raced)
        })
        .collect()
}
