//! A question on the terminal, answered with a line.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{FlushArg, tcflush};

use crate::model::error::Diagnostic;
use crate::target::interrupt::Interrupt;

use super::early_end::EarlyEnd;

/// How often the wait for an answer checks for an interrupt, in milliseconds.
const GLANCE: u16 = 100;

/// Longest answer in bytes. The rest of a longer line is dropped.
const LONGEST: usize = 64;

/// The terminal of the user, whatever standard input and output are.
#[derive(Debug)]
pub(super) struct TerminalQuestion(File);

impl TerminalQuestion {
    /// Opens the terminal for the option that wants to ask.
    ///
    /// # Errors
    /// There is no terminal. `instead` says how to do without the question.
    pub(super) fn open(option: &str, instead: &str) -> Result<Self, EarlyEnd> {
        let opened = OpenOptions::new().read(true).write(true).open("/dev/tty");
        opened.map(Self).map_err(|_| {
            let wrong =
                Diagnostic::error(format!("`{option}` asks on the terminal, and there is no terminal"));
            EarlyEnd::usage(wrong.hint(instead))
        })
    }

    /// Asks, and waits for a line: without spaces around it, in lowercase. `None` if nobody answers: the run is
    /// interrupted, the terminal is closed, or the time is over.
    pub(super) fn ask(&mut self, words: &str, interrupt: &Interrupt, patience: Duration) -> Option<String> {
        // What was typed before the question is no answer to it.
        let _ = tcflush(&self.0, FlushArg::TCIFLUSH);
        let answer = self.0.write_all(words.as_bytes()).and_then(|()| self.line(interrupt, patience));
        let answer = answer.ok().flatten();
        if answer.is_none() {
            let _ = self.0.write_all(b"\n");
        }
        answer
    }

    /// Writes a line of help.
    pub(super) fn tell(&mut self, words: &str) {
        // If the terminal is gone, the next question notices.
        let _ = self.0.write_all(words.as_bytes());
    }

    fn line(&mut self, interrupt: &Interrupt, patience: Duration) -> io::Result<Option<String>> {
        let end = Instant::now() + patience;
        let mut typed = Vec::new();
        while !interrupt.is_wanted() && Instant::now() < end {
            let mut ready = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
            match poll(&mut ready, PollTimeout::from(GLANCE)) {
                Ok(0) | Err(nix::errno::Errno::EINTR) => continue,
                Ok(_) => {}
                Err(errno) => return Err(errno.into()),
            }
            let mut bytes = [0; LONGEST];
            let count = self.0.read(&mut bytes)?;
            if count == 0 {
                return Ok(None);
            }
            typed.extend_from_slice(&bytes[..count]);
            if let Some(end) = typed.iter().position(|byte| *byte == b'\n') {
                typed.truncate(end.min(LONGEST));
                return Ok(Some(String::from_utf8_lossy(&typed).trim().to_lowercase()));
            }
            typed.truncate(LONGEST);
        }
        Ok(None)
    }
}
