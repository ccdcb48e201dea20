//! Asks for a password on the terminal without echo, or runs the project's program.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

use crate::cookbook::Project;
use crate::cookbook::become_password::PATIENCE;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::remote::Password;

use super::early_end::EarlyEnd;

/// Longest password in bytes.
const LONGEST: usize = 1024;

/// Asks for the password of `sudo` on a target, once.
///
/// # Errors
/// There is no terminal, or the user cancelled.
pub(super) fn ask(target: &str) -> Result<Password, EarlyEnd> {
    let no_terminal = |_: io::Error| {
        EarlyEnd::usage(
            Diagnostic::error("there is no terminal to ask for a password on")
                .hint("a program may print it instead: `become_password` in chefrs.toml")
                .hint(
                    "or let the account use sudo without one (NOPASSWD), and leave `--ask-become-pass` out",
                ),
        )
    };
    let mut hidden = Hidden::open().map_err(no_terminal)?;
    match hidden.ask(&format!("password for sudo on {}: ", one_line(target)))? {
        Some(password) => Ok(Password::new(password)),
        None => Err(EarlyEnd::Findings(Exit::Interrupted, vec![Diagnostic::error("no password was given")])),
    }
}

/// The password from the project's program, if there is one.
///
/// # Errors
/// The program fails, or prints no password.
pub(super) fn printed(project: &Project) -> Result<Option<Password>, EarlyEnd> {
    Ok(project.become_password(PATIENCE).map_err(Diagnostics::from)?.map(Password::new))
}

/// The terminal of this process, without echo and in raw mode. Dropping it restores the previous mode.
pub(super) struct Hidden {
    terminal: File,
    before: Termios,
}

impl Hidden {
    /// # Errors
    /// There is no terminal.
    pub(super) fn open() -> io::Result<Self> {
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        let before = tcgetattr(&terminal)?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::ISIG);
        tcsetattr(&terminal, SetArg::TCSAFLUSH, &silent)?;
        Ok(Self { terminal, before })
    }

    /// Asks a question. None after Ctrl-C, or after Ctrl-D on an empty line.
    ///
    /// # Errors
    /// The terminal is gone, or the answer is not UTF-8 text.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        let typed = self.terminal.write_all(question.as_bytes()).and_then(|()| self.line());
        let _ = self.terminal.write_all(b"\n");
        typed
    }

    /// Reads a line. None after Ctrl-C, or after Ctrl-D on an empty line.
    fn line(&mut self) -> io::Result<Option<String>> {
        let mut typed = Vec::new();
        loop {
            let mut key = [0];
            if self.terminal.read(&mut key)? == 0 {
                return Ok(None);
            }
            match key[0] {
                b'\n' | b'\r' => break,
                0x03 => return Ok(None),
                0x04 if typed.is_empty() => return Ok(None),
                0x08 | 0x7f => erase(&mut typed),
                0x15 => typed.clear(),
                byte if typed.len() < LONGEST => typed.push(byte),
                _ => {}
            }
        }
        String::from_utf8(typed).map(Some).map_err(|_| io::Error::other("the password is not UTF-8 text"))
    }
}

/// Removes the last character, which may have several bytes.
fn erase(typed: &mut Vec<u8>) {
    while let Some(byte) = typed.pop() {
        if byte & 0b1100_0000 != 0b1000_0000 {
            return;
        }
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // An error does not matter if the terminal is gone.
        let _ = tcsetattr(&self.terminal, SetArg::TCSAFLUSH, &self.before);
    }
}
