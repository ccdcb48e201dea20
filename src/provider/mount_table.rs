//! The mount table of a process: proc_pid_mountinfo(5).

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, MOUNTS};

/// Characters that the kernel escapes in a path. `/etc/fstab` escapes them in the same way.
const ESCAPED: [(&str, &str); 4] = [("\\", "\\134"), (" ", "\\040"), ("\t", "\\011"), ("\n", "\\012")];

/// Something that is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted<'a> {
    /// Where it is mounted.
    pub point: Utf8PathBuf,
    /// Options of this mount: `rw,nosuid`.
    pub options: &'a str,
    /// Type of the file system: `ext4`.
    pub kind: &'a str,
    /// What is mounted: a device, or a word that means something to the file system.
    pub source: String,
    /// Options of the file system, for all its mounts.
    pub whole_options: &'a str,
}

impl<'a> Mounted<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (mount, system) = line.split_once(" - ")?;
        let mut mount = mount.split(' ').skip(4);
        let mut system = system.split(' ');
        Some(Self {
            point: unescaped(mount.next()?).into(),
            options: mount.next()?,
            kind: system.next()?,
            source: unescaped(system.next()?),
            whole_options: system.next().unwrap_or_default(),
        })
    }
}

/// The table.
///
/// # Errors
/// It was not asked for, is not known yet, or can't be read.
pub fn table(known: &Known) -> Result<&str, Stop> {
    match known.read(MOUNTS.into())? {
        Some(FileText::Text(table)) => Ok(table),
        _ => Err(Failure::new(format!("`{MOUNTS}` can't be read"))
            .hint("what is mounted is only known where /proc is mounted")
            .into()),
    }
}

/// All that is mounted, in the order of the table.
pub fn all(table: &str) -> impl Iterator<Item = Mounted<'_>> {
    table.lines().filter_map(Mounted::read)
}

/// What is mounted at a path. Of several, the last one hides the others.
#[must_use]
pub fn at<'a>(table: &'a str, path: &Utf8Path) -> Option<Mounted<'a>> {
    table.lines().rev().filter_map(Mounted::read).find(|mounted| mounted.point == path)
}

/// The mount that a path is in.
#[must_use]
pub fn around<'a>(table: &'a str, path: &Utf8Path) -> Option<Mounted<'a>> {
    let over = table.lines().filter_map(Mounted::read).filter(|mounted| path.starts_with(&mounted.point));
    // The innermost; of several at one path, the last.
    over.max_by_key(|mounted| mounted.point.as_str().len())
}

/// A mount point below a path.
#[must_use]
pub fn below(table: &str, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let mut points = table.lines().filter_map(Mounted::read).map(|mounted| mounted.point);
    points.find(|point| point.starts_with(path) && point != path)
}

/// The table after something more is mounted.
#[must_use]
pub fn with(table: &str, mounted: &Mounted<'_>) -> String {
    let Mounted { point, options, kind, source, whole_options } = mounted;
    let (point, source) = (escaped(point.as_str()), escaped(source));
    format!("{table}0 0 0:0 / {point} {options} - {kind} {source} {whole_options}\n")
}

/// The table after the last mount at a path is gone.
#[must_use]
pub fn without(table: &str, path: &Utf8Path) -> String {
    let is_there = |line: &&str| Mounted::read(line).is_some_and(|mounted| mounted.point == path);
    let last = table.lines().filter(is_there).count();
    let mut seen = 0;
    let mut rest = String::with_capacity(table.len());
    for line in table.lines() {
        seen += usize::from(is_there(&line));
        if !(is_there(&line) && seen == last) {
            rest.push_str(line);
            rest.push('\n');
        }
    }
    rest
}

/// A path as the table writes it.
#[must_use]
pub fn escaped(path: &str) -> String {
    ESCAPED.iter().fold(path.to_owned(), |text, (plain, written)| text.replace(plain, written))
}

/// A path from the table.
#[must_use]
pub fn unescaped(word: &str) -> String {
    ESCAPED.iter().rev().fold(word.to_owned(), |text, (plain, written)| text.replace(written, plain))
}
