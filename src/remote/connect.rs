//! Connects to a target, up to the hello of its agent or the first answer of its shell.

use crate::model::address::Address;
use crate::model::engine::EngineChoice;
use crate::model::english::count;
use crate::model::error::{Failure, FailureKind};
use crate::model::message::Hello;
use crate::target::channel::{self, Channel, LoginProgress};
use crate::target::interrupt::Interrupt;
use crate::target::outgoing::Executable;
use crate::target::probe::{self, WantedAgent};
use crate::target::shell::Shell;

use super::connect_timeout::{ConnectTimeout, TimeoutOver, within};
use super::handshake::{Handshake, greet};
use super::order::Destination;
use super::session_error::{Reason, SessionError, why};
use super::shell_target::{ShellConnection, with_stderr};
use super::sudo;
use super::wire::{Output, TargetInput, Wire};

/// A connected target.
#[derive(Debug)]
pub(super) enum TargetConnection {
    Agent(AgentConnection),
    Shell(Box<ShellConnection>),
}

impl TargetConnection {
    /// The kernel's id of the current boot.
    pub(super) fn boot(&self) -> &str {
        match self {
            Self::Agent(reached) => &reached.hello.boot,
            Self::Shell(connection) => connection.shell().boot(),
        }
    }

    /// Closes the connection.
    pub(super) fn close(self) {
        match self {
            Self::Agent(reached) => reached.close(),
            Self::Shell(connection) => connection.close(),
        }
    }

    /// The agent. A shell can't continue a run that an agent has started.
    ///
    /// # Errors
    /// It is a shell, which is closed.
    pub(super) fn agent(self, address: &Address) -> Result<AgentConnection, Failure> {
        match self {
            Self::Agent(reached) => Ok(reached),
            Self::Shell(connection) => {
                connection.close();
                Err(Failure::new(format!("`{address}` answers, but no longer lets the agent run")))
            }
        }
    }

    /// The shell, if a shell was asked for.
    ///
    /// # Errors
    /// It is an agent, which is closed.
    pub(super) fn shell(self, address: &Address) -> Result<Box<ShellConnection>, Failure> {
        match self {
            Self::Shell(connection) => Ok(connection),
            Self::Agent(reached) => {
                reached.close();
                Err(Failure::new(format!("an agent answers at `{address}`, but a shell was asked for")))
            }
        }
    }
}

/// A target with a running agent.
#[derive(Debug)]
pub(super) struct AgentConnection {
    /// The connection.
    pub(super) channel: Channel,
    /// Messages of the agent.
    pub(super) input: TargetInput,
    /// Messages to the agent.
    pub(super) output: Output,
    /// The first message of the agent.
    pub(super) hello: Box<Hello>,
}

impl AgentConnection {
    /// Closes the connection.
    pub(super) fn close(self) {
        let Self { channel, input, output, .. } = self;
        drop((input, output));
        channel.close();
    }
}

/// Connects, and starts the agent, which is sent first if it is missing. If it can't run, a shell is used, unless the
/// destination says otherwise. Calls `heard` at each sign of life.
///
/// # Errors
/// The target can't be reached, refuses the login, does not answer in time, or can run neither.
pub(super) fn reach(
    destination: &Destination,
    interrupt: &Interrupt,
    heard: &dyn Fn(),
) -> Result<TargetConnection, Failure> {
    met(destination, interrupt, heard).map_err(|failure| match failure.kind {
        // A target that was lost before it said anything counts as unreachable.
        FailureKind::Lost => failure.of_kind(FailureKind::Unreachable),
        _ => failure,
    })
}

fn met(
    destination: &Destination,
    interrupt: &Interrupt,
    heard: &dyn Fn(),
) -> Result<TargetConnection, Failure> {
    let address = &destination.address;
    let nonce = channel::nonce()?;
    let executable = match destination.engine {
        EngineChoice::Shell => None,
        EngineChoice::Auto | EngineChoice::Agent => Some(Executable::own()?),
    };
    let system = Executable::system();
    let wanted =
        executable.as_ref().map(|own| WantedAgent { sha256: &own.sha256, size: own.size, system: &system });
    let script = probe::script(&nonce, wanted, destination.r#become);
    let mut channel = Channel::open(address, &destination.ssh, &script, &probe::question(&nonce))?;
    let wire = Wire::over(&mut channel)?;
    let greeting =
        |timeout: &ConnectTimeout<'_>| meet(destination, &channel, wire, &nonce, executable, timeout);
    let (met, late) = within(destination.patience, &channel.kill_handle(), heard, greeting);
    match met {
        _ if let Some(late) = late => {
            Err(with_stderr(silent(destination, channel.login_progress(), &late), channel))
        }
        Ok(Answered::Agent(hello, Wire { input, output })) => {
            Ok(TargetConnection::Agent(AgentConnection { channel, input, output, hello }))
        }
        Ok(Answered::Shell(mut shell, output, via)) => {
            shell.work_under(interrupt.clone());
            Ok(TargetConnection::Shell(Box::new(ShellConnection::begin(channel, *shell, output, via)?)))
        }
        Err(SessionError::Broken(broken, reached)) => Err(why(broken, address, channel, reached)),
        Err(SessionError::Died | SessionError::Stopped(_)) => {
            Err(Failure::new(format!("`{address}` speaks of a run before it says hello")))
        }
        Err(SessionError::Failed(failure)) => Err(with_stderr(failure.of(address), channel)),
    }
}

/// An agent or a shell, with its connection.
enum Answered {
    Agent(Box<Hello>, Wire),
    Shell(Box<Shell>, Output, String),
}

fn meet(
    destination: &Destination,
    channel: &Channel,
    mut wire: Wire,
    nonce: &str,
    executable: Option<Executable>,
    timeout: &ConnectTimeout<'_>,
) -> Result<Answered, SessionError> {
    let Wire { input, output } = &mut wire;
    sudo::enter(destination, channel, input, output, nonce, timeout)?;
    let reason = match greet(input, output, nonce, executable, timeout)? {
        Handshake::Agent(hello) => {
            output.expect_keep_alives(channel.kill_handle());
            return Ok(Answered::Agent(hello, wire));
        }
        Handshake::Shell(reason) => reason,
    };
    if destination.engine == EngineChoice::Agent {
        return Err(SessionError::Failed(Reason::Remote(reason.failure())));
    }
    let Wire { input, output } = wire;
    timeout.restart(0);
    match Shell::over(&destination.name, input, output.clone()) {
        Ok(shell) => {
            output.expect_keep_alives(channel.kill_handle());
            Ok(Answered::Shell(Box::new(shell), output, reason.via()))
        }
        // The reason that the agent can't run comes first.
        Err(failure) => {
            let agent = reason.failure();
            let mut failure = Failure {
                message: format!("{}; and through a shell: {}", agent.message, failure.message),
                ..failure
            };
            failure.hints.splice(..0, agent.hints);
            Err(SessionError::Failed(Reason::Remote(failure)))
        }
    }
}

fn silent(destination: &Destination, login_progress: LoginProgress, late: &TimeoutOver) -> Failure {
    let Destination { address, patience, .. } = destination;
    let seconds = count(usize::try_from(patience.as_secs()).unwrap_or(usize::MAX), "second");
    let failure = Failure::new(format!("`{address}` did not answer within {seconds}"))
        .of_kind(FailureKind::Unreachable);
    let failure = match address {
        Address::Ssh { user, host, port } => {
            let by_itself = format!(
                "`{} true` must finish by itself",
                destination.ssh.typed(user.as_deref(), host, *port)
            );
            failure.hint(match login_progress {
                _ if late.in_sudo => {
                    "sudo does not finish there: does it wait for a name server or a directory of accounts?".to_owned()
                }
                LoginProgress::Called => "nothing accepts the connection: is it up, and does a firewall let you through?".to_owned(),
                LoginProgress::Connected => {
                    "it accepts the connection, then sends nothing: does the machine hang, or is it overloaded?".to_owned()
                }
                LoginProgress::LetIn => format!(
                    "it let us in, and {by_itself}: does a login script there wait for something, or does the machine hang?"
                ),
                LoginProgress::Unknown => format!(
                    "{by_itself}: does the machine hang, is it cut off, or does a login script there wait for something?"
                ),
            })
        }
        _ => failure,
    };
    failure.hint("`--connect-timeout SECONDS` waits longer")
}
