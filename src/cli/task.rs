//! `chefrs do`.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::sync::Arc;

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::Project;
use crate::cookbook::attributes::from_set;
use crate::facts;
use crate::fleet::{Board, FleetHost, FleetLimits};
use crate::model::address::Address;
use crate::model::english::{count, one_line, suggestion};
use crate::model::error::{Diagnostic, Diagnostics, Failure};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::model::step::{Command, Progress, Step};
use crate::model::task_card::TaskCard;
use crate::remote::Session;
use crate::run::task_commands;
use crate::target::Target;
use crate::target::channel::{InteractiveCommand, SshOptions, replace_with};
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;
use crate::target::probe::Become;

use super::early_end::EarlyEnd;
use super::format::Format;
use super::offer::offer;
use super::on_each::EachTarget;
use super::project::open;
use super::target_options::TargetArguments;
use super::task_call::{PROJECT, declaration, owner};
use super::terminal::{Terminal, prose_columns};
use super::{complete, signals, task_page};

/// Runs a task: a command that a cookbook brings, such as one that shows its log.
///
/// Without a task, lists those of the cookbook with their arguments; without a cookbook, those of all. A task works on
/// targets as `exec` does: output and exit code are the same, it takes no lock, and is not recorded.
#[derive(Debug, Args)]
pub(super) struct TaskArguments {
    /// The cookbook that has the task. `.` is the project itself.
    #[arg(value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::task_owners))]
    cookbook: Option<String>,
    /// The task.
    #[arg(value_name = "TASK")]
    task: Option<String>,
    /// Arguments of the task: `lines=50`. Write tables as JSON. Repeat a list for each item.
    #[arg(value_name = "NAME=VALUE")]
    values: Vec<String>,
    #[command(flatten)]
    place: TargetArguments,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Set an attribute: `nginx.port=81`. Overrides all files. Write lists and tables as JSON.
    #[arg(long = "set", value_name = "KEY=VALUE", add = ArgValueCompleter::new(complete::settings))]
    set: Vec<String>,
    /// Number of targets to work on at a time. Default: 64, or the `forks` of chefrs.toml.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// Text for people, or one JSON object a target.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Words for the task, such as those of another command: `chefrs do django_app manage -- migrate --plan`.
    #[arg(value_name = "WORD", last = true)]
    words: Vec<String>,
}

pub(super) fn task(arguments: &TaskArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = open(arguments.project.as_deref())?;
    let offer = offer(&project)?;
    let cards = &offer.tasks;
    let Some(cookbook) = &arguments.cookbook else {
        terminal.tell(&offer.findings)?;
        if cards.is_empty() {
            terminal.note("no cookbook has tasks: they are files below `tasks/`; see `chefrs help tasks`")?;
        }
        terminal.print(&task_page::list(cards, prose_columns()))?;
        return Ok(Exit::Success);
    };
    let own: Vec<&TaskCard> = cards.iter().filter(|card| owner(card) == cookbook).collect();
    let found = arguments.task.as_ref().map(|name| own.iter().find(|card| card.name == *name));
    let card = match found {
        Some(Some(card)) => card,
        None if !own.is_empty() => {
            terminal.print(&task_page::blocks(&own, prose_columns()))?;
            return Ok(Exit::Success);
        }
        // Why it is not among them may be an error in its file.
        _ if !offer.findings.is_empty() => return Err(Diagnostics(offer.findings).into()),
        _ => return Err(EarlyEnd::usage(unknown(arguments, cookbook, &own, cards))),
    };
    let declared = declaration(card, &arguments.values, &arguments.words).map_err(EarlyEnd::usage)?;
    let project = project.with_declarations(&[declared]);
    let set = arguments.set.iter().map(|words| from_set(words)).collect::<Result<Vec<_>, _>>();
    let call = TaskCall { project: &project, set: set.map_err(EarlyEnd::usage)? };
    let mut hosts = arguments.place.choose(&project)?;
    if card.terminal {
        return Err(on_terminal(&call, card, &hosts));
    }
    arguments.place.unlock(&mut hosts, &project)?;
    let board = Arc::<Board>::default();
    let interrupt = signals::interrupted_command(Arc::clone(&board))?;
    let forks = arguments.forks.or(project.defaults().forks);
    let limits = FleetLimits { forks, ..FleetLimits::default() };
    let (format, interrupt) = (arguments.format, &interrupt);
    let targets = EachTarget { hosts: &hosts, limits, format, board: &board, interrupt, terminal };
    targets.run_with_lines(&|host, line| {
        let run = |target: &mut dyn Target, commands: Vec<Command>| {
            let mut progress = |told: Progress| match told {
                Progress::Output(text) | Progress::Waiting(text) => line(text),
            };
            commands.into_iter().try_for_each(|command| target.apply(&Step::Run(command), &mut progress))
        };
        call.on(host, interrupt, run)
    })
}

/// A task to run.
struct TaskCall<'a> {
    /// The project, with the task as its declaration.
    project: &'a Project,
    /// The attributes of the command line.
    set: Vec<AttributeSource>,
}

impl TaskCall<'_> {
    /// Compiles the task for a host, and does something with the commands there.
    fn on<T>(
        &self,
        host: &FleetHost,
        interrupt: &Interrupt,
        work: impl FnOnce(&mut dyn Target, Vec<Command>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let attributes = [host.attributes.as_slice(), &self.set].concat();
        match &host.destination {
            None => {
                let mut target = Local::under(interrupt.clone());
                let facts = facts::gather(&mut target)?;
                let commands = task_commands(self.project, &attributes, Cow::Owned(facts), &mut target)?;
                work(&mut target, commands)
            }
            Some(destination) => {
                let mut session = Session::open(destination, interrupt)?;
                let facts = session.take_facts();
                let commands = task_commands(self.project, &attributes, Cow::Owned(facts), &mut session);
                let done = commands.and_then(|commands| work(&mut session, commands));
                session.close();
                done
            }
        }
    }
}

/// Runs the only command of a task with the user's terminal, in place of this process. Returns only if that is not possible.
fn on_terminal(call: &TaskCall<'_>, card: &TaskCard, hosts: &[FleetHost]) -> EarlyEnd {
    let [host] = hosts else {
        let targets = count(hosts.len(), "target");
        let name = &card.name;
        let wrong =
            Diagnostic::error(format!("the task `{name}` uses your terminal, and `-t` names {targets}"));
        return EarlyEnd::usage(wrong.hint("name one of them"));
    };
    let commands = match call.on(host, &Interrupt::default(), |_, commands| Ok(commands)) {
        Ok(commands) => commands,
        Err(failure) => return EarlyEnd::from(failure).named(&host.name),
    };
    let [command] = commands.as_slice() else {
        let number = count(commands.len(), "command");
        let wrong = format!("the task `{}` uses your terminal, and declares {number}, not one", card.name);
        return EarlyEnd::usage(Diagnostic::error(wrong));
    };
    let argv = whole(command);
    let user = command.user.as_deref();
    let refused = match &host.destination {
        None => {
            let command = InteractiveCommand { argv: &argv, user, r#become: false };
            replace_with(&Address::Local, &SshOptions::default(), command)
        }
        Some(destination) => {
            let r#become = destination.r#become != Become::Nobody;
            let command = InteractiveCommand { argv: &argv, user, r#become };
            replace_with(&destination.address, &destination.ssh, command)
        }
    };
    EarlyEnd::from(refused).named(&host.name)
}

/// A command with its directory and variables, as words for a shell that has neither.
fn whole(command: &Command) -> Vec<String> {
    let mut argv = command.argv.clone();
    if !command.environment.is_empty() {
        let variables = command.environment.iter().map(|(name, value)| format!("{name}={value}"));
        argv = std::iter::once("env".to_owned()).chain(variables).chain(argv).collect();
    }
    if let Some(directory) = &command.cwd {
        let go = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory.as_str()];
        argv = go.into_iter().map(str::to_owned).chain(argv).collect();
    }
    argv
}

/// There is no such task, or no such cookbook.
fn unknown(arguments: &TaskArguments, cookbook: &str, own: &[&TaskCard], all: &[TaskCard]) -> Diagnostic {
    if let (Some(task), false) = (&arguments.task, own.is_empty()) {
        let names: Vec<&str> = own.iter().map(|card| card.name.as_str()).collect();
        let wrong = Diagnostic::error(format!("`{cookbook}` has no task `{}`", one_line(task)));
        return wrong.hint(suggestion(task, &names, "its tasks are"));
    }
    let what =
        if cookbook == PROJECT { "the project".to_owned() } else { format!("`{}`", one_line(cookbook)) };
    let mut owners: Vec<&str> = all.iter().map(owner).collect();
    owners.dedup();
    let wrong = Diagnostic::error(format!("{what} has no tasks"));
    if owners.is_empty() {
        return wrong.hint("a task is a file below `tasks/` of a cookbook; see `chefrs help tasks`");
    }
    wrong.hint(suggestion(cookbook, &owners, "these have some:"))
}
