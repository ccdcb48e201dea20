//! Patterns of rights: `*` within a part, `**` over parts. A need may hold both too: then all that it stands for must be
//! covered.

use super::kind::{ANYTHING, Capability};
use super::words::{line_words, segments};
use crate::model::pattern::matches_stars;

/// Directories in which a program without a path is looked for.
const PROGRAMS: [&str; 6] =
    ["/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"];

/// Whether a pattern covers all that a name stands for.
pub(super) fn covers(kind: Capability, pattern: &str, name: &str) -> bool {
    if pattern == ANYTHING {
        return true;
    }
    if kind != Capability::Execute {
        return sequence(&segments(pattern), &segments(name), part_covers);
    }
    let (pattern, name) = (line_words(pattern), line_words(name));
    let Some(((program, leading), (started, arguments))) = pattern.split_first().zip(name.split_first())
    else {
        return false;
    };
    let alike = |(one, other): (&String, &String)| sequence(&segments(one), &segments(other), part_covers);
    program_covers(program, started)
        && leading.len() <= arguments.len()
        && leading.iter().zip(arguments).all(alike)
}

/// A program without a path is one in the directories for programs.
fn program_covers(pattern: &str, started: &str) -> bool {
    if started.contains('/') || started == ANYTHING {
        return sequence(&segments(pattern), &segments(started), part_covers);
    }
    PROGRAMS.iter().any(|directory| pattern.strip_prefix(directory) == Some(started))
}

/// Whether something is covered by both.
pub(super) fn overlaps(kind: Capability, one: &str, other: &str) -> bool {
    if one == ANYTHING || other == ANYTHING {
        return true;
    }
    if kind != Capability::Execute {
        return meets(&segments(one), &segments(other));
    }
    let (one, other) = (line_words(one), line_words(other));
    let mut pairs = one.iter().zip(&other);
    let Some((first, second)) = pairs.next() else { return false };
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let is_same_program = if first.contains('/') && second.contains('/') {
        meets(&segments(first), &segments(second))
    } else {
        parts_meet(&base(first), &base(second))
    };
    is_same_program && pairs.all(|(one, other)| meets(&segments(one), &segments(other)))
}

/// Matches a sequence of parts. `**` in the pattern stands for any number of them.
fn sequence(pattern: &[&str], name: &[&str], part: fn(&str, &str) -> bool) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut wide: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some(&ANYTHING) => {
                wide = Some((at, read));
                at += 1;
            }
            Some(one) if part(one, name[read]) => {
                at += 1;
                read += 1;
            }
            _ => {
                // A step upwards is never covered by `**`.
                let Some((back, taken)) = wide.filter(|(_, taken)| name[*taken] != "..") else {
                    return false;
                };
                wide = Some((back, taken + 1));
                at = back + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|part| *part == ANYTHING)
}

/// Whether a part of a pattern covers a part of a name, which may be a pattern itself: its `*` is only matched by a `*`.
fn part_covers(one: &str, other: &str) -> bool {
    if other == ANYTHING || other == ".." {
        return one == other;
    }
    if !one.contains('*') {
        return one == other;
    }
    matches_stars(one, other)
}

/// Whether two sequences of parts have something in common.
fn meets(one: &[&str], other: &[&str]) -> bool {
    // Rows of a table: whether the first parts of `one` and of `other` may be the same.
    let mut row: Vec<bool> = vec![false; other.len() + 1];
    row[0] = true;
    for at in 0..other.len() {
        row[at + 1] = row[at] && other[at] == ANYTHING;
    }
    for part in one {
        let mut next = vec![false; other.len() + 1];
        next[0] = row[0] && *part == ANYTHING;
        for at in 0..other.len() {
            let wide = *part == ANYTHING || other[at] == ANYTHING;
            next[at + 1] = if wide {
                row[at + 1] || next[at] || row[at]
            } else {
                row[at] && parts_meet(part, other[at])
            };
        }
        row = next;
    }
    row[other.len()]
}

/// Whether two parts may be the same. Of two patterns, the beginnings and the ends are compared.
fn parts_meet(one: &str, other: &str) -> bool {
    let ends = |text: &str| {
        let (head, tail) = (text.split('*').next(), text.rsplit('*').next());
        (head.unwrap_or_default().to_owned(), tail.unwrap_or_default().to_owned())
    };
    match (one.contains('*'), other.contains('*')) {
        (false, false) => one == other,
        (true, false) => part_covers(one, other),
        (false, true) => part_covers(other, one),
        (true, true) => {
            let ((head, tail), (other_head, other_tail)) = (ends(one), ends(other));
            (head.starts_with(&other_head) || other_head.starts_with(&head))
                && (tail.ends_with(&other_tail) || other_tail.ends_with(&tail))
        }
    }
}
