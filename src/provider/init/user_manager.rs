//! The systemd of a user: its units are hers, and `systemctl --user` reaches it.

use camino::Utf8PathBuf;

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, CommandResult, Enabled, End, Query, ServiceState};
use crate::model::service_manager::systemd;
use crate::model::step::Command;

/// Timeout of the questions, in seconds.
const TIMEOUT: u64 = 60;

/// The systemd of a user.
#[derive(Debug, Clone, Copy)]
pub struct UserManager<'a> {
    pub(super) user: &'a str,
    pub(super) uid: u32,
    /// Whether it runs now. Without it units can be enabled, and not be started.
    pub is_running: bool,
}

impl<'a> UserManager<'a> {
    /// The systemd of this user.
    ///
    /// # Errors
    /// There is no such user, or an answer is missing.
    pub(super) fn find(user: &'a str, known: &Known) -> Result<Self, Stop> {
        known.want([Query::User(user.to_owned())])?;
        let Some(account) = known.user(user)? else {
            return Err(Failure::new(format!("there is no user `{user}`"))
                .hint(format!("declare it before this resource: user \"{user}\""))
                .into());
        };
        let uid = account.uid;
        let socket = Utf8PathBuf::from(format!("/run/user/{uid}/systemd/private"));
        known.want([Query::Stat(socket.clone())])?;
        Ok(Self { user, uid, is_running: known.stat(&socket)?.is_some() })
    }

    /// The same command, for this systemd.
    pub(super) fn command(&self, command: Command) -> Command {
        let mut command = Command { user: Some(self.user.to_owned()), ..command };
        if command.argv.first().is_some_and(|program| program == "systemctl") {
            command.argv.insert(1, "--user".to_owned());
        }
        let (name, value) = if self.is_running {
            ("XDG_RUNTIME_DIR", format!("/run/user/{}", self.uid))
        } else {
            ("SYSTEMD_OFFLINE", "1".to_owned())
        };
        command.environment.insert(name.to_owned(), value);
        command
    }

    /// What it says of a unit.
    pub(super) fn question(&self, unit: &str) -> Query {
        let example = systemd::example(unit);
        let argv: &[&str] = if self.is_running {
            &["systemctl", "show", "--no-pager", systemd::PROPERTIES, "--", &example]
        } else {
            &["systemctl", "is-enabled", "--", unit]
        };
        Query::Command(Box::new(
            self.command(Command { timeout: TIMEOUT, ..Command::new(argv.iter().copied()) }),
        ))
    }

    /// The state of a unit.
    ///
    /// # Errors
    /// It can't be told, or an answer is missing.
    pub(super) fn state(&self, unit: &str, known: &Known) -> Result<ServiceState, Stop> {
        let question = self.question(unit);
        known.want([question.clone()])?;
        let Answer::Command(said) = known.get(&question)? else {
            return Err(Failure::new("the target answered something else").into());
        };
        if !self.is_running {
            return Ok(systemd::offline(None, &said.stdout));
        }
        let shown = systemd::parse_show(&said.stdout, &[]);
        let example = systemd::example(unit);
        match shown.into_iter().find(|(names, _)| names.contains(&example)) {
            Some((_, state)) => Ok(state),
            None => Err(Failure::new(format!("the systemd of the user `{}` does not answer", self.user))
                .hint(format!("is it well? systemctl --user status, as `{}`", self.user))
                .into()),
        }
    }

    /// What it will say of a unit in this state.
    pub(super) fn answer(&self, unit: &str, answer: &Answer) -> Answer {
        let Answer::Service(state) = answer else { return answer.clone() };
        let stdout = match state.enabled {
            _ if self.is_running => systemd::shown(&systemd::example(unit), state),
            _ if !state.exists => String::new(),
            Enabled::Yes => "enabled\n".to_owned(),
            Enabled::No => "disabled\n".to_owned(),
            Enabled::Static => "static\n".to_owned(),
            Enabled::Masked => "masked\n".to_owned(),
        };
        Answer::Command(CommandResult { end: End::Exit(0), stdout, ..CommandResult::default() })
    }
}
