//! One process that gives a byte stream to a POSIX shell on the target: `ssh`, a container's `exec`, or `chroot`.
//!
//! The user's own `ssh` is started, so that whatever ssh_config, agent, jump hosts, hardware keys and known_hosts say
//! holds here too. It may ask nothing, and unknown host keys are refused.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal};

use crate::model::address::Address;
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::target::quote::quote;

mod cause;
mod complaints;
mod container;
mod known_host;
mod missing;
mod options;
mod wait;

use complaints::Complaints;
pub use complaints::{Questions, WayIn};
use missing::missing;
pub use options::SshOptions;
use wait::{end, pid};

/// Where `chroot`, and the shell behind it, look for programs.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Whatever the user's ssh_config says of these, a run needs them so. A silent network is noticed within a minute;
/// one that is back within forty seconds does no harm.
const SSH_OPTIONS: [&str; 12] = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=20",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
    "ClearAllForwardings=yes",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "RemoteCommand=none",
    "RequestTTY=no",
    "StdinNull=no",
    "ForkAfterAuthentication=no",
];

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

/// A running process and its three streams.
#[derive(Debug)]
pub struct Channel {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<ChildStdout>,
    complaints: Complaints,
    place: Box<Route>,
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
        let program = program(address)?;
        let mut command = Command::new(program);
        command.args(arguments(address, ssh, script)?);
        if matches!(address, Address::Chroot { .. }) {
            // Nothing stands between us and the shell there that would leave our own environment behind.
            command.env_clear().env("PATH", PATH).env("LANG", "C.UTF-8").env("HOME", "/root");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for us: who goes first must be the run, not the connection.
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(&[program], &address.to_string()),
            _ => Failure::new(format!("`{program}` can't be started: {error}")),
        })?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let complaints = Complaints::listen(child.stderr.take(), question);
        let place = Box::new(Route { address: address.clone(), ssh: ssh.clone() });
        Ok(Self { child, input, output, complaints, place })
    }

    /// What is written here, the shell reads. Given once.
    #[must_use]
    pub fn input(&mut self) -> Option<ChildStdin> {
        self.input.take()
    }

    /// What the shell writes can be read here. Given once.
    #[must_use]
    pub fn output(&mut self) -> Option<ChildStdout> {
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

    /// A way to end the process from another thread, while this one reads from it.
    #[must_use]
    pub fn cord(&self) -> Cord {
        Cord(pid(&self.child))
    }

    /// Waits until it is over; a process that does not end by itself is ended. Nobody asks any more what it said.
    pub fn close(mut self) {
        self.over();
    }

    /// Why the stream ended, told from what `ssh` and the shell said; `reached` says whether the shell was heard of.
    /// Ends it.
    #[must_use]
    pub fn cause(&mut self, reached: bool) -> Failure {
        let status = self.end();
        let Route { address, ssh } = &*self.place;
        cause::tell(address, ssh, &self.complaints, status, reached)
    }

    /// What was said on standard error, to its end. Closes it.
    #[must_use]
    pub fn last_words(mut self) -> Vec<String> {
        self.end();
        cause::last(self.complaints.lines())
    }

    /// The end of the process, and of what it says.
    fn end(&mut self) -> Option<ExitStatus> {
        let status = self.over()?;
        self.complaints.finish();
        Some(status)
    }

    fn over(&mut self) -> Option<ExitStatus> {
        self.input = None;
        self.output = None;
        end(&mut self.child)
    }
}

/// Ends a channel's process; to be pulled only while the channel itself is there.
#[derive(Debug)]
pub struct Cord(Option<Pid>);

impl Cord {
    /// Ends it.
    pub fn pull(&self) {
        if let Some(pid) = self.0 {
            // One that has ended by itself needs no signal; what it has started may hold our streams open.
            let _ = rustix::process::kill_process_group(pid, Signal::TERM);
        }
    }
}

impl Drop for Channel {
    /// A run that is given up leaves no process behind.
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            #[expect(clippy::disallowed_methods, reason = "it was killed: its end comes")]
            let _ = self.child.wait();
        }
    }
}

/// The program that leads there.
fn program(address: &Address) -> Result<&'static str, Failure> {
    match address {
        Address::Local => Err(Failure::new("this machine needs no connection")),
        Address::Ssh { .. } => Ok("ssh"),
        Address::Container { name } => container::program(name),
        Address::Chroot { .. } => Ok("chroot"),
    }
}

fn arguments(address: &Address, ssh: &SshOptions, script: &str) -> Result<Vec<OsString>, Failure> {
    let words: Vec<String> = match address {
        Address::Local => return Err(Failure::new("this machine needs no connection")),
        Address::Ssh { user, host, port } => {
            // Verbose, because only so it tells the fingerprint of a key that it refuses.
            let mut words = vec!["-T".to_owned(), "-v".to_owned()];
            for option in SSH_OPTIONS {
                words.extend(["-o".to_owned(), option.to_owned()]);
            }
            if let Some(config) = &ssh.config {
                words.extend(["-F".to_owned(), config.to_string()]);
            }
            if let Some(user) = user {
                words.extend(["-l".to_owned(), user.clone()]);
            }
            if let Some(port) = port {
                words.extend(["-p".to_owned(), port.to_string()]);
            }
            words.extend(["--".to_owned(), host.clone()]);
            // The account's own shell sees this line, whatever shell it is.
            words.push(format!("exec /bin/sh -c {}", quote(script)));
            words
        }
        Address::Container { name } => {
            let words = ["exec", "-i", "--", name, "/bin/sh", "-c", script];
            words.map(str::to_owned).to_vec()
        }
        Address::Chroot { path } => {
            let words = [path.as_str(), "/bin/sh", "-c", script];
            words.map(str::to_owned).to_vec()
        }
    };
    Ok(words.into_iter().map(OsString::from).collect())
}
