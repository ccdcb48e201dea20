//! `execute`: a command to run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, CommandLine, FileMode};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::command_run::{self, CommandRun, Returns};
use crate::provider::{Action, Provider, action};

mod writes;

/// Longest command in a summary, in characters.
const SHOWN: usize = 100;

/// A command to run.
///
/// It runs in every run, unless a guard (`only_if`, `not_if`) or `creates` says that it is not needed. Use one of them
/// wherever the result of the command can be seen. Guards run in the same directory, as the same user, with the same
/// environment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Execute {
    /// Command: a string for the shell, or a list of arguments without a shell.
    command: CommandLine,
    /// Directory to run it in.
    cwd: Option<AbsolutePath>,
    /// More environment variables. `PATH`, `HOME`, `USER` and `LANG` are always set.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// User to run as, by name or number.
    user: Option<String>,
    /// Group to run as, by name or number. Default: the user's primary group.
    group: Option<String>,
    /// Permissions that new files do not get, in octal. Default: `"0022"`.
    umask: Option<FileMode>,
    /// Path that the command makes. If it exists, the command is not run. If it does not exist afterwards, the resource
    /// has failed. A plan assumes that the command changes nothing else; without `creates` it assumes that the command
    /// may change anything.
    creates: Option<AbsolutePath>,
    /// Exit status that means success, or a list of them.
    #[serde(default)]
    returns: Returns,
    /// Seconds until the command is stopped.
    #[serde(default = "hour")]
    timeout: u64,
    /// Text for the standard input. Default: empty.
    input: Option<String>,
}

fn hour() -> u64 {
    3600
}

impl Execute {
    fn command(&self) -> Command {
        Command {
            argv: self.command.0.clone(),
            input: self.input.clone(),
            timeout: self.timeout,
            returns: self.returns.all(),
            ..self.surroundings()
        }
    }

    fn run(&self) -> CommandRun<'_> {
        let command = self.command();
        CommandRun {
            creates: self.creates.as_ref(),
            summary: format!("run {}", self.words()),
            // Shown in place of a diff, because it is what the command does.
            shown: self.input.as_deref(),
            makes: writes::writes(&command),
            command,
        }
    }

    /// The command in one line: the first line that does something, cut if it is long.
    fn words(&self) -> String {
        let whole = self.command().display();
        let lines: Vec<&str> = whole.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let acts = lines.iter().find(|line| !line.starts_with('#') && !line.starts_with("set "));
        let first = acts.or(lines.first()).copied().unwrap_or_default();
        let short: String = first.chars().take(SHOWN).collect();
        if short.len() < first.len() || lines.len() > 1 { format!("{short} …") } else { short }
    }
}

impl Provider for Execute {
    const NAME: &'static str = "execute";
    const ACTIONS: &'static [Action] =
        &[action("run", "Runs the command, unless a guard or `creates` says that it is not needed.")];
    const NAME_PROPERTY: Option<&'static str> = Some("command");
    const REACH: Reach = Reach::Anything;
    const SURROUNDINGS: &'static [&'static str] = &["cwd", "user", "group", "environment", "umask"];
    const PLAN: &'static str = "Says whether the command would run. What the command changes is unknown, so resources after it \
         are reported as unknown where they could depend on it.";
    const PLATFORMS: &'static str = "Any system. The command decides what it needs.";
    const EXAMPLE: &'static str = r#"
execute "build the site" {
  command = { "make", "site" },
  cwd = "/srv",
  environment = { SITE_ENV = "production" },
  creates = "/srv/site/index.html",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        let blank = match self.command.0.as_slice() {
            [sh, flag, script] if sh == "/bin/sh" && flag == "-c" => script.trim().is_empty(),
            argv => argv.first().is_none_or(|program| program.trim().is_empty()),
        };
        if blank {
            return Err(Failure::new("`command` is empty"));
        }
        if self.command.0.iter().any(|word| word.contains('\0')) {
            return Err(Failure::new("`command` contains a NUL character, which no program can be given"));
        }
        self.returns.check()?;
        command_run::check(self.timeout, &self.environment)
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.argv_in(&self.command.0, &self.environment);
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.run().observe()
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.run().portable(into);
        Ok(())
    }

    fn plan(&self, _action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.run().plan(known)
    }

    fn surroundings(&self) -> Command {
        Command {
            cwd: self.cwd.as_ref().map(|cwd| cwd.to_path_buf()),
            user: self.user.clone(),
            group: self.group.clone(),
            environment: self.environment.clone(),
            umask: self.umask.map(|umask| umask.0),
            ..Command::default()
        }
    }
}
