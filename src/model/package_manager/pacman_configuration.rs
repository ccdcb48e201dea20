//! The configuration of pacman, as far as it holds packages.

use super::commands::HeldPackage;

/// Says which sources there are, and which packages are held. It belongs to the people of the machine.
pub(super) const CONFIGURATION: &str = "/etc/pacman.conf";

/// The lines that hold packages, each by its number and with what stands behind the equals sign.
pub(super) fn holds<'a>(lines: &[&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    let held = |line: &'a str| {
        let (option, held) = line.split_once('=')?;
        (option.trim() == "IgnorePkg").then_some(held)
    };
    options(lines).filter_map(move |(number, line)| Some((number, held(line)?)))
}

/// The lines of the section of options, each by its number. The first is its heading.
fn options<'a>(lines: &[&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    let mut is_inside = false;
    let lines: Vec<_> = lines.iter().copied().enumerate().collect();
    lines.into_iter().filter(move |(_, line)| {
        if line.trim_start().starts_with('[') {
            is_inside = line.trim() == "[options]";
        }
        is_inside
    })
}

/// The configuration with the packages held, or not any more. All other bytes stay.
pub(super) fn edit_holds(text: &str, packages: &[HeldPackage<'_>], hold: bool) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let read: Vec<&str> = text.split_inclusive('\n').collect();
    let found: Vec<usize> = holds(&read).map(|(number, _)| number).collect();
    if !hold {
        for number in found {
            let line = &mut lines[number];
            for package in packages {
                *line = without_word(line, package.name);
            }
            if line.trim_end().ends_with('=') {
                line.clear();
            }
        }
        return lines.concat();
    }
    let names: Vec<&str> = packages.iter().map(|package| package.name).collect();
    let names = names.join(" ");
    if let Some(number) = found.last() {
        let line = &mut lines[*number];
        line.insert_str(line.trim_end().len(), &format!(" {names}"));
        return lines.concat();
    }
    // Behind the example that pacman ships, or as the first option.
    let is_example = |line: &str| {
        line.trim_start().strip_prefix('#').is_some_and(|line| line.trim_start().starts_with("IgnorePkg"))
    };
    let example = options(&read).find(|(_, line)| is_example(line));
    match example.or_else(|| options(&read).next()) {
        Some((number, line)) => {
            let end = if line.ends_with('\n') { "" } else { "\n" };
            lines.insert(number + 1, format!("{end}IgnorePkg = {names}\n"));
        }
        None => {
            let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            lines.push(format!("{end}[options]\nIgnorePkg = {names}\n"));
        }
    }
    lines.concat()
}

/// A line without a word behind its equals sign, and without the space in front of that.
fn without_word(line: &str, word: &str) -> String {
    let Some((option, held)) = line.split_once('=') else { return line.to_owned() };
    let mut left = format!("{option}=");
    let mut rest = held;
    while !rest.is_empty() {
        let space = rest.len() - rest.trim_start().len();
        let end = rest[space..].find(char::is_whitespace).map_or(rest.len(), |at| space + at);
        let (piece, more) = rest.split_at(end);
        if piece.trim_start() != word {
            left.push_str(piece);
        }
        rest = more;
    }
    left
}
