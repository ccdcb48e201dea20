//! `/etc/fstab`: one line of it. All other lines stay as they are, byte for byte.

use std::collections::BTreeSet;

use camino::Utf8Path;

use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::journal::BegunAction;
use crate::model::known::{Known, Stop};
use crate::model::query::{Init, Query};
use crate::model::step::{Command, Step};
use crate::provider::backups;
use crate::provider::edited_file::{self, EditedFile, EditedText};
use crate::provider::file_state::FileState;
use crate::provider::mount_table::{escaped, unescaped};

const PATH: &str = "/etc/fstab";

/// Options that say what holds anyway: mount(8), `defaults`.
const DEFAULTS: &[&str] = &["defaults", "rw", "suid", "dev", "exec", "auto", "nouser", "async"];

/// A line of the table: fstab(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FstabEntry {
    pub device: String,
    /// Where it is mounted; `none` for swap.
    pub point: String,
    /// Type of the file system.
    pub kind: String,
    /// Separated by commas.
    pub options: String,
    /// Whether dump(8) saves it.
    pub dump: u32,
    /// When it is checked at boot; 0 means never.
    pub pass: u32,
}

impl FstabEntry {
    fn read(line: &str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let first = fields.next().filter(|first| !first.starts_with('#'))?;
        let (point, kind) = (fields.next()?, fields.next()?);
        let mut number = |default: &str| fields.next().unwrap_or(default).to_owned();
        let options = number("defaults");
        let (dump, pass) = (number("0"), number("0"));
        Some(Self {
            device: unescaped(first),
            point: unescaped(point),
            kind: kind.to_owned(),
            options,
            dump: dump.parse().ok()?,
            pass: pass.parse().ok()?,
        })
    }

    /// The line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { device, point, kind, options, dump, pass } = self;
        format!("{} {} {kind} {options} {dump} {pass}\n", escaped(device), escaped(point))
    }

    /// Whether two lines mean the same.
    fn means(&self, other: &Self) -> bool {
        let plain = |entry: &Self| Self { options: String::new(), ..entry.clone() };
        plain(self) == plain(other) && meaning(&self.options) == meaning(&other.options)
    }
}

/// The options without those that hold anyway. Their order means nothing.
fn meaning(options: &str) -> BTreeSet<&str> {
    options.split(',').filter(|option| !option.is_empty() && !DEFAULTS.contains(option)).collect()
}

/// The queries for the file.
#[must_use]
pub fn observe() -> Vec<Query> {
    let mut queries = file(false).observe();
    queries.push(Query::Host);
    queries
}

/// The changes that give the file this line, in place of the one that is about the same.
///
/// # Errors
/// Several lines are about the same, the file can't be edited, or an answer is missing.
pub fn plan_set(
    entry: &FstabEntry,
    secret: bool,
    is_about: impl Fn(&FstabEntry) -> bool,
    known: &Known,
) -> Result<Vec<Change>, Stop> {
    known.want(observe())?;
    let changes = match known.stat(Utf8Path::new(PATH)) {
        Ok(None) => new(entry, secret).plan_create(known)?,
        _ => file(secret).plan(known, |text| set(text, entry, &is_about))?,
    };
    read_by_systemd(changes, known)
}

/// The changes that remove the lines about something.
///
/// # Errors
/// The file can't be edited, or an answer is missing.
pub fn plan_remove(is_about: impl Fn(&FstabEntry) -> bool, known: &Known) -> Result<Vec<Change>, Stop> {
    known.want(observe())?;
    let changes = file(false).plan_removal(known, |text| {
        let lines = edited_file::lines(text);
        let stays = |line: &&&str| !FstabEntry::read(line).is_some_and(|entry| is_about(&entry));
        let text = lines.iter().filter(stays).copied().collect();
        Ok(EditedText { text, summary: format!("remove it from `{PATH}`") })
    })?;
    read_by_systemd(changes, known)
}

fn file(secret: bool) -> EditedFile {
    EditedFile { secret, ..EditedFile::new(PATH.into()) }
}

fn new(entry: &FstabEntry, secret: bool) -> FileState {
    FileState {
        path: PATH.into(),
        content: Some(Content::Text(entry.line())),
        backup: backups::wanted(None, secret),
        secret,
        ..FileState::default()
    }
}

fn set(
    text: &str,
    entry: &FstabEntry,
    is_about: impl Fn(&FstabEntry) -> bool,
) -> Result<EditedText, Failure> {
    let lines = edited_file::lines(text);
    let same = |(_, line): &(usize, &&str)| FstabEntry::read(line).is_some_and(|found| is_about(&found));
    let found: Vec<usize> = lines.iter().enumerate().filter(same).map(|(number, _)| number).collect();
    match found.as_slice() {
        [] => Ok(EditedText {
            text: edited_file::insert(text, lines.len(), &entry.line()),
            summary: format!("add it to `{PATH}`"),
        }),
        [one] if FstabEntry::read(lines[*one]).is_some_and(|found| found.means(entry)) => {
            Ok(EditedText { text: text.to_owned(), summary: String::new() })
        }
        [one] => {
            let new = entry.line();
            let with = |(number, line): (usize, &&str)| {
                if number == *one { new.clone() } else { (*line).to_owned() }
            };
            Ok(EditedText {
                text: lines.iter().enumerate().map(with).collect(),
                summary: format!("change line {} of `{PATH}`", one + 1),
            })
        }
        several => {
            let numbers: Vec<String> = several.iter().map(|number| (number + 1).to_string()).collect();
            let what = if entry.kind == "swap" { &entry.device } else { &entry.point };
            Err(Failure::new(format!("lines {} of `{PATH}` are about `{what}`", list(&numbers, "and")))
                .hint("remove all but one of them"))
        }
    }
}

/// systemd makes units of the lines, so it must read them again.
fn read_by_systemd(mut changes: Vec<Change>, known: &Known) -> Result<Vec<Change>, Stop> {
    if known.host()?.init == Init::Systemd {
        if changes.is_empty() && known.begun().is_some() {
            changes
                .push(Change { summary: format!("make systemd read `{PATH}` again"), ..Change::default() });
        }
        for change in &mut changes {
            let reload = Command { timeout: 900, ..Command::new(["systemctl", "daemon-reload"]) };
            change.steps.push(Step::Run(reload));
            change.reach = Some(Reach::Told);
            change.unseen = Some(BegunAction::Old);
        }
    }
    Ok(changes)
}
