//! Formats unified diffs, shortened for reading.

use crate::model::english::count;
use crate::report::line::{SafeLine, line, lines_of};
use crate::report::outlet::Differences;
use crate::report::style::{ADDED, FAINT, PLACE, REMOVED, paint};

/// Most characters of a line that are shown.
const WIDTH: usize = 200;
/// Number of equal characters shown before the first difference in a long line.
const AHEAD: usize = 40;

/// Formats the lines of a diff with styles.
pub(super) fn diff_lines(diff: &str, shown: Differences) -> Vec<SafeLine> {
    let most = match shown {
        Differences::None => return Vec::new(),
        Differences::Full => usize::MAX,
        Differences::Short(lines) => lines,
    };
    let all: Vec<&str> = diff.lines().collect();
    let begins = if matches!(shown, Differences::Short(_)) { begins(&all) } else { vec![0; all.len()] };
    let text: Vec<String> = all
        .iter()
        .zip(begins)
        .take(most)
        .map(|(line, begin)| match shown {
            Differences::Short(_) => part(line, begin),
            _ => (*line).to_owned(),
        })
        .collect();
    let mut lines: Vec<SafeLine> = lines_of(&text.join("\n")).map(in_style).collect();
    if let Some(more) = all.len().checked_sub(most).filter(|more| *more > 0) {
        let words = format!("… {}: `--diff full` shows all", count(more, "more line"));
        lines.push(paint(FAINT, line!("{}", SafeLine::of(&words))));
    }
    lines
}

fn in_style(line: SafeLine) -> SafeLine {
    let style = match line.as_ref().as_bytes().first() {
        Some(b'+') => ADDED,
        Some(b'-') => REMOVED,
        Some(b'@') => PLACE,
        _ => return line,
    };
    paint(style, line)
}

/// The offset from which each line is shown. A removed line and its replacement often start with the same text, which
/// is skipped.
fn begins(lines: &[&str]) -> Vec<usize> {
    let mut begins = vec![0; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let run =
            |from: usize, sign: char| lines[from..].iter().take_while(|line| line.starts_with(sign)).count();
        let removed = run(at, '-');
        let added = run(at + removed, '+');
        for pair in 0..removed.min(added) {
            let (old, new) = (at + pair, at + removed + pair);
            let pairs = lines[old].chars().skip(1).zip(lines[new].chars().skip(1));
            let alike = 1 + pairs.take_while(|(one, other)| one == other).count();
            (begins[old], begins[new]) = (alike, alike);
        }
        at += (removed + added).max(1);
    }
    begins
}

/// A line with its sign, or the part from an offset if the line is long.
fn part(line: &str, begin: usize) -> String {
    let length = line.chars().count();
    if length <= WIDTH + AHEAD {
        return line.to_owned();
    }
    let first = if begin > WIDTH { begin - AHEAD } else { 1 };
    let sign: String = line.chars().take(1).collect();
    let shown: String = line.chars().skip(first).take(WIDTH).collect();
    let (before, after) = (if first > 1 { "…" } else { "" }, if first + WIDTH < length { "…" } else { "" });
    format!("{sign}{before}{shown}{after} ({} characters)", length - 1)
}
