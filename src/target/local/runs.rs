//! What runs say, kept so that whoever lost the connection can hear the rest: a file for each run, a line for each message.
//!
//! The kernel's lock on the file tells whether the run still lives, and lets go of it however the run ends.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::thread;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::errno::{refused, refused_io};
use super::state;
use crate::model::error::Failure;

/// Number of runs whose words are kept.
const KEPT: usize = 20;

/// Behind the name of a run, in the name of the file that says how it is to end.
const WISH: &str = ".wish";

/// What is wished more than an end after the resource at hand.
const HALT: &str = "halt\n";

/// What is wished first.
const INTERRUPT: &str = "interrupt\n";

/// Pauses before the lock is tried again: whoever only looks whether a run lives holds it for an instant.
const ATTEMPTS: [Duration; 4] = [Duration::from_millis(5); 4];

/// How somebody wants a run to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// After the resource at hand.
    Interrupt,
    /// With the command at hand.
    Halt,
}

/// The directory with a file for each run; its owner's alone.
#[derive(Debug, Clone)]
pub struct Runs(Utf8PathBuf);

impl Runs {
    /// In the state directory of a target.
    pub(super) fn within(state: &Utf8Path) -> Self {
        Self(state.join("runs"))
    }

    /// Opens the file of a run that begins, or goes on after a restart, and locks it for as long as it, or the standard
    /// output of a process that it was given to, is open. Those of the oldest runs go.
    ///
    /// # Errors
    /// The id is none, the run is under way, or the state directory is not usable.
    pub fn begin(&self, run: &str) -> Result<Words, Failure> {
        let name = checked(run)?;
        let path = self.0.join(name);
        let mut file = state::open(&self.0, name)?;
        lock(&file, &path)?;
        // Half a line is what was being written when the machine went down.
        let length = whole(&mut file).map_err(|error| refused_io("write", &path, &error))?;
        self.forget(&wish_of(name));
        self.prune(name);
        Ok(Words { file, length })
    }

    /// Reads what a run has said and will say; nothing where it is not known.
    ///
    /// # Errors
    /// The id is none, or the file can't be read.
    pub fn follow(&self, run: &str) -> Result<Option<Follower>, Failure> {
        let name = checked(run)?;
        let path = self.0.join(name);
        let follower = |file| Follower { file, path, read: Vec::new(), at: 0 };
        Ok(state::look(&self.0, name)?.map(follower))
    }

    /// Lets a run know how it is to end. No process is signalled, so none can be hit in its stead.
    ///
    /// # Errors
    /// It can't be written.
    pub fn wish(&self, run: &str, wish: Wish) -> Result<(), Failure> {
        let name = wish_of(checked(run)?);
        let mut file = state::open(&self.0, &name)?;
        let words = match wish {
            Wish::Interrupt => INTERRUPT,
            Wish::Halt => HALT,
        };
        file.seek(SeekFrom::End(0))
            .and_then(|_| file.write_all(words.as_bytes()))
            .map_err(|error| refused_io("write", &self.0.join(name), &error))
    }

    /// How somebody wants a run to end, if they do. What can't be read is no wish.
    #[must_use]
    pub fn wished(&self, run: &str) -> Option<Wish> {
        let mut file = state::look(&self.0, &wish_of(checked(run).ok()?)).ok()??;
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        match text.as_str() {
            "" => None,
            text if text.contains(HALT) => Some(Wish::Halt),
            _ => Some(Wish::Interrupt),
        }
    }

    /// Leaves the newest; ids sort by time. What can't be removed costs some bytes at worst.
    fn prune(&self, newest: &str) {
        let Ok(entries) = std::fs::read_dir(&self.0) else { return };
        let mut names: Vec<String> =
            entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.retain(|name| checked(name).is_ok() && name != newest);
        names.sort_unstable();
        for name in names.iter().rev().skip(KEPT - 1) {
            self.forget(name);
            self.forget(&wish_of(name));
        }
    }

    fn forget(&self, name: &str) {
        // Mostly there is none.
        let _ = std::fs::remove_file(self.0.join(name));
    }
}

/// The file of a run that is under way, open at its end.
#[derive(Debug)]
pub struct Words {
    file: File,
    /// Its length, up to the last newline.
    length: u64,
}

impl Words {
    /// What was opened and locked by whoever has started us.
    ///
    /// # Errors
    /// It is no file.
    pub fn inherited(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length })
    }

    /// For the standard output of another process, which is the run from then on.
    pub(super) fn into_file(self) -> File {
        self.file
    }

    /// Bytes so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds a line, given without its newline, whole or not at all.
    ///
    /// # Errors
    /// It can't be written.
    pub fn add(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        let written = self.file.write_all(line.as_bytes());
        if written.is_err() {
            // Half a line would spoil the next.
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
        } else {
            self.length += line.len() as u64;
        }
        written
    }

    /// Sees to it that all of it survives the machine's end.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn keep(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// What a follower met.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// The next line, whole.
    Line(String),
    /// The run lives, and has said no more yet.
    Silence,
    /// The run has ended, one way or another; there is nothing more.
    End,
}

/// Reads the words of a run while they are written.
#[derive(Debug)]
pub struct Follower {
    file: File,
    path: Utf8PathBuf,
    /// What was read from the file and not handed out yet begins at `at`.
    read: Vec<u8>,
    at: usize,
}

impl Follower {
    /// What comes next; waits for nothing.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn hear(&mut self) -> Result<Next, Failure> {
        if let Some(line) = self.line() {
            return Ok(Next::Line(line));
        }
        // Whoever is dead has written all that it will, so that is looked at first.
        let dead = self.is_dead();
        if !self.fill()? {
            return Ok(if dead { Next::End } else { Next::Silence });
        }
        Ok(self.line().map_or(Next::Silence, Next::Line))
    }

    fn line(&mut self) -> Option<String> {
        let rest = &self.read[self.at..];
        let end = memchr::memchr(b'\n', rest)?;
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        self.at += end + 1;
        Some(line)
    }

    /// Reads on; whether there was anything.
    fn fill(&mut self) -> Result<bool, Failure> {
        self.read.drain(..std::mem::take(&mut self.at));
        let mut buffer = vec![0; 64 << 10];
        let n = self.file.read(&mut buffer).map_err(|error| refused_io("read", &self.path, &error))?;
        self.read.extend_from_slice(&buffer[..n]);
        Ok(n > 0)
    }

    fn is_dead(&self) -> bool {
        let free = flock(&self.file, FlockOperation::NonBlockingLockShared).is_ok();
        if free {
            // A run that goes on after a restart takes it at the same moment, and tries again if it was too late.
            let _ = flock(&self.file, FlockOperation::Unlock);
        }
        free
    }
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

fn wish_of(run: &str) -> String {
    format!("{run}{WISH}")
}

fn lock(file: &File, path: &Utf8Path) -> Result<(), Failure> {
    let mut pauses = ATTEMPTS.into_iter();
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(Errno::WOULDBLOCK) => match pauses.next() {
                Some(pause) => thread::sleep(pause),
                None => return Err(Failure::new("the run is under way already")),
            },
            Err(errno) => return Err(refused("lock", path, errno)),
        }
    }
}

/// Cuts the file after its last newline, and stands there.
fn whole(file: &mut File) -> io::Result<u64> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    let end = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at as u64 + 1);
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))
}
