//! The output of runs, kept so that a client can read the rest after a lost connection: one file for each run, one line
//! for each message.
//!
//! A kernel lock on the file tells whether the run is alive. It is released however the run ends.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

use super::errno::refused_io;
use super::state;
use crate::model::decision::{Decided, Decision};
use crate::model::error::Failure;
use crate::model::kept::{RUNS, RUNS_ELSEWHERE};

mod decisions;
mod file_watch;
mod follower;
mod run_file;
mod stopped;

pub use file_watch::FileWatch;
pub use follower::{Follower, Next};
pub use run_file::RunFile;

use run_file::AHEAD;

/// Number of runs whose output is kept.
const KEPT: usize = 20;

/// Suffix of the file that says how a run is to end.
const END_REQUEST: &str = ".wish";

/// Suffix of the file that says for which target a run was started.
const ORDER: &str = ".order";

/// Longest order that is read, in bytes: the id of a run and the name of a target.
const ORDER_LIMIT: u64 = 64 * 1024;

/// The second request: stop the running command too.
const HALT: &str = "halt\n";

/// The first request.
const INTERRUPT: &str = "interrupt\n";

/// How the user wants a run to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndRequest {
    /// After the current resource.
    Interrupt,
    /// At once, with its current command.
    Halt,
}

/// Directories of run files, accessible only by their owner. The second one is used if the disk of the first is full.
#[derive(Debug, Clone)]
pub struct Runs(Vec<Utf8PathBuf>);

impl Runs {
    /// The directories of a target with this state directory.
    pub(super) fn within(state: &Utf8Path) -> Self {
        let root = rustix::process::geteuid().is_root();
        let elsewhere = root.then(|| Utf8PathBuf::from(RUNS_ELSEWHERE.name));
        Self(std::iter::once(state.join(RUNS.name)).chain(elsewhere).collect())
    }

    /// Opens and locks the file of a run that starts, or continues after a restart. The lock is held as long as the
    /// file is open, here or as standard output of another process. Removes the files of the oldest runs.
    ///
    /// # Errors
    /// The id is invalid, the run is in progress, or the state directory is not usable.
    pub fn begin(&self, run: &str) -> Result<RunFile, Failure> {
        let name = checked(run)?;
        let mut full = None;
        for directory in &self.0 {
            let path = directory.join(name);
            let mut words = RunFile::of(state::open(directory, name)?, &path)?;
            if let Err(error) = words.reserve(AHEAD) {
                forget(directory, name);
                full.get_or_insert_with(|| refused_io("write", &path, &error));
                continue;
            }
            forget(directory, &end_request_of(name));
            forget(directory, &decisions::file_of(name));
            forget(directory, &order_of(name));
            prune(directory, name);
            return Ok(words);
        }
        Err(full.unwrap_or_else(|| Failure::new("there is no space for the output of a run")))
    }

    /// The directory that has the run's file, or else the first one.
    fn of(&self, name: &str) -> &Utf8Path {
        let has = |directory: &&Utf8PathBuf| directory.join(name).exists();
        self.0
            .iter()
            .find(has)
            .or(self.0.first())
            .map_or(Utf8Path::new(RUNS_ELSEWHERE.name), Utf8PathBuf::as_path)
    }

    /// Reads the past and future output of a run; `None` if the run is not known.
    ///
    /// # Errors
    /// The id is invalid, or the file can't be read.
    pub fn follow(&self, run: &str) -> Result<Option<Follower>, Failure> {
        let name = checked(run)?;
        let directory = self.of(name);
        let path = directory.join(name);
        let follower = |file| Follower::of(file, path);
        Ok(state::look(directory, name)?.map(follower))
    }

    /// Tells a run how to end. It uses a file, not a signal, so it can't hit another process.
    ///
    /// # Errors
    /// It can't be written.
    pub fn request_end(&self, run: &str, request: EndRequest) -> Result<(), Failure> {
        let directory = self.of(checked(run)?);
        let name = end_request_of(run);
        let mut file = state::open(directory, &name)?;
        let words = match request {
            EndRequest::Interrupt => INTERRUPT,
            EndRequest::Halt => HALT,
        };
        file.seek(SeekFrom::End(0))
            .and_then(|_| file.write_all(words.as_bytes()))
            .map_err(|error| refused_io("write", &directory.join(name), &error))
    }

    /// How a run was told to end, if it was. An unreadable file counts as no request.
    #[must_use]
    pub fn requested_end(&self, run: &str) -> Option<EndRequest> {
        let directory = self.of(checked(run).ok()?);
        let mut file = state::look(directory, &end_request_of(run)).ok()??;
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        match text.as_str() {
            "" => None,
            text if text.contains(HALT) => Some(EndRequest::Halt),
            _ => Some(EndRequest::Interrupt),
        }
    }
}

impl Runs {
    /// Passes a decision to a run that asks before each change.
    ///
    /// # Errors
    /// It can't be written.
    pub fn decide(&self, run: &str, decided: Decided) -> Result<(), Failure> {
        decisions::add(self.of(checked(run)?), run, decided)
    }

    /// The decision about a question of a run, if there is one.
    #[must_use]
    pub fn decision(&self, run: &str, question: u64) -> Option<Decision> {
        decisions::find(self.of(checked(run).ok()?), run, question)
    }
}

/// For which target of a run on the control side this run was started. One machine may be several targets.
#[derive(Debug, Clone, Copy)]
pub struct RunOrder<'a> {
    /// The id that was asked for. The run may have got another one.
    pub run: &'a str,
    /// The name of the target on the control side.
    pub target: &'a str,
}

impl RunOrder<'_> {
    fn text(self) -> String {
        format!("{}\n{}", self.run, self.target)
    }
}

impl Runs {
    /// Records for which target a run was started.
    ///
    /// # Errors
    /// It can't be written.
    pub fn note(&self, run: &str, order: RunOrder<'_>) -> Result<(), Failure> {
        let (directory, name) = (self.of(checked(run)?), order_of(run));
        let mut file = state::open(directory, &name)?;
        file.write_all(order.text().as_bytes())
            .map_err(|error| refused_io("write", &directory.join(name), &error))
    }

    /// The id of the run that was started for a target. Unreadable files are ignored.
    #[must_use]
    pub fn begun_for(&self, order: RunOrder<'_>) -> Option<String> {
        let wanted = order.text();
        let is_it = |directory: &Utf8Path, run: &str| {
            let Ok(Some(file)) = state::look(directory, &order_of(run)) else { return false };
            let mut text = String::new();
            file.take(ORDER_LIMIT).read_to_string(&mut text).is_ok() && text == wanted
        };
        self.0.iter().find_map(|directory| {
            let entries = std::fs::read_dir(directory).ok()?.flatten();
            let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
            let mut runs = names.filter_map(|name| name.strip_suffix(ORDER).map(str::to_owned));
            runs.find(|run| checked(run).is_ok() && is_it(directory, run))
        })
    }

    /// The process of a run, if it was stopped by a signal: it is alive, but does nothing.
    #[must_use]
    pub fn stopped(&self, run: &str) -> Option<u32> {
        stopped::process_of(checked(run).ok()?)
    }
}

/// Keeps the newest files; ids sort by time. A file that can't be removed only wastes space.
fn prune(directory: &Utf8Path, newest: &str) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| checked(name).is_ok() && name != newest);
    names.sort();
    for name in names.iter().rev().skip(KEPT - 1) {
        forget(directory, name);
        forget(directory, &end_request_of(name));
        forget(directory, &decisions::file_of(name));
        forget(directory, &order_of(name));
    }
}

fn forget(directory: &Utf8Path, name: &str) {
    // Usually there is none.
    let _ = std::fs::remove_file(directory.join(name));
}

/// Ids have only digits, letters and dashes, so none can leave the directory.
fn checked(run: &str) -> Result<&str, Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if run.is_empty() || run.len() > 64 || !run.bytes().all(plain) {
        return Err(Failure::new("that is not the id of a run")
            .hint("`chefrs status` on the machine lists those that it knows"));
    }
    Ok(run)
}

fn order_of(run: &str) -> String {
    format!("{run}{ORDER}")
}

fn end_request_of(run: &str) -> String {
    format!("{run}{END_REQUEST}")
}
