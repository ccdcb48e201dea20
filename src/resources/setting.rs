//! `setting`: a value that one command prints and another one sets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, CommandLine, FileMode};
use crate::model::english;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, CommandResult, End, Query};
use crate::model::step::{Command, Step};
use crate::provider::{Action, Provider, action, diff, run_as};

/// Longest value that a command may print, in bytes.
const LONGEST: usize = 64 * 1024;

/// Longest value in a summary, in characters.
const SHOWN: usize = 60;

/// A value that one command prints and another one sets: a row of a database, an option of a program, a user of a service.
///
/// `get` prints the present value. If it is not `value`, `set` is run, and then `get` once more: the resource fails unless
/// the value is right now. So there is a difference, a plan, and nothing to do in a second run, for anything that has a
/// program to read it and one to write it. Write a custom resource around it to give it a name and properties.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSetting {
    /// Name of the setting, for people.
    #[expect(dead_code, reason = "only the resource's name is made of it")]
    setting_name: String,
    /// Command that prints the present value. It must not change anything: a plan runs it too. Line breaks at the end of its
    /// output do not count. Printing nothing means that the setting is not set. A plan does not know what it will print while
    /// a command that may do anything is pending, or a change to a file that it names.
    get: CommandLine,
    /// The value. Required for `set`.
    value: Option<String>,
    /// Command that sets the value. The value, and a line break, is on its standard input. A program that takes the value as
    /// an argument gets it from the recipe, as in the example; every user of the machine can read an argument. Required for
    /// `set`. A plan assumes that it changes nothing else, except for files that its arguments name.
    set: Option<CommandLine>,
    /// Command that removes the setting. Required for `remove`.
    unset: Option<CommandLine>,
    /// Exit statuses of `get` that mean that the setting is not set. Default: none; every status but 0 is a failure.
    #[serde(default)]
    not_set: Vec<i32>,
    /// Whether the order of lines does not count: the value is a list with one item a line.
    #[serde(default)]
    unordered: bool,
    /// Directory to run the commands in.
    cwd: Option<AbsolutePath>,
    /// More environment variables. `PATH`, `HOME`, `USER` and `LANG` are always set.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// User to run the commands as, by name or number.
    user: Option<String>,
    /// Group to run the commands as. Default: the user's primary group.
    group: Option<String>,
    /// Permissions that new files do not get, in octal. Default: `"0022"`.
    umask: Option<FileMode>,
    /// Seconds until a command is stopped.
    #[serde(default = "minute")]
    timeout: u64,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn minute() -> u64 {
    60
}

impl StoredSetting {
    fn command(&self, line: &CommandLine) -> Command {
        Command { argv: line.0.clone(), timeout: self.timeout, ..self.surroundings() }
    }

    fn commands(&self) -> impl Iterator<Item = &CommandLine> {
        [Some(&self.get), self.set.as_ref(), self.unset.as_ref()].into_iter().flatten()
    }

    fn getter(&self) -> Command {
        Command { reads_anything: true, ..self.command(&self.get) }
    }

    /// What `get` prints; nothing if the setting is not set.
    fn present<'a>(&self, known: &'a Known) -> Result<Option<&'a str>, Stop> {
        let command = self.getter();
        let told = known.command(&command)?;
        match &told.end {
            End::Exit(0) if told.stdout.len() > LONGEST => Err(Failure::new(format!(
                "`{}` printed more than {} KiB, which can't be the value alone",
                command.display(),
                LONGEST >> 10
            ))
            .hint("let `get` print the value and nothing else")
            .into()),
            End::Exit(0) => {
                let value = told.stdout.trim_end_matches(['\n', '\r']);
                Ok((!value.is_empty()).then_some(value))
            }
            End::Exit(status) if self.not_set.contains(status) => Ok(None),
            end => {
                let mut failure =
                    Failure::new(format!("`{}`, which reads the setting, failed: {end}", command.display()));
                failure.details.extend(told.stderr.lines().rev().take(5).map(str::to_owned));
                failure.details.reverse();
                if let End::Exit(status) = end {
                    failure = failure
                        .hint(format!("if that means that it is not set, say `not_set = {{ {status} }}`"));
                }
                Err(failure.into())
            }
        }
    }

    fn is(&self, present: &str, wanted: &str) -> bool {
        if !self.unordered {
            return present == wanted;
        }
        let sorted = |text: &'_ str| {
            let mut lines: Vec<String> =
                text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            lines.sort();
            lines.dedup();
            lines
        };
        sorted(present) == sorted(wanted)
    }

    fn plan_set(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let (Some(value), Some(set)) = (&self.value, &self.set) else { return Ok(Vec::new()) };
        let value = value.trim_end_matches(['\n', '\r']);
        let present = self.present(known)?;
        if present.is_some_and(|present| self.is(present, value)) {
            return Ok(Vec::new());
        }
        let command = Command { input: Some(format!("{value}\n")), ..self.command(set) };
        let is_long = [present.unwrap_or_default(), value].iter().any(|text| text.contains('\n'));
        let (summary, shown) = match present {
            _ if self.secret => ("set the value".to_owned(), None),
            present if is_long => {
                let lines = |text: &str| format!("{text}\n");
                let old = present.map(lines).unwrap_or_default();
                ("change the value".to_owned(), diff::unified(&old, &lines(value)))
            }
            Some(present) => (format!("set to {}, was {}", quoted(value), quoted(present)), None),
            None => (format!("set to {}, was not set", quoted(value)), None),
        };
        let change = Change::new(summary, Step::Run(command)).diff(shown);
        let after = CommandResult { stdout: format!("{value}\n"), ..CommandResult::default() };
        Ok(vec![self.changed(change, set, after, known)?])
    }

    fn plan_remove(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let Some(unset) = &self.unset else { return Ok(Vec::new()) };
        let Some(present) = self.present(known)? else { return Ok(Vec::new()) };
        let summary = match present {
            present if self.secret || present.contains('\n') => "remove the setting".to_owned(),
            present => format!("remove the setting, was {}", quoted(present)),
        };
        let change = Change::new(summary, Step::Run(self.command(unset)));
        Ok(vec![self.changed(change, unset, CommandResult::default(), known)?])
    }

    /// The change, with what `get` will print afterwards.
    fn changed(
        &self,
        change: Change,
        by: &CommandLine,
        after: CommandResult,
        known: &Known,
    ) -> Result<Change, Stop> {
        let get = Query::Command(Box::new(self.getter()));
        let by = self.command(by);
        let warning = run_as::doubtful(&by, known)?;
        let change = change.warning(warning).reaching(Reach::Told).then(get, Answer::Command(after));
        Ok(Change { makes: by.paths_in_arguments().collect(), ..change })
    }
}

/// A value in a summary.
fn quoted(value: &str) -> String {
    format!("{:?}", english::shorten(value, SHOWN))
}

/// Whether a command prints a value.
const IS: &str = r#"
wanted=$1 unordered=$2
shift 2
now=$("$@") || now=
if [ -n "$unordered" ]; then
  now=$(printf '%s\n' "$now" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' | sort -u)
  wanted=$(printf '%s\n' "$wanted" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' | sort -u)
fi
[ "$now" = "$wanted" ]
"#;

impl Provider for StoredSetting {
    const NAME: &'static str = "setting";
    const ACTIONS: &'static [Action] = &[
        action("set", "Runs `set` if `get` prints another value."),
        action("remove", "Runs `unset` if `get` prints a value."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("setting_name");
    const SURROUNDINGS: &'static [&'static str] = &["cwd", "user", "group", "environment", "umask"];
    const PLAN: &'static str = "Complete, because the plan runs `get`: it shows the present value and the new one. With \
         `--no-commands`, or while an earlier resource may change what `get` prints, it is unknown.";
    const PLATFORMS: &'static str = "Any system. The commands decide what they need.";
    const EXAMPLE: &'static str = r#"
setting "who commits" {
  get = { "git", "config", "--system", "--get", "user.name" },
  not_set = { 1 },
  value = "Ada",
  set = { "git", "config", "--system", "user.name", "Ada" },
  unset = { "git", "config", "--system", "--unset", "user.name" },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.commands().any(|line| line.0.first().is_none_or(|program| program.trim().is_empty())) {
            return Err(Failure::new("a command is empty"));
        }
        if self.timeout == 0 {
            return Err(Failure::new("`timeout` of 0 seconds would stop a command before it starts"));
        }
        if self.not_set.contains(&0) {
            return Err(Failure::new("`not_set` has 0, the status of a `get` that printed the value")
                .hint("a `get` that prints nothing says already that it is not set"));
        }
        match action {
            "remove" if self.unset.is_none() => {
                Err(Failure::new("`remove` needs `unset`, the command that removes it"))
            }
            "set" if self.set.is_none() => {
                Err(Failure::new("it needs `set`, the command that sets the value"))
            }
            "set" => match &self.value {
                None => Err(Failure::new("it needs a `value`")),
                Some(value) if value.trim_end_matches(['\n', '\r']).is_empty() => Err(Failure::new(
                    "`value` is empty, and a `get` that prints nothing means that it is not set",
                )
                .hint("use `action = \"remove\"`, or let `get` print something for an empty value")),
                Some(value) if value.contains('\0') => Err(Failure::new("`value` contains a NUL character")),
                Some(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.commands().for_each(|line| needs.argv_in(&line.0, &self.environment));
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        self.commands().flat_map(|line| run_as::observe(&self.command(line))).collect()
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let line = if action == "remove" { &self.unset } else { &self.set };
        let Some(line) = line else { return Err("there is no command that sets it".into()) };
        let value = self.value.as_deref().unwrap_or_default().trim_end_matches(['\n', '\r']);
        let wanted = if action == "remove" { "" } else { value };
        let unordered = if self.unordered { "yes" } else { "" };
        let words = [wanted, unordered].into_iter().chain(self.get.0.iter().map(String::as_str));
        let look = Command { timeout: self.timeout, ..self.surroundings() };
        let look = Command { argv: script("setting_is", IS, words).argv, ..look };
        let input = (action != "remove").then(|| format!("{value}\n"));
        into.add(Portable::Command(PortableCommand::unless(look, Command { input, ..self.command(line) })));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        run_as::require(&self.surroundings(), known)?;
        if action == "remove" { self.plan_remove(known) } else { self.plan_set(known) }
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
