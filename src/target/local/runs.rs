//! What runs say, kept so that whoever lost the connection can hear the rest: a file for each run, a line for each message.
//!
//! The kernel's lock on the file tells whether the run still lives, and lets go of it however the run ends.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use camino::{Utf8Path, Utf8PathBuf};

use super::errno::refused_io;
use super::state;
use crate::model::error::Failure;
use crate::model::kept::{RUNS, RUNS_ELSEWHERE};

mod file_watch;
mod follower;
mod stopped;
mod words;

pub use file_watch::Bell;
pub use follower::{Follower, Next};
pub use words::Words;

use words::AHEAD;

/// Number of runs whose words are kept.
const KEPT: usize = 20;

/// Behind the name of a run, in the name of the file that says how it is to end.
const WISH: &str = ".wish";

/// Behind the name of a run, in the name of the file that says for whom it was begun.
const ORDER: &str = ".order";

/// Longest of them that is read: a run's id, and the name of a target.
const ORDER_LIMIT: u64 = 64 * 1024;

/// What is wished more than an end after the resource at hand.
const HALT: &str = "halt\n";

/// What is wished first.
const INTERRUPT: &str = "interrupt\n";

/// How somebody wants a run to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// After the resource at hand.
    Interrupt,
    /// With the command at hand.
    Halt,
}

/// The directories with a file for each run, its owner's alone; the next one is for when a disk is full.
#[derive(Debug, Clone)]
pub struct Runs(Vec<Utf8PathBuf>);

impl Runs {
    /// In the state directory of a target.
    pub(super) fn within(state: &Utf8Path) -> Self {
        let root = rustix::process::geteuid().is_root();
        let elsewhere = root.then(|| Utf8PathBuf::from(RUNS_ELSEWHERE.name));
        Self(std::iter::once(state.join(RUNS.name)).chain(elsewhere).collect())
    }

    /// Opens the file of a run that begins, or goes on after a restart, and locks it for as long as it, or the standard
    /// output of a process that it was given to, is open. Those of the oldest runs go.
    ///
    /// # Errors
    /// The id is none, the run is under way, or the state directory is not usable.
    pub fn begin(&self, run: &str) -> Result<Words, Failure> {
        let name = checked(run)?;
        let mut full = None;
        for directory in &self.0 {
            let path = directory.join(name);
            let mut words = Words::of(state::open(directory, name)?, &path)?;
            if let Err(error) = words.reserve(AHEAD) {
                forget(directory, name);
                full.get_or_insert_with(|| refused_io("write", &path, &error));
                continue;
            }
            forget(directory, &wish_of(name));
            forget(directory, &order_of(name));
            prune(directory, name);
            return Ok(words);
        }
        Err(full.unwrap_or_else(|| Failure::new("there is no place for what a run says")))
    }

    /// The directory that has the run's file; the first if none has.
    fn of(&self, name: &str) -> &Utf8Path {
        let has = |directory: &&Utf8PathBuf| directory.join(name).exists();
        self.0
            .iter()
            .find(has)
            .or(self.0.first())
            .map_or(Utf8Path::new(RUNS_ELSEWHERE.name), Utf8PathBuf::as_path)
    }

    /// Reads what a run has said and will say; nothing where it is not known.
    ///
    /// # Errors
    /// The id is none, or the file can't be read.
    pub fn follow(&self, run: &str) -> Result<Option<Follower>, Failure> {
        let name = checked(run)?;
        let directory = self.of(name);
        let path = directory.join(name);
        let follower = |file| Follower::of(file, path);
        Ok(state::look(directory, name)?.map(follower))
    }

    /// Lets a run know how it is to end. No process is signalled, so none can be hit in its stead.
    ///
    /// # Errors
    /// It can't be written.
    pub fn wish(&self, run: &str, wish: Wish) -> Result<(), Failure> {
        let directory = self.of(checked(run)?);
        let name = wish_of(run);
        let mut file = state::open(directory, &name)?;
        let words = match wish {
            Wish::Interrupt => INTERRUPT,
            Wish::Halt => HALT,
        };
        file.seek(SeekFrom::End(0))
            .and_then(|_| file.write_all(words.as_bytes()))
            .map_err(|error| refused_io("write", &directory.join(name), &error))
    }

    /// How somebody wants a run to end, if they do. What can't be read is no wish.
    #[must_use]
    pub fn wished(&self, run: &str) -> Option<Wish> {
        let directory = self.of(checked(run).ok()?);
        let mut file = state::look(directory, &wish_of(run)).ok()??;
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        match text.as_str() {
            "" => None,
            text if text.contains(HALT) => Some(Wish::Halt),
            _ => Some(Wish::Interrupt),
        }
    }
}

/// For whom a run is begun. One machine may be several targets of it.
#[derive(Debug, Clone, Copy)]
pub struct RunOrder<'a> {
    /// The id that was wanted, which need not be the one that it got.
    pub run: &'a str,
    /// The name of the target, as the control side knows it.
    pub target: &'a str,
}

impl RunOrder<'_> {
    fn text(self) -> String {
        format!("{}\n{}", self.run, self.target)
    }
}

impl Runs {
    /// Notes for whom a run was begun, by its own id.
    ///
    /// # Errors
    /// It can't be written.
    pub fn note(&self, run: &str, order: RunOrder<'_>) -> Result<(), Failure> {
        let (directory, name) = (self.of(checked(run)?), order_of(run));
        let mut file = state::open(directory, &name)?;
        file.write_all(order.text().as_bytes())
            .map_err(|error| refused_io("write", &directory.join(name), &error))
    }

    /// The id of the run that was begun for somebody. What can't be read was begun for nobody.
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

    /// The number of a run's process if somebody has stopped it: it lives, and does nothing.
    #[must_use]
    pub fn stopped(&self, run: &str) -> Option<u32> {
        stopped::process_of(checked(run).ok()?)
    }
}

/// Leaves the newest; ids sort by time. What can't be removed costs some bytes at worst.
fn prune(directory: &Utf8Path, newest: &str) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| checked(name).is_ok() && name != newest);
    names.sort_unstable();
    for name in names.iter().rev().skip(KEPT - 1) {
        forget(directory, name);
        forget(directory, &wish_of(name));
        forget(directory, &order_of(name));
    }
}

fn forget(directory: &Utf8Path, name: &str) {
    // Mostly there is none.
    let _ = std::fs::remove_file(directory.join(name));
}

/// Ids are made of digits, letters and dashes, so none leads out of the directory.
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

fn wish_of(run: &str) -> String {
    format!("{run}{WISH}")
}
