//! `wait_for`: the run goes on when something is there.

use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, CommandLine};
use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{CommandResult, End, Query};
use crate::model::step::Command;
use crate::provider::{Action, Provider, action, run_as};

/// Lines of a command that are shown when it is given up.
const SHOWN: usize = 5;

/// Waits until something on the machine is there: a port, a file, or whatever a command finds.
///
/// It changes nothing. If what it waits for is not there in time, it fails. For a page that is served, use `http_check`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WaitFor {
    /// Name, for people.
    #[expect(dead_code, reason = "only the resource's name is made of it")]
    wait_name: String,
    /// TCP port that a program of the machine listens on.
    port: Option<u16>,
    /// Path at which there is something: a file, a directory or a socket.
    path: Option<AbsolutePath>,
    /// Command that succeeds. It must not change anything: a plan runs it too.
    command: Option<CommandLine>,
    /// Whether it waits until that is gone: nothing listens, nothing is there, the command fails.
    #[serde(default)]
    gone: bool,
    /// User to run the command as, by name or number.
    user: Option<String>,
    /// Seconds to wait at most.
    #[serde(default = "minute")]
    timeout: u64,
    /// Seconds between two looks.
    #[serde(default = "one")]
    interval: u32,
}

fn minute() -> u64 {
    60
}

fn one() -> u32 {
    1
}

impl WaitFor {
    /// The command that waits: it looks again and again until the condition holds.
    fn waiting(&self) -> Command {
        let until = if self.gone { "while" } else { "until" };
        let interval = self.interval.to_string();
        let (test, words): (&str, Vec<String>) = match (&self.port, &self.path, &self.command) {
            // The table of sockets: proc_net_tcp(5). 0A is a socket that listens.
            (Some(port), ..) => (
                "grep -qs \": [0-9A-F]*:$1 [0-9A-F]*:0000 0A\" /proc/net/tcp /proc/net/tcp6",
                vec![format!("{port:04X}")],
            ),
            (_, Some(path), _) => ("test -e \"$1\"", vec![path.as_str().to_owned()]),
            (_, _, Some(command)) => ("\"$@\"", command.0.clone()),
            _ => ("true", Vec::new()),
        };
        let script = format!("pause=$1; shift; {until} {test}; do sleep \"$pause\"; done");
        let argv = ["/bin/sh", "-c", &script, "sh", &interval].map(str::to_owned);
        Command {
            argv: argv.into_iter().chain(words).collect(),
            timeout: self.timeout,
            waits: true,
            ..self.surroundings()
        }
    }

    fn described(&self) -> String {
        let (what, there, gone) = match (&self.port, &self.path, &self.command) {
            (Some(port), ..) => (format!("port {port}"), "is not open", "is still open"),
            (_, Some(path), _) => (format!("`{}`", path.as_str()), "is not there", "is still there"),
            (_, _, Some(line)) => {
                let command = Command::new(line.0.clone());
                (format!("`{}`", command.display()), "does not succeed", "still succeeds")
            }
            _ => (String::new(), "", ""),
        };
        format!("{what} {}", if self.gone { gone } else { there })
    }

    fn failure(&self, told: &CommandResult) -> Failure {
        let seconds = usize::try_from(self.timeout).unwrap_or(usize::MAX);
        let failure = match &told.end {
            End::TimedOut(_) => {
                Failure::new(format!("{} after {}", self.described(), count(seconds, "second")))
                    .hint("raise `timeout` if it needs longer, and look at the log of what should be there")
            }
            end => Failure::new(format!("{}: {end}", self.described())),
        };
        let lines: Vec<&str> = told.stderr.lines().chain(told.stdout.lines()).collect();
        let last = &lines[lines.len().saturating_sub(SHOWN)..];
        Failure { details: last.iter().map(|line| (*line).to_owned()).collect(), ..failure }
    }
}

/// Fails with a sentence.
const GIVE_UP: &str = r#"
printf '%s\n' "$1" >&2
exit 1
"#;

impl Provider for WaitFor {
    const NAME: &'static str = "wait_for";
    const ACTIONS: &'static [Action] = &[action("wait", "Waits until it is there, or fails.")];
    const NAME_PROPERTY: Option<&'static str> = Some("wait_name");
    const SURROUNDINGS: &'static [&'static str] = &["user"];
    const PLAN: &'static str = "A plan waits as a run does, unless an earlier resource has changes to make: then it is unknown at once. With \
         `--no-commands` it is unknown too.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
service "cron"

wait_for "the scheduler" {
  path = "/usr/bin",
  timeout = 30,
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        let said = [self.port.is_some(), self.path.is_some(), self.command.is_some()];
        match said.into_iter().filter(|said| *said).count() {
            0 => {
                return Err(Failure::new("it does not say what to wait for")
                    .hint("say one of `port`, `path` and `command`"));
            }
            1 => {}
            _ => return Err(Failure::new("`port`, `path` and `command` exclude each other; say one")),
        }
        if self.port == Some(0) {
            return Err(Failure::new("no program listens on port 0"));
        }
        if self
            .command
            .as_ref()
            .is_some_and(|line| line.0.first().is_none_or(|program| program.trim().is_empty()))
        {
            return Err(Failure::new("`command` is empty"));
        }
        if self.timeout == 0 || self.interval == 0 {
            return Err(Failure::new("`timeout` and `interval` are at least 1"));
        }
        if self.user.is_some() && self.command.is_none() {
            return Err(Failure::new("`user` goes with `command`"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.command.iter().for_each(|line| needs.argv(&line.0));
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        run_as::observe(&self.surroundings())
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        let act = script("give_up", GIVE_UP, [self.described()]);
        let mut look = self.waiting();
        // Notes for people have words for what waits for a command.
        if let (Some(_), Some(name)) = (&self.command, look.argv.get_mut(3)) {
            *name = if self.gone { "wait_while" } else { "wait_until" }.into();
        }
        into.add(Portable::Command(PortableCommand::unless(look, act)));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        run_as::require(&self.surroundings(), known)?;
        // What is there already needs no process.
        if let Some(path) = &self.path {
            let path: &Utf8Path = path;
            if known.resolve(path)?.is_some() != self.gone {
                return Ok(Vec::new());
            }
        }
        let told = known.command(&self.waiting())?;
        if told.end == End::Exit(0) { Ok(Vec::new()) } else { Err(self.failure(told).into()) }
    }

    fn surroundings(&self) -> Command {
        Command { user: self.user.clone(), ..Command::default() }
    }
}
