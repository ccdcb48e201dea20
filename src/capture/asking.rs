//! Questions to the machine, in as few batches as possible. Nothing here changes it.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::error::Failure;
use crate::model::query::{Answer, CommandResult, End, FileKind, FileText, Query, Stat};
use crate::model::step::Command;
use crate::target::Target;

/// Seconds until a command that reads the package database is stopped.
const TIMEOUT: u64 = 120;

/// Most paths that one command is given: the kernel limits the bytes of all arguments.
const PATHS_A_COMMAND: usize = 1500;

/// Levels of directories that are walked. Deeper ones are told, and left.
const DEPTH: usize = 24;

/// A machine that is asked, and what it did not answer.
pub(super) struct AskedMachine<'t> {
    target: &'t mut dyn Target,
    /// What could not be read, each a sentence.
    pub(super) unread: Vec<String>,
}

impl<'t> AskedMachine<'t> {
    pub(super) fn new(target: &'t mut dyn Target) -> Self {
        Self { target, unread: Vec::new() }
    }

    /// Asks one batch.
    pub(super) fn batch(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        self.target.ask(queries)
    }

    /// What commands print. One that can't be started, or fails, has printed nothing.
    pub(super) fn printed(&mut self, commands: Vec<Command>) -> Result<Vec<String>, Failure> {
        let queries: Vec<Query> = commands
            .into_iter()
            .map(|mut command| {
                command.timeout = TIMEOUT;
                Query::Command(Box::new(command))
            })
            .collect();
        let answers = self.batch(&queries)?;
        let mut texts = Vec::new();
        for (query, answer) in queries.iter().zip(answers) {
            let Query::Command(command) = query else { continue };
            texts.push(match answer {
                Answer::Command(CommandResult { end: End::Exit(_), stdout, is_part, .. }) => {
                    if is_part {
                        self.unread.push(format!(
                            "`{}` printed more than 1 MiB, and the rest was not read",
                            shown(command)
                        ));
                    }
                    stdout
                }
                _ => String::new(),
            });
        }
        Ok(texts)
    }

    /// The texts of files. What is missing, is no regular file or can't be read has none.
    pub(super) fn texts(
        &mut self,
        paths: impl IntoIterator<Item = Utf8PathBuf>,
    ) -> Result<BTreeMap<Utf8PathBuf, FileText>, Failure> {
        let queries: Vec<Query> = paths.into_iter().map(Query::Read).collect();
        let answers = self.batch(&queries)?;
        let mut texts = BTreeMap::new();
        for (query, answer) in queries.into_iter().zip(answers) {
            let Query::Read(path) = query else { continue };
            match answer {
                Answer::Read(Some(text)) => {
                    texts.insert(path, text);
                }
                Answer::Failed(failure) => {
                    self.unread.push(format!("`{path}` could not be read: {}", failure.message));
                }
                _ => {}
            }
        }
        Ok(texts)
    }

    /// All that is below some directories, without what `is_left` says. Links are not followed.
    pub(super) fn walk(
        &mut self,
        roots: &[&str],
        is_left: &dyn Fn(&Utf8Path) -> bool,
    ) -> Result<BTreeMap<Utf8PathBuf, Stat>, Failure> {
        let mut found = BTreeMap::new();
        let mut level: Vec<Utf8PathBuf> = roots.iter().map(|root| Utf8PathBuf::from(*root)).collect();
        for _ in 0..DEPTH {
            if level.is_empty() {
                return Ok(found);
            }
            let queries: Vec<Query> = level
                .iter()
                .flat_map(|path| [Query::Stat(path.clone()), Query::List(path.clone())])
                .collect();
            let answers = self.batch(&queries)?;
            let mut below = Vec::new();
            for (path, pair) in level.into_iter().zip(answers.chunks(2)) {
                let [Answer::Stat(Some(stat)), listed] = pair else { continue };
                let is_directory = stat.kind == FileKind::Directory;
                found.insert(path.clone(), stat.clone());
                if !is_directory {
                    continue;
                }
                match listed {
                    Answer::List(Some(names)) => {
                        below.extend(names.iter().map(|name| path.join(name)).filter(|path| !is_left(path)));
                    }
                    Answer::Failed(failure) => {
                        self.unread.push(format!("`{path}` could not be read: {}", failure.message));
                    }
                    _ => {}
                }
            }
            level = below;
        }
        self.unread.extend(level.iter().map(|path| format!("`{path}` is too deep, and was not looked at")));
        Ok(found)
    }

    /// The MD5 sums of regular files, as package databases have them.
    pub(super) fn md5(&mut self, paths: &[&Utf8Path]) -> Result<BTreeMap<Utf8PathBuf, String>, Failure> {
        let command = |paths: &[&Utf8Path]| {
            Command::new(["md5sum", "--"].into_iter().chain(paths.iter().map(|path| path.as_str())))
        };
        let texts = self.printed(paths.chunks(PATHS_A_COMMAND).map(command).collect())?;
        Ok(texts.iter().flat_map(|text| text.lines()).filter_map(sum_of_line).collect())
    }

    /// The bytes of files in base64, for those that are no text.
    pub(super) fn base64(&mut self, paths: &[&Utf8Path]) -> Result<BTreeMap<Utf8PathBuf, String>, Failure> {
        let commands = paths.iter().map(|path| Command::new(["base64", "--", path.as_str()])).collect();
        let texts = self.printed(commands)?;
        let compact = |text: String| text.split_ascii_whitespace().collect::<String>();
        Ok(paths.iter().map(|path| (*path).to_owned()).zip(texts.into_iter().map(compact)).collect())
    }
}

/// A command in messages: its beginning does.
fn shown(command: &Command) -> String {
    command.argv.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Reads a line of md5sum(1). It puts a backslash ahead of a line whose name has characters written as `\n` and `\\`.
fn sum_of_line(line: &str) -> Option<(Utf8PathBuf, String)> {
    let (is_written_otherwise, line) = match line.strip_prefix('\\') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (sum, path) = line.split_at_checked(32)?;
    let path = path.get(2..)?;
    let path = if is_written_otherwise { unescaped(path) } else { path.to_owned() };
    Some((path.into(), sum.to_owned()))
}

fn unescaped(path: &str) -> String {
    let (mut text, mut characters) = (String::new(), path.chars());
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => text.push(match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            }),
            (c, false) => text.push(c),
        }
    }
    text
}

/// The text of a file, or nothing if it has none.
pub(super) fn text_of(text: Option<&FileText>) -> &str {
    match text {
        Some(FileText::Text(text)) => text,
        _ => "",
    }
}
