//! Lines of sysctl.d(5).

use camino::Utf8PathBuf;

/// Normalizes white space: the kernel prints tabs where people write spaces.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The path below `/proc/sys` for a name. If the first separator is a slash, all are kept; otherwise dots and slashes
/// are swapped.
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

/// A line about a parameter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SysctlLine<'a> {
    /// From 1.
    pub(super) line: usize,
    pub(super) text: &'a str,
    /// The value. `None` if the line only excludes the parameter from patterns.
    pub(super) value: Option<String>,
}

/// The last line that names a parameter. Patterns are ignored, because an exact name takes precedence.
pub(super) fn last<'a>(text: &'a str, key: &str) -> Option<SysctlLine<'a>> {
    let wanted = path(key);
    let named = |(index, line): (usize, &'a str)| {
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            return None;
        }
        // A `-` means that a failure to set it is ignored.
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
