//! A byte stream to a POSIX shell on the target, through `ssh`, the `exec` of a container engine, or `chroot`.
//!
//! All are opened in the same way, and have three streams and an end.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Pid;

use crate::model::address::Address;
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::target::quote::quote;

mod call;
mod cause;
mod connection;
mod container;
mod control;
mod interactive;
mod options;
mod program;
mod session;
mod sockets;
mod stderr;

use call::{Call, SessionEnd, Streams};
use connection::Connection;
use control::Control;
pub use interactive::{InteractiveCommand, replace_with};
pub use options::SshOptions;
pub use program::without_secrets;
use program::{PATH, PATIENCE, TELLING, end, missing, pid};
pub use stderr::{LoginProgress, Questions};
use stderr::{Stderr, StderrSource};

/// A random word, so that no output of a target can be mistaken for ours.
///
/// # Errors
/// The kernel has no random bytes.
pub fn nonce() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| Failure::new(format!("the kernel gives no random bytes: {error}")))?;
    Ok(hex(&bytes))
}

/// A shell on the target and its streams.
#[derive(Debug)]
pub struct Channel {
    way: Way,
    input: Option<PipeWriter>,
    output: Option<PipeReader>,
    stderr: Stderr,
    place: Box<Route>,
}

/// The connection to the shell.
#[derive(Debug)]
enum Way {
    /// A child process, such as `docker exec`.
    Program(Child),
    /// An `ssh` session.
    Session(Connection),
}

/// The address, and how to get there.
#[derive(Debug)]
struct Route {
    address: Address,
    ssh: SshOptions,
}

impl Channel {
    /// Starts a shell on the target that runs this script. Whether it is reached shows when something is read. A line
    /// on standard error that contains `question` is not an error message; [`Channel::questions`] waits for it.
    ///
    /// # Errors
    /// The program for it is not installed, or the address is this machine, which needs no channel.
    pub fn open(address: &Address, ssh: &SshOptions, script: &str, question: &str) -> Result<Self, Failure> {
        let pipe = || {
            io::pipe().map_err(|error| Failure::new(format!("no pipe can be made for `{address}`: {error}")))
        };
        let ((there_in, input), (output, there_out), (heard, errors)) = (pipe()?, pipe()?, pipe()?);
        let stderr = Stderr::default();
        let way = match address {
            Address::Local => return Err(Failure::new("this machine needs no connection")),
            Address::Ssh { user, host, port } => {
                let call = Call {
                    address: address.clone(),
                    options: ssh.clone(),
                    user: user.clone(),
                    host: host.clone(),
                    port: *port,
                    // The user's login shell runs this line, whatever shell that is.
                    line: format!("exec /bin/sh -c {}", quote(script)),
                    question: question.to_owned(),
                    nonce: nonce()?,
                };
                let streams = Streams { input: there_in, output: there_out, errors, heard };
                Way::Session(Connection::open(call, streams, &stderr)?)
            }
            Address::Container { name } => {
                let program = container::program(name)?;
                let mut command = Command::new(program);
                without_secrets(&mut command);
                command.args(["exec", "-i", "--", name, "/bin/sh", "-c", script]);
                command.stdin(there_in).stdout(there_out).stderr(errors);
                stderr.add(heard, StderrSource::Both, question);
                Way::Program(started(command, program, address)?)
            }
            Address::Chroot { path } => {
                let mut command = Command::new("chroot");
                command.args([path.as_str(), "/bin/sh", "-c", script]);
                // Nothing else removes our own environment from a chroot.
                command.env_clear().env("PATH", PATH).env("LANG", "C.UTF-8").env("HOME", "/root");
                command.stdin(there_in).stdout(there_out).stderr(errors);
                stderr.add(heard, StderrSource::Both, question);
                Way::Program(started(command, "chroot", address)?)
            }
        };
        let place = Box::new(Route { address: address.clone(), ssh: ssh.clone() });
        Ok(Self { way, input: Some(input), output: Some(output), stderr, place })
    }

    /// Standard input of the shell. Can be taken once.
    #[must_use]
    pub fn input(&mut self) -> Option<PipeWriter> {
        self.input.take()
    }

    /// Standard output of the shell. Can be taken once.
    #[must_use]
    pub fn output(&mut self) -> Option<PipeReader> {
        self.output.take()
    }

    /// How far `ssh` has got.
    #[must_use]
    pub fn login_progress(&self) -> LoginProgress {
        self.stderr.trace().step
    }

    /// For answering questions on another thread.
    #[must_use]
    pub fn questions(&self) -> Questions {
        self.stderr.questions()
    }

    /// For ending the channel from another thread while this one reads.
    #[must_use]
    pub fn kill_handle(&self) -> KillHandle {
        match &self.way {
            Way::Program(child) => KillHandle(KillTarget::Program(pid(child))),
            Way::Session(connection) => KillHandle(KillTarget::Session(connection.control())),
        }
    }

    /// For reporting whether the connection is shared.
    #[must_use]
    pub fn sharing(&self) -> Sharing {
        Sharing(match &self.way {
            Way::Program(_) => None,
            Way::Session(connection) => Some(connection.control()),
        })
    }

    /// Waits for the end, and kills what does not end by itself. Error messages are dropped.
    pub fn close(mut self) {
        self.over(PATIENCE);
    }

    /// Ends the channel, and returns why it ended, from the messages of `ssh` and the shell. `reached`: the shell has
    /// answered before.
    #[must_use]
    pub fn cause(&mut self, reached: bool) -> Failure {
        let end = self.end();
        let Route { address, ssh } = &*self.place;
        cause::tell(address, ssh, &self.stderr, end, reached)
    }

    /// Ends the channel, and returns the last lines of standard error.
    #[must_use]
    pub fn last_words(mut self) -> Vec<String> {
        self.end();
        cause::last(self.stderr.all())
    }

    /// Ends the channel and reads standard error to its end.
    fn end(&mut self) -> SessionEnd {
        let end = self.over(TELLING);
        // Even if it was killed, it may have said why before.
        self.stderr.finish();
        end
    }

    fn over(&mut self, patience: Duration) -> SessionEnd {
        self.input = None;
        self.output = None;
        match &mut self.way {
            Way::Program(child) => end(child, patience)
                .and_then(|status| status.code())
                .map_or(SessionEnd::Cut, SessionEnd::Exited),
            Way::Session(connection) => connection.end(patience),
        }
    }
}

/// Whether other sessions can share the connection of a channel.
#[derive(Debug, Clone)]
pub struct Sharing(Option<Arc<Control>>);

impl Sharing {
    /// Why it can't be shared. `None` if it can, if that is not known yet, or if there is no connection.
    #[must_use]
    pub fn unshared(&self) -> Option<String> {
        self.0.as_ref()?.unshared()
    }
}

/// Ends a channel from another thread. Only valid while the channel exists.
#[derive(Debug)]
pub struct KillHandle(KillTarget);

#[derive(Debug)]
enum KillTarget {
    /// The process group of a program.
    Program(Option<Pid>),
    Session(Arc<Control>),
}

impl KillHandle {
    /// Ends the channel.
    pub fn kill(&self) {
        match &self.0 {
            KillTarget::Program(group) => control::end(*group),
            KillTarget::Session(control) => control.cut(),
        }
    }
}

impl Drop for Channel {
    /// A run that is given up must leave no process.
    fn drop(&mut self) {
        if let Way::Program(child) = &mut self.way
            && let Ok(None) = child.try_wait()
        {
            let _ = child.kill();
            #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
            let _ = child.wait();
        }
    }
}

fn started(mut command: Command, program: &str, address: &Address) -> Result<Child, Failure> {
    // Ctrl-C must reach only chefrs: the run has to end before its connection.
    command.process_group(0);
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => missing(&[program], &address.to_string()),
        _ => Failure::new(format!("`{program}` can't be started: {error}")),
    })
}
