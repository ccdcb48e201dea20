//! A line of a file with kernel parameters, as sysctl.d(5) has it.

use camino::Utf8PathBuf;

/// The kernel separates words by tabs, people by spaces.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The path below `/proc/sys` that a name means. Where the first separator is a slash all stand as they are, else dots and
/// slashes change places.
pub(super) fn path(name: &str) -> Utf8PathBuf {
    if name.find(['.', '/']).is_some_and(|at| name[at..].starts_with('/')) {
        return name.into();
    }
    let swapped = name.chars().map(|c| match c {
        '.' => '/',
        '/' => '.',
        other => other,
    });
    swapped.collect::<String>().into()
}

/// A line that says something of a parameter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SysctlLine<'a> {
    /// From 1.
    pub(super) line: usize,
    /// As it stands there.
    pub(super) text: &'a str,
    /// What it sets; nothing where it only keeps patterns from setting it.
    pub(super) value: Option<String>,
}

/// The last line of a text that names a parameter. Patterns don't count: they give way to whoever names it.
pub(super) fn last<'a>(text: &'a str, key: &str) -> Option<SysctlLine<'a>> {
    let wanted = path(key);
    let named = |(index, line): (usize, &'a str)| {
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            return None;
        }
        // A failure to set it is to be passed over.
        let bare = text.strip_prefix('-').unwrap_or(text);
        let (name, value) = match bare.split_once('=') {
            Some((name, value)) => (name, Some(words(value))),
            None if bare.len() < text.len() => (bare, None),
            None => return None,
        };
        (path(name.trim()) == wanted).then_some(SysctlLine { line: index + 1, text, value })
    };
    text.lines().enumerate().filter_map(named).last()
}
