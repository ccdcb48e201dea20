//! What runs say, kept so that whoever lost the connection can hear the rest: a file for each run, a line for each message.
//!
//! The kernel's lock on the file tells whether the run still lives, and lets go of it however the run ends.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::thread;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};
use rustix::io::Errno;

use super::errno::{refused, refused_io};
use super::state;
use crate::model::error::Failure;

/// Number of runs whose words are kept.
const KEPT: usize = 20;

/// Behind the name of a run, in the name of the file that says how it is to end.
const WISH: &str = ".wish";

/// Where a run's words go for as long as the machine is up when the disk below the state directory is full. Root's alone.
const ELSEWHERE: &str = "/run/chefrs/runs";

/// Room on the disk that is taken ahead of what is said, in bytes.
const AHEAD: u64 = 256 << 10;

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

/// The directories with a file for each run, its owner's alone; the next one is for when a disk is full.
#[derive(Debug, Clone)]
pub struct Runs(Vec<Utf8PathBuf>);

impl Runs {
    /// In the state directory of a target.
    pub(super) fn within(state: &Utf8Path) -> Self {
        let root = rustix::process::geteuid().is_root();
        let elsewhere = root.then(|| Utf8PathBuf::from(ELSEWHERE));
        Self(std::iter::once(state.join("runs")).chain(elsewhere).collect())
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
            let mut file = state::open(directory, name)?;
            lock(&file, &path)?;
            // Half a line is what was being written when the machine went down.
            let length = whole(&mut file).map_err(|error| refused_io("write", &path, &error))?;
            let mut words = Words { file, length, room: length };
            if let Err(error) = words.reserve(AHEAD) {
                forget(directory, name);
                full.get_or_insert_with(|| refused_io("write", &path, &error));
                continue;
            }
            forget(directory, &wish_of(name));
            prune(directory, name);
            return Ok(words);
        }
        Err(full.unwrap_or_else(|| Failure::new("there is no place for what a run says")))
    }

    /// The directory that has the run's file; the first if none has.
    fn of(&self, name: &str) -> &Utf8Path {
        let has = |directory: &&Utf8PathBuf| directory.join(name).exists();
        self.0.iter().find(has).or(self.0.first()).map_or(Utf8Path::new(ELSEWHERE), Utf8PathBuf::as_path)
    }

    /// Reads what a run has said and will say; nothing where it is not known.
    ///
    /// # Errors
    /// The id is none, or the file can't be read.
    pub fn follow(&self, run: &str) -> Result<Option<Follower>, Failure> {
        let name = checked(run)?;
        let directory = self.of(name);
        let path = directory.join(name);
        let follower = |file| Follower { file, path, read: Vec::new(), at: 0 };
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
    }
}

fn forget(directory: &Utf8Path, name: &str) {
    // Mostly there is none.
    let _ = std::fs::remove_file(directory.join(name));
}

/// The file of a run that is under way, open at its end.
#[derive(Debug)]
pub struct Words {
    file: File,
    /// Its length, up to the last newline.
    length: u64,
    /// Up to where the disk is known to have room.
    room: u64,
}

impl Words {
    /// What was opened and locked by whoever has started us.
    ///
    /// # Errors
    /// It is no file.
    pub fn inherited(mut file: File) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length, room: length })
    }

    /// Takes room for so many further bytes, which is given back by [`Words::trim`].
    ///
    /// # Errors
    /// The disk has none.
    pub fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        if self.length + bytes <= self.room {
            return Ok(());
        }
        match fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.length, bytes.max(AHEAD)) {
            Ok(()) => self.room = self.length + bytes.max(AHEAD),
            // A file system that can't take room ahead will tell when it is written to.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => self.room = u64::MAX,
            Err(errno) => return Err(errno.into()),
        }
        Ok(())
    }

    /// Gives back the room that was not needed.
    pub fn trim(&mut self) {
        // What stays taken is a quarter of a mebibyte at most, and goes with the file.
        let _ = self.file.set_len(self.length);
        self.room = self.length;
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
            self.trim();
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
