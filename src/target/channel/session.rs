//! A session on a host through the user's own `ssh`. Sessions share one connection.
//!
//! So ssh_config, agent, jump hosts, hardware keys and known_hosts work as usual. `ssh` must not prompt, and refuses
//! unknown host keys. A connection that another chefrs has made to the host is used again, without a new login. If
//! `ssh` can't share connections, each session makes its own.

use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use openssh::Session;
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::call::{Call, SessionEnd, Streams};
use super::control::{Control, end};
use super::options::HostWords;
use super::program::{ended_within, missing, pid};
use super::sockets::Sockets;
use super::stderr::{LoginProgress, Stderr, StderrSource, Trace};
use crate::model::error::Failure;

/// Exit status of `ssh` for its own errors.
const SSH_FAILED: i32 = 255;

/// How long an existing connection may take to open a session before it counts as dead.
const FOUND: Duration = Duration::from_secs(5);

/// The same for a new connection. The network's own limits are lower.
const MADE: Duration = Duration::from_secs(60);

/// How long the socket may take to appear after the login.
const SOCKET: Duration = Duration::from_secs(2);

/// How long a master may take to answer a request.
const MASTER: Duration = Duration::from_secs(1);

/// Interval of checks whether a master is up.
const GLANCE: Duration = Duration::from_millis(100);

/// Why a connection can't be shared, if `ssh` does not say.
const NO_SOCKET: &str = "`ssh` here makes no socket for it";

/// Why a connection opens no session.
enum Unopened {
    /// It does not answer, or not in time.
    Dead,
    /// The host refuses, and why.
    Refused(String),
}

/// Why there is no shared connection.
enum Unshared {
    /// There is no connection at all.
    End(SessionEnd),
    /// `ssh` can't share connections, and why.
    Alone(String),
}

/// A session and everything it needs.
pub(super) struct Calling<'a> {
    pub(super) call: &'a Call,
    pub(super) said: &'a Stderr,
    pub(super) control: &'a Control,
    /// Options that this `ssh` does not know.
    pub(super) unknown: Vec<&'static str>,
}

impl<'a> Calling<'a> {
    fn host(&self) -> HostWords<'a> {
        let Call { user, host, port, .. } = self.call;
        HostWords { user: user.as_deref(), name: host, port: *port }
    }

    /// Makes the session, and waits for its end.
    pub(super) fn session(mut self, streams: Streams) -> SessionEnd {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string());
        let sockets = Sockets::new(&self.call.options, self.host(), &self.call.nonce);
        let (runtime, sockets) = match (runtime, sockets) {
            (Ok(runtime), Ok(sockets)) => (runtime, sockets),
            (Err(why), _) | (_, Err(why)) => {
                while self.check().is_some_and(|(_, trace)| self.leaves_out(&trace)) {}
                return self.alone(streams, why);
            }
        };
        let mut streams = Some(streams);
        if let Some(found) = sockets.found()
            && let Ok(end) = runtime.block_on(self.over(&found, &mut streams, FOUND, || {}))
        {
            return end;
        }
        let mut made = self.master(&sockets.own);
        while matches!(made, Err(Unshared::End(SessionEnd::KeptOut))) && self.leaves_out(&self.said.trace()) {
            made = self.master(&sockets.own);
        }
        match made {
            Ok(()) => {}
            Err(Unshared::End(end)) => return end,
            Err(Unshared::Alone(why)) => {
                return streams.map_or(SessionEnd::Broken, |streams| self.alone(streams, why));
            }
        }
        let share = || sockets.share();
        let end = match runtime.block_on(self.over(&sockets.own, &mut streams, MADE, share)) {
            Ok(end) => end,
            Err(Unopened::Refused(why)) => SessionEnd::NoSession(why),
            Err(Unopened::Dead) => SessionEnd::Broken,
        };
        sockets.withdraw();
        // It stays up while others have sessions. If it can't be reached, it ends by itself.
        let master = Session::resume_mux(sockets.own.as_std_path().into(), None);
        let _ = runtime.block_on(async { timeout(MASTER, master.close()).await });
        end
    }

    /// Runs a session over an existing connection to its end. Takes the streams when it is open.
    async fn over(
        &self,
        socket: &Utf8Path,
        streams: &mut Option<Streams>,
        patience: Duration,
        opened: impl FnOnce(),
    ) -> Result<SessionEnd, Unopened> {
        let master = Session::resume_mux(socket.as_std_path().into(), None);
        let copies = streams.as_ref().and_then(|streams| streams.copies().ok());
        let Some([input, output, errors]) = copies else { return Err(Unopened::Dead) };
        let mut command = master.raw_command(&self.call.line);
        command.stdin(input).stdout(output).stderr(errors);
        let opening = async { timeout(patience, command.spawn()).await };
        let child = tokio::select! {
            child = opening => child.map_err(|_| Unopened::Dead)?,
            () = self.control.until_cut() => return Ok(SessionEnd::Cut),
        };
        let child = child.map_err(|error| match error {
            openssh::Error::SshMux(error) => Unopened::Refused(error.to_string()),
            _ => Unopened::Dead,
        })?;
        // Drop our copies, so that the streams end with the session.
        drop(command);
        if let Some(Streams { heard, .. }) = streams.take() {
            self.said.add(heard, StderrSource::Target, &self.call.question);
        }
        self.said.let_in();
        opened();
        let ended = tokio::select! {
            ended = child.wait() => ended,
            () = self.control.until_cut() => return Ok(SessionEnd::Cut),
        };
        Ok(match ended {
            Ok(status) => status.code().map_or(SessionEnd::Killed, SessionEnd::Exited),
            // The library's way to report status 127.
            Err(openssh::Error::Remote(_)) => SessionEnd::Exited(127),
            // Reported without a status. If the connection still works, a signal has killed the remote command.
            Err(_) => match timeout(MASTER, master.check()).await {
                Ok(Ok(())) => SessionEnd::Killed,
                _ => SessionEnd::Broken,
            },
        })
    }

    /// Makes a connection that can be shared.
    fn master(&self, socket: &Utf8Path) -> Result<(), Unshared> {
        let mut command = self.call.options.master(self.host(), socket, &self.unknown);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = self.start(&mut command).map_err(Unshared::End)?;
        if let Some(stream) = child.stderr.take() {
            self.said.add(stream, StderrSource::Ssh, &self.call.question);
        }
        let mut let_in = None;
        let status = loop {
            if let Some(status) = ended_within(&mut child, GLANCE) {
                break Some(status);
            }
            if self.said.trace().step == LoginProgress::LetIn
                && let_in.get_or_insert_with(Instant::now).elapsed() > SOCKET
                && !socket.exists()
            {
                break None;
            }
        };
        let status = match status {
            // The master has left the process group. What is left of the group, such as a ProxyCommand, makes its
            // connection.
            Some(status) if status.success() => {
                self.control.works(None);
                return if socket.exists() { Ok(()) } else { Err(Unshared::Alone(NO_SOCKET.to_owned())) };
            }
            status => status,
        };
        end(pid(&child));
        self.control.works(None);
        let _ = ended_within(&mut child, SOCKET);
        if self.control.is_cut() {
            return Err(Unshared::End(SessionEnd::Cut));
        }
        self.said.finish();
        if self.said.trace().step == LoginProgress::LetIn {
            let last = self.said.of_ssh().pop();
            return Err(Unshared::Alone(last.unwrap_or_else(|| NO_SOCKET.to_owned())));
        }
        if status.is_some() && self.has_masters_of_the_user() {
            return Err(Unshared::Alone("a connection of yours leads there already".to_owned()));
        }
        Err(Unshared::End(SessionEnd::KeptOut))
    }

    /// Whether the user has a master, which may be authenticated with a second factor or a password.
    fn has_masters_of_the_user(&self) -> bool {
        self.check().is_some_and(|(status, _)| status.success())
    }

    /// Asks `ssh` for a master of the user. Returns its exit status and what it said about our options.
    fn check(&self) -> Option<(ExitStatus, Trace)> {
        let mut check = self.call.options.check(self.host(), &self.unknown);
        let mut child = self.start(check.stderr(Stdio::piped())).ok()?;
        let said = Stderr::listen(child.stderr.take(), &self.call.question);
        let status = ended_within(&mut child, MASTER);
        if status.is_none() {
            end(pid(&child));
            let _ = ended_within(&mut child, MASTER);
        }
        self.control.works(None);
        said.finish();
        Some((status?, said.trace()))
    }

    /// Drops an option that `ssh` does not know. Returns whether there was a new one.
    fn leaves_out(&mut self, trace: &Trace) -> bool {
        let option = trace.unknown_option.filter(|option| !self.unknown.contains(option));
        self.unknown.extend(option);
        option.is_some()
    }

    /// Runs a session over a connection of its own.
    fn alone(&self, streams: Streams, why: String) -> SessionEnd {
        self.control.is_unshared(why);
        let Streams { input, output, errors, heard } = streams;
        let mut command = self.call.options.alone(self.host(), &self.call.line, &self.unknown);
        command.stdin(input).stdout(output).stderr(errors);
        let started = self.start(&mut command);
        // Our own copies would keep the streams open.
        drop(command);
        let mut child = match started {
            Ok(child) => child,
            Err(end) => return end,
        };
        self.said.add(heard, StderrSource::Both, &self.call.question);
        #[expect(
            clippy::disallowed_methods,
            reason = "it lasts as long as the session; who wants it to end cuts it"
        )]
        let status = child.wait().ok();
        self.control.works(None);
        match status.and_then(|status| status.code()) {
            _ if self.control.is_cut() => SessionEnd::Cut,
            Some(SSH_FAILED) => {
                self.said.finish();
                match self.said.trace() {
                    trace if trace.killed => SessionEnd::Killed,
                    trace if trace.step == LoginProgress::LetIn => SessionEnd::Broken,
                    _ => SessionEnd::KeptOut,
                }
            }
            Some(code) => SessionEnd::Exited(code),
            None => SessionEnd::Broken,
        }
    }

    /// Starts `ssh` in its own process group: Ctrl-C must reach only chefrs, because the run has to end before its
    /// connection.
    fn start(&self, command: &mut Command) -> Result<Child, SessionEnd> {
        command.process_group(0);
        let child = command.spawn().map_err(|error| {
            SessionEnd::NotStarted(Box::new(match error.kind() {
                ErrorKind::NotFound => missing(&["ssh"], &self.call.address.to_string()),
                _ => Failure::new(format!("`ssh` can't be started: {error}")),
            }))
        })?;
        self.control.works(pid(&child));
        Ok(child)
    }
}
