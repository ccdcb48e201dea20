//! From the first byte to the hello of the agent: answers the probe, and sends the agent if it is missing.

use std::io;
use std::os::unix::fs::FileExt as _;

use crate::model::english::one_line;
use crate::model::error::{Failure, FailureKind};
use crate::model::message::{FromAgent, Hello, PROTOCOL};
use crate::target::frame::{self, Broken};
use crate::target::outgoing::Executable;
use crate::target::probe::{Needed, Word};

use super::connect_timeout::ConnectTimeout;
use super::session_error::{Reason, SessionError};
use super::wire::{Output, TargetInput};

/// Bytes of the agent that are sent before the timeout is checked again.
const PIECE: usize = 64 << 10;

/// The result of the handshake.
pub(super) enum Handshake {
    Agent(Box<Hello>),
    /// A shell that reads its script, and why there is no agent.
    Shell(ShellReason),
}

/// Why a shell is used instead of the agent.
pub(super) enum ShellReason {
    /// The user asked for a shell.
    Wanted,
    /// Our executable can't run on this kernel and architecture.
    Foreign(String),
    /// No directory is usable; these were tried.
    Nowhere(String),
}

impl ShellReason {
    /// How a report describes the connection.
    pub(super) fn via(&self) -> String {
        match self {
            Self::Wanted => "a shell, as asked for".to_owned(),
            Self::Foreign(system) => {
                let machine = system.strip_prefix("Linux ").unwrap_or(system);
                format!("a shell: the agent does not run on {}", one_line(machine))
            }
            Self::Nowhere(_) => "a shell: no directory there can hold and run the agent".to_owned(),
        }
    }

    /// The failure if no shell is wanted, or if the shell fails too.
    pub(super) fn failure(&self) -> Failure {
        match self {
            Self::Wanted => Failure::new("a shell was asked for"),
            Self::Foreign(system) => Failure::new(format!(
                "it is a machine of another kind: {}, and this program is for {}",
                one_line(system),
                Executable::system()
            )),
            Self::Nowhere(tried) => Failure::new("no directory there can hold and run the agent")
                .hint(format!(
                    "one of these must have space for it, belong to nobody else, and not be mounted noexec: {}",
                    one_line(tried)
                )),
        }
    }
}

/// Runs the handshake. Without an executable it ends with a shell.
pub(super) fn greet(
    input: &mut TargetInput,
    output: &mut Output,
    nonce: &str,
    executable: Option<Executable>,
    timeout: &ConnectTimeout<'_>,
) -> Result<Handshake, SessionError> {
    let mut word = word(input, nonce, timeout).map_err(|broken| SessionError::Broken(broken, false))?;
    let Some(mut executable) = executable else {
        return match word {
            Word::Foreign(_) => Ok(Handshake::Shell(ShellReason::Wanted)),
            Word::Lacks(missing, system) => Err(SessionError::Failed(Reason::Lacks { missing, system })),
            _ => Err(Broken::Senseless("a shell was asked for".to_owned()).into()),
        };
    };
    if let Word::Need(needed) = word {
        let sent = send(&mut executable, &needed, output, timeout);
        timeout.restart(executable.size);
        word = self::word(input, nonce, timeout)?;
        if let (Word::Agent(_), Err(error)) = (&word, sent) {
            let directory = one_line(&needed.directory);
            return Err(there(format!("the agent could not be sent to {directory}: {error}")));
        }
    }
    match word {
        Word::Agent(version) if version == frame::VERSION.to_string() => {}
        Word::Agent(version) => {
            let version = one_line(&version);
            return Err(other(format!("its agent speaks version {version} of the frames, not ours")));
        }
        Word::Bad(why) => return Err(there(format!("the agent can't be kept there: {}", one_line(&why)))),
        Word::Lacks(missing, system) => return Err(SessionError::Failed(Reason::Lacks { missing, system })),
        Word::Foreign(system) => return Ok(Handshake::Shell(ShellReason::Foreign(system))),
        Word::Nowhere(tried) => return Ok(Handshake::Shell(ShellReason::Nowhere(tried))),
        Word::Need(_) => return Err(Broken::Senseless("the agent was asked for twice".to_owned()).into()),
        Word::Sudo | Word::Asks | Word::Root => {
            return Err(Broken::Senseless("a word about sudo, and nobody asked".to_owned()).into());
        }
    }
    match frame::receive(input)? {
        FromAgent::Hello(hello) if hello.protocol == PROTOCOL && hello.version == crate_version() => {
            Ok(Handshake::Agent(hello))
        }
        FromAgent::Hello(hello) => Err(other(format!(
            "its agent is of version {}, not {}",
            one_line(&hello.version),
            crate_version()
        ))),
        FromAgent::Failed(failure) => Err(SessionError::Failed(Reason::Remote(failure))),
        _ => Err(Broken::Senseless("the agent did not say hello".to_owned()).into()),
    }
}

/// Sends our executable, from the byte at which an earlier connection broke.
fn send(
    executable: &mut Executable,
    needed: &Needed,
    output: &Output,
    timeout: &ConnectTimeout<'_>,
) -> io::Result<()> {
    timeout.stop();
    let packed = if needed.gzip { Some(executable.compressed()?) } else { None };
    let plain = (&executable.file, executable.size);
    let (file, size) = packed.as_ref().map_or(plain, |packed| (&packed.file, packed.size));
    let mut at = if needed.have <= size { needed.have } else { 0 };
    output.with(|out| writeln!(out, "{at} {}", size - at))?;
    let mut buffer = vec![0; PIECE];
    loop {
        let n = file.read_at(&mut buffer, at)?;
        if n == 0 {
            return Ok(());
        }
        at += n as u64;
        timeout.restart(n as u64);
        output.with(|out| out.write_all(&buffer[..n]))?;
    }
}

fn there(message: String) -> SessionError {
    SessionError::Failed(Reason::Remote(Failure::new(message)))
}

/// The target is not the expected one.
fn other(message: String) -> SessionError {
    SessionError::Failed(Reason::Remote(Failure::new(message).of_kind(FailureKind::Refused)))
}

/// Version of this program. The agent must have the same.
#[must_use]
fn crate_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The next message of the probe or the agent. Tells the timeout when sudo is started.
pub(super) fn word(
    input: &mut TargetInput,
    nonce: &str,
    timeout: &ConnectTimeout<'_>,
) -> Result<Word, Broken> {
    loop {
        let rest = frame::find(input, nonce)?;
        timeout.heard();
        match Word::parse(&rest).ok_or_else(|| Broken::Senseless(one_line(&rest)))? {
            Word::Sudo => timeout.calls_sudo(),
            word => {
                if word != Word::Asks {
                    timeout.left_sudo();
                }
                return Ok(word);
            }
        }
    }
}
