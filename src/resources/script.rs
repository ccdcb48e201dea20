//! `script`: a text for an interpreter.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, FileMode, Strings};
use crate::model::english::count;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Command;
use crate::provider::command_run::{self, CommandRun, Returns};
use crate::provider::{Action, Provider, action};

/// A script for `bash` or another interpreter.
///
/// It runs in every run, unless a guard (`only_if`, `not_if`) or `creates` says that it is not needed. A `bash` script
/// ends at the first command that fails, also in a pipe. For a single command use `execute`.
///
/// The interpreter reads the script from its standard input, so no file is written, other users of the machine can't read
/// it, and it may have secrets in it. What the script runs has an empty standard input.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptRun {
    /// What the script does, for people.
    #[expect(dead_code, reason = "only the resource's name is made of it")]
    script_name: String,
    /// The text of the script.
    code: String,
    /// The program that reads the script: a name, or an absolute path.
    #[serde(default = "bash")]
    interpreter: String,
    /// Arguments of the interpreter. Default: `{ "-e", "-o", "pipefail" }` for bash, ksh and zsh, `{ "-e" }` for other
    /// shells, and none for other programs. `-e` ends the script at the first command that fails, `pipefail` lets a pipe
    /// fail if any command in it does.
    flags: Option<Strings>,
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
    /// Path that the script makes. If it exists, the script is not run. If it does not exist afterwards, the resource has
    /// failed. A plan assumes that the script changes nothing else; without `creates` it assumes that the script may
    /// change anything.
    creates: Option<AbsolutePath>,
    /// Exit status that means success, or a list of them.
    #[serde(default)]
    returns: Returns,
    /// Seconds until the script is stopped.
    #[serde(default = "hour")]
    timeout: u64,
}

fn bash() -> String {
    "bash".to_owned()
}

fn hour() -> u64 {
    3600
}

/// How an interpreter is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interpreter {
    /// A shell with `pipefail`.
    Bash,
    /// Another POSIX shell.
    Shell,
    Other,
}

impl ScriptRun {
    /// The last part of the interpreter's path.
    fn program(&self) -> &str {
        self.interpreter.rsplit('/').next().unwrap_or_default()
    }

    fn interpreter(&self) -> Interpreter {
        match self.program() {
            "bash" | "ksh" | "mksh" | "zsh" => Interpreter::Bash,
            "sh" | "ash" | "dash" => Interpreter::Shell,
            _ => Interpreter::Other,
        }
    }

    fn flags(&self) -> Vec<String> {
        let usual: &[&str] = match self.interpreter() {
            Interpreter::Bash => &["-e", "-o", "pipefail"],
            Interpreter::Shell => &["-e"],
            Interpreter::Other => &[],
        };
        let usual = || usual.iter().map(|&flag| flag.to_owned()).collect();
        self.flags.as_ref().map_or_else(usual, |flags| flags.0.clone())
    }

    fn command(&self) -> Command {
        let is_shell = self.interpreter() != Interpreter::Other;
        let from_input = if is_shell { "-s" } else { "-" };
        let argv = [self.interpreter.clone()].into_iter().chain(self.flags()).chain([from_input.to_owned()]);
        // A shell reads a script line by line, and a command in it would read the rest. In braces it is read whole before
        // any of it runs. Its first line stays the first, so that messages have the right numbers.
        let input = if is_shell { format!("{{ {}\n}} </dev/null\n", self.code) } else { self.code.clone() };
        Command {
            input: Some(input),
            timeout: self.timeout,
            returns: self.returns.all(),
            ..Command { argv: argv.collect(), ..self.surroundings() }
        }
    }

    fn run(&self) -> CommandRun<'_> {
        let lines = self.code.lines().filter(|line| !line.trim().is_empty()).count();
        CommandRun {
            command: self.command(),
            creates: self.creates.as_ref(),
            summary: format!("run a {} script of {}", self.program(), count(lines, "line")),
            // Shown in place of a diff, because it is what the script does.
            shown: Some(&self.code),
            makes: None,
        }
    }
}

impl Provider for ScriptRun {
    const NAME: &'static str = "script";
    const ACTIONS: &'static [Action] =
        &[action("run", "Runs the script, unless a guard or `creates` says that it is not needed.")];
    const NAME_PROPERTY: Option<&'static str> = Some("script_name");
    const REACH: Reach = Reach::Anything;
    const SURROUNDINGS: &'static [&'static str] = &["cwd", "user", "group", "environment", "umask"];
    const PLAN: &'static str = "Says whether the script would run, and shows its text. What it changes is unknown, so resources after \
         it are reported as unknown where they could depend on it.";
    const PLATFORMS: &'static str = "Any Linux with the interpreter.";
    const EXAMPLE: &'static str = r#"
script "unpack the site" {
  code = [[
    curl -sf https://example.org/site.tar | tar -x
    touch site.done
  ]],
  cwd = "/srv",
  creates = "/srv/site.done",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        if self.code.trim().is_empty() {
            return Err(Failure::new("`code` is empty"));
        }
        if self.code.contains('\0') {
            return Err(Failure::new("`code` contains a NUL character, which no script has"));
        }
        if self.program().is_empty() || self.interpreter.contains(char::is_whitespace) {
            return Err(Failure::new(format!(
                "`interpreter` is the name of a program, not `{}`",
                self.interpreter.escape_debug()
            ))
            .hint("its arguments belong in `flags`"));
        }
        self.returns.check()?;
        command_run::check(self.timeout, &self.environment)
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        // The text is an input that may be anything.
        needs.argv_in([&self.interpreter], &self.environment);
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
