//! Questions to the machine, in as few batches as possible. Nothing here changes it.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::error::Failure;
use crate::model::query::{Answer, CommandResult, End, FileKind, FileText, Query, Stat};
use crate::model::sorted;
use crate::model::step::Command;
use crate::target::Target;

/// Seconds until a command that reads the package database is stopped.
const TIMEOUT: u64 = 120;

/// Most paths that one command is given: the kernel limits the bytes of all arguments.
const PATHS_A_COMMAND: usize = 1500;

/// Levels of directories that are walked. Deeper ones are told, and left.
const DEPTH: usize = 24;

/// Directories of package managers of languages, in which nothing is looked at.
pub(super) const INSIDE_PACKAGES: [&str; 5] =
    ["site-packages", "dist-packages", "node_modules", "__pycache__", ".cache"];

/// A machine that is asked, and what it did not answer.
pub(super) struct AskedMachine<'t> {
    target: &'t mut dyn Target,
    /// Answers that were asked for ahead of their time. On a distant machine each batch costs a journey.
    ahead: BTreeMap<Query, Answer>,
    /// What could not be read, each a sentence.
    pub(super) unread: Vec<String>,
}

impl<'t> AskedMachine<'t> {
    pub(super) fn new(target: &'t mut dyn Target) -> Self {
        Self { target, ahead: BTreeMap::new(), unread: Vec::new() }
    }

    /// Asks one batch.
    pub(super) fn batch(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        if !self.ahead.is_empty() {
            let known: Option<Vec<Answer>> =
                queries.iter().map(|query| self.ahead.get(query).cloned()).collect();
            if let Some(answers) = known {
                return Ok(answers);
            }
        }
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        self.target.ask(queries)
    }

    /// Asks for what will be wanted later.
    pub(super) fn ask_ahead(&mut self, queries: Vec<Query>) -> Result<(), Failure> {
        let answers = self.batch(&queries)?;
        self.ahead.extend(queries.into_iter().zip(answers));
        Ok(())
    }

    /// What commands print. One that can't be started, or fails, has printed nothing.
    pub(super) fn printed(&mut self, commands: Vec<Command>) -> Result<Vec<String>, Failure> {
        let queries: Vec<Query> = commands.into_iter().map(query).collect();
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

    /// All that is below some directories, without what `is_left` says of a path and whether a
    /// directory is known to be there. Links are not followed.
    pub(super) fn walk(
        &mut self,
        roots: &[&str],
        is_left: &dyn Fn(&Utf8Path, bool) -> bool,
    ) -> Result<BTreeMap<Utf8PathBuf, Stat>, Failure> {
        // One command names nearly all directories. What it does not name is found level by level.
        let printed = self.printed(vec![directories(roots)])?;
        let named = printed.iter().flat_map(|text| text.lines()).map(Utf8PathBuf::from);
        let is_inside = |path: &Utf8Path| roots.iter().any(|root| path.starts_with(root));
        let named: BTreeSet<Utf8PathBuf> = sorted::collected(
            named.filter(|path| is_inside(path) && !path.ancestors().any(|above| is_left(above, true))),
        );
        let roots: Vec<Utf8PathBuf> = roots.iter().map(|root| Utf8PathBuf::from(*root)).collect();
        let mut found = self.stats(&roots)?;
        let mut level: BTreeSet<Utf8PathBuf> = sorted::collected(named.iter().cloned().chain(roots));
        for _ in 0..DEPTH {
            if level.is_empty() {
                return Ok(found);
            }
            let queries: Vec<Query> = level.iter().cloned().map(Query::List).collect();
            let answers = self.batch(&queries)?;
            let mut inside = Vec::new();
            for (path, listed) in level.iter().zip(answers) {
                match listed {
                    Answer::List(Some(entries)) => {
                        let paths = entries.iter().map(|name| path.join(name));
                        inside.extend(paths.filter(|path| !is_left(path, named.contains(path))));
                    }
                    Answer::Failed(failure) => {
                        self.unread.push(format!("`{path}` could not be read: {}", failure.message));
                    }
                    _ => {}
                }
            }
            let stats = self.stats(&inside)?;
            let is_new = |path: &Utf8PathBuf, stat: &Stat| {
                stat.kind == FileKind::Directory && !level.contains(path) && !found.contains_key(path)
            };
            let below = stats.iter().filter(|(path, stat)| is_new(path, stat)).map(|(path, _)| path.clone());
            level = sorted::collected(below);
            found.extend(stats);
        }
        self.unread.extend(level.iter().map(|path| format!("`{path}` is too deep, and was not looked at")));
        Ok(found)
    }

    /// What is at paths, where something is.
    pub(super) fn stats(&mut self, paths: &[Utf8PathBuf]) -> Result<BTreeMap<Utf8PathBuf, Stat>, Failure> {
        let queries: Vec<Query> = paths.iter().cloned().map(Query::Stat).collect();
        let answers = self.batch(&queries)?;
        let there = paths.iter().zip(answers).filter_map(|(path, answer)| match answer {
            Answer::Stat(Some(stat)) => Some((path.clone(), stat)),
            _ => None,
        });
        Ok(sorted::collected(there))
    }

    /// The digests of regular files, by a program such as `md5sum`: package databases have them.
    pub(super) fn sums(
        &mut self,
        program: &str,
        paths: &[&Utf8Path],
    ) -> Result<BTreeMap<Utf8PathBuf, String>, Failure> {
        let command = |paths: &[&Utf8Path]| {
            Command::new([program, "--"].into_iter().chain(paths.iter().map(|path| path.as_str())))
        };
        let texts = self.printed(paths.chunks(PATHS_A_COMMAND).map(command).collect())?;
        Ok(sorted::collected(texts.iter().flat_map(|text| text.lines()).filter_map(sum_of_line)))
    }

    /// The bytes of files in base64, for those that are no text.
    pub(super) fn base64(&mut self, paths: &[&Utf8Path]) -> Result<BTreeMap<Utf8PathBuf, String>, Failure> {
        let commands = paths.iter().map(|path| Command::new(["base64", "--", path.as_str()])).collect();
        let texts = self.printed(commands)?;
        let compact = |text: String| text.split_ascii_whitespace().collect::<String>();
        Ok(sorted::collected(paths.iter().map(|path| (*path).to_owned()).zip(texts.into_iter().map(compact))))
    }
}

/// The question what a command prints.
pub(super) fn query(mut command: Command) -> Query {
    command.timeout = TIMEOUT;
    Query::Command(Box::new(command))
}

/// The command that names the directories below others, but those of package managers of languages.
pub(super) fn directories(roots: &[&str]) -> Command {
    let mut argv = vec!["find"];
    argv.extend(roots);
    for name in INSIDE_PACKAGES {
        argv.extend(["-name", name, "-prune", "-o"]);
    }
    argv.extend(["-type", "d", "-print"]);
    Command::new(argv)
}

/// A command in messages: its beginning does.
fn shown(command: &Command) -> String {
    command.argv.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Reads a line of md5sum(1) or one of its relatives. It puts a backslash ahead of a line whose name has characters written as `\n` and `\\`.
fn sum_of_line(line: &str) -> Option<(Utf8PathBuf, String)> {
    let (is_written_otherwise, line) = match line.strip_prefix('\\') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (sum, path) = line.split_once(' ')?;
    let path = path.get(1..)?;
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
