//! The session: sends requests and reads answers. Each line of an answer starts with a mark that no program on the
//! machine knows.

use std::hash::BuildHasher as _;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::time::Duration;

use super::pulse::{Pulse, ShellWriter};
use crate::model::english::{list, one_line};
use crate::model::error::{Failure, FailureKind};
use crate::model::packed;
use crate::target::frame::KEEP_ALIVE;
use crate::target::quote::quote;

mod coding;
mod frames;

use coding::Coding;
pub(super) use frames::{AnswerLine, Frames};

/// Longest line of an answer, in bytes: more than the largest file that is read, in hexadecimal.
const LINE: u64 = 8 << 20;
/// Largest answer, in bytes. Far more than any request in `ask` causes.
const ANSWER: u64 = 96 << 20;
/// Size of the pieces of content that are sent. A shell holds a piece in memory.
pub(super) const PIECE: usize = 48 * 1024;

/// What the machine said about itself.
pub(super) struct ShellHello {
    /// User id of the shell.
    pub(super) user: u32,
    /// Process id of the shell.
    pub(super) process: u32,
    /// The kernel's id of the current boot. Empty if it is unknown.
    pub(super) boot: String,
}

/// A session with one shell.
pub(super) struct ShellWire {
    name: String,
    /// Process id of the shell, once it is known.
    process: u32,
    reader: BufReader<Box<dyn Read + Send>>,
    writer: ShellWriter,
    nonce: String,
    turn: u64,
    coding: Coding,
    broken: bool,
    /// Optional functions that were sent already.
    defined: Vec<&'static str>,
}

impl ShellWire {
    /// Defines the functions that all requests use, and `more`, and reads what the machine is.
    ///
    /// # Errors
    /// No shell answers, or a program is missing.
    pub(super) fn begin(
        name: String,
        reader: Box<dyn Read + Send>,
        writer: Box<dyn Write + Send>,
        more: &str,
    ) -> Result<(Self, ShellHello), Failure> {
        let nonce = format!("chefrs-{:016x}{:016x}", random(0), random(1));
        let reader = BufReader::with_capacity(64 * 1024, reader);
        let mut wire = Self {
            name,
            process: 0,
            reader,
            writer: ShellWriter::new(writer),
            nonce,
            turn: 0,
            coding: Coding::Base64,
            broken: false,
            defined: Vec::new(),
        };
        // The functions are defined one by one. Nothing is answered before the last one was read.
        wire.next_turn();
        let mark = format!("N={}\n", wire.mark());
        let words = [
            mark,
            bare(functions("words.sh")),
            bare(functions("walk.sh")),
            bare(functions("ask.sh")),
            bare(functions("command.sh")),
            bare(functions("files.sh")),
            bare(functions("names.sh")),
            bare(functions("signs.sh")),
            more.to_owned(),
            format!("signs {}; over\n", KEEP_ALIVE.as_secs()),
        ];
        wire.send(&words.concat())?;
        let mut hello = ShellHello { user: u32::MAX, process: 0, boot: String::new() };
        let mut missing = Vec::new();
        for frame in wire.collect(&mut |_| false)?.0 {
            match frame.key.as_str() {
                "missing" => missing.push(format!("`{}`", one_line(&frame.text()))),
                "coding" if frame.text() == "od" => wire.coding = Coding::Digits,
                "me" => hello.user = frame.text().parse().unwrap_or(u32::MAX),
                "process" => hello.process = frame.text().parse().unwrap_or(0),
                "boot" => hello.boot = frame.text(),
                _ => {}
            }
        }
        if !missing.is_empty() {
            return Err(Failure::new(format!("`{}` lacks {}", wire.name, list(&missing, "and")))
                .hint("install coreutils or busybox there"));
        }
        wire.process = hello.process;
        Ok((wire, hello))
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the connection broke.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Sends keep-alives until the result is dropped.
    ///
    /// # Errors
    /// The thread can't be started.
    pub(super) fn pulse(&self, period: Duration) -> Result<Pulse, Failure> {
        Pulse::begin(self.writer.clone(), period)
    }

    /// A random word, for names of drafts and ends of here-documents.
    pub(super) fn word(&self) -> String {
        format!("{:012x}", random(self.turn) & 0xffff_ffff_ffff)
    }

    /// Sends functions that not every session needs, before their first use.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn define(&mut self, file: &'static str) -> Result<(), Failure> {
        if self.defined.contains(&file) {
            return Ok(());
        }
        self.defined.push(file);
        self.send(&bare(functions(file)))
    }

    /// Sends a request and reads its answer. The shell runs nothing of it before it has read all of it.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn ask(&mut self, script: &str) -> Result<Frames, Failure> {
        self.watch(script, &mut |_| false)
    }

    /// Like [`Self::ask`]. Lines for which `seen` returns true are not kept.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn watch(
        &mut self,
        script: &str,
        seen: &mut dyn FnMut(&AnswerLine) -> bool,
    ) -> Result<Frames, Failure> {
        // The end is on the same line, so that nothing is left to be read while it runs.
        self.begin_request(script, "{", "} </dev/null; over")?;
        self.collect(seen)
    }

    /// Starts a request of several parts. `script` is sent whole, between `open` and `close`.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn begin_request(&mut self, script: &str, open: &str, close: &str) -> Result<(), Failure> {
        if script.contains('\0') {
            return Err(Failure::new("a name or argument has a NUL byte in it"));
        }
        self.next_turn();
        self.writer.begin_request();
        let request = format!("N={}\n{open} busy\n{script}\n{close}\n", self.mark());
        self.send(&request)
    }

    /// Ends a request and reads its answer.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn end_request(
        &mut self,
        script: &str,
        seen: &mut dyn FnMut(&AnswerLine) -> bool,
    ) -> Result<Frames, Failure> {
        self.send(&format!("busy; {script}\nover\n"))?;
        self.collect(seen)
    }

    /// A command that prints these bytes. `rest` is appended to its line.
    pub(super) fn printing(&self, bytes: &[u8], rest: &str) -> String {
        self.coding.printing(bytes, rest, &self.word())
    }

    /// Sends text unchanged.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) fn send(&mut self, text: &str) -> Result<(), Failure> {
        self.writer.write(text).map_err(|error| self.failed(&error))
    }

    fn collect(&mut self, seen: &mut dyn FnMut(&AnswerLine) -> bool) -> Result<Frames, Failure> {
        let mark = self.mark();
        let mut frames = Frames::default();
        let mut line = Vec::new();
        let mut noise = String::new();
        let mut left = ANSWER;
        loop {
            line.clear();
            let read = (&mut self.reader).take(LINE).read_until(b'\n', &mut line);
            read.map_err(|error| self.failed(&error))?;
            let Some(rest) = left.checked_sub(line.len() as u64) else {
                return Err(self.break_off(&format!("its answer is longer than {} MiB", ANSWER >> 20)));
            };
            left = rest;
            if line.pop() != Some(b'\n') {
                let why =
                    if line.len() as u64 + 1 >= LINE { "a line was too long" } else { "its shell ended" };
                let failure = self.break_off(why);
                let told = !noise.is_empty();
                return Err(if told { Failure { details: vec![noise], ..failure } } else { failure });
            }
            without_signs(&mut line);
            let Some(frame) = self.parse(&line, mark.as_bytes()) else {
                // The greeting of a login, or output of a background process. Never an answer.
                noise = one_line(&String::from_utf8_lossy(&line[..line.len().min(200)]));
                continue;
            };
            if frame.key == "end" {
                self.writer.end_request();
                return Ok(frames);
            }
            if !seen(&frame) {
                frames.0.push_back(frame);
            }
        }
    }

    fn parse(&self, line: &[u8], mark: &[u8]) -> Option<AnswerLine> {
        let rest = line.strip_prefix(mark)?.strip_prefix(b" ")?;
        let space = memchr::memchr(b' ', rest)?;
        let key = String::from_utf8(rest[..space].to_vec()).ok()?;
        let value = match rest[space + 1..].split_first()? {
            (b'=', raw) => raw.to_vec(),
            (b':', coded) => self.coding.decode(coded)?,
            _ => return None,
        };
        Some(AnswerLine { key, value })
    }

    fn mark(&self) -> String {
        format!("{}.{}", self.nonce, self.turn)
    }

    fn next_turn(&mut self) {
        self.turn += 1;
    }

    /// The connection can't be used any more. After a timeout, the shell or the whole machine may be stopped.
    fn failed(&mut self, error: &io::Error) -> Failure {
        let failure = self.break_off(&error.to_string().to_lowercase());
        match self.process {
            pid if error.kind() == io::ErrorKind::TimedOut && pid != 0 => failure.hint(format!(
                "is its shell stopped there (`ps` shows the state T)? `kill -CONT {pid}` continues it"
            )),
            _ => failure,
        }
    }

    fn break_off(&mut self, why: &str) -> Failure {
        self.broken = true;
        Failure::new(format!("the connection to `{}` broke off: {why}", self.name))
            .of_kind(FailureKind::Lost)
            .hint("run again: finished work is skipped")
    }
}

/// Removes keep-alives of the shell from a line. No answer contains a NUL byte.
fn without_signs(line: &mut Vec<u8>) {
    if memchr::memchr(0, line).is_some() {
        line.retain(|byte| *byte != 0);
    }
}

/// The functions of one of the files beside this one.
fn functions(file: &str) -> &'static str {
    packed::text("src/target/shell", file).unwrap_or_default()
}

/// Removes the comments of a script before it is sent.
fn bare(script: &str) -> String {
    let lines = script.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn random(of: u64) -> u64 {
    std::hash::RandomState::new().hash_one(of)
}

/// A call with quoted arguments.
pub(super) fn call<'a>(name: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().fold(name.to_owned(), |line, word| line + " " + &quote(word))
}
