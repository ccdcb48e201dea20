//! A byte stream to a POSIX shell on the target: a session of `ssh`, a container's `exec`, or `chroot`.
//!
//! Whatever leads there, it is opened the same way, and has three streams and an end.

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
mod complaints;
mod connection;
mod container;
mod control;
mod environment;
mod known_host;
mod missing;
mod options;
mod session;
mod sockets;
mod wait;

use call::{Call, SessionEnd, Streams};
use complaints::{Complaints, Speaker};
pub use complaints::{Questions, WayIn};
use connection::Connection;
use control::Control;
pub use environment::without_secrets;
use missing::missing;
pub use options::SshOptions;
use wait::{PATIENCE, TELLING, end, pid};

/// Where `chroot`, and the shell behind it, look for programs.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A word that nobody can guess, so that nothing a target prints by chance or on purpose is taken for our own.
///
/// # Errors
/// The kernel gives no random bytes.
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
    complaints: Complaints,
    place: Box<Route>,
}

/// What leads there.
#[derive(Debug)]
enum Way {
    /// A program that runs it.
    Program(Child),
    /// A session of `ssh`.
    Session(Connection),
}

/// Where it leads, and how.
#[derive(Debug)]
struct Route {
    address: Address,
    ssh: SshOptions,
}

impl Channel {
    /// Starts a shell on the target with this script. Whether it is reached shows when something is read. A line on
    /// standard error that holds `question` is no complaint, but something that [`Channel::questions`] waits for.
    ///
    /// # Errors
    /// The program for it is not there, or the address is this machine, which needs no channel.
    pub fn open(address: &Address, ssh: &SshOptions, script: &str, question: &str) -> Result<Self, Failure> {
        let pipe = || {
            io::pipe().map_err(|error| Failure::new(format!("no pipe can be made for `{address}`: {error}")))
        };
        let ((there_in, input), (output, there_out), (heard, errors)) = (pipe()?, pipe()?, pipe()?);
        let complaints = Complaints::default();
        let way = match address {
            Address::Local => return Err(Failure::new("this machine needs no connection")),
            Address::Ssh { user, host, port } => {
                let call = Call {
                    address: address.clone(),
                    options: ssh.clone(),
                    user: user.clone(),
                    host: host.clone(),
                    port: *port,
                    // The account's own shell sees this line, whatever shell it is.
                    line: format!("exec /bin/sh -c {}", quote(script)),
                    question: question.to_owned(),
                    nonce: nonce()?,
                };
                let streams = Streams { input: there_in, output: there_out, errors, heard };
                Way::Session(Connection::open(call, streams, &complaints)?)
            }
            Address::Container { name } => {
                let program = container::program(name)?;
                let mut command = Command::new(program);
                without_secrets(&mut command);
                command.args(["exec", "-i", "--", name, "/bin/sh", "-c", script]);
                command.stdin(there_in).stdout(there_out).stderr(errors);
                complaints.add(heard, Speaker::Both, question);
                Way::Program(started(command, program, address)?)
            }
            Address::Chroot { path } => {
                let mut command = Command::new("chroot");
                command.args([path.as_str(), "/bin/sh", "-c", script]);
                // Nothing stands between us and the shell there that would leave our own environment behind.
                command.env_clear().env("PATH", PATH).env("LANG", "C.UTF-8").env("HOME", "/root");
                command.stdin(there_in).stdout(there_out).stderr(errors);
                complaints.add(heard, Speaker::Both, question);
                Way::Program(started(command, "chroot", address)?)
            }
        };
        let place = Box::new(Route { address: address.clone(), ssh: ssh.clone() });
        Ok(Self { way, input: Some(input), output: Some(output), complaints, place })
    }

    /// What is written here, the shell reads. Given once.
    #[must_use]
    pub fn input(&mut self) -> Option<PipeWriter> {
        self.input.take()
    }

    /// What the shell writes can be read here. Given once.
    #[must_use]
    pub fn output(&mut self) -> Option<PipeReader> {
        self.output.take()
    }

    /// How far `ssh` has come by now.
    #[must_use]
    pub fn way_in(&self) -> WayIn {
        self.complaints.trace().step
    }

    /// For whoever answers questions on another thread.
    #[must_use]
    pub fn questions(&self) -> Questions {
        self.complaints.questions()
    }

    /// A way to end it from another thread, while this one reads from it.
    #[must_use]
    pub fn cord(&self) -> Cord {
        match &self.way {
            Way::Program(child) => Cord(Pull::Program(pid(child))),
            Way::Session(connection) => Cord(Pull::Session(connection.control())),
        }
    }

    /// For whoever tells of the connection.
    #[must_use]
    pub fn sharing(&self) -> Sharing {
        Sharing(match &self.way {
            Way::Program(_) => None,
            Way::Session(connection) => Some(connection.control()),
        })
    }

    /// Waits until it is over; what does not end by itself is ended. Nobody asks any more what was said.
    pub fn close(mut self) {
        self.over(PATIENCE);
    }

    /// Why the stream ended, told from what `ssh` and the shell said; `reached` says whether the shell was heard of.
    /// Ends it.
    #[must_use]
    pub fn cause(&mut self, reached: bool) -> Failure {
        let end = self.end();
        let Route { address, ssh } = &*self.place;
        cause::tell(address, ssh, &self.complaints, end, reached)
    }

    /// What was said on standard error, to its end. Closes it.
    #[must_use]
    pub fn last_words(mut self) -> Vec<String> {
        self.end();
        cause::last(self.complaints.all())
    }

    /// The end, and all that was said until then.
    fn end(&mut self) -> SessionEnd {
        let end = self.over(TELLING);
        // Also of one that had to be ended: it may have said why before.
        self.complaints.finish();
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
    /// Why none can; nothing where they can, where that is not known yet, or where no connection is needed.
    #[must_use]
    pub fn unshared(&self) -> Option<String> {
        self.0.as_ref()?.unshared()
    }
}

/// Ends a channel; to be pulled only while the channel itself is there.
#[derive(Debug)]
pub struct Cord(Pull);

/// What is ended.
#[derive(Debug)]
enum Pull {
    /// The process group of a program.
    Program(Option<Pid>),
    Session(Arc<Control>),
}

impl Cord {
    /// Ends it.
    pub fn pull(&self) {
        match &self.0 {
            Pull::Program(group) => control::end(*group),
            Pull::Session(control) => control.cut(),
        }
    }
}

impl Drop for Channel {
    /// A run that is given up leaves no process behind.
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
    // Ctrl-C is for us: who goes first must be the run, not the connection.
    command.process_group(0);
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => missing(&[program], &address.to_string()),
        _ => Failure::new(format!("`{program}` can't be started: {error}")),
    })
}
