//! The session: requests out, lines back, each marked with a word that nobody on the machine knows.

use std::hash::BuildHasher as _;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::time::Duration;

use super::pulse::{Pen, Pulse};
use crate::model::english::{list, one_line};
use crate::model::error::{Failure, FailureKind};
use crate::target::frame::SIGN;
use crate::target::quote::quote;

mod coding;
mod frames;

use coding::Coding;
pub(super) use frames::{AnswerLine, Frames};

/// Longest line of an answer: more than a file of the largest size that is read, in the longer coding.
const LINE: u64 = 8 << 20;
/// Bytes of a whole answer, which is kept until it has ended: far more than any question brings, see `ask`.
const ANSWER: u64 = 96 << 20;
/// Bytes of one piece of content on its way to the machine; a shell keeps a piece in memory.
pub(super) const PIECE: usize = 48 * 1024;

/// What the machine said of itself.
pub(super) struct ShellHello {
    /// Number of the user that the shell runs as.
    pub(super) user: u32,
    /// Number of the shell's process.
    pub(super) process: u32,
    /// Init system: `systemd`, `sysv`, `none`.
    pub(super) init: String,
    /// What the kernel calls the time since it was started; empty where it does not tell.
    pub(super) boot: String,
}

/// A session with one shell.
pub(super) struct ShellWire {
    name: String,
    /// Number of the shell's process, once it has said it.
    process: u32,
    reader: BufReader<Box<dyn Read + Send>>,
    pen: Pen,
    nonce: String,
    turn: u64,
    coding: Coding,
    broken: bool,
    /// Words that are not sent before they are needed, and were.
    learnt: Vec<&'static str>,
}

impl ShellWire {
    /// Sends the words that every request is made of, and hears what the machine is.
    ///
    /// # Errors
    /// No shell answers, or a program is missing.
    pub(super) fn begin(
        name: String,
        reader: Box<dyn Read + Send>,
        writer: Box<dyn Write + Send>,
    ) -> Result<(Self, ShellHello), Failure> {
        let nonce = format!("chefrs-{:016x}{:016x}", random(0), random(1));
        let reader = BufReader::with_capacity(64 * 1024, reader);
        let mut wire = Self {
            name,
            process: 0,
            reader,
            pen: Pen::new(writer),
            nonce,
            turn: 0,
            coding: Coding::Base64,
            broken: false,
            learnt: Vec::new(),
        };
        // The words are defined one by one and nothing is answered before the last of them was read.
        wire.next_turn();
        let mark = format!("N={}\n", wire.mark());
        let words = [
            mark,
            bare(include_str!("words.sh")),
            bare(include_str!("walk.sh")),
            bare(include_str!("ask.sh")),
            bare(include_str!("command.sh")),
            bare(include_str!("files.sh")),
            bare(include_str!("names.sh")),
            bare(include_str!("signs.sh")),
            format!("signs {}; init_system; put init \"$init\"; over\n", SIGN.as_secs()),
        ];
        wire.send(&words.concat())?;
        let mut hello = ShellHello { user: u32::MAX, process: 0, init: String::new(), boot: String::new() };
        let mut missing = Vec::new();
        for frame in wire.collect(&mut |_| false)?.0 {
            match frame.key.as_str() {
                "missing" => missing.push(format!("`{}`", one_line(&frame.text()))),
                "coding" if frame.text() == "od" => wire.coding = Coding::Digits,
                "me" => hello.user = frame.text().parse().unwrap_or(u32::MAX),
                "process" => hello.process = frame.text().parse().unwrap_or(0),
                "init" => hello.init = frame.text(),
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

    /// The target's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the connection has broken off.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Lets the machine hear that somebody is here, for as long as the pulse is kept.
    ///
    /// # Errors
    /// No thread can be started.
    pub(super) fn pulse(&self, period: Duration) -> Result<Pulse, Failure> {
        Pulse::begin(self.pen.clone(), period)
    }

    /// A word that nobody can foresee, for names of drafts and ends of texts.
    pub(super) fn word(&self) -> String {
        format!("{:012x}", random(self.turn) & 0xffff_ffff_ffff)
    }

    /// Sends words that not every session needs, before the first request that is made of them.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn learn(&mut self, words: &'static str) -> Result<(), Failure> {
        if self.learnt.contains(&words) {
            return Ok(());
        }
        self.learnt.push(words);
        self.send(&bare(words))
    }

    /// Sends one request and collects its answer. Nothing of it runs before all of it has arrived.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn ask(&mut self, script: &str) -> Result<Frames, Failure> {
        self.watch(script, &mut |_| false)
    }

    /// The same; lines that `seen` takes are not kept.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn watch(
        &mut self,
        script: &str,
        seen: &mut dyn FnMut(&AnswerLine) -> bool,
    ) -> Result<Frames, Failure> {
        // On one line with the end, so that nothing is left to be read while it runs.
        self.begin_request(script, "{", "} </dev/null; over")?;
        self.collect(seen)
    }

    /// Sends what begins a request of several parts: whole, between an opening and a closing line.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn begin_request(&mut self, script: &str, open: &str, close: &str) -> Result<(), Failure> {
        if script.contains('\0') {
            return Err(Failure::new("a name or argument has a NUL byte in it"));
        }
        self.next_turn();
        self.pen.begin_request();
        let request = format!("N={}\n{open} busy\n{script}\n{close}\n", self.mark());
        self.send(&request)
    }

    /// Ends a request and collects its answer.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn end_request(
        &mut self,
        script: &str,
        seen: &mut dyn FnMut(&AnswerLine) -> bool,
    ) -> Result<Frames, Failure> {
        self.send(&format!("busy; {script}\nover\n"))?;
        self.collect(seen)
    }

    /// A command that prints these bytes; `rest` follows it on its line.
    pub(super) fn printing(&self, bytes: &[u8], rest: &str) -> String {
        self.coding.printing(bytes, rest, &self.word())
    }

    /// Sends text as it is.
    ///
    /// # Errors
    /// The connection broke off.
    pub(super) fn send(&mut self, text: &str) -> Result<(), Failure> {
        self.pen.write(text).map_err(|error| self.failed(&error))
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
                // A login's greeting, or what a program left behind prints: never an answer.
                noise = one_line(&String::from_utf8_lossy(&line[..line.len().min(200)]));
                continue;
            };
            if frame.key == "end" {
                self.pen.end_request();
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

    /// The connection can't be read from or written to. Who is silent is stopped, or the whole machine is.
    fn failed(&mut self, error: &io::Error) -> Failure {
        let failure = self.break_off(&error.to_string().to_lowercase());
        match self.process {
            pid if error.kind() == io::ErrorKind::TimedOut && pid != 0 => failure.hint(format!(
                "is its shell stopped there (`ps` shows the state T)? `kill -CONT {pid}` lets it go on"
            )),
            _ => failure,
        }
    }

    fn break_off(&mut self, why: &str) -> Failure {
        self.broken = true;
        Failure::new(format!("the connection to `{}` broke off: {why}", self.name))
            .of_kind(FailureKind::Lost)
            .hint("run again: what was done is found out again, and what was not is done then")
    }
}

/// Takes the signs of life out of a line: no answer has a NUL in it.
fn without_signs(line: &mut Vec<u8>) {
    if memchr::memchr(0, line).is_some() {
        line.retain(|byte| *byte != 0);
    }
}

/// A script without its comments, which nobody reads there.
fn bare(script: &str) -> String {
    let lines = script.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn random(of: u64) -> u64 {
    std::hash::RandomState::new().hash_one(of)
}

/// A call with its arguments.
pub(super) fn call<'a>(name: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().fold(name.to_owned(), |line, word| line + " " + &quote(word))
}
